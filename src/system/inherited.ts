import { closeSync, readdirSync, readFileSync } from "node:fs";

const CLOSE_ON_EXEC = 0o2000000;

let inheritedAreClosed = false;

/**
 * What is open here and would be handed on was left open by whoever started this program: Node marks all of its own.
 * It must not reach a program that outlives us.
 */
export function closeInherited(): void {
  if (inheritedAreClosed) return;
  inheritedAreClosed = true;
  for (const fd of openedHere()) if (fd > 2 && isHandedOn(fd)) closeSync(fd);
}

function openedHere(): readonly number[] {
  try {
    return readdirSync("/proc/self/fd").map(Number);
  } catch {
    return [];
  }
}

function isHandedOn(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
  } catch {
    return false;
  }
}
