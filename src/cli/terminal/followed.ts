import type { Context } from "../table.ts";

/** Ends what goes on by itself when somebody has seen enough: Ctrl-C, a closed terminal, a pipe nobody reads. */
export function untilLeft(context: Pick<Context, "whenLeft">): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => stop.abort());
  context.whenLeft(() => stop.abort());
  return stop.signal;
}
