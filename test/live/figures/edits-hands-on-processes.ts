import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "../../../src/base/canonical.ts";
import { until } from "../../helpers/until.ts";
import { jsonIn, treeIn, withValue, type World } from "./edits-model.ts";
import { groupOf, variablesOf, words } from "./edits-process.ts";
import type { EditedProject } from "./edits-project.ts";
import type { Hand } from "./edits-walk.ts";

export const processId = (agent: string): string => `${agent}/process/0`;
export const configId = (agent: string): string => `${agent}/config/config`;
const agentOf = (id: string): string => id.split("/")[0] ?? id;

/** Processes of this machine, within somebody's reach. */
export interface Processes {
  readonly project: EditedProject;
  readonly names: readonly string[];
  readonly pidOf: (agent: string) => number;
  readonly configFile: (agent: string) => string;
  /** All that carries the marker of the project. */
  readonly ours: () => readonly number[];
  /** What was started by hand, so that it can be ended. */
  readonly strangers: ChildProcess[];
}

/** What somebody could do on this machine now. */
export function handsOn(on: Processes, live: World, n: number): readonly Hand[] {
  const { names } = on;
  const some = (path: string) =>
    Object.entries(live).filter(
      ([id, { fields }]) => id.includes("/process/") && path in treeIn(fields["limits"]),
    );
  const having = (id: string, path: readonly string[], value: Json): World => ({
    ...live,
    [id]: { ...live[id], fields: withValue(live[id]?.fields ?? {}, path, value) },
  });
  const limit = (
    name: "memory" | "cpu" | "pids",
    file: string,
    n: number,
    text: (n: number) => readonly [field: Json, kernel: string],
  ): readonly Hand[] =>
    some(name).flatMap(([id]) => {
      const folder = groupOf(on.pidOf(agentOf(id)), name);
      if (folder === undefined) return [];
      const [field, kernel] = text(n);
      return [
        {
          agent: agentOf(id),
          what: `the limit of ${name} in the kernel`,
          makes: having(id, ["limits", name], field),
          make: () => Promise.resolve(writeFileSync(join(folder, file), kernel)),
        },
      ];
    });
  const inConfig = Object.keys(live).flatMap((id): readonly Hand[] => {
    if (!id.includes("/config/")) return [];
    const path = on.configFile(agentOf(id));
    return [
      {
        agent: agentOf(id),
        what: "a value in the file of a configuration",
        makes: having(id, ["config", "topics", "0"], `snow ${n}`),
        make() {
          const config = treeIn(jsonIn(readFileSync(path, "utf8")));
          // Whoever changes one that may only be read puts another in its place.
          rmSync(path);
          const changed = withValue(config, ["topics", "0"], `snow ${n}`);
          writeFileSync(path, JSON.stringify(changed), { mode: 0o600 });
          return Promise.resolve();
        },
      },
    ];
  });
  const killed = names.map(
    (agent): Hand => ({
      agent,
      what: "a process killed while nobody looked after it",
      makes: having(processId(agent), ["running"], false),
      kills: processId(agent),
      async make() {
        await alone(on);
        await kill(on, agent);
      },
    }),
  );
  const otherArgs = names.map(
    (agent): Hand => ({
      agent,
      what: "a process started in its place with another argument",
      makes: having(processId(agent), ["command", "1"], String(2000 + n)),
      make: () =>
        another(on, agent, ({ args, environment }) => ({
          args: [String(2000 + n), ...args.slice(1)],
          environment,
        })),
    }),
  );
  const otherValue = Object.entries(live).flatMap(([id, { fields }]): readonly Hand[] => {
    const [name] = Object.keys(treeIn(fields["environment"])).filter((one) => one.startsWith("V_"));
    if (name === undefined || !id.includes("/process/")) return [];
    return [
      {
        agent: agentOf(id),
        what: "a process started in its place with another variable",
        makes: having(id, ["environment", name], `by hand ${n}`),
        make: () =>
          another(on, agentOf(id), ({ args, environment }) => ({
            args,
            environment: { ...environment, [name]: `by hand ${n}` },
          })),
      },
    ];
  });
  return [
    // Less than any file asks for: more would have to be said of its swap first.
    ...limit("memory", "memory.limit_in_bytes", 10 + (n % 13), (mi) => [`${mi}Mi`, String(mi * 1024 * 1024)]),
    ...limit("cpu", "cpu.cfs_quota_us", 910 + (n % 80), (m) => [`${m}m`, String(m * 100)]),
    ...limit("pids", "pids.max", 100 + n, (max) => [max, String(max)]),
    ...inConfig,
    ...killed,
    ...otherArgs,
    ...otherValue,
  ];
}

async function alone({ project }: Processes): Promise<void> {
  const session = await project.open();
  await session.supervising?.stop();
  session.close();
}

/** Returns what its environment was. */
async function kill({ pidOf, ours }: Processes, agent: string): Promise<Variables> {
  const pid = pidOf(agent);
  const environment = variablesOf(pid);
  process.kill(pid, "SIGKILL");
  const isOf = (one: number): boolean =>
    words(String(one), "environ").some((word) => word.includes(`agent=${agent}`));
  await until(`${agent} is gone`, () => !ours().some(isOf));
  return environment;
}

type Variables = Readonly<Record<string, string>>;

interface Started {
  readonly args: readonly string[];
  readonly environment: Variables;
}

/** One that carries the marker of the agent, and that nobody of us started. */
async function another(on: Processes, agent: string, change: (one: Started) => Started): Promise<void> {
  const args = words(String(on.pidOf(agent)), "cmdline").slice(1);
  await alone(on);
  const next = change({ args, environment: await kill(on, agent) });
  const child = spawn("sleep", next.args, { env: next.environment, detached: true, stdio: "ignore" });
  on.strangers.push(child);
  await until("it runs", () => words(String(child.pid), "cmdline")[0] === "sleep");
}
