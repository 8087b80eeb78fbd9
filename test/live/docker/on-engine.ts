import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type Docker from "dockerode";
import { expect } from "vitest";
import { type Applied, apply } from "../../../src/apply/apply.ts";
import { hereOf } from "../../../src/cli/project/place.ts";
import { learn, outsideOf, secretsOf, writtenIn } from "../../../src/cli/plans/prepare.ts";
import { load } from "../../../src/cli/project/project.ts";
import type { Plan } from "../../../src/model/plan.ts";
import { OF_THE_PROJECT, type Observed, type Resource } from "../../../src/model/resource.ts";
import type { System } from "../../../src/model/system.ts";
import type { DesiredRequest, Observation, Preflight, Session } from "../../../src/model/target.ts";
import { plan } from "../../../src/plan/plan.ts";
import { system as real } from "../../../src/system/system.ts";
import { connect } from "../../../targets/docker/client.ts";
import { target } from "../../../targets/docker/index.ts";
import { LABEL } from "../../../targets/docker/names.ts";
import { clearProject } from "./by-command.ts";
import { printPlan } from "../../helpers/print-plan.ts";

export interface Options {
  readonly destroy?: boolean;
  readonly release?: boolean;
  /** Objects to make anew though nothing about them changed. */
  readonly replace?: readonly string[];
  /** Ends the apply before that step, as a kill would. */
  readonly killedBefore?: string;
}

export interface Carried extends Applied {
  /** What was told on the way: `agent/image/main step 1 of 3: …`. */
  readonly told: readonly string[];
  readonly leftovers: readonly string[];
}

export interface Planned {
  readonly plan: Plan;
  readonly session: Session;
  readonly desired: readonly Resource[];
  readonly observation: Observation;
}

/** A project with its files in a folder of its own, and its objects on a real engine. */
export interface OnEngine {
  readonly docker: Docker;
  readonly project: string;
  readonly root: string;
  /** Variables of whoever calls. */
  readonly environment: Record<string, string | undefined>;
  write(path: string, text: string): void;
  makeExecutable(path: string): void;
  readonly open: () => Promise<Session>;
  /** What the files say, and what the outside world adds to them. */
  readonly request: (session: Session) => Promise<DesiredRequest>;
  secret(): Promise<Preflight["secret"]>;
  planned(options?: Options): Promise<Planned>;
  /** The plan as text, without what stays as it is. */
  text(options?: Options): Promise<string>;
  /** What would fail at once, each with its way out. */
  preflight(): Promise<readonly string[]>;
  carryOut(options?: Options): Promise<Carried>;
  /** The same, where anything but success fails the test and says why. */
  applied(options?: Options): Promise<Carried>;
  readonly one: (agent: string) => Promise<Docker.ContainerInspectInfo>;
  containers(agent: string): Promise<readonly Docker.ContainerInspectInfo[]>;
  /** What a command in the container of an agent prints. */
  inside(agent: string, ...command: readonly string[]): Promise<string>;
  live(kind: string): Promise<Observed>;
  /** By what it is, all that there is of the project. */
  left(): Promise<readonly string[]>;
  end(): Promise<void>;
}

let made = 0;

export async function onEngine(
  given: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>>,
): Promise<OnEngine> {
  const project = `first-${process.pid}-${++made}`;
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "aac-engine-")));
  const root = join(folder, "project");
  const environment: Record<string, string | undefined> = {
    ...given,
    HOME: folder,
    XDG_STATE_HOME: join(folder, "state"),
    XDG_CACHE_HOME: join(folder, "cache"),
  };
  const system: System = { ...real, host: { ...real.host, environment } };
  const connected = await connect(environment, system.files);
  if (!connected.ok) throw new Error(connected.error.message);
  const { docker } = connected.value;
  const here = hereOf({
    system,
    root,
    project,
    target: "docker",
    needsName: false,
    portRange: [27_510, 27_519],
    chosen: {},
  });
  const outside = outsideOf(root, () => (name) => environment[name]);
  const write: OnEngine["write"] = (path, text) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  const open: OnEngine["open"] = async () => {
    const session = await target.open(system, here);
    if (!session.ok) throw new Error(session.error.message);
    return session.value;
  };
  const loaded = async () => {
    const found = await load({
      cwd: root,
      files: system.files,
      environment,
      named: ["."],
      whole: true,
      target: "docker",
    });
    const errors = found.diagnostics.filter(({ level }) => level === "error");
    if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join("\n"));
    return found;
  };
  const request: OnEngine["request"] = async (session) => {
    const found = await loaded();
    const ir = { ...found.compiled.ir, project };
    const scope = { paths: ["."], origin: session.place.origin };
    const facts = await learn(ir, outside, target, session, scope);
    if (!facts.ok) throw new Error(facts.error.map(({ message }) => message).join("\n"));
    return { ir, facts: facts.value.facts, written: writtenIn(found) };
  };
  const wanted = async (session: Session): Promise<readonly Resource[]> => {
    const all = target.desired(await request(session));
    return all.every(({ agent }) => agent === OF_THE_PROJECT) ? [] : all;
  };
  const planned: OnEngine["planned"] = async ({ destroy = false, release = false, replace = [] } = {}) => {
    const session = await open();
    const desired = destroy ? [] : await wanted(session);
    const seen = await session.observe(desired);
    if (!seen.ok) throw new Error(seen.error.message);
    const made = plan({
      desired,
      observed: seen.value.objects,
      rules: target.kinds,
      scope: { paths: ["."], origin: session.place.origin },
      destroy,
      prune: false,
      replace: new Set(replace),
      release,
    });
    return { plan: made, session, desired, observation: seen.value };
  };
  const secret: OnEngine["secret"] = async () =>
    secretsOf({ ...(await loaded()).compiled.ir, project }, outside);
  const carryOut: OnEngine["carryOut"] = async (options = {}) => {
    const { plan: whole, session } = await planned(options);
    const begun = await session.begin();
    if (!begun.ok) throw new Error(begun.error.message);
    const { signal } = new AbortController();
    const told: string[] = [];
    const done = await apply({
      plan: whole,
      steps: target.steps,
      run: (step, change, context) =>
        step.is === "call" && step.does === options.killedBefore
          ? Promise.resolve({ ok: false, error: { message: "killed", lines: [], passing: false } })
          : session.run(step, change, context),
      secret: await secret(),
      clock: system.clock,
      tell: (event) => {
        if (event.is === "progress") told.push(`${event.id} ${event.text}`);
      },
      parallel: 10,
      keepGoing: false,
      retries: 0,
      timeoutMs: 60_000,
      stop: signal,
      abort: signal,
    });
    await session.end();
    session.close();
    return { ...done, told, leftovers: session.leftovers?.() ?? [] };
  };
  const label = [`${LABEL.project}=${project}`];
  const containers: OnEngine["containers"] = async (agent) => {
    const filters = { label: [...label, `${LABEL.kind}=container`, `${LABEL.agent}=${agent}`] };
    const found = await docker.listContainers({ all: true, filters });
    return Promise.all(found.map(({ Id }) => docker.getContainer(Id).inspect()));
  };
  const one: OnEngine["one"] = async (agent) => {
    const [first, ...more] = await containers(agent);
    if (first === undefined || more.length > 0)
      throw new Error(`${agent} has ${more.length + (first === undefined ? 0 : 1)} containers`);
    return first;
  };
  return {
    docker,
    project,
    root,
    environment,
    write,
    makeExecutable: (path) => chmodSync(join(root, path), 0o755),
    open,
    request,
    secret,
    planned,
    async text(options) {
      const { plan: made } = await planned(options);
      return printPlan(made)
        .split("\n")
        .filter((line) => !line.startsWith("= "))
        .join("\n");
    },
    async preflight() {
      const { plan: made, session } = await planned();
      const found = await session.preflight(made, { secret: await secret() });
      return found.map(({ code, message, notes }) => [`${code} ${message}`, ...notes].join("\n  "));
    },
    carryOut,
    async applied(options) {
      const done = await carryOut(options);
      expect(done.lines.filter(({ came }) => came !== "changed")).toEqual([]);
      return done;
    },
    one,
    containers,
    async inside(agent, ...command) {
      const { Id } = await one(agent);
      const exec = await docker.getContainer(Id).exec({ Cmd: [...command], AttachStdout: true, Tty: true });
      const output = await exec.start({ Tty: true });
      let text = "";
      for await (const piece of output) text += String(piece);
      return text.trim();
    },
    async live(kind) {
      const { observation } = await planned();
      const found = observation.objects.find((object) => object.kind === kind);
      if (found === undefined) throw new Error(`there is no ${kind}`);
      return found;
    },
    async left() {
      const [running, networks, volumes] = await Promise.all([
        docker.listContainers({ all: true, filters: { label } }),
        docker.listNetworks({ filters: { label } }),
        docker.listVolumes({ filters: { label } }),
      ]);
      return [
        ...running.map(({ Labels }) => `container of ${Labels[LABEL.agent] ?? "nobody"}`),
        ...networks.map(({ Name }) => `network ${Name.replace(project, "PROJECT")}`),
        ...(volumes.Volumes ?? []).map(({ Name }) => `volume ${Name.replace(project, "PROJECT")}`),
      ].sort();
    },
    async end() {
      await clearProject(docker, project);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Runs on, and ends when it is told to. */
export const FOREVER = `[sh, -c, "trap 'exit 0' TERM; while :; do sleep 0.1; done"]`;

export const agentFile = (name: string, spec: string, more = ""): string => `apiVersion: agent.dev/v1
kind: Agent
metadata: {name: ${name}, version: 1.0.0${more}}
spec:
${spec}`;
