import { describe, expect, test, vi } from "vitest";
import { HOME } from "../../../src/model/supervision.ts";
import { faultsOf } from "../../helpers/published-schemas.ts";
import { inProject, type Project } from "../project.ts";

vi.setConfig({ testTimeout: 60_000 });

const agent = (name: string, topic: string): string =>
  `apiVersion: agent.dev/v1
kind: Agent
metadata: {name: ${name}}
spec:
  runtime: exec
  command: [sh, -c, "trap 'exit 0' TERM; sleep 1000 & wait"]
  supervision: {stopGracePeriod: 1s}
  config:
    topic: ${topic}
    token: {length: 12}
`;

interface Told {
  readonly code: number | null;
  readonly changed: readonly { readonly id: string; readonly fields: readonly unknown[] }[];
  readonly held: readonly { readonly by: string; readonly what: string; readonly reason?: string }[];
  readonly gone: readonly { readonly id: string; readonly next: string }[];
  readonly notes: readonly string[];
}

async function drift(project: Project, args = "", folder?: string): Promise<Told> {
  const { code, out, err } = await project.aac(
    `drift --exit-code -o json ${args}`.trim(),
    folder === undefined ? {} : { in: folder },
  );
  expect([err, faultsOf("drift", out)]).toEqual(["", []]);
  return { code, ...(JSON.parse(out) as Omit<Told, "code">) };
}

/** Below the project's folder, where a test writes. */
const configOf = (project: Project, name: string): string =>
  `..${HOME.config(project.home, name).slice(project.root.length)}`;

function byHand(project: Project, name: string, topic: string): void {
  project.write(configOf(project, name), JSON.stringify({ topic, token: { length: 12 } }));
}

describe("a drift of processes", () => {
  test("is what somebody changed, and not what was edited; the files say what becomes of it", async () => {
    const files = { "store/agent.yaml": agent("store", "rain"), "desk/agent.yaml": agent("desk", "rain") };
    await inProject("drift", files, async (project) => {
      await project.well("apply --yes");
      expect(await drift(project)).toMatchObject({ code: 0, changed: [], gone: [], held: [], notes: [] });
      project.edit("desk/agent.yaml", "rain", "fog");
      expect((await drift(project)).code).toBe(0);

      byHand(project, "store", "sleet");
      const field = { path: "config/topic", was: "rain", is: "sleet", secret: false, by: "outside aac" };
      const told = await drift(project);
      expect(told).toMatchObject({
        code: 1,
        changed: [{ id: "store/config/config", fields: [{ ...field, next: "takes it back" }] }],
      });
      expect((await drift(project, "desk")).code).toBe(0);
      project.edit("store/agent.yaml", "rain", "sleet");
      const agreed = await drift(project);
      expect([agreed.code, agreed.changed[0]?.fields]).toEqual([0, [{ ...field, next: "agrees since" }]]);

      const text = await project.well("drift");
      expect(text.out).toContain(
        "no drift: 2 agents are as the files say, 1 change by hand that the files agree with\n",
      );
      expect(text.out).toContain(
        "    ! config.topic  rain → sleet  changed outside aac; the file agrees since\n",
      );

      project.edit("store/agent.yaml", "sleet", "hail");
      expect((await drift(project)).changed[0]?.fields).toMatchObject([{ next: "changes it" }]);
      await project.well("apply --yes");
      expect(await drift(project)).toMatchObject({ code: 0, changed: [] });
    });
  });

  test("is told where no file is, and where the files are not in order", async () => {
    await inProject("drifting", { "agent.yaml": agent("store", "rain") }, async (project) => {
      await project.well("apply --yes");
      byHand(project, "store", "sleet");
      project.write("../elsewhere/.aac.yaml", `project: ${project.name}\n`);
      for (const [folder, why] of [
        ["elsewhere", "there are none here"],
        ["project", "they are not in order: aac validate"],
      ] as const) {
        if (folder === "project") project.edit("agent.yaml", "runtime:", "runtine:");
        expect(await drift(project, "", folder)).toMatchObject({
          code: 1,
          changed: [{ fields: [{ was: "rain", is: "sleet", next: "unknown" }] }],
          notes: [`compared with what was applied last, not with the files: ${why}`],
        });
      }
      const unknown = await project.aac("drift stroe");
      expect([unknown.code, unknown.err]).toEqual([
        2,
        expect.stringContaining("no agent `stroe` is known here"),
      ]);
    });
  });

  test("is none where somebody holds an agent: that is told, with who and why", async () => {
    await inProject("held", { "agent.yaml": agent("store", "rain") }, async (project) => {
      await project.well("apply --yes");
      await project.well("stop store --reason leaks");
      expect(await drift(project)).toMatchObject({
        code: 0,
        changed: [],
        held: [{ what: "stopped", reason: "leaks" }],
      });
      expect((await project.well("drift")).out).toMatch(
        /no drift: 1 agent held[^]*= store {2}held by .*stopped \(leaks\)/,
      );
    });
  });

  test("shows no secret, also where somebody wrote one into what is shown", async () => {
    const secret = "correct-horse-battery";
    const file = `${agent("store", "rain")}  environment: [{name: API_KEY, from: secret}]\n`;
    await inProject("covered", { "agent.yaml": file }, async (project) => {
      const call = { environment: { API_KEY: secret } };
      await project.well("apply --yes", call);
      byHand(project, "store", `snow in ${secret}`);
      expect((await project.well("drift", call)).out).toMatch(/1 field drifted[^]*rain → snow in /);
      for (const args of ["drift", "drift -o json", "drift -o markdown", "events", "events -o json"]) {
        const { out, err } = await project.well(args, call);
        expect(out + err, args).not.toContain(secret);
      }
    });
  });

  test("is an object that is gone, and which the next apply makes again", async () => {
    await inProject("going", { "agent.yaml": agent("store", "rain") }, async (project) => {
      await project.well("apply --yes");
      project.remove(configOf(project, "store"));
      expect(await drift(project)).toMatchObject({
        code: 1,
        gone: [{ id: "store/config/config", next: "takes it back" }],
      });
      expect((await project.aac("drift")).out).toContain(
        "- store · config  gone, outside aac; the next apply makes it",
      );
    });
  });
});
