import { chmodSync, mkdirSync } from "node:fs";
import { expect, test } from "vitest";
import { does } from "../answers.ts";
import { describeOn, platform } from "../engines.ts";
import { buildImage } from "./images.ts";
import type { Hands } from "./hands.ts";
import { inCluster } from "./in-cluster.ts";

const LONG = { timeout: 240_000, concurrent: true };
const fixture = (name: string): URL => new URL(`../../../fixtures/${name}/`, import.meta.url);

const engine = await platform("docker");
const canLoad = engine.is === "there" && process.env["AAC_TEST_LOAD_IMAGE"] !== undefined;
if (!canLoad)
  process.stdout.write(
    "the same files in a cluster: not run, images need an engine that builds them and AAC_TEST_LOAD_IMAGE, a program that brings them\n",
  );

await describeOn("kubernetes", "the same files in a cluster", (environment) => {
  test.runIf(canLoad)(
    "the quickstart is applied as it is, answers, and leaves nothing to plan",
    LONG,
    async () => {
      await inCluster({ environment }, {}, async ({ hands, ...project }) => {
        project.copy(fixture("quickstart"));
        await buildImage(project, { agent: "haiku-desk", folder: ".", image: "aac-quickstart:1.0.0" });
        await project.well("apply --yes");
        await project.well("plan --detailed-exitcode");
        const { agents } = await project.status();
        expect(agents).toMatchObject([
          { agent: "haiku-desk", state: "ready", health: "healthy", image: "aac-quickstart:1.0.0" },
        ]);
        expect((await project.well("logs")).out).toContain("listening on 8080, 3 topics, no model");
        const asked = `/api/v1/namespaces/${hands.namespace}/services/haiku-desk:8080/proxy/haiku`;
        expect(await textOf(hands, asked)).toMatch(/^autumn rain, unhurried\n/);
        expect((await project.well("logs")).out).toContain("haiku 1: autumn rain");
        project.edit("index.js", "// A small agent", "// A very small agent");
        const edited = await project.plan();
        expect(edited.changes.map(({ id, because }) => [id, because])).toEqual([
          ["haiku-desk/Deployment/haiku-desk", [{ is: "code changed" }]],
        ]);
        await project.well("destroy --yes");
        expect(await hands.ofProject(project.name)).toEqual([]);
      });
    },
  );

  test.runIf(canLoad)("four usual agents come up in their order, and keep their data", LONG, async () => {
    await inCluster({ environment }, {}, async ({ hands, ...project }) => {
      project.copy(fixture("usual"));
      for (const agent of ["clerk", "desk", "porter", "store"])
        await buildImage(project, { agent, folder: agent, image: `${agent}:1.0.0` });
      const path = `${project.root}/data`;
      mkdirSync(path);
      chmodSync(path, 0o777);
      const endDisk = await hands.disk("store-data", path);
      try {
        await hands.secret("store", { token: "one-for-the-store" });
        await hands.secret("desk-secrets", { DESK_TOKEN: "one-for-the-desk" });
        await project.well("apply --yes --profile production");
        await project.well("plan --detailed-exitcode --profile production");
        const { agents } = await project.status();
        expect(agents.map(({ agent, state, health }) => `${agent} ${state} ${health}`)).toEqual([
          "clerk ready healthy",
          "desk ready healthy",
          "porter ready healthy",
          "store ready healthy",
        ]);
        const since = new Map(agents.map((one) => [one.agent, one.since ?? ""]));
        expect((since.get("store") ?? "") <= (since.get("desk") ?? "")).toBe(true);
        const gone = await project.well("destroy --yes --confirm usual".replace("usual", project.name));
        expect(gone.out).toContain("store-data");
        expect(await hands.ofProject(project.name)).toEqual(["persistentvolumeclaims/store-data"]);
        // It stays, and so is known again.
        const back = await project.plan("--profile production");
        expect(does(back)).not.toContain("create store/PersistentVolumeClaim/store-data");
      } finally {
        await endDisk();
      }
    });
  });
});

async function textOf({ cluster }: Hands, path: string): Promise<string> {
  const answer = await cluster.stream(path, {}, AbortSignal.timeout(10_000));
  if (!answer.ok) throw new Error(answer.error.message);
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.value) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
