import { randomBytes } from "node:crypto";
import { serve } from "../../control/server.ts";
import { socketPath } from "../../model/control.ts";
import { HOME, type SlotRecord, type SlotStatus } from "../../model/supervision.ts";
import type { Place } from "../../model/target.ts";
import { eventsPath, noteEvents } from "../../state/events.ts";
import { takeLock } from "../../state/lock.ts";
import { keepLogs } from "../../supervisor/logs/keep.ts";
import { fresh, type Slot } from "../../supervisor/machine.ts";
import { type Remembered, supervise } from "../../supervisor/supervisor.ts";
import { verbs } from "../../supervisor/verbs.ts";
import { system } from "../../system/system.ts";
import { RUNNERS } from "../../../targets/registry.ts";
import type { Context } from "../table.ts";
import { UsageError } from "../usage.ts";
import { word } from "./request.ts";

/** Runs in the foreground until it is told to quit: everything that it needs is loaded before the first agent starts. */
export async function keep(home: string, context: Context): Promise<number> {
  const place = placeIn(home);
  const folder = HOME.daemon(home);
  const lock = takeLock(system.files, folder, {
    pid: process.pid,
    host: system.host.name,
    command: "aac daemon start",
    since: system.clock.wall(),
  });
  // Another one is at it: a lost race is no error.
  if (lock.is === "taken") return 0;
  if (lock.is === "refused") {
    context.error(`${system.clock.wall()} ${lock.path} ${lock.why}\n`);
    return 1;
  }
  const events = eventsPath(folder);
  const identity = system.files.stat(home)?.identity ?? "";
  const say = (line: string): void => context.error(`${system.clock.wall()} ${line}\n`);
  const load = RUNNERS[place.target];
  if (load === undefined) throw new UsageError(`there is no supervisor for ${place.target}`);
  const runner = (await load()).runnerOf(system, place);
  const logs = keepLogs(system, HOME.logs(home), ({ path, why }) => say(`${path}: ${why}`));
  const before = remembered(home);
  for (const { record } of before)
    logs.watch(record.charge.agent, record.charge.replica, record.charge.logging);
  const supervisor = supervise({
    system,
    runner,
    home,
    newRunId: () => randomBytes(6).toString("hex"),
    chance: Math.random,
    runStarted(charge, runId) {
      logs.watch(charge.agent, charge.replica, charge.logging);
      logs.started(charge.agent, charge.replica, runId);
    },
    forgotten: (charge) => logs.forget(charge.agent, charge.replica),
    say,
    // What cannot be written down happened all the same.
    note: (event) => void noteEvents(system.files, events, [event]),
    before,
  });
  let quit: () => void = () => undefined;
  const quitting = new Promise<void>((resolve) => {
    quit = resolve;
  });
  const server = await serve(system.sockets, socketPath(place), {
    hello: {
      version: context.version,
      pid: process.pid,
      since: system.clock.wall(),
      home: { path: home, identity },
    },
    handle: verbs(supervisor, () => quit()),
    clock: system.clock,
    bug: (error) =>
      say(`a fault of aac: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
  });
  if (!server.ok) {
    say(`${server.error.why}; ${server.error.repair}`);
    supervisor.leave();
    logs.close();
    lock.release();
    return server.error.is === "in use" ? 0 : 1;
  }
  say(`supervisor of ${place.project}, pid ${process.pid}, ${before.length} agents remembered`);
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => quit());
  // A terminal that goes away is no reason to leave agents alone.
  process.on("SIGHUP", () => undefined);
  // Its home may be taken away under it: then another one has to begin anew, and two must never be at it.
  const alive = (): void => {
    if (system.files.stat(home)?.identity !== identity) {
      say("the state folder is gone: this supervisor ends, its agents go on");
      quit();
      return;
    }
    try {
      system.files.replace(`${folder}/alive`, system.clock.wall(), 0o600);
    } catch {
      // A full disk: who looks without us is told an older time, and the agents need us all the same.
    }
    stopAlive = system.clock.after(5000, alive);
  };
  let stopAlive = system.clock.after(0, alive);
  runner.tidy();
  await quitting;
  stopAlive();
  supervisor.leave();
  logs.close();
  runner.tidy();
  await server.value.close();
  lock.release();
  say("ended; its agents go on");
  return 0;
}

function placeIn(home: string): Place {
  const read = system.files.read(`${HOME.daemon(home)}/place.json`, 65_536);
  if (read.is !== "read")
    throw new UsageError(`${home} is no home of a supervisor`, "start it from a project: aac daemon start");
  return JSON.parse(new TextDecoder().decode(read.bytes)) as Place;
}

/** What an earlier supervisor wrote down; a record that cannot be read is left where it is. */
function remembered(home: string): readonly Remembered[] {
  return system.files.list(HOME.agents(home)).flatMap(({ name: agent }) =>
    system.files.list(`${HOME.agents(home)}/${agent}`).flatMap(({ name, is }): readonly Remembered[] => {
      if (is !== "folder" || !/^\d+$/.test(name)) return [];
      const record = readJson(HOME.record(home, agent, Number(name))) as
        | (SlotRecord & { readonly machine?: Slot; readonly bootId?: string })
        | undefined;
      if (record?.version !== 1) return [];
      const { machine, bootId = "", ...rest } = record;
      const status = readJson(HOME.status(home, agent, Number(name))) as SlotStatus | undefined;
      return [
        { record: rest, bootId, machine: machine ?? fresh, ...(status === undefined ? {} : { status }) },
      ];
    }),
  );
}

function readJson(path: string): unknown {
  const read = system.files.read(path, 16 * 1024 * 1024);
  if (read.is !== "read") return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(read.bytes));
  } catch {
    return undefined;
  }
}

export async function run(context: Context): Promise<number> {
  const home = word(context.options["home"]);
  if (home !== undefined) {
    const code = await keep(home, context);
    // Whatever a watcher of a folder that is gone still holds open: it has ended, and its keeper has to see that.
    process.exit(code);
  }
  const { daemon } = await import("./daemon-verbs.ts");
  return daemon(context);
}
