import type { Holder } from "../../model/holder.ts";
import { readHolder } from "../../state/holder.ts";
import { system } from "../../system/system.ts";
import { holderWords } from "./holder-words.ts";

/** An apply that is under way has not ended either, and is not interrupted. */
export const isBusy = (home: string): boolean => atWork(home) !== undefined;

/** For whoever only looks: who is changing what they see. */
export function busyLine(home: string): string | undefined {
  const holder = atWork(home);
  if (holder === undefined) return undefined;
  return `this is being changed by ${holderWords(holder, system.clock.wall())}; plan again once that has ended`;
}

/** Another process of this machine that holds the lock and lives. */
function atWork(home: string): Holder | undefined {
  const holder = readHolder(system.files, home);
  if (holder === undefined || holder.host !== system.host.name || holder.pid === system.host.pid)
    return undefined;
  const lives = system.processes.look(holder.pid)?.argv.some((word) => word.includes("aac")) === true;
  return lives ? holder : undefined;
}
