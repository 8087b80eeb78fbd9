/** The signals of Linux by number. Two names of one number are one signal: the commoner name stands here. */
const NAMES: readonly string[] = [
  "",
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGILL",
  "SIGTRAP",
  "SIGABRT",
  "SIGBUS",
  "SIGFPE",
  "SIGKILL",
  "SIGUSR1",
  "SIGSEGV",
  "SIGUSR2",
  "SIGPIPE",
  "SIGALRM",
  "SIGTERM",
  "SIGSTKFLT",
  "SIGCHLD",
  "SIGCONT",
  "SIGSTOP",
  "SIGTSTP",
  "SIGTTIN",
  "SIGTTOU",
  "SIGURG",
  "SIGXCPU",
  "SIGXFSZ",
  "SIGVTALRM",
  "SIGPROF",
  "SIGWINCH",
  "SIGIO",
  "SIGPWR",
  "SIGSYS",
];
const REAL_TIME = { first: 34, last: 64 };

export function isSignal(name: string): boolean {
  if (name !== "" && NAMES.includes(name)) return true;
  const from = /^SIGRT(?:MIN(?:\+(\d+))?|MAX(?:-(\d+))?)$/.exec(name);
  return from !== null && Number(from[1] ?? from[2] ?? 0) <= REAL_TIME.last - REAL_TIME.first;
}

function signalName(number: number): string | undefined {
  if (number >= REAL_TIME.first && number <= REAL_TIME.last)
    return number === REAL_TIME.first ? "SIGRTMIN" : `SIGRTMIN+${number - REAL_TIME.first}`;
  return NAMES[number] || undefined;
}

/**
 * What the status of a shell says. Above 128 a shell cannot tell a signal from an exit with that code, so both
 * readings are kept.
 */
export function readStatus(status: number): { readonly code: number; readonly signal?: string } {
  const signal = status > 128 ? signalName(status - 128) : undefined;
  return { code: status, ...(signal === undefined ? {} : { signal }) };
}
