import type Docker from "dockerode";
import type { Json } from "../../../src/base/canonical.ts";
import { LABEL } from "../../../targets/docker/names.ts";
import { type Live, MEBI } from "./edits-container.ts";
import { differences, jsonIn, type Tree, treeIn, withValue, type World } from "./edits-model.ts";
import type { Hand } from "./edits-walk.ts";

export const agentOf = (id: string): string => id.split("/")[0] ?? id;

export interface Held {
  readonly docker: Docker;
  readonly project: string;
  readonly one: Live;
  readonly id: string;
  readonly live: World;
  readonly n: number;
}

/** What somebody could do to one container now. */
export function handsOn({ docker, project, one, id, live, n }: Held): readonly Hand[] {
  const container = docker.getContainer(one.Id);
  const agent = agentOf(id);
  const network = docker.getNetwork(project);
  const fields = live[id]?.fields ?? {};
  const having = (path: string, value: Json): World => ({
    ...live,
    [id]: { ...live[id], fields: withValue(fields, path.split("/"), value) },
  });
  const told = (what: string, path: string, value: Json, tell: () => Promise<unknown>): Hand => ({
    agent,
    what,
    makes: having(path, value),
    make: async () => void (await tell()),
  });
  const mi = 100 + (n % 20);
  const again = async (Aliases: readonly string[]): Promise<void> => {
    await network.disconnect({ Container: one.Id, Force: true });
    await network.connect({ Container: one.Id, EndpointConfig: { Aliases: [...Aliases] } });
  };
  const policy = "no";
  const updates: readonly Hand[] = [
    told("docker update --memory", "limits/memory", `${mi}Mi`, () =>
      container.update({ Memory: mi * MEBI, MemorySwap: mi * MEBI }),
    ),
    told("docker update --cpus", "limits/cpu", `${910 + (n % 80)}m`, () =>
      container.update({ NanoCpus: (910 + (n % 80)) * 1_000_000 }),
    ),
    told("docker update --pids-limit", "limits/pids", 100 + n, () =>
      container.update({ PidsLimit: 100 + n }),
    ),
    told("docker update --restart", "restart/policy", policy, () =>
      container.update({ RestartPolicy: { Name: policy } }),
    ),
    told("docker stop", "running", false, () => container.stop()),
    told("docker pause", "running", false, () => container.pause()),
    told("docker kill", "running", false, () => container.kill()),
    told("docker network disconnect", "network/aliases", [], () =>
      network.disconnect({ Container: one.Id, Force: true }),
    ),
    told("another alias", "network/aliases", [agent, `${agent}-${n}`], () => again([agent, `${agent}-${n}`])),
    {
      agent,
      what: "docker rename",
      makes: live,
      make: () => container.rename({ name: `renamed-${project}-${n}` }),
    },
  ];
  return isAsMade(one, fields)
    ? [...updates, ...remakes({ docker, project, one, id, live, n }, having)]
    : updates;
}

/** What is asked of a container while it runs stands beside it: one that is made in its place has only its labels. */
function isAsMade({ Config }: Live, fields: Tree): boolean {
  const asked = treeIn(jsonIn(Config.Labels[LABEL.asked] ?? "{}"));
  const parts = (tree: Tree): Tree => ({
    limits: tree["limits"],
    policy: treeIn(tree["restart"])["policy"],
  });
  return differences(parts(asked), parts(fields)).length === 0;
}

/** Another container in its place, with all that it had but for one thing. */
function remakes(
  { docker, project, one, id, live, n }: Held,
  having: (path: string, value: Json) => World,
): readonly Hand[] {
  const agent = agentOf(id);
  const remade = (
    what: string,
    makes: World,
    config: Partial<Docker.ContainerCreateOptions>,
    host: Docker.HostConfig = {},
  ): Hand => ({
    agent,
    what: `another container in its place, with ${what}`,
    makes,
    async make() {
      await docker.getContainer(one.Id).remove({ force: true });
      const { Hostname: _, ...kept } = one.Config;
      const made = await docker.createContainer({
        ...kept,
        ...config,
        name: one.Name.slice(1),
        HostConfig: { ...one.HostConfig, ...host },
        NetworkingConfig: { EndpointsConfig: { [project]: { Aliases: [agent] } } },
      });
      await made.start();
    },
  });
  const variable = one.Config.Env.find((line) => line.startsWith("V_"));
  const [name = ""] = variable?.split("=") ?? [];
  const hasTeam = "team" in treeIn(live[id]?.fields["labels"]);
  return [
    ...(variable === undefined
      ? []
      : [
          remade("another variable", having(`environment/${name}`, `by hand ${n}`), {
            Env: one.Config.Env.map((line) => (line === variable ? `${name}=by hand ${n}` : line)),
          }),
        ]),
    remade("another argument", having("command/0", `by-hand-${n}`), {
      Cmd: [`by-hand-${n}`, ...(one.Config.Cmd ?? []).slice(1)],
    }),
    remade("another signal for its end", having("stop/grace", "9s"), { StopTimeout: 9 }),
    ...(hasTeam
      ? [
          remade("another label", having("labels/team", `hand-${n}`), {
            Labels: { ...one.Config.Labels, team: `hand-${n}` },
          }),
        ]
      : []),
  ];
}
