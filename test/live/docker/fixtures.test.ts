import { chmodSync } from "node:fs";
import { expect, test } from "vitest";
import { does } from "../answers.ts";
import { describeOn } from "../engines.ts";
import { onPlatform } from "../platform-project.ts";
import { byCommand } from "./by-command.ts";

const LONG = { timeout: 180_000 };
const fixture = (name: string): URL => new URL(`../../../fixtures/${name}/`, import.meta.url);

/** Where an agent answers on this machine, as its status says. */
const answer = async (url: string | undefined, path: string): Promise<string> =>
  (await fetch(`${url ?? "http://nowhere.invalid"}${path}`)).text();

await describeOn("docker", "the same files on an engine", (environment) => {
  test("the quickstart is applied as it is, answers, and leaves nothing to plan", LONG, async () => {
    const { at, left } = await byCommand(environment);
    await onPlatform("quickstart", at, {}, async (project) => {
      project.copy(fixture("quickstart"));
      // Two runs of a test share the engine: each has its own port and its own name of the image.
      project.edit("agent.yaml", "container: 8080", "container: 8080\n      host: 15201");
      project.edit("agent.yaml", "aac-quickstart:1.0.0", `aac-quickstart:${project.name}`);
      const applied = await project.well("apply --yes");
      expect(applied.out).toContain("http://127.0.0.1:15201");
      expect(await answer("http://127.0.0.1:15201", "/haiku")).toMatch(/\S+\n/);
      expect((await project.aac("plan --detailed-exitcode")).code).toBe(0);
      expect((await project.status()).agents).toMatchObject([
        { agent: "haiku-desk", state: "ready", ports: ["http://127.0.0.1:15201"] },
      ]);
      const gone = await project.well("destroy --yes");
      expect(gone.out).toContain("3 deleted");
      expect(await left(project.name)).toEqual([]);
    });
  });

  test(
    "four usual agents come up in their order, reach each other, and leave nothing to plan",
    LONG,
    async () => {
      const { at, one, left } = await byCommand(environment);
      await onPlatform("usual", at, {}, async (project) => {
        project.copy(fixture("usual"));
        // The folder that the store writes into belongs to whoever has checked it out.
        chmodSync(project.path("store/data"), 0o777);
        for (const name of ["clerk", "desk", "porter", "store"])
          project.edit(`${name}/agent.yaml`, "version: 1.0.0", `version: 1.0.0-${project.name}`);
        project.edit("store/agent.yaml", "container: 8080", "container: 8080\n      host: 15202");
        project.edit("desk/agent.yaml", "container: 8090", "container: 8090\n      host: 15203");
        project.write(".aac/secrets/store/token", "one-for-the-store");
        chmodSync(project.path(".aac/secrets/store/token"), 0o600);
        const call = { environment: { DESK_TOKEN: "one-for-the-desk" } };
        await project.well("apply --yes --profile laptop", call);
        const status = await project.status();
        expect(status.agents.map(({ agent, state }) => `${agent} ${state}`).sort()).toEqual([
          "clerk ready",
          "desk ready",
          "porter ready",
          "store ready",
        ]);
        expect(await answer("http://127.0.0.1:15203", "/note")).toMatch(/\S/);
        const order = await Promise.all(["store", "desk", "clerk"].map((name) => one(project.name, name)));
        const [store = "", ...later] = order.map(({ State }) => State.StartedAt);
        for (const started of later) expect(started > store).toBe(true);
        expect(does(await project.plan("--profile laptop", call))).toEqual([]);
        await project.well("destroy --yes");
        expect(await left(project.name)).toEqual([]);
        expect(project.has("store/data")).toBe(true);
      });
    },
  );
});
