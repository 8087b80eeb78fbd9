import type { ProcessFacts } from "../model/system.ts";
import { listAll } from "./proc.ts";
import { signal } from "./signal.ts";

/** A variable that all processes of one command inherit: how those are found that left its session. */
export const TAG = "AAC_COMMAND";
const ROUNDS = 20;

/** All that came of one command. */
export interface Family {
  readonly leader: number;
  readonly tag: string;
}

function isOf({ leader, tag }: Family, one: ProcessFacts): boolean {
  return one.session === leader || one.group === leader || one.environment?.[TAG] === tag;
}

/**
 * While its first process lives, the program's whole family can be found, also who made a session of his own.
 * All are halted before one is killed: the children of a dead process would belong to nobody.
 */
export function killTree(family: Family): void {
  const found = new Set([family.leader]);
  signal(family.leader, "SIGSTOP", true);
  for (let round = 0, before = 0; round < ROUNDS && before < found.size; round++) {
    before = found.size;
    for (const one of listAll())
      if (!found.has(one.pid) && (found.has(one.parent) || isOf(family, one))) {
        found.add(one.pid);
        signal(one.pid, "SIGSTOP");
      }
  }
  for (const pid of found) signal(pid, "SIGKILL");
}

/** What a program left running at its end: looked up, since its own number may be another's by now. */
export function killLeftovers(family: Family): void {
  for (let round = 0; round < ROUNDS; round++) {
    const left = listAll().filter((one) => !one.zombie && isOf(family, one));
    if (left.length === 0) return;
    for (const { pid } of left) signal(pid, "SIGKILL");
  }
}
