import { type ChildProcess, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Outcome, program } from "../helpers/run-aac.ts";
import { until } from "../helpers/until.ts";
import { isPlan, isStatus, type PlanJson, type StatusJson } from "./answers.ts";

/** A process of the machine that belongs to a test: its arguments or its environment name the test's folder. */
export interface Seen {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** An `aac` that still runs. */
export interface Running {
  readonly child: ChildProcess;
  /** What it printed so far. */
  readonly out: () => string;
  readonly err: () => string;
  readonly ended: Promise<Outcome>;
}

export interface Call {
  readonly environment?: Readonly<Record<string, string>>;
  /** Below the test's folder; the project without it. */
  readonly in?: string;
}

export interface Project {
  /** Holds the project and all that belongs to it; nothing else on the machine has its name. */
  readonly root: string;
  readonly folder: string;
  readonly name: string;
  /** Of the place: its records, logs, journal. */
  readonly home: string;
  path(path: string): string;
  read(path: string): string;
  has(path: string): boolean;
  write(path: string, text: string): void;
  edit(path: string, from: string, to: string): void;
  remove(path: string): void;
  aac(args: string, call?: Call): Promise<Outcome>;
  /** The same, where anything but exit code 0 fails the test and shows what was printed. */
  well(args: string, call?: Call): Promise<Outcome>;
  begin(args: string, call?: Call): Running;
  plan(args?: string, call?: Call): Promise<PlanJson>;
  status(): Promise<StatusJson>;
  /** Of the one process of an agent that is no shim of ours. */
  pidOf(agent: string): Promise<number>;
  processes(): readonly Seen[];
}

/** What agents are applied to. */
export interface Where {
  readonly target: string;
  /** Of each command, beside what every test gives it. */
  readonly environment: Readonly<Record<string, string>>;
}

const HERE: Where = { target: "local-process", environment: {} };

/** A project with these files for the time of a test; afterwards nothing of it is left, also where the test failed. */
export async function inProject(
  name: string,
  files: Readonly<Record<string, string>>,
  body: (project: Project) => Promise<void>,
): Promise<void> {
  const project = makeProject(name);
  project.write(".aac.yaml", `project: ${project.name}\n`);
  for (const [path, text] of Object.entries(files)) project.write(path, text);
  const untouched = join(project.root, "untouched");
  cpSync(project.folder, untouched, { recursive: true });
  const begun: Running[] = [];
  try {
    await body({
      ...project,
      begin(args, call) {
        const running = project.begin(args, call);
        begun.push(running);
        return running;
      },
    });
  } finally {
    await clear(project, begun);
  }
}

async function clear(project: Project, begun: readonly Running[]): Promise<void> {
  for (const { child } of begun) child.kill("SIGKILL");
  // One that a test halted could not end.
  for (const { pid } of project.processes()) end(pid, "SIGCONT");
  const untouched = "untouched";
  const destroyed = await project.aac("destroy --yes --prune", { in: untouched });
  const gone = await until("nothing runs any more", () => project.processes().length === 0, 5000).then(
    () => true,
    () => false,
  );
  const left = project.processes();
  for (const { pid } of left) end(pid, "SIGKILL");
  if (destroyed.code === 0 && gone) {
    rmSync(project.root, { recursive: true, force: true });
    return;
  }
  const told = left.map(({ pid, argv }) => `${pid} ${argv.join(" ")}`).join("\n");
  throw new Error(`not all is gone in ${project.root}: ${destroyed.out}${destroyed.err}\n${told}`);
}

/** An empty one: whoever makes it takes it away again. */
export function makeProject(given: string, where: Where = HERE): Project {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "aac-live-")));
  // Processes are found by the project's name on the whole machine: two runs of a test are two projects.
  const name = `${given}-${root.slice(-6).toLowerCase()}`;
  const folder = join(root, "project");
  mkdirSync(folder);
  mkdirSync(join(root, "run"), { mode: 0o700 });
  const path = (one: string): string => join(folder, one);
  const begin = (args: string, call: Call = {}): Running => {
    const child = spawn(process.execPath, [program, ...args.split(" ")], {
      cwd: call.in === undefined ? folder : join(root, call.in),
      env: {
        PATH: process.env["PATH"],
        HOME: join(root, "home"),
        XDG_STATE_HOME: join(root, "state"),
        XDG_CACHE_HOME: join(root, "cache"),
        XDG_RUNTIME_DIR: join(root, "run"),
        ...where.environment,
        ...call.environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let out = "";
    let err = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => void (out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => void (err += text));
    const ended = new Promise<Outcome>((resolve) => {
      child.once("close", (code) => resolve({ code, out, err }));
    });
    return { child, out: () => out, err: () => err, ended };
  };
  const aac: Project["aac"] = (args, call) => begin(args, call).ended;
  const processes = (): readonly Seen[] => processesOf(root);
  return {
    root,
    folder,
    name,
    home: join(root, "state", "aac", name, where.target),
    path,
    read: (one) => readFileSync(path(one), "utf8"),
    has: (one) => existsSync(path(one)),
    write(one, text) {
      mkdirSync(dirname(path(one)), { recursive: true });
      writeFileSync(path(one), text);
    },
    edit(one, from, to) {
      const text = readFileSync(path(one), "utf8");
      if (!text.includes(from)) throw new Error(`${one} does not hold ${from}`);
      writeFileSync(path(one), text.replace(from, to));
    },
    remove: (one) => rmSync(path(one), { recursive: true }),
    aac,
    async well(args, call) {
      const told = await aac(args, call);
      if (told.code !== 0) throw new Error(`aac ${args} ended with ${told.code}:\n${told.out}${told.err}`);
      return told;
    },
    begin,
    async plan(args = "", call = {}) {
      const told = await aac(`plan -o json ${args}`.trim(), call);
      const value: unknown = JSON.parse(told.out === "" ? "null" : told.out);
      if (!isPlan(value)) throw new Error(`no plan: ${told.out}${told.err}`);
      return value;
    },
    async status() {
      const told = await aac("status -a -o json");
      const value: unknown = JSON.parse(told.out === "" ? "null" : told.out);
      if (!isStatus(value)) throw new Error(`no status: ${told.out}${told.err}`);
      return value;
    },
    async pidOf(agent) {
      const told = await aac("status -o json");
      const value: unknown = JSON.parse(told.out);
      const id = isStatus(value) ? value.agents.find((one) => one.agent === agent)?.id : undefined;
      if (id === undefined) throw new Error(`${agent} has no process: ${told.out}${told.err}`);
      return Number(id);
    },
    processes,
  };
}

function processesOf(root: string): readonly Seen[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name): Seen[] => {
      const [argv, environment] = [words(name, "cmdline"), words(name, "environ")];
      // Of a process that has ended nothing can be read, and a marker writes its folder in another way.
      const all = [...argv, ...environment].map((word) => (word.includes("%") ? decoded(word) : word));
      if (!all.some((word) => word.includes(root))) return [];
      return [{ pid: Number(name), argv, environment: Object.fromEntries(environment.map(halves)) }];
    });
}

function words(pid: string, file: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8").split("\0").filter(Boolean);
  } catch {
    return [];
  }
}

function decoded(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}

function halves(word: string): readonly [string, string] {
  const at = word.indexOf("=");
  return [word.slice(0, at), word.slice(at + 1)];
}

/** False where it is gone already. */
export function end(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
