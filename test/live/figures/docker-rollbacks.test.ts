import { createServer } from "node:net";
import { join } from "node:path";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { test } from "vitest";
import { LABEL } from "../../../targets/docker/names.ts";
import { rounds } from "../../helpers/figure.ts";
import { until } from "../../helpers/until.ts";
import { byCommand } from "../docker/by-command.ts";
import { FOREVER } from "../docker/on-engine.ts";
import { describeOn } from "../engines.ts";
import { onPlatform } from "../platform-project.ts";
import { failedApplies, type Ground } from "./failed-applies.ts";
import { wireTo } from "./lost.ts";

const PORT = 16_430;
const portOf = (agent: string): number => PORT + Number(agent.slice(-1));
/** So long nobody answers. */
const AWAY_MS = 1500;

const SPECS: Readonly<Record<string, (agent: string) => string>> = {
  "a crash": () => `  command: [sh, -c, "echo broken; exit 3"]\n`,
  "a check that never passes": () =>
    `  command: ${FOREVER}\n  healthCheck: {command: ["false"], interval: 1s, retries: 2}\n`,
  "a busy port": (agent) => `  command: ${FOREVER}\n  ports: [{container: 8080, host: ${portOf(agent)}}]\n`,
  "a build that fails": () => "  command: [sleep, '1']\n",
};

const file: Ground["file"] = (agent, round, after, broken) => `apiVersion: agent.dev/v1
kind: Agent
metadata: {name: ${agent}}
spec:
${broken === "a build that fails" ? "  build: {dockerfile: Dockerfile}\n" : "  image: busybox:latest\n"}${
  (broken === undefined ? undefined : SPECS[broken]?.(agent)) ?? `  command: ${FOREVER}\n`
}  environment: [{name: ROUND, value: "${round}"}]
  resources: {limits: {memory: ${32 + round}Mi}}
  supervision: {stopGracePeriod: 1s}
${Number(agent.slice(-1)) % 3 === 0 ? `  config: {round: ${round}}\n` : ""}${after.length === 0 ? "" : `  dependsOn: [${after.join(", ")}]\n`}`;

const beside: Ground["beside"] = (_, __, broken) =>
  broken === "a build that fails" ? { Dockerfile: "FROM busybox:latest\nRUN false\n" } : {};

function taken(port: number): Promise<() => Promise<void>> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server
      .once("error", reject)
      .listen(port, "0.0.0.0", () => resolve(() => new Promise((done) => void server.close(() => done()))));
  });
}

await describeOn("docker", "an apply to an engine that fails", (environment) => {
  test(
    "leaves everything as it was before",
    async () => {
      const { docker, at, containers } = await byCommand(environment);
      const folder = mkdtempSync(join(tmpdir(), "aac-wire-"));
      const path = join(folder, "engine.sock");
      const wire = await wireTo(
        { path: (environment["DOCKER_HOST"] ?? "").replace("unix://", "") },
        { path },
      );
      const through = { ...at, environment: { ...at.environment, DOCKER_HOST: `unix://${path}` } };
      try {
        await onPlatform("rollbacks", through, {}, async (project) => {
          await failedApplies(
            {
              name: "docker-rollbacks",
              project,
              file,
              beside,
              ways: [
                { is: "a crash" },
                { is: "a check that never passes" },
                { is: "a busy port", meanwhile: (agent) => taken(portOf(agent)) },
                { is: "a build that fails" },
                {
                  is: "a lost engine",
                  maySucceed: true,
                  async meanwhile() {
                    await wire.cut();
                    const since = Date.now();
                    await until("it is back", () => Date.now() - since > AWAY_MS);
                    await wire.mend();
                    return () => Promise.resolve();
                  },
                },
              ],
              async look() {
                const volumes = (
                  await docker.listVolumes({ filters: { label: [`${LABEL.project}=${project.name}`] } })
                ).Volumes;
                const configs = (volumes ?? [])
                  .filter(({ Labels }) => Labels[LABEL.kind] === "config")
                  .map(({ Name }) => Name)
                  .sort();
                const found = (await containers(project.name)).map((one) => {
                  const { Image, Config, HostConfig, State } = one;
                  const { Cmd, Env, Labels, Healthcheck } = Config;
                  const asked = Labels[LABEL.asked];
                  const { Memory, PortBindings, NetworkMode, RestartPolicy, Mounts } = HostConfig;
                  const told = {
                    Image,
                    Cmd,
                    Env: Env.toSorted(),
                    Healthcheck,
                    asked,
                    Memory,
                    PortBindings,
                    NetworkMode,
                    RestartPolicy,
                    Mounts,
                    runs: State.Running,
                  };
                  return [Labels[LABEL.agent] ?? "?", JSON.stringify(told)] as const;
                });
                const double = found.length - new Set(found.map(([agent]) => agent)).size;
                return { ...Object.fromEntries(found), configs: configs.join(" "), double: String(double) };
              },
            },
            1,
          );
        });
      } finally {
        await wire.end();
        rmSync(folder, { recursive: true, force: true });
      }
    },
    60_000 + rounds(1) * 60_000,
  );
});
