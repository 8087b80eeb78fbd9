import type { Files } from "../../../src/model/system.ts";
import { HOME, type SlotRecord, type SlotStatus } from "../../../src/model/supervision.ts";

/** What the supervisor wrote down, read without it. */
export interface Slots {
  readonly records: readonly SlotRecord[];
  /** By `agent/replica`. */
  readonly statuses: ReadonlyMap<string, SlotStatus>;
  /** Records that cannot be read: path and why. Nothing is read from them and nothing of them is lost. */
  readonly unreadable: readonly { readonly path: string; readonly why: string }[];
}

const LIMIT = 16 * 1024 * 1024;

export function readSlots(files: Files, home: string): Slots {
  const records: SlotRecord[] = [];
  const statuses = new Map<string, SlotStatus>();
  const unreadable: { path: string; why: string }[] = [];
  for (const agent of files.list(HOME.agents(home))) {
    if (agent.is !== "folder") continue;
    for (const replica of files.list(`${HOME.agents(home)}/${agent.name}`)) {
      if (replica.is !== "folder" || !/^\d+$/.test(replica.name)) continue;
      const number = Number(replica.name);
      const path = HOME.record(home, agent.name, number);
      const record = readJson(files, path);
      if (record.is === "absent") continue;
      if (record.is === "wrong") {
        unreadable.push({ path, why: record.why });
        continue;
      }
      const { value } = record;
      if (!("version" in value) || value.version !== 1)
        unreadable.push({ path, why: "it was written by another version of aac" });
      else if (!isRecord(value)) unreadable.push({ path, why: "something is missing in it" });
      else {
        records.push(value);
        const status = readJson(files, HOME.status(home, agent.name, number));
        if (status.is === "read" && isStatus(status.value))
          statuses.set(`${agent.name}/${number}`, status.value);
      }
    }
  }
  return { records, statuses, unreadable };
}

type ReadJson =
  | { readonly is: "absent" }
  | { readonly is: "wrong"; readonly why: string }
  | { readonly is: "read"; readonly value: object };

function readJson(files: Files, path: string): ReadJson {
  const stat = files.stat(path);
  if (stat === undefined) return { is: "absent" };
  if (stat.is !== "file" || stat.links !== 1)
    return { is: "wrong", why: "it is not a plain file of its own" };
  const read = files.read(path, LIMIT);
  if (read.is === "absent") return read;
  if (read.is !== "read") return { is: "wrong", why: read.is === "large" ? "it is too large" : read.why };
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(read.bytes));
    return typeof value === "object" && value !== null
      ? { is: "read", value }
      : { is: "wrong", why: "it is no record" };
  } catch {
    return { is: "wrong", why: "it is not JSON" };
  }
}

function isRecord(value: object): value is SlotRecord {
  if (!("charge" in value) || !("wanted" in value)) return false;
  const { charge } = value;
  return (
    typeof charge === "object" &&
    charge !== null &&
    ["agent", "replica", "source", "command", "environment", "asked"].every((key) => key in charge)
  );
}

function isStatus(value: object): value is SlotStatus {
  return "state" in value && "since" in value && "restarts" in value;
}
