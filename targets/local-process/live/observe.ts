import type { Json } from "../../../src/base/canonical.ts";
import type { Fields, Observed, Resource } from "../../../src/model/resource.ts";
import type {
  Charge,
  Found,
  Limits,
  RunIdentity,
  Runner,
  SlotRecord,
  SlotStatus,
} from "../../../src/model/supervision.ts";
import { HOME } from "../../../src/model/supervision.ts";
import type { System } from "../../../src/model/system.ts";
import type { Place } from "../../../src/model/target.ts";
import { showBytes, showCpu } from "../../../src/base/quantity.ts";
import { adoptedIn, adoptedObject } from "../verbs/adopted.ts";
import { processFields } from "../orders/charge.ts";
import { configId, processId } from "../desired.ts";
import type { Slots } from "./records.ts";
import { unlike } from "./unlike.ts";

export interface Look {
  readonly system: System;
  readonly place: Place;
  readonly slots: Slots;
  readonly runner: Pick<Runner, "find"> & {
    readonly readLimits: (charge: Charge, run: RunIdentity) => Limits | undefined;
  };
  /** Whether somebody looks after the agents now. */
  readonly supervised: boolean;
  /** Of an environment by its key: what its manifest says. */
  readonly environment: (key: string) => Fields | undefined;
  /** Which key secrets are compared with; what was made with another cannot be compared. */
  readonly key: string;
}

/** What lives on this machine of the project, in the shape of what is wanted. Reads only. */
export function observe(desired: readonly Resource[], look: Look): Observed[] {
  const wanted = new Map(desired.map((one) => [one.id, one]));
  const found = new Map<string, Found[]>();
  for (const one of look.runner.find()) found.set(one.agent, [...(found.get(one.agent) ?? []), one]);
  const objects: Observed[] = [];
  const recorded = new Set<string>();
  for (const record of look.slots.records) {
    recorded.add(record.charge.agent);
    objects.push(
      ...ofRecord(
        record,
        found.get(record.charge.agent) ?? [],
        wanted.get(processId(record.charge.agent)),
        look,
      ),
    );
  }
  for (const [agent, processes] of found) {
    if (recorded.has(agent)) continue;
    const stray = strayOf(agent, processes, wanted.get(processId(agent)), look);
    if (stray !== undefined) objects.push(stray);
  }
  for (const one of adoptedIn(look.system, look.place.home)) {
    const id = processId(one.adopted.agent);
    if (!objects.some((other) => other.id === id))
      objects.push(adoptedObject(one, wanted.get(id), look.place));
  }
  for (const resource of desired) {
    if (resource.kind !== "environment") continue;
    const known = objects.find((one) => one.id === processId(resource.agent));
    const fields = look.environment(keyOf(known, resource));
    if (fields !== undefined) objects.push(environmentObject(resource, fields, look.place));
  }
  return objects;
}

/** The environment that the agent runs in, or the one that it would run in. */
function keyOf(process: Observed | undefined, resource: Resource): string {
  const used = process?.asked?.["environmentKey"];
  return typeof used === "string" ? used : String(resource.fields["content"]);
}

function environmentObject(resource: Resource, fields: Fields, place: Place): Observed {
  return {
    id: resource.id,
    agent: resource.agent,
    kind: resource.kind,
    name: resource.name,
    after: [],
    fields,
    asked: fields,
    holdsData: false,
    protect: false,
    source: resource.source,
    origin: place.origin,
    identity: String(fields["content"]),
  };
}

function ofRecord(
  record: SlotRecord,
  processes: readonly Found[],
  wanted: Resource | undefined,
  look: Look,
): Observed[] {
  const charge = { ...record.charge, asked: comparable(record.charge.asked, look.key) };
  const status = look.slots.statuses.get(`${charge.agent}/${charge.replica}`);
  const base = {
    agent: charge.agent,
    holdsData: false,
    source: charge.source,
    origin: charge.origin,
    identity: `${look.place.key}/${charge.agent}/${charge.replica}`,
  };
  const main = processes.find((one) => one.is !== "member" && one.runId === record.runId);
  const stray =
    processes.find((one) => one.is === "main" && one.runId !== record.runId) ??
    (main === undefined ? processes.find((one) => one.is === "main" || one.is === "member") : undefined);
  const strange = stray === undefined ? undefined : look.system.processes.look(stray.pid);
  const fields: Fields = {
    ...charge.asked,
    ...(main === undefined ? {} : liveLimits(record, look)),
    ...(strange === undefined ? {} : unlike(charge.asked, strange, charge.surroundings)),
    running: isRunning(record, status, main !== undefined || strange !== undefined, look.supervised),
  };
  const process: Observed = {
    ...base,
    id: processId(charge.agent),
    kind: "process",
    name: String(charge.replica),
    after: charge.after,
    protect: charge.protect,
    fields,
    asked: charge.asked,
    ...(status === undefined ? {} : { readyMs: status.readyMs }),
    ...(status?.state === "failed" ? { others: { running: "the supervisor, which gave up" } } : {}),
    ...(record.hold === undefined ? {} : { hold: { ...record.hold, what: record.hold.what ?? "stopped" } }),
  };
  const config = configObject(charge.agent, base, wanted, look);
  return config === undefined ? [process] : [process, config];
}

function configObject(
  agent: string,
  base: Pick<Observed, "agent" | "holdsData" | "source" | "origin" | "identity">,
  wanted: Resource | undefined,
  { system, place }: Look,
): Observed | undefined {
  const config = configIn(system, HOME.config(place.home, agent));
  if (config === undefined) return undefined;
  const asked = configIn(system, askedConfig(place.home, agent));
  return {
    ...base,
    id: configId(agent),
    kind: "config",
    name: "config",
    after: [],
    protect: wanted?.protect ?? false,
    fields: { config },
    ...(asked === undefined ? {} : { asked: { config: asked } }),
  };
}

/** What was written there: the agent may find another text by now, and an edit of the file is told from that. */
export const askedConfig = (home: string, agent: string): string =>
  `${HOME.agents(home)}/${agent}/config.asked.json`;

function configIn({ files }: System, path: string): Json | undefined {
  const read = files.read(path, 16 * 1024 * 1024);
  if (read.is !== "read") return undefined;
  const text = new TextDecoder().decode(read.bytes);
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}

function comparable(asked: Fields, key: string): Fields {
  const secrets = Object.entries(processFields(asked).secrets).map(([name, digest]) => [
    name,
    digest?.startsWith(`${key}:`) === true ? digest : null,
  ]);
  return { ...asked, secrets: Object.fromEntries(secrets) };
}

/** Whether somebody or something keeps it running: a pause between two tries is no drift, giving up is. */
function isRunning(
  record: SlotRecord,
  status: SlotStatus | undefined,
  alive: boolean,
  supervised: boolean,
): boolean {
  // Whoever holds it so is shown; frozen and held by nobody, it waits for nothing that would come.
  if (record.paused === true) return false;
  if (status?.state === "failed" || status?.detail?.startsWith("needs-secret") === true) return false;
  if (alive || status?.state === "completed") return true;
  return supervised && record.wanted === "running";
}

/** What the kernel holds the tree to now. A machine without groups has nothing to compare. */
function liveLimits(record: SlotRecord, { runner }: Look): Fields {
  if (record.run === undefined) return {};
  const live = runner.readLimits(record.charge, record.run);
  if (live === undefined) return {};
  const asked = processFields(record.charge.asked).limits;
  return {
    limits: {
      ...asked,
      ...(live.memory === undefined ? without(asked, "memory") : { memory: showBytes(live.memory) }),
      ...(live.cpu === undefined ? without(asked, "cpu") : { cpu: showCpu(live.cpu) }),
      ...(live.pids === undefined ? without(asked, "pids") : { pids: live.pids }),
    },
  };
}

function without(limits: object, name: string): Readonly<Record<string, undefined>> {
  return name in limits ? { [name]: undefined } : {};
}

/** Alive and without a record: its state folder was lost. It is compared as far as it can be seen. */
function strayOf(
  agent: string,
  processes: readonly Found[],
  wanted: Resource | undefined,
  { system, place }: Look,
): Observed | undefined {
  const one =
    processes.find(({ is }) => is === "main") ?? processes.find(({ is }) => is !== "shim") ?? processes[0];
  if (one === undefined) return undefined;
  const facts = system.processes.look(one.pid);
  const fields: Fields =
    wanted === undefined
      ? { recorded: false }
      : {
          ...wanted.fields,
          ...(facts === undefined || one.is !== "main" ? {} : unlike(wanted.fields, facts, {})),
          recorded: false,
        };
  return {
    id: processId(agent),
    agent,
    kind: "process",
    name: "0",
    after: wanted?.after ?? [],
    fields,
    holdsData: false,
    protect: false,
    source: one.source ?? wanted?.source ?? "",
    origin: one.origin ?? place.origin,
    identity: `${place.key}/${agent}/0`,
  };
}
