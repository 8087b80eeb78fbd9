import type { Json } from "../../../src/base/canonical.ts";
import type { Resource } from "../../../src/model/resource.ts";
import { desired } from "../../../targets/kubernetes/desired.ts";
import type { KubernetesFacts } from "../../../targets/kubernetes/shapes.ts";
import { agentText } from "../../helpers/agent-text.ts";
import { type Learned, requestFor } from "../../helpers/request-for.ts";

export interface Given extends Learned {
  /** Null: nobody asked a cluster. */
  readonly cluster?: Partial<KubernetesFacts> | null;
}

/** What some files ask for in a cluster of the project `shop`. */
export async function wanted(
  files: Readonly<Record<string, string>>,
  given: Given = {},
): Promise<readonly Resource[]> {
  const { cluster = {} } = given;
  return desired(
    await requestFor(files, given, () =>
      cluster === null ? null : { namespace: "default", hasNamespace: true, secrets: {}, ...cluster },
    ),
  );
}

/** An agent of an image that is there already. */
export const agent = (name: string, ...lines: readonly string[]): string =>
  agentText(name, ["image: desk:1", ...lines]);

export function named(all: readonly Resource[], id: string): Resource {
  const found = all.find((one) => one.id === id);
  if (found === undefined) throw new Error(`there is no ${id} among ${all.map((one) => one.id).join(", ")}`);
  return found;
}

export async function deploymentOf(lines: readonly string[], given: Given = {}): Promise<Resource> {
  return named(await wanted({ "agent.yaml": agent("desk", ...lines) }, given), "desk/Deployment/desk");
}

/** What stands at a path of maps; a key may hold slashes of its own, so it is a list. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (found, step) =>
      typeof found === "object" && found !== null && !Array.isArray(found)
        ? (found as Readonly<Record<string, Json | undefined>>)[step]
        : undefined,
    value,
  );
}

const POD = ["spec", "template", "spec"] as const;
export const podAt = ({ fields }: Resource, ...path: readonly string[]): Json | undefined =>
  at(fields, ...POD, ...path);
export const containerAt = (one: Resource, ...path: readonly string[]): Json | undefined =>
  podAt(one, "containers", "desk", ...path);
