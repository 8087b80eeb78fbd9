import type { Json } from "../../../src/base/canonical.ts";
import { textAt } from "../answers.ts";
import { afterOf } from "../manifest/fields.ts";
import { ANNOTATION } from "../names.ts";
import { agentOf } from "./status.ts";

/** By agent: the others that it waits for, as they stand on the live objects. */
export function needsOf(deployments: readonly Json[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    deployments.map((one) => {
      const agent = agentOf(one);
      const needs = afterOf(textAt(one, "metadata", "annotations", ANNOTATION.after)).flatMap((id) => {
        const [name = "", kind] = id.split("/");
        return kind === "Deployment" && name !== agent ? [name] : [];
      });
      return [agent, needs];
    }),
  );
}
