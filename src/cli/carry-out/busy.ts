import { readHolder } from "../../state/holder.ts";
import { system } from "../../system/system.ts";

/** An apply that is under way has not ended either, and is not interrupted. */
export function isBusy(home: string): boolean {
  const holder = readHolder(system.files, home);
  if (holder === undefined || holder.host !== system.host.name || holder.pid === system.host.pid)
    return false;
  return system.processes.look(holder.pid)?.argv.some((word) => word.includes("aac")) === true;
}
