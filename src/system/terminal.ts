import { spawnSync } from "node:child_process";
import { isatty } from "node:tty";

/**
 * How the terminal is set now, to be put back after a program that had it: one that was killed cannot do that itself.
 * Nothing where there is no terminal, or no `stty` to ask.
 */
export function keptTerminal(): () => void {
  if (!isatty(0)) return () => undefined;
  const asked = spawnSync("stty", ["-g"], { stdio: ["inherit", "pipe", "ignore"], encoding: "utf8" });
  const kept = asked.status === 0 ? asked.stdout.trim() : "";
  if (!/^[0-9a-f:]+$/i.test(kept)) return () => undefined;
  return () => {
    // Whoever is not in front any more would be halted for it: a killed shell has left its own group in front.
    const script = 'trap "" TTOU; exec stty "$1"';
    spawnSync("/bin/sh", ["-c", script, "aac-terminal", kept], { stdio: ["inherit", "ignore", "ignore"] });
  };
}
