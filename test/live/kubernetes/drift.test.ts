import { expect, test } from "vitest";
import { faultsOf } from "../../helpers/published-schemas.ts";
import { fieldsOf } from "../answers.ts";
import { describeOn } from "../engines.ts";
import { textAt } from "../../../targets/kubernetes/answers.ts";
import type { Hands } from "./hands.ts";
import { inCluster } from "./in-cluster.ts";
import { shellAgent, STAYS } from "./namespace.ts";

const LONG = { timeout: 180_000, concurrent: true };
const DESK = shellAgent("desk", STAYS, "  environment: [{name: GREETING, value: Hi}]\n");

const NOTE = "agent.dev/asked";
const KEPT = expect.stringMatching(/^[\w+/]+=*$/);

const podsOf = async (hands: Hands): Promise<readonly string[]> =>
  (await hands.list("pods")).map((one) => textAt(one, "metadata", "uid") ?? "");

await describeOn("kubernetes", "a drift in a cluster", (environment) => {
  test("names each field and who changed it, with the files and without; a hold is none", LONG, async () => {
    await inCluster({ environment }, { "agent.yaml": DESK }, async ({ hands, ...project }) => {
      const drift = async (args = "", folder?: string): Promise<unknown> => {
        const { code, out } = await project.aac(
          `drift --exit-code -o json ${args}`.trim(),
          folder === undefined ? {} : { in: folder },
        );
        expect(faultsOf("drift", out)).toEqual([]);
        return { code, ...(JSON.parse(out) as object) };
      };
      await project.well("apply --yes");
      expect(await drift()).toMatchObject({ code: 0, changed: [], gone: [], extra: [], held: [] });
      await hands.change("deployments", "desk", "ana-set", {
        spec: {
          template: { spec: { containers: [{ name: "desk", env: [{ name: "GREETING", value: "Hello" }] }] } },
        },
      });
      const path = "spec/template/spec/containers/desk/env/GREETING/value";
      const changedAt = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      const field = { path, was: "Hi", is: "Hello", by: "ana-set", changedAt };
      expect(await drift()).toMatchObject({
        code: 1,
        changed: [{ id: "desk/Deployment/desk", fields: [{ ...field, next: "takes it back" }] }],
      });
      project.write("../elsewhere/.aac.yaml", `project: ${project.name}\ntarget: kubernetes\n`);
      expect(await drift("", "elsewhere")).toMatchObject({
        code: 1,
        changed: [{ fields: [{ ...field, next: "unknown" }] }],
      });
      // An edit of the file beside it takes nothing away from what is known.
      project.edit("agent.yaml", "stopGracePeriod: 1s", "stopGracePeriod: 3s");
      expect(await drift()).toMatchObject({
        code: 1,
        changed: [{ fields: [{ ...field, next: "takes it back" }] }],
      });
      expect(fieldsOf(await project.plan()).map((one) => [one.path, one.origin])).toEqual([
        [path, "drift"],
        ["spec/template/spec/terminationGracePeriodSeconds", "edit"],
      ]);
      expect((await project.well("drift")).out).toMatch(/changed by ana-set, \d{4}-\d\d-\d\d [\d:]+ UTC; /);
      project.edit("agent.yaml", "stopGracePeriod: 3s", "stopGracePeriod: 1s");
      project.edit("agent.yaml", "value: Hi", "value: Hello");
      expect(await drift()).toMatchObject({
        code: 0,
        changed: [{ fields: [{ ...field, next: "agrees since" }] }],
      });
      await project.well("stop desk --reason night");
      expect(await drift()).toMatchObject({
        code: 0,
        changed: [],
        held: [{ what: "stopped", reason: "night" }],
      });
    });
  });

  test("an object keeps what was asked for, exchanges no pod for it, and does without", LONG, async () => {
    await inCluster({ environment }, { "agent.yaml": DESK }, async ({ hands, ...project }) => {
      const notes = async (): Promise<readonly (string | undefined)[]> => {
        const live = await hands.get("deployments", "desk");
        const inPods = textAt(live, "spec", "template", "metadata", "annotations", NOTE);
        return [textAt(live, "metadata", "annotations", NOTE), inPods];
      };
      await project.well("apply --yes");
      const [first, ...inPods] = await notes();
      expect([first, ...inPods]).toEqual([KEPT, undefined]);
      expect((await project.aac("plan --detailed-exitcode")).code).toBe(0);
      expect((await project.well("inspect desk")).out).not.toContain(NOTE);
      // As one that was applied before it was kept; and as one that somebody broke.
      for (const text of [null, "bm8gZGVmbGF0ZQ=="]) {
        await hands.change("deployments", "desk", "ana-edit", {
          metadata: { annotations: { [NOTE]: text } },
        });
        expect((await project.aac("plan --detailed-exitcode")).code).toBe(0);
        expect((await project.aac("drift --exit-code")).code).toBe(0);
        project.edit("agent.yaml", "value: Hi", "value: Hello");
        expect(fieldsOf(await project.plan()).map(({ origin }) => origin)).toEqual(["edit"]);
        project.edit("agent.yaml", "value: Hello", "value: Hi");
      }
      const pods = await podsOf(hands);
      project.write("agent.yaml", `${DESK}  scaling: {replicas: 2}\n`);
      await project.well("apply --yes");
      const [second, ...still] = await notes();
      expect([second === first, second, ...still]).toEqual([false, KEPT, undefined]);
      expect(await podsOf(hands)).toEqual(expect.arrayContaining([...pods]));
      expect((await project.aac("plan --detailed-exitcode")).code).toBe(0);
    });
  });
});
