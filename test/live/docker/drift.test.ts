import { expect, test } from "vitest";
import { faultsOf } from "../../helpers/published-schemas.ts";
import { describeOn } from "../engines.ts";
import { onPlatform } from "../platform-project.ts";
import { byCommand } from "./by-command.ts";
import { agentFile } from "./on-engine.ts";

const LONG = { timeout: 120_000 };
const IMAGE = "  image: busybox\n  command: [sh, -c, 'trap exit TERM; while :; do sleep 1; done']\n";
const DESK = agentFile(
  "desk",
  `${IMAGE}  resources: {limits: {memory: 32Mi}}\n  supervision: {stopGracePeriod: 1s}\n`,
);

await describeOn("docker", "a drift and what happened, on an engine", (environment) => {
  test(
    "a limit changed by hand, a container stopped, one removed: each is named, and no hold is",
    LONG,
    async () => {
      const { at, docker, one } = await byCommand(environment);
      await onPlatform("drift", at, { "agent.yaml": DESK }, async (project) => {
        const drift = async (): Promise<unknown> => {
          const { code, out } = await project.aac("drift --exit-code -o json");
          expect(faultsOf("drift", out)).toEqual([]);
          return { code, ...(JSON.parse(out) as object) };
        };
        await project.well("apply --yes");
        expect(await drift()).toMatchObject({
          code: 0,
          changed: [],
          gone: [],
          extra: [],
          held: [],
          agents: 1,
        });
        const container = docker.getContainer((await one(project.name, "desk")).Id);
        const bytes = 48 * 1024 * 1024;
        await container.update({ Memory: bytes, MemorySwap: bytes });
        const limit = {
          path: "limits/memory",
          was: "32Mi",
          is: "48Mi",
          by: "outside aac",
          next: "takes it back",
        };
        expect(await drift()).toMatchObject({
          code: 1,
          changed: [{ id: "desk/container/0", fields: [limit] }],
        });
        await container.stop({ t: 1 });
        expect(await drift()).toMatchObject({
          changed: [{ fields: [limit, { path: "running", was: true, is: false }] }],
        });
        // Whoever holds it decided that.
        await project.well("stop desk --reason night");
        expect(await drift()).toMatchObject({
          code: 0,
          changed: [],
          held: [{ what: "stopped", reason: "night" }],
        });
        await project.well("start desk");
        await container.remove({ force: true });
        expect(await drift()).toMatchObject({
          code: 1,
          changed: [],
          gone: [{ id: "desk/container/0", next: "takes it back" }],
        });
        await project.well("apply --yes");
        expect(await drift()).toMatchObject({ code: 0, changed: [], gone: [] });
      });
    },
  );

  test("what aac did and what the engine saw stand in one list, in order", LONG, async () => {
    const { at, docker, one } = await byCommand(environment);
    await onPlatform("happened", at, { "agent.yaml": DESK }, async (project) => {
      await project.well("apply --yes");
      await docker.getContainer((await one(project.name, "desk")).Id).stop({ t: 1 });
      await project.well("stop desk --reason night");
      const { out } = await project.well("events -o json");
      expect(faultsOf("events", out)).toEqual([]);
      const { events } = JSON.parse(out) as {
        readonly events: readonly { readonly at: string; readonly what: string; readonly why?: string }[];
      };
      const lines = events.map(({ what, why = "" }) => `${what}|${why}`);
      const order = [
        /^apply began\|/,
        /^created\|container: new/,
        /^apply ended\|applied/,
        /^exited\|/,
        /^stopped\|by hand: night/,
      ];
      const found = order.map((pattern) => lines.findIndex((line) => pattern.test(line)));
      expect(found, lines.join("\n")).toEqual(found.toSorted((a, b) => a - b));
      expect(found, lines.join("\n")).not.toContain(-1);
    });
  });
});
