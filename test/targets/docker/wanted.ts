import type { Resource } from "../../../src/model/resource.ts";
import { desired } from "../../../targets/docker/desired.ts";
import type { ContainerFields, DockerFacts } from "../../../targets/docker/shapes.ts";
import { containerFields } from "../../../targets/docker/shapes.ts";
import { agentText } from "../../helpers/agent-text.ts";
import { type Learned, requestFor } from "../../helpers/request-for.ts";

export interface Given extends Learned {
  readonly engine?: Partial<DockerFacts>;
}

/** What files ask an engine for, in a project named `shop`. */
export async function wanted(
  files: Readonly<Record<string, string>>,
  given: Given = {},
): Promise<readonly Resource[]> {
  return desired(
    await requestFor(files, given, () => ({ images: {}, ports: {}, isLocal: true, ...given.engine })),
  );
}

export const agent = (name: string, ...lines: readonly string[]): string => agentText(name, lines);

export function named(all: readonly Resource[], id: string): Resource {
  const found = all.find((one) => one.id === id);
  if (found === undefined) throw new Error(`${id} is not among ${all.map((one) => one.id).join(", ")}`);
  return found;
}

/** The first container of an agent with these lines in its spec. */
export async function containerOf(lines: readonly string[], given: Given = {}): Promise<ContainerFields> {
  const all = await wanted({ "agent.yaml": agent("desk", ...lines) }, given);
  return containerFields(named(all, "desk/container/0").fields);
}
