import { codeOf } from "./error-words.ts";

/** To one process, or to a whole group; false where nobody is there. */
export function signal(pid: number, name: string, group = false): boolean {
  // 0, -1 and 1 mean "my group", "everybody" and the first process: never what somebody wanted.
  if (!Number.isInteger(pid) || pid <= 1) throw new Error(`refusing to signal pid ${pid}`);
  try {
    return process.kill(group ? -pid : pid, realTime(name) ?? name);
  } catch (error) {
    const code = codeOf(error);
    if (code === "ESRCH") return false;
    // Somebody is there, whom we may not touch.
    if (code === "EPERM") return true;
    throw error;
  }
}

/** Node names no real-time signals, but takes their numbers. */
function realTime(signal: string): number | undefined {
  const from = /^SIGRT(MIN|MAX)(?:([+-])(\d+))?$/.exec(signal);
  if (from === null) return undefined;
  const away = Number(from[3] ?? 0) * (from[2] === "-" ? -1 : 1);
  return (from[1] === "MIN" ? 34 : 64) + away;
}
