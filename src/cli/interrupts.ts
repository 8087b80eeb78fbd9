import type { Context } from "./table.ts";

export interface Interrupts {
  /** Begin nothing more. */
  readonly stop: AbortSignal;
  /** And end what runs. */
  readonly abort: AbortSignal;
  readonly code: () => number;
  readonly end: () => void;
}

/** The first Ctrl-C lets the running steps end, the second ends them too. A plan tells the truth after either. */
export function interrupts(context: Context, objects: number): Interrupts {
  const stop = new AbortController();
  const abort = new AbortController();
  let code = 130;
  const on = (signal: "SIGINT" | "SIGTERM" | "SIGHUP") => () => {
    if (stop.signal.aborted) {
      abort.abort();
      return;
    }
    if (signal === "SIGTERM") code = 143;
    stop.abort();
    context.error(
      signal === "SIGINT"
        ? `\nstopping after the steps that run now (of ${objects} objects); Ctrl-C again ends them too\n`
        : `\nstopping after the steps that run now\n`,
    );
  };
  const handlers = (["SIGINT", "SIGTERM", "SIGHUP"] as const).map((signal) => [signal, on(signal)] as const);
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return {
    stop: stop.signal,
    abort: abort.signal,
    code: () => code,
    end: () => {
      for (const [signal, handler] of handlers) process.off(signal, handler);
    },
  };
}
