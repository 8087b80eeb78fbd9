import type { ReplicaStats } from "../../../src/model/operates.ts";

/** What a container uses, as its engine counts it. */
export type Used = Pick<
  ReplicaStats,
  "at" | "cpu" | "memory" | "processes" | "network" | "disk" | "processesLimit"
>;

const NANOS = 1_000_000;

/**
 * From what an engine says of one container at one moment; undefined where it does not run any more. Control groups of
 * version 1 and 2 are told in other words.
 */
export function usedIn(told: unknown): Used | undefined {
  const at = new Date(textAt(told, "read") ?? "");
  // One that has ended is told with the year 1, and with nothing in it.
  if (Number.isNaN(at.getTime()) || at.getTime() <= 0) return undefined;
  const nanos = numberAt(told, "cpu_stats", "cpu_usage", "total_usage");
  const memory = memoryIn(told);
  const processes = numberAt(told, "pids_stats", "current");
  const network = networkIn(told);
  const disk = diskIn(told);
  return {
    at: at.toISOString(),
    ...(nanos === undefined ? {} : { cpu: { is: "sum", ms: nanos / NANOS } }),
    ...(memory === undefined ? {} : { memory }),
    ...(processes === undefined ? {} : { processes }),
    ...(network === undefined ? {} : { network }),
    ...(disk === undefined ? {} : { disk }),
  };
}

/** Without files that were read and could be given back at once, as other tools of an engine count it. */
function memoryIn(told: unknown): number | undefined {
  const usage = numberAt(told, "memory_stats", "usage");
  if (usage === undefined) return undefined;
  const cached =
    numberAt(told, "memory_stats", "stats", "total_inactive_file") ??
    numberAt(told, "memory_stats", "stats", "inactive_file") ??
    0;
  return cached < usage ? usage - cached : usage;
}

/** One that has the network of its machine, or none, has no figures of its own. */
function networkIn(told: unknown): Used["network"] {
  const all = valueAt(told, "networks");
  if (typeof all !== "object" || all === null) return undefined;
  const sum = (name: string): number =>
    Object.values(all).reduce((total: number, one: unknown) => total + (numberAt(one, name) ?? 0), 0);
  return { received: sum("rx_bytes"), sent: sum("tx_bytes") };
}

/** Null where its kernel counts nothing; empty where nothing was counted yet. */
function diskIn(told: unknown): Used["disk"] {
  const all = valueAt(told, "blkio_stats", "io_service_bytes_recursive");
  if (!Array.isArray(all)) return undefined;
  const sum = (word: string): number =>
    all
      .filter((one: unknown) => textAt(one, "op")?.toLowerCase() === word)
      .reduce((total: number, one: unknown) => total + (numberAt(one, "value") ?? 0), 0);
  return { read: sum("read"), written: sum("write") };
}

function valueAt(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== "object" || found === null) return undefined;
    found = new Map<string, unknown>(Object.entries(found)).get(key);
  }
  return found;
}

function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = valueAt(value, ...path);
  return typeof found === "number" ? found : undefined;
}

function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = valueAt(value, ...path);
  return typeof found === "string" ? found : undefined;
}
