import { expect } from "vitest";
import type { Json } from "../../../src/base/canonical.ts";
import { writtenIn } from "../../../src/cli/prepare.ts";
import type { AgentFacts } from "../../../src/model/facts.ts";
import type { Resource } from "../../../src/model/resource.ts";
import { desired } from "../../../targets/docker/desired.ts";
import type { ContainerFields, DockerFacts } from "../../../targets/docker/shapes.ts";
import { containerFields } from "../../../targets/docker/shapes.ts";
import { agentText } from "../../helpers/agent-text.ts";
import { compileFiles } from "../../helpers/compile-text.ts";

export interface Given {
  readonly facts?: Readonly<Record<string, Partial<AgentFacts>>>;
  readonly engine?: Partial<DockerFacts>;
  /** Only these are asked about; all unless given. */
  readonly only?: readonly string[];
}

/** What files ask an engine for, in a project named `shop`. */
export async function wanted(
  files: Readonly<Record<string, string>>,
  given: Given = {},
): Promise<readonly Resource[]> {
  const { loaded, ir, diagnostics } = await compileFiles(files);
  expect(diagnostics.filter(({ level }) => level === "error").map(({ message }) => message)).toEqual([]);
  const names = given.only ?? Object.keys(ir.agents);
  const agents = Object.fromEntries(
    names.map((name): [string, AgentFacts] => {
      const file = ir.agents[name]?.source.file ?? "";
      const folder = file.includes("/") ? `/project/${file.slice(0, file.lastIndexOf("/"))}` : "/project";
      const none = { code: {}, secrets: {}, texts: {}, absent: [], locks: {} };
      return [name, { folder, ...none, ...given.facts?.[name] }];
    }),
  );
  const target: Json = { images: {}, ports: {}, isLocal: true, ...given.engine };
  return desired({ ir: { ...ir, project: "shop" }, facts: { agents, target }, written: writtenIn(loaded) });
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
