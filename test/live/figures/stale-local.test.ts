import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { test } from "vitest";
import { chances, figure, rounds, seed } from "../../helpers/figure.ts";
import { until } from "../../helpers/until.ts";
import { lookAt } from "../look-at.ts";
import { inProject, type Project, type Seen } from "../project.ts";
import { countsOf, type Move, said, staleRounds } from "./stale-rounds.ts";

const PORT = 27_470;
const OTHER_PORT = 27_471;

const agent = (name: string): string => `apiVersion: agent.dev/v1
kind: Agent
metadata: {name: ${name}}
spec:
  runtime: exec
  command: [sleep, "1000"]
  environment:
    - {name: LEVEL, value: "0"}
    - {name: TOKEN, from: secret, secretName: ${name}, secretKey: token}
    - {name: HUE, from: configmap, configMapName: ${name}, configMapKey: hue}
  config: {topics: [rain], size: 0}
  resources: {limits: {pids: 50}}
  supervision: {stopGracePeriod: 1s}
`;

const listening = (port: number): string =>
  agent("extra")
    .replace(/ {2}environment:\n(?: {4}.*\n)+/, "")
    .replace("  config:", `  ports: [{container: ${port}}]\n  config:`);

const FILES = Object.fromEntries(
  ["desk", "store"].flatMap((name) => [
    [`${name}/agent.yaml`, agent(name)],
    [`${name}/notes.txt`, "first\n"],
    [`.aac/config/${name}/hue`, "blue"],
  ]),
);

/** What somebody can do on this machine, to the agent that a plan touches or to the other one. */
function movesOf(project: Project, name: string): readonly Move[] {
  const config = join(project.home, "agents", name, "config.json");
  const secret = (value: string): void => keep(project, name, value);
  const notes = `${name}/notes.txt`;
  return [
    {
      what: "a limit in the kernel",
      says: [`${name} · process`, "limits.pids 50, now 1"],
      make: (n) => writeFileSync(join(groupOf(pidOf(project, name)), "pids.max"), String(n)),
    },
    {
      what: "a file of the code is edited",
      says: [`${name}: notes.txt was edited`],
      make: (n) => project.write(notes, `edited ${n}\n`),
      undo: () => project.write(notes, "first\n"),
    },
    {
      what: "a file of the code is gone",
      says: [`${name}: notes.txt is gone`],
      make: () => project.remove(notes),
      undo: () => project.write(notes, "first\n"),
    },
    {
      what: "a secret has another value",
      says: [`${name}: the secret TOKEN has another value`],
      make: (n) => secret(`token ${n}`),
    },
    {
      what: "a secret is gone",
      says: ["TOKEN"],
      make: () => project.remove(`.aac/secrets/${name}/token`),
      undo: () => secret("found again"),
    },
    {
      what: "a value that the file only names",
      says: [name, "HUE", "green"],
      make: (n) => project.write(`.aac/config/${name}/hue`, `green ${n}`),
    },
    {
      what: "the file of a configuration",
      says: [`${name} · config`, "rain, now snow"],
      make() {
        const { topics: _, ...rest } = JSON.parse(readFileSync(config, "utf8")) as {
          readonly topics: unknown;
        };
        rmSync(config);
        writeFileSync(config, JSON.stringify({ ...rest, topics: ["snow"] }), { mode: 0o600 });
      },
    },
  ];
}

/** What only what a plan touches can meet. */
function touchedOf(project: Project, begun: (ChildProcess | Server)[]): readonly Move[] {
  const gone = (): void => project.remove("extra");
  return [
    ...movesOf(project, "desk"),
    inItsPlace(project, begun),
    {
      what: "somebody else applies something in between",
      says: ["desk · process", "LEVEL", /now 7\d\d\d/],
      async make(n) {
        project.edit("desk/agent.yaml", `value: "${n}"`, `value: "${7000 + n}"`);
        await project.well("apply --yes");
        project.edit("desk/agent.yaml", `value: "${7000 + n}"`, `value: "${n}"`);
      },
    },
    {
      what: "it is taken down",
      says: ["desk · process was there, and is gone now", "desk · config was there, and is gone now"],
      make: async () => void (await project.well("destroy -f desk --yes")),
    },
    {
      what: "what was to be made is there",
      says: ["extra · process was to be made, and is there now"],
      plans: () => project.write("extra/agent.yaml", listening(PORT)),
      make: async () => void (await project.well("apply -f extra --yes")),
      undo: gone,
    },
    {
      what: "a port is taken",
      says: ["extra: ", String(OTHER_PORT)],
      plans: () => project.write("extra/agent.yaml", listening(OTHER_PORT)),
      async make() {
        const server = createServer();
        begun.push(server);
        await new Promise<void>((resolve) => server.listen(OTHER_PORT, "127.0.0.1", resolve));
      },
      async undo() {
        gone();
        for (const one of begun)
          if ("close" in one && one.listening) await new Promise((resolve) => one.close(resolve));
      },
    },
  ];
}

/** Of one agent or of all, without what watches over them. */
const running = (project: Project, name?: string): readonly Seen[] =>
  project
    .processes()
    .filter(({ argv }) => argv[0]?.endsWith("sleep") === true)
    .filter(
      ({ environment }) =>
        name === undefined || `${environment["AAC_MARKER"] ?? ""} `.includes(` agent=${name} `),
    );

function pidOf(project: Project, name: string): number {
  const [one] = running(project, name);
  if (one === undefined) throw new Error(`${name} does not run`);
  return one.pid;
}

/** A supervisor that comes back puts this right by itself, so that only one that a plan touches is a reason to refuse. */
const inItsPlace = (project: Project, begun: (ChildProcess | Server)[]): Move => ({
  what: "another process in its place",
  says: ["desk · process", "1000, now 2000"],
  async make() {
    const environment = readFileSync(`/proc/${pidOf(project, "desk")}/environ`, "utf8")
      .split("\0")
      .filter(Boolean);
    await project.well("daemon stop");
    const old = pidOf(project, "desk");
    process.kill(old, "SIGKILL");
    await until("it is gone", () => !existsSync(`/proc/${old}`));
    const env = Object.fromEntries(
      environment.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
    const child = spawn("sleep", ["2000"], { env, detached: true, stdio: "ignore" });
    begun.push(child);
    await until("it runs", () => readFileSync(`/proc/${child.pid}/cmdline`, "utf8").startsWith("sleep"));
  },
});

function keep(project: Project, name: string, value: string): void {
  project.write(`.aac/secrets/${name}/token`, `${value}\n`);
  // Others may not read it.
  rmSync(project.path(`.aac/secrets/${name}/token`));
  writeFileSync(project.path(`.aac/secrets/${name}/token`), `${value}\n`, { mode: 0o600 });
}

/** The control group of a process that holds how many it may be, of the first kind or of the second. */
function groupOf(pid: number): string {
  const lines = readFileSync(`/proc/${pid}/cgroup`, "utf8").split("\n");
  const line = lines.find((one) => one.split(":")[1]?.split(",").includes("pids") === true);
  if (line !== undefined) return `/sys/fs/cgroup/pids${line.split(":")[2] ?? ""}`;
  return `/sys/fs/cgroup${lines[0]?.split(":")[2] ?? ""}`;
}

test(
  "a plan file of this machine is refused where the world moved, and nothing is touched",
  async () => {
    const from = seed();
    const counts = countsOf(rounds(3));
    const begun: (ChildProcess | Server)[] = [];
    try {
      await inProject("stale", FILES, async (project) => {
        for (const name of ["desk", "store"]) keep(project, name, "first");
        const agents = join(project.home, "agents");
        await staleRounds(
          {
            project,
            touched: touchedOf(project, begun),
            beside: movesOf(project, "store"),
            versions: (name) =>
              Promise.resolve([
                lookAt(name === undefined ? agents : join(agents, name), ["status.json", "/0"]),
                running(project, name).map(({ pid }) => pid),
              ]),
            level: () => Promise.resolve(running(project, "desk")[0]?.environment["LEVEL"]),
          },
          counts,
          { chance: chances(from), from },
        );
      });
    } finally {
      for (const one of begun) if ("kill" in one) one.kill("SIGKILL");
    }
    figure("stale-local", said(counts), from);
  },
  60_000 + rounds(3) * 20_000,
);
