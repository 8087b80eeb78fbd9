import { createHash } from "node:crypto";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LABEL } from "../../../targets/docker/names.ts";
import { does, fieldsOf } from "../answers.ts";
import { describeOn } from "../engines.ts";
import { textsBelow } from "../look-at.ts";
import { onPlatform, type PlatformProject } from "../platform-project.ts";
import { byCommand, type ByCommand } from "./by-command.ts";
import { agentFile } from "./on-engine.ts";

const LONG = { timeout: 120_000 };
const SENTINEL = "walrus-4b1c-under-the-ice";
const OTHER = "walrus-77e0-on-the-shore";

/** The value, and what somebody could find it out from. */
const forms = (value: string): readonly string[] => [
  value,
  Buffer.from(value).toString("base64"),
  createHash("sha256").update(value).digest("hex"),
  createHash("sha256").update(value).digest("base64"),
];

/** In the variables of the container, and nowhere else: not on the engine, not in a file, not on a screen. */
async function expectOnlyInside(
  { docker, one }: ByCommand,
  project: PlatformProject,
  value: string,
  printed: readonly string[],
): Promise<void> {
  const container = await one(project.name, "ana");
  expect(container.Config.Env).toContain(`DESK_KEY=${value}`);
  const filters = { label: [`${LABEL.project}=${project.name}`] };
  const [image, history, networks, volumes] = await Promise.all([
    docker.getImage(container.Image).inspect(),
    docker.getImage(container.Image).history(),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  const bare = { ...container, Config: { ...container.Config, Env: [] } };
  const engine = JSON.stringify([bare, image, history, networks, volumes]);
  for (const form of forms(value)) {
    expect(engine).not.toContain(form);
    for (const text of printed) expect(text).not.toContain(form);
    for (const [path, text] of textsBelow(project.root))
      expect([path, text.includes(form)]).toEqual([path, false]);
  }
}

const FILES = {
  "agent.yaml": agentFile(
    "ana",
    `  build: {context: .}\n  command: [/app/run.sh]\n  environment: [{name: DESK_KEY, from: secret}]\n  supervision: {stopGracePeriod: 1s}\n`,
  ),
  Dockerfile: "FROM busybox\nWORKDIR /app\nCOPY run.sh ./\nRUN chmod 755 run.sh\n",
  "run.sh": "#!/bin/sh\ntrap 'exit 0' TERM\necho \"the key is $DESK_KEY\"\nwhile :; do sleep 0.1; done\n",
};

await describeOn("docker", "a secret on an engine", (environment) => {
  test(
    "is in the variables of its container alone, and a rotation names the variable and no value",
    LONG,
    async () => {
      const engine = await byCommand(environment);
      await onPlatform("secret", engine.at, FILES, async (project) => {
        project.edit("agent.yaml", "version: 1.0.0", `version: 1.0.0-${project.name}`);
        const printed: string[] = [];
        const trace = join(project.root, "trace");
        const run = async (args: string, value: string): Promise<void> => {
          const told = await project.aac(args, {
            environment: { DESK_KEY: value, AAC_TRACE_REQUESTS: trace },
          });
          expect([args, told.code, told.err]).toEqual([args, 0, ""]);
          printed.push(told.out);
        };
        for (const args of [
          "plan",
          "plan -o json",
          "apply --yes",
          "restart",
          "wait",
          "plan --replace ana --out ../kept.json",
        ])
          await run(args, SENTINEL);
        for (const args of [
          "apply ../kept.json",
          "plan --detailed-exitcode",
          "status -o json",
          "inspect ana",
          "logs",
        ])
          await run(args, SENTINEL);
        expect(printed.join("")).toContain("the key is");
        await expectOnlyInside(engine, project, SENTINEL, printed);
        const second = { environment: { DESK_KEY: OTHER } };
        const plan = await project.plan("", second);
        expect(does(plan)).toEqual(["replace ana/container/0"]);
        expect(plan.changes[0]?.because).toEqual([{ is: "secret rotated", path: "secrets/DESK_KEY" }]);
        expect(fieldsOf(plan)).toMatchObject([{ path: "secrets/DESK_KEY", secret: true }]);
        expect(fieldsOf(plan)[0]).not.toHaveProperty("from");
        expect(fieldsOf(plan)[0]).not.toHaveProperty("to");
        printed.push((await project.aac("plan", second)).out);
        expect(printed.at(-1)).toContain("(secret changed)");
        await run("apply --yes", OTHER);
        await expectOnlyInside(engine, project, OTHER, [...printed, JSON.stringify(plan)]);
        await run("plan --detailed-exitcode", OTHER);
      });
    },
  );
});
