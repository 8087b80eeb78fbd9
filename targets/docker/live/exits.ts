import type { Inspected } from "../verbs/status.ts";

/** A container tells a signal as 128 and its number. */
const SIGNALS: ReadonlyMap<number, string> = new Map([
  [1, "SIGHUP"],
  [2, "SIGINT"],
  [3, "SIGQUIT"],
  [4, "SIGILL"],
  [6, "SIGABRT"],
  [8, "SIGFPE"],
  [9, "SIGKILL"],
  [11, "SIGSEGV"],
  [13, "SIGPIPE"],
  [15, "SIGTERM"],
]);

/** How a run ended and how long it was: `exit 7 after 3 s`. */
export function howItEnded({ ExitCode, OOMKilled, StartedAt, FinishedAt }: Inspected["State"]): string {
  const millis = Date.parse(FinishedAt) - Date.parse(StartedAt);
  // One that ends very fast may have ended before its start was written down.
  const after = millis >= 0 ? ` after ${lasted(millis)}` : "";
  if (OOMKilled) return `ended by the kernel: out of memory${after}`;
  return `${endWords(ExitCode)}${after}`;
}

export function endWords(code: number): string {
  const signal = code > 128 ? SIGNALS.get(code - 128) : undefined;
  return signal === undefined ? `exit ${code}` : `ended by ${signal}`;
}

export const signalName = (number: number): string => SIGNALS.get(number) ?? `signal ${number}`;

export const lasted = (millis: number): string =>
  millis < 1000 ? `${Math.round(millis)} ms` : `${Math.round(millis / 1000)} s`;
