/** What stops an apply from outside: a key, another program, a terminal that is gone. */
export type Interrupt = "SIGINT" | "SIGTERM" | "SIGHUP";

export type Stopping = "after what runs" | "at once";

/** Said to whoever stopped it before its first step. */
export const NOTHING_BEGUN = "\nstopped before anything was begun: nothing was changed\n";

export interface Interrupts {
  /** Begin nothing more. */
  readonly stop: AbortSignal;
  /** And end what runs. */
  readonly abort: AbortSignal;
  /** As if that signal had come: a terminal that hands over each key sends none for Ctrl-C. */
  readonly told: (by: Interrupt) => void;
  /** Who is told from now on. */
  readonly telling: (changed: ((how: Stopping, by: Interrupt) => void) | undefined) => void;
  /**
   * All is done but for the report: whoever pressed once too often sees it all the same, and the next one leaves. With
   * the code that the report stands for, once that is told.
   */
  readonly closing: (exit?: number) => void;
  readonly code: () => number;
  readonly end: () => void;
}

/** The first Ctrl-C lets the running steps end, the second ends them too. A plan tells the truth after either. */
export function interrupts(first?: (how: Stopping, by: Interrupt) => void): Interrupts {
  const stop = new AbortController();
  const abort = new AbortController();
  let changed = first;
  let code = 130;
  let late: number | undefined;
  let last: number | undefined;
  const told = (by: Interrupt): void => {
    if (late !== undefined) {
      if (by !== "SIGHUP" && ++late > 1) process.exit(last ?? code);
      return;
    }
    if (abort.signal.aborted) return;
    if (stop.signal.aborted) {
      // Of one terminal that goes away the kernel tells, then the shell: nobody has asked twice.
      if (by === "SIGHUP") return;
      abort.abort();
      changed?.("at once", by);
      return;
    }
    if (by === "SIGTERM") code = 143;
    stop.abort();
    changed?.("after what runs", by);
  };
  const handlers = (["SIGINT", "SIGTERM", "SIGHUP"] as const).map(
    (signal) => [signal, () => told(signal)] as const,
  );
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return {
    stop: stop.signal,
    abort: abort.signal,
    told,
    telling: (to) => void (changed = to),
    closing(exit) {
      late ??= 0;
      last ??= exit;
    },
    code: () => code,
    end: () => {
      for (const [signal, handler] of handlers) process.off(signal, handler);
    },
  };
}

export type OrAborted<T> = { readonly is: "over"; readonly value: T } | { readonly is: "aborted" };

/**
 * Waits no longer than until a signal; what is waited for goes on by itself, and its failure is nobody's then. `late` is
 * told once that is over: it may have opened something by then that would keep the program alive.
 */
export async function orAborted<T>(
  running: Promise<T>,
  signal: AbortSignal,
  late: (value: T | undefined) => unknown = () => undefined,
): Promise<OrAborted<T>> {
  return new Promise((resolve, reject) => {
    let isLeft = false;
    const give = (): void => {
      isLeft = true;
      resolve({ is: "aborted" });
    };
    if (signal.aborted) give();
    else signal.addEventListener("abort", give, { once: true });
    void running
      .then(
        (value) => (isLeft ? late(value) : resolve({ is: "over", value })),
        (error: unknown) => (isLeft ? late(undefined) : reject(error)),
      )
      // Whoever was to hear of it has left.
      .catch(() => undefined)
      .finally(() => signal.removeEventListener("abort", give));
  });
}
