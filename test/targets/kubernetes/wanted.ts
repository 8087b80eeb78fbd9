import { expect } from "vitest";
import type { Json } from "../../../src/base/canonical.ts";
import { writtenIn } from "../../../src/cli/prepare.ts";
import type { AgentFacts } from "../../../src/model/facts.ts";
import type { Resource } from "../../../src/model/resource.ts";
import { desired } from "../../../targets/kubernetes/desired.ts";
import type { KubernetesFacts } from "../../../targets/kubernetes/shapes.ts";
import { agentText } from "../../helpers/agent-text.ts";
import { compileFiles } from "../../helpers/compile-text.ts";

export interface Given {
  readonly facts?: Readonly<Record<string, Partial<AgentFacts>>>;
  /** Null: nobody asked a cluster. */
  readonly cluster?: Partial<KubernetesFacts> | null;
  /** Only these are asked about; all unless given. */
  readonly only?: readonly string[];
}

/** What some files ask for in a cluster of the project `shop`. */
export async function wanted(
  files: Readonly<Record<string, string>>,
  { facts, cluster = {}, only }: Given = {},
): Promise<readonly Resource[]> {
  const { loaded, ir, diagnostics } = await compileFiles(files);
  expect(diagnostics.filter(({ level }) => level === "error").map(({ message }) => message)).toEqual([]);
  const agents = Object.fromEntries(
    (only ?? Object.keys(ir.agents)).map((name): [string, AgentFacts] => [
      name,
      { folder: "/project", code: {}, secrets: {}, texts: {}, absent: [], locks: {}, ...facts?.[name] },
    ]),
  );
  const known: Json =
    cluster === null ? null : { namespace: "default", hasNamespace: true, secrets: {}, ...cluster };
  return desired({
    ir: { ...ir, project: "shop" },
    facts: { agents, target: known },
    written: writtenIn(loaded),
  });
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
