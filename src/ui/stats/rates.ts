import type { ReplicaStats } from "../../model/operates.ts";
import { secondsOf } from "../status/age.ts";

/** What a replica uses, as it is shown: of its processor the share of the last while, in thousandths of a core. */
export interface ReplicaUse extends Omit<ReplicaStats, "cpu"> {
  readonly cpu?: number;
}

/** Whether one reading says too little: a sum becomes a rate by another one. */
export const needsTwo = (replicas: readonly ReplicaStats[]): boolean =>
  replicas.some(({ cpu }) => cpu?.is === "sum");

/** By agent, then by replica. A sum that has nothing to be compared with, or was begun anew, is left out. */
export function ratesOf(
  before: readonly ReplicaStats[],
  after: readonly ReplicaStats[],
): readonly ReplicaUse[] {
  const known = new Map(before.map((one) => [keyOf(one), one]));
  return after
    .map(({ cpu: used, ...one }): ReplicaUse => {
      const cpu =
        used?.is === "rate"
          ? used.milli
          : used === undefined
            ? undefined
            : rate(known.get(keyOf(one)), one, used.ms);
      return cpu === undefined ? one : { ...one, cpu: Math.round(cpu) };
    })
    .toSorted((a, b) => (a.agent === b.agent ? a.replica - b.replica : a.agent < b.agent ? -1 : 1));
}

/** What runs under another name has begun anew, whatever number it has. */
const keyOf = ({ agent, replica, id }: Pick<ReplicaStats, "agent" | "replica" | "id">): string =>
  JSON.stringify([agent, replica, id]);

function rate(
  before: ReplicaStats | undefined,
  { at }: { readonly at: string },
  ms: number,
): number | undefined {
  const from = before === undefined ? undefined : secondsOf(before.at);
  const to = secondsOf(at);
  if (before?.cpu?.is !== "sum" || from === undefined || to === undefined || to <= from) return undefined;
  // Milliseconds of work a second are thousandths of a core.
  const used = (ms - before.cpu.ms) / (to - from);
  return used < 0 ? undefined : used;
}
