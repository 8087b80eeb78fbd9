import type { ReplicaStats, Stats } from "../../model/operates.ts";
import { ratesOf } from "../stats/rates.ts";

/** What replicas used lately: the last readings of each, the newest last. */
export type History = ReadonlyMap<string, Readings>;

export interface Readings {
  /** Thousandths of a core; undefined where one reading says nothing yet. */
  readonly cpu: readonly (number | undefined)[];
  readonly memory: readonly (number | undefined)[];
  readonly last: ReplicaStats;
}

export const NO_HISTORY: History = new Map();
export const KEPT = 60;

export const keyOf = ({ agent, replica }: { readonly agent: string; readonly replica: number }): string =>
  `${agent}.${replica}`;

/** Replicas that are not read any more are forgotten with all they had. */
export function remembered(history: History, stats: Stats): History {
  return new Map(
    stats.replicas.map((one) => {
      const key = keyOf(one);
      return [key, withReading(history.get(key), one)];
    }),
  );
}

function withReading(known: Readings | undefined, one: ReplicaStats): Readings {
  if (known === undefined || known.last.id !== one.id)
    return {
      // One that was started anew goes on where the former one left off, with a gap between.
      cpu: kept(known?.cpu ?? [], rateOf(undefined, one)),
      memory: kept(known?.memory ?? [], one.memory),
      last: one,
    };
  // Some platforms measure less often than they are asked.
  if (known.last.at === one.at) return known;
  return {
    cpu: kept(known.cpu, rateOf(known.last, one)),
    memory: kept(known.memory, one.memory),
    last: one,
  };
}

const kept = (
  all: readonly (number | undefined)[],
  next: number | undefined,
): readonly (number | undefined)[] => [...all, next].slice(-KEPT);

const rateOf = (before: ReplicaStats | undefined, one: ReplicaStats): number | undefined =>
  ratesOf(before === undefined ? [] : [before], [one])[0]?.cpu;

/** The newest that says something: one gap does not make an agent idle. */
export const latest = (readings: readonly (number | undefined)[]): number | undefined =>
  readings.at(-1) ?? readings.at(-2);
