import { expect, test } from "vitest";
import { faultsOf } from "../../helpers/published-schemas.ts";
import { describeOn } from "../engines.ts";
import { inCluster } from "./in-cluster.ts";
import { shellAgent, STAYS } from "./namespace.ts";

const LONG = { timeout: 180_000 };
const DESK = shellAgent("desk", STAYS, "  environment: [{name: GREETING, value: Hi}]\n");

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
      const field = { path, was: "Hi", is: "Hello", by: "ana-set" };
      expect(await drift()).toMatchObject({
        code: 1,
        changed: [{ id: "desk/Deployment/desk", fields: [{ ...field, next: "takes it back" }] }],
      });
      project.write("../elsewhere/.aac.yaml", `project: ${project.name}\ntarget: kubernetes\n`);
      expect(await drift("", "elsewhere")).toMatchObject({
        code: 1,
        changed: [{ fields: [{ ...field, next: "unknown" }] }],
      });
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
});
