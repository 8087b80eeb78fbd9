import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { hereOf } from "../../src/cli/project/place.ts";
import { learn, outsideOf, secretsOf, writtenIn } from "../../src/cli/plans/prepare.ts";
import { load } from "../../src/cli/project/project.ts";
import { HOME, type SlotRecord } from "../../src/model/supervision.ts";
import type { System } from "../../src/model/system.ts";
import type { Place } from "../../src/model/target.ts";
import { system as real } from "../../src/system/system.ts";
import { target } from "../../targets/local-process/index.ts";
import { readSlots } from "../../targets/local-process/live/records.ts";
import { runnerOf } from "../../targets/local-process/runner-of.ts";
import { readPlacement, runFolder } from "../../targets/local-process/runner/folder.ts";
import { MARKER, writeMarker } from "../../targets/local-process/runner/marker.ts";
import { program } from "./run-aac.ts";
import type { World } from "./target-conformance.ts";
import { until } from "./until.ts";

const PORT = 27_410;

const agent = (name: string, rest: string): string => `apiVersion: agent.dev/v1
kind: Agent
metadata:
  name: ${name}
spec:
${rest}`;

const SERVER = `require("node:http").createServer((_, answer) => answer.end("ok")).listen(Number(process.env.PORT), "127.0.0.1");\n`;

/** Three small agents: one that another waits for, one with a configuration, one with a port and a health check. */
const FILES: Readonly<Record<string, string>> = {
  "store/agent.yaml": agent(
    "store",
    `  runtime: exec
  command: [sleep, "1000"]
  resources: {limits: {memory: 64Mi, pids: 50}}
`,
  ),
  "desk/agent.yaml": agent(
    "desk",
    `  runtime: exec
  command: [sleep, "1001"]
  dependsOn: [store]
  environment: [{name: GREETING, value: hello}]
  config: {topics: [rain]}
`,
  ),
  "page/agent.yaml": agent(
    "page",
    `  runtime: nodejs
  command: [node, index.cjs]
  ports: [{container: ${PORT}, host: ${PORT}}]
  healthCheck: {path: /, interval: 1s}
`,
  ),
  "page/index.cjs": SERVER,
};

let worlds = 0;

/** Real processes of this machine under a real supervisor, with all that they leave in one temporary folder. */
export async function localWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "aac-laws-"));
  const root = join(folder, "project");
  const { version } = JSON.parse(readFileSync(join(dirname(program), "../../package.json"), "utf8")) as {
    readonly version: string;
  };
  const environment = {
    PATH: process.env["PATH"],
    HOME: folder,
    XDG_STATE_HOME: join(folder, "state"),
    XDG_CACHE_HOME: join(folder, "cache"),
    XDG_RUNTIME_DIR: join(folder, "run"),
  };
  const host = { ...real.host, bootId: real.host.bootId, version, environment };
  const system: System = { ...real, host: { ...host, self: [process.execPath, program] } };
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries(FILES)) write(path, text);
  const project = `laws-${process.pid}-${++worlds}`;
  const here = hereOf({
    system,
    root,
    project,
    target: "local-process",
    needsName: false,
    portRange: [PORT + 1, PORT + 9],
    chosen: {},
  });
  const outside = outsideOf(root, () => (name) => environment[name as keyof typeof environment]);
  const strangers: ChildProcess[] = [];
  const open: World["open"] = async () => {
    const session = await target.open(system, here);
    if (!session.ok) throw new Error(session.error.message);
    return session.value;
  };
  const first = await open();
  const { place } = first;
  first.close();
  const hands = handsOn(system, place, open, strangers);
  return {
    target,
    clock: system.clock,
    origin: place.origin,
    secret: secretsOf({ irVersion: 1, project, agents: {} }, outside),
    open,
    settle: (promise) => promise,
    async request(session) {
      const loaded = await load({
        cwd: root,
        files: system.files,
        environment,
        named: ["."],
        whole: true,
        target: "local-process",
      });
      const errors = loaded.diagnostics.filter(({ level }) => level === "error");
      if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join("\n"));
      const ir = { ...loaded.compiled.ir, project };
      const facts = await learn(ir, outside, target, session, { paths: ["."], origin: place.origin });
      if (!facts.ok) throw new Error(facts.error.map(({ message }) => message).join("\n"));
      return { ir, facts: facts.value.facts, written: writtenIn(loaded) };
    },
    drifts: driftsOf(hands, place),
    async foreign() {
      const marker = { agent: "store", replica: 0, source: "store/agent.yaml", origin: place.origin };
      const theirs = [
        writeMarker({ ...marker, place: "0123456789ab", run: "run-of-theirs" }),
        // The same project from another checkout, whose records are lost.
        writeMarker({
          ...marker,
          place: place.key,
          agent: "lost",
          origin: "elsewhere:/p",
          run: "run-of-old",
        }),
        "v9 place=of another time",
      ].map((text) => hands.start(["sleep", "2000"], { ...environment, [MARKER]: text }));
      const beside = join(folder, "state/aac/another/local-process/agents/store/0/record.json");
      mkdirSync(dirname(beside), { recursive: true });
      writeFileSync(beside, "{}");
      await until("they run", () => theirs.every((pid) => real.processes.look(pid)?.argv[0] === "sleep"));
      return async () => {
        const looks = theirs.map((pid) => {
          const { argv, started, zombie } = real.processes.look(pid) ?? {};
          return { argv, started, zombie };
        });
        return JSON.stringify([looks, await readFile(beside, "utf8")]);
      };
    },
    breakOne() {
      write("store/agent.yaml", agent("store", `  runtime: exec\n  command: [/nowhere/program]\n`));
      return Promise.resolve({ failing: "store/process/0", dependents: ["desk/process/0"] });
    },
    left: () => hands.left(),
    async end() {
      await hands.endAll();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What somebody can do on a machine by hand. */
function handsOn(system: System, place: Place, open: World["open"], strangers: ChildProcess[]) {
  const runner = runnerOf(system, place);
  const records = (): readonly SlotRecord[] => readSlots(system.files, place.home).records;
  const recordOf = (name: string): SlotRecord => {
    const found = records().find(({ charge }) => charge.agent === name);
    if (found === undefined) throw new Error(`there is no record of ${name}`);
    return found;
  };
  const supervisor = async () => {
    const session = await open();
    if (session.supervising === undefined) throw new Error("agents of this machine have a supervisor");
    return session.supervising;
  };
  const hands = {
    recordOf,
    start(
      command: readonly [string, ...string[]],
      environment: Readonly<Record<string, string | undefined>>,
    ) {
      const [name, ...args] = command;
      const child = spawn(name, args, { env: { ...environment }, detached: true, stdio: "ignore" });
      strangers.push(child);
      if (child.pid === undefined) throw new Error(`${name} cannot be started`);
      return child.pid;
    },
    async endSupervisor() {
      await (await supervisor()).stop();
    },
    /** The tree of an agent and its shim; returns what its environment was. */
    async kill(name: string) {
      const { run } = recordOf(name);
      if (run === undefined) throw new Error(`${name} does not run`);
      const environment = system.processes.look(run.pid)?.environment ?? {};
      system.processes.signal(run.pid, "SIGKILL");
      await until(`${name} is gone`, () => !runner.find().some((one) => one.agent === name));
      return environment;
    },
    placementOf(name: string) {
      const { run } = recordOf(name);
      return readPlacement(system, runFolder(HOME.runs(place.home), run?.runId ?? "none"));
    },
    async left(): Promise<readonly string[]> {
      const status = await (await supervisor()).status();
      const listed = async (folder: string): Promise<string[]> =>
        (await readdir(folder).catch(() => [])).map(
          (name) => `${folder.slice(place.home.length + 1)}/${name}`,
        );
      return [
        ...runner.find().map(({ agent: name, is }) => `process of ${name}: ${is}`),
        ...(await listed(HOME.agents(place.home))),
        ...(await listed(HOME.runs(place.home))),
        ...(status.ok && status.value === undefined ? [] : ["a supervisor"]),
      ];
    },
    async endAll() {
      await hands.endSupervisor();
      for (const { charge, run } of records()) if (run !== undefined) await runner.kill(charge, run);
      for (const { pid } of runner.find()) system.processes.signal(pid, "SIGKILL");
      for (const child of strangers) child.kill("SIGKILL");
      for (const { charge, runId } of records()) if (runId !== undefined) runner.forget(charge, runId);
      await until("no process of this world is left", () => runner.find().length === 0);
    },
  };
  return hands;
}

function driftsOf(hands: ReturnType<typeof handsOn>, place: Place): World["drifts"] {
  const store = "store/process/0";
  const config = HOME.config(place.home, "desk");
  const limit = {
    what: "a limit that was set by hand",
    id: store,
    path: "limits/pids",
    origin: "drift" as const,
    make() {
      const group = hands.placementOf("store").limits.pids;
      if (group === undefined) throw new Error("this machine holds no limit of processes");
      writeFileSync(join(group.folder, "pids.max"), "77");
      return Promise.resolve();
    },
  };
  return [
    ...(runnerHoldsPids(place) ? [limit] : []),
    {
      what: "a configuration that was edited by hand",
      id: "desk/config/config",
      path: "config/topics/0",
      origin: "drift",
      make() {
        rmSync(config);
        writeFileSync(config, '{"topics": ["snow"]}', { mode: 0o600 });
        return Promise.resolve();
      },
    },
    {
      what: "a process that was killed while nobody looked after it",
      id: store,
      path: "running",
      origin: "drift",
      async make() {
        await hands.endSupervisor();
        await hands.kill("store");
      },
    },
    {
      what: "a process that somebody started in its place, with another argument",
      id: store,
      path: "command/1",
      origin: "drift",
      async make() {
        await hands.endSupervisor();
        const environment = await hands.kill("store");
        hands.start(["sleep", "1234"], environment);
      },
    },
    {
      what: "a record that is gone",
      id: store,
      path: "recorded",
      origin: "unknown",
      async make() {
        await hands.endSupervisor();
        rmSync(HOME.record(place.home, "store", 0));
      },
    },
  ];
}

/** Where a machine holds no limits there is none that could drift. */
const runnerHoldsPids = (place: Place): boolean => runnerOf(real, place).limitsHeld().pids;
