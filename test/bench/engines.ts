import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { handsIn } from "../live/kubernetes/hands.ts";
import { AAC } from "./agents.ts";
import { type Command, race } from "./measure.ts";
import { buildFloor } from "./one-file.ts";

/** Plans that have nothing to do, on a real engine or in a real cluster, beside the least that such a look can cost. */

type Environment = Readonly<Record<string, string>>;

export interface Raced {
  /** Milliseconds, by name: `aac plan`, `floor`, and the peer's where one is named. */
  readonly best: ReadonlyMap<string, number>;
  /** What one plan asks, `METHOD path?query`. */
  readonly requests: readonly string[];
}

export interface OnEngine {
  readonly count: number;
  readonly rounds: number;
  /** What finds the engine or the cluster. */
  readonly environment: Environment;
  /** The peer's program; without it only the floor runs beside ours. */
  readonly peer?: string | undefined;
}

/** Beside containers: a look at the same ones without anything around it, and `docker compose up -d` of as many. */
export async function dockerPlans({ count, rounds, environment, peer }: OnEngine): Promise<Raced> {
  const project = projectOf("docker", count, environment);
  const floor = buildFloor("docker");
  const compose = peer === undefined ? undefined : composed(project, count, peer);
  try {
    project.aac("apply", "--yes", "-t", "docker", "--parallelism", "16");
    compose?.run("up", "-d");
    const best = race(
      [
        project.plan("-t", "docker"),
        {
          name: "floor",
          argv: [process.execPath, floor, `agent.dev/project=${project.name}`],
          env: project.env,
        },
        ...(compose === undefined ? [] : [{ name: "compose", argv: compose.argv, env: project.env }]),
      ],
      rounds,
    );
    return { best, requests: project.requests("-t", "docker") };
  } finally {
    try {
      compose?.run("down", "-t", "0");
    } finally {
      project.aac("destroy", "--yes", "-t", "docker", "--parallelism", "50");
      project.end();
    }
  }
}

/** Beside Deployments: four lists of the same ones, and what kapp finds to do of as many objects. */
export async function clusterPlans({ count, rounds, environment, peer }: OnEngine): Promise<Raced> {
  const project = projectOf("kubernetes", count, environment);
  const floor = buildFloor("kubernetes");
  const ours = await handsIn(environment);
  const at = ["-t", "kubernetes", "--namespace", ours.namespace];
  const theirs = peer === undefined ? undefined : await handsIn(environment);
  try {
    project.aac("apply", "--yes", "--parallelism", "50", ...at);
    const selector = `agent.dev/project=${project.name}`;
    const kubeconfig = environment["KUBECONFIG"] ?? "";
    const kapp =
      peer === undefined || theirs === undefined ? undefined : deployed(project, theirs.namespace, peer);
    const best = race(
      [
        project.plan(...at),
        {
          name: "floor",
          argv: [process.execPath, floor, kubeconfig, ours.namespace, selector],
          env: project.env,
        },
        ...(kapp === undefined ? [] : [{ name: "kapp", argv: kapp, env: project.env }]),
      ],
      rounds,
    );
    return { best, requests: project.requests(...at) };
  } finally {
    for (const one of [ours, theirs]) await one?.end();
    project.end();
  }
}

interface Sleepers {
  readonly name: string;
  readonly cwd: string;
  readonly env: Environment;
  aac(...args: string[]): string;
  plan(...args: string[]): Command;
  requests(...args: string[]): readonly string[];
  end(): void;
}

/** Agents that sleep in containers, small, with nothing to reach them by. */
function projectOf(target: string, count: number, environment: Environment): Sleepers {
  const folder = mkdtempSync(join(tmpdir(), "aac-bench-engine-"));
  const name = `bench-${target}-${process.pid}-${count}`;
  const cwd = join(folder, "project");
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    XDG_STATE_HOME: join(folder, "state"),
    XDG_CACHE_HOME: join(folder, "cache"),
    XDG_RUNTIME_DIR: join(folder, "run"),
    ...environment,
  };
  mkdirSync(cwd);
  mkdirSync(env.XDG_RUNTIME_DIR, { mode: 0o700 });
  writeFileSync(join(cwd, ".aac.yaml"), `project: ${name}\n`);
  for (let i = 0; i < count; i++) {
    mkdirSync(join(cwd, `a${i}`));
    writeFileSync(join(cwd, `a${i}`, "agent.yaml"), agentText(i));
  }
  const aac = (...args: string[]): string => run([...AAC, ...args], { cwd, env });
  return {
    name,
    cwd,
    env,
    aac,
    plan: (...args) => ({
      name: "aac plan",
      argv: [...AAC, "plan", "--expect-no-changes", ...args],
      cwd,
      env,
    }),
    requests(...args) {
      const trace = join(folder, "requests");
      run([...AAC, "plan", ...args], { cwd, env: { ...env, AAC_TRACE_REQUESTS: trace } });
      return readFileSync(trace, "utf8").trimEnd().split("\n");
    },
    end: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const agentText = (i: number): string => `apiVersion: agent.dev/v1
kind: Agent
metadata: {name: sleeper-${i}}
spec:
  runtime: container
  image: busybox:latest
  command: [sleep, "100000"]
  resources: {requests: {cpu: 1m, memory: 1Mi}, limits: {cpu: "0.1", memory: 16Mi}}
  supervision: {stopGracePeriod: 1s}
`;

/** The same containers as Compose reads them, under a project's name of their own. */
function composed(project: Sleepers, count: number, program: string) {
  const path = join(project.cwd, "compose.yaml");
  const services = Array.from(
    { length: count },
    (_, i) => `  sleeper-${i}:
    image: busybox:latest
    pull_policy: never
    command: [sleep, "100000"]
    restart: always
    cpus: 0.1
    mem_limit: 16m
`,
  );
  writeFileSync(path, `services:\n${services.join("")}`);
  const own = [program, "-p", `${project.name}-compose`, "-f", path] as const;
  return {
    argv: [...own, "up", "-d"] as const,
    // As many as it likes at once run an engine over: some of its requests then come too late.
    run: (...args: string[]) =>
      run([...own, ...args], { ...project, env: { ...project.env, COMPOSE_PARALLEL_LIMIT: "8" } }),
  };
}

/**
 * The same objects as kapp keeps them, in a namespace of their own. They have no pods: it compares objects alone, and
 * a node has room for so many pods only.
 */
function deployed(project: Sleepers, namespace: string, program: string): readonly [string, ...string[]] {
  const path = join(project.cwd, "objects.yaml");
  const objects = project.aac("emit", "kubernetes", "--namespace", namespace);
  writeFileSync(path, objects.replaceAll(/^ {2}replicas: 1$/gm, "  replicas: 0"));
  const deploy = [program, "deploy", "-a", project.name, "-n", namespace, "-f", path, "--yes"] as const;
  run(deploy, project);
  return [...deploy, "--diff-run"];
}

function run(
  argv: readonly [string, ...string[]],
  { cwd, env }: { readonly cwd: string; readonly env: Environment },
): string {
  const [program, ...args] = argv;
  const ran = spawnSync(program, args, { cwd, env, encoding: "utf8", maxBuffer: 1 << 28 });
  if (ran.status !== 0)
    throw new Error(`${argv.join(" ")}: ${ran.stderr.slice(-1000)}${ran.stdout.slice(-1000)}`);
  return ran.stdout;
}
