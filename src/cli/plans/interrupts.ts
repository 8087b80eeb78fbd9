/** What stops an apply from outside: a key, another program, a terminal that is gone. */
export type Interrupt = "SIGINT" | "SIGTERM" | "SIGHUP";

export type Stopping = "after what runs" | "at once";

export interface Interrupts {
  /** Begin nothing more. */
  readonly stop: AbortSignal;
  /** And end what runs. */
  readonly abort: AbortSignal;
  /** As if that signal had come: a terminal that hands over each key sends none for Ctrl-C. */
  readonly told: (by: Interrupt) => void;
  readonly code: () => number;
  readonly end: () => void;
}

/** The first Ctrl-C lets the running steps end, the second ends them too. A plan tells the truth after either. */
export function interrupts(changed: (how: Stopping, by: Interrupt) => void): Interrupts {
  const stop = new AbortController();
  const abort = new AbortController();
  let code = 130;
  const told = (by: Interrupt): void => {
    if (abort.signal.aborted) return;
    if (stop.signal.aborted) {
      // Of one terminal that goes away the kernel tells, then the shell: nobody has asked twice.
      if (by === "SIGHUP") return;
      abort.abort();
      changed("at once", by);
      return;
    }
    if (by === "SIGTERM") code = 143;
    stop.abort();
    changed("after what runs", by);
  };
  const handlers = (["SIGINT", "SIGTERM", "SIGHUP"] as const).map(
    (signal) => [signal, () => told(signal)] as const,
  );
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return {
    stop: stop.signal,
    abort: abort.signal,
    told,
    code: () => code,
    end: () => {
      for (const [signal, handler] of handlers) process.off(signal, handler);
    },
  };
}
