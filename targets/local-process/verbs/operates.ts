import type { Json } from "../../../src/base/canonical.ts";
import { err, ok, type Result } from "../../../src/base/result.ts";
import { wavesAgainst } from "../../../src/base/waves.ts";
import { aside } from "../../../src/model/aside.ts";
import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import type {
  AgentStatus,
  Decision,
  ExecRequest,
  Operates,
  Outcome,
  Stats,
  Status,
} from "../../../src/model/operates.ts";
import { HOME, type Runner, type SlotRecord, type SlotStatus } from "../../../src/model/supervision.ts";
import type { System } from "../../../src/model/system.ts";
import type { Failure, Place } from "../../../src/model/target.ts";
import { readLogs } from "../../../src/supervisor/logs/read.ts";
import { adoptedIn } from "./adopted.ts";
import { processFields } from "../orders/charge.ts";
import { ensureDaemon, findDaemon } from "../daemon.ts";
import { execIn } from "./exec.ts";
import { readSlots } from "../live/records.ts";
import { runnerOf } from "../runner-of.ts";
import { statsOf } from "../live/stats.ts";
import { exited } from "../orders/waiting.ts";
import { watchAgents } from "../live/watch.ts";

/** The verbs of the second day. Looking needs no supervisor; changing starts one. */
export function operatesOn(system: System, place: Place): Operates {
  const by = system.host.user;
  const holdOf = (what: string, decision: Decision): Json => ({
    by: decision.by,
    since: system.clock.wall(),
    what,
    ...(decision.reason === undefined ? {} : { reason: decision.reason }),
  });
  return {
    status: () => status(system, place),
    inspect: (agent) => Promise.resolve(inspect(system, place, agent)),
    async logs(request) {
      const read = await readLogs(system, HOME.logs(place.home), request, (agent) =>
        system.files
          .list(`${HOME.logs(place.home)}/${agent}`)
          .flatMap(({ name, is }) => (is === "folder" && /^\d+$/.test(name) ? [Number(name)] : [])),
      );
      if (read.ok) return read;
      return err(
        diagnostic("AAC4006", undefined, `${read.error.path} is no log of ours: ${read.error.why}`, {
          notes: [`move it aside: ${aside(system.files, read.error.path)}`],
        }),
      );
    },
    async stop(agents, decision) {
      const outcomes: Outcome[] = [];
      for (const wave of wavesAgainst(needsOf(readSlots(system.files, place.home).records), agents)) {
        const told = await each(system, place, wave, (agent) => ({
          verb: "stop",
          body: { agent, hold: holdOf("stopped", decision) },
        }));
        if (!told.ok) return told;
        outcomes.push(...told.value);
      }
      return ok(outcomes);
    },
    start: (agents) => each(system, place, agents, (agent) => ({ verb: "start", body: { agent, by } })),
    restart: (agents) => each(system, place, agents, (agent) => ({ verb: "restart", body: { agent, by } })),
    async hold(agent, hold) {
      const told = await each(system, place, [agent], () => ({
        verb: "hold",
        body: { agent, hold: JSON.parse(JSON.stringify(hold)) as Json },
      }));
      if (!told.ok) return told;
      const failed = told.value.find((one) => !one.ok);
      return failed === undefined
        ? ok(undefined)
        : err(
            diagnostic("AAC4008", undefined, `${agent} cannot be held: ${failed.text}`, {
              notes: ["aac status lists those that live here"],
            }),
          );
    },
    release: (agents) => each(system, place, agents, (agent) => ({ verb: "release", body: { agent, by } })),
    pause: (agents, decision) =>
      each(system, place, agents, (agent) => ({
        verb: "pause",
        body: { agent, hold: holdOf("paused", decision) },
      })),
    resume: (agents) => each(system, place, agents, (agent) => ({ verb: "resume", body: { agent, by } })),
    stats: () => Promise.resolve(stats(system, place)),
    watch: (request) => watchAgents(system, place, request),
    exec: (request) => exec(system, place, request),
  };
}

const needsOf = (records: readonly SlotRecord[]): ReadonlyMap<string, readonly string[]> =>
  new Map(records.map(({ charge }) => [charge.agent, Object.keys(charge.dependsOn)]));

async function each(
  system: System,
  place: Place,
  agents: readonly string[],
  ask: (agent: string) => { readonly verb: string; readonly body: Json },
): Promise<Result<readonly Outcome[], Diagnostic>> {
  const connected = await ensureDaemon(system, place);
  if (!connected.ok) return connected;
  const connection = connected.value;
  const outcomes = await Promise.all(
    agents.map(async (agent): Promise<Outcome> => {
      const { verb, body } = ask(agent);
      return outcome(agent, await connection.call(verb, body));
    }),
  );
  connection.close();
  return ok(outcomes);
}

function outcome(agent: string, answer: Result<Json, Failure>): Outcome {
  if (!answer.ok) return { agent, ok: false, text: answer.error.message };
  const told = answer.value as { readonly is?: string; readonly pids?: readonly number[] } | null;
  if (told?.is === "unknown") return { agent, ok: false, text: "no such agent here" };
  if (told?.is === "not running") return { agent, ok: false, text: "it does not run" };
  if (told?.is === "survivors")
    return { agent, ok: false, text: `could not be ended: ${(told.pids ?? []).join(" ")}` };
  return { agent, ok: true, text: told?.is ?? "done" };
}

async function status(system: System, place: Place): Promise<Result<Status, Diagnostic>> {
  const daemon = await findDaemon(system, place);
  if (!daemon.ok) return daemon;
  const supervised = daemon.value !== undefined;
  daemon.value?.close();
  const slots = readSlots(system.files, place.home);
  const [broken] = slots.unreadable;
  if (broken !== undefined) return err(unreadable(system, broken));
  const runner = runnerOf(system, place);
  const agents = slots.records
    .map((record) =>
      agentStatus(
        record,
        slots.statuses.get(`${record.charge.agent}/${record.charge.replica}`),
        runner,
        supervised,
      ),
    )
    .sort((a, b) => (a.agent < b.agent ? -1 : 1));
  const known = new Set(agents.map(({ agent }) => agent));
  const strays = [...new Set(runner.find().map(({ agent }) => agent))].filter((agent) => !known.has(agent));
  return ok({
    agents,
    notes: [
      ...(supervised || agents.length === 0
        ? []
        : [
            `supervisor not running${since(slots.records, system, place)}: no restarts, no scaling · aac daemon start`,
          ]),
      ...adoptedIn(system, place.home)
        .filter(({ adopted }) => !known.has(adopted.agent))
        .map(
          ({ adopted }) =>
            `${adopted.agent} is process ${adopted.pid}, adopted by ${adopted.by}: aac apply exchanges it`,
        ),
      ...strays.map(
        (agent) => `${agent} runs, but its record is gone: aac apply starts it anew, aac destroy ends it`,
      ),
    ],
  });
}

function stats(system: System, place: Place): Result<Stats, Diagnostic> {
  const { records, unreadable: broken } = readSlots(system.files, place.home);
  const [first] = broken;
  return first === undefined ? ok(statsOf(system, place, records)) : err(unreadable(system, first));
}

async function exec(system: System, place: Place, request: ExecRequest): Promise<Result<number, Diagnostic>> {
  const slots = readSlots(system.files, place.home);
  const [first] = slots.unreadable;
  return first === undefined ? execIn(system, place, slots, request) : err(unreadable(system, first));
}

/** When the supervisor wrote for the last time: its death is not seen by anybody. */
function since(records: readonly SlotRecord[], { files }: System, place: Place): string {
  const read = files.read(`${HOME.daemon(place.home)}/alive`, 100);
  if (records.length === 0 || read.is !== "read") return "";
  const at = new TextDecoder().decode(read.bytes).trim();
  return at === "" ? "" : ` since ${at}`;
}

export function unreadable(
  { files }: System,
  { path, why }: { readonly path: string; readonly why: string },
): Diagnostic {
  return diagnostic("AAC4006", undefined, `the record ${path} cannot be read: ${why}`, {
    notes: [
      "nothing was read from it, and nothing was changed",
      `move it aside, and what lives is found again: ${aside(files, path)}`,
    ],
  });
}

function agentStatus(
  record: SlotRecord,
  told: SlotStatus | undefined,
  runner: Runner,
  supervised: boolean,
): AgentStatus {
  const { charge, run } = record;
  const alive = run !== undefined && runner.lives(run);
  const fields = processFields(charge.asked);
  const usage = alive ? runner.usage(charge, run) : undefined;
  const state = stateOf(record, told, alive, supervised);
  return {
    agent: charge.agent,
    replica: charge.replica,
    ...state,
    health: alive ? (told?.health ?? "none") : "none",
    restarts: told?.restarts ?? 0,
    ...(told === undefined ? {} : { since: told.since }),
    ports: Object.entries(fields.ports).map(([key, { port, address }]) =>
      url(key, port, address, fields.health),
    ),
    ...(alive ? { id: String(run.pid) } : {}),
    ...(usage === undefined ? {} : { memory: usage.memory }),
    ...(told?.lastExit === undefined ? {} : { lastExit: `${exited(told)}, ${told.lastExit.at}` }),
    ...(told?.lastProbe === undefined ? {} : { lastProbe: told.lastProbe.text }),
    ...(told?.nextTry === undefined || !supervised ? {} : { nextTry: told.nextTry }),
    ...(told === undefined ? {} : { breaker: told.breaker }),
    ...(record.hold === undefined
      ? {}
      : {
          held: `held by ${record.hold.by} since ${record.hold.since}: ${record.hold.what ?? "stopped"}${record.hold.reason === undefined ? "" : ` (${record.hold.reason})`}`,
        }),
    ...(charge.mark === undefined ? {} : { revision: charge.mark.revision }),
    source: charge.source,
  };
}

function stateOf(
  record: SlotRecord,
  told: SlotStatus | undefined,
  alive: boolean,
  supervised: boolean,
): { readonly state: string; readonly detail?: string } {
  if (told === undefined) return { state: alive ? "running" : "unknown" };
  const detail = told.detail === undefined ? {} : { detail: told.detail };
  // A supervisor that has just come back has not written down yet what it found.
  if (supervised && !alive && (told.state === "ready" || told.state === "running"))
    return { state: "stopped", detail: "ended just now" };
  if (supervised || ["stopped", "completed", "failed"].includes(told.state))
    return { state: told.state, ...detail };
  if (alive)
    return { state: record.paused === true ? "paused" : told.state === "ready" ? "ready" : "running" };
  return {
    state: "stopped",
    detail: record.wanted === "running" ? "ended, and no supervisor saw it" : "stopped",
  };
}

/** As an address that can be opened. */
function url(key: string, port: number, address: string, health: Readonly<Record<string, Json>>): string {
  const asked = Object.values(health).some(
    (probe) =>
      typeof probe === "object" &&
      probe !== null &&
      "type" in probe &&
      probe.type === "http" &&
      "port" in probe &&
      String(probe.port) === key.split("/")[0],
  );
  const scheme = asked ? "http" : key.endsWith("/udp") ? "udp" : "tcp";
  const host =
    address === "0.0.0.0" || address === "::"
      ? "127.0.0.1"
      : address.includes(":")
        ? `[${address}]`
        : address;
  return `${scheme}://${host}:${port}`;
}

function inspect(system: System, place: Place, agent: string): Result<Json, Diagnostic> {
  const slots = readSlots(system.files, place.home);
  const [broken] = slots.unreadable;
  if (broken !== undefined) return err(unreadable(system, broken));
  const record = slots.records.find((one) => one.charge.agent === agent);
  if (record === undefined)
    return err(
      diagnostic("AAC4008", undefined, `no agent \`${agent}\` lives here`, {
        notes: ["aac status lists those that do"],
      }),
    );
  const { charge, run } = record;
  const runner = runnerOf(system, place);
  const alive = run !== undefined && runner.lives(run);
  const process = alive ? system.processes.look(run.pid) : undefined;
  const value = {
    agent: charge.agent,
    replica: charge.replica,
    source: charge.source,
    origin: charge.origin,
    command: charge.command,
    workingDirectory: charge.cwd,
    environment: charge.environment,
    // Where the value comes from; never the value.
    secrets: charge.secrets,
    health: charge.health,
    supervision: charge.supervision,
    limits: charge.limits,
    dependsOn: charge.dependsOn,
    // The folder of its code, where that is what once ran.
    code: charge.tree,
    mark: charge.mark,
    wanted: record.wanted,
    hold: record.hold,
    status: slots.statuses.get(`${agent}/${charge.replica}`),
    run,
    process:
      process === undefined
        ? undefined
        : {
            pid: process.pid,
            parent: process.parent,
            argv: process.argv,
            cwd: process.cwd,
            uid: process.uid,
            memory: process.memory,
          },
    processes: alive ? runner.members(charge, run) : [],
    logs: `${HOME.logs(place.home)}/${agent}/${charge.replica}`,
    record: HOME.record(place.home, agent, charge.replica),
  };
  return ok(JSON.parse(JSON.stringify(value)) as Json);
}
