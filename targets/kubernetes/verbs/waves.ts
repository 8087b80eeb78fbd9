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

/** Who needs another one goes before it; those that do not need each other go together. */
export function stopWaves(
  needs: ReadonlyMap<string, readonly string[]>,
  agents: readonly string[],
): readonly (readonly string[])[] {
  const waves: (readonly string[])[] = [];
  let left = [...new Set(agents)];
  while (left.length > 0) {
    const needed = new Set(left.flatMap((agent) => needs.get(agent) ?? []));
    const free = left.filter((agent) => !needed.has(agent));
    // A circle is refused long before; annotations that tell of one must not keep anybody from stopping.
    const wave = free.length > 0 ? free : left;
    waves.push(wave);
    left = left.filter((agent) => !wave.includes(agent));
  }
  return waves;
}
