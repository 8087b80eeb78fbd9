import { byCodeUnit, type Json } from "../../../src/base/canonical.ts";
import type { Facts } from "../../../src/model/facts.ts";
import type { AgentIr, Ir } from "../../../src/model/ir.ts";
import type { Resource } from "../../../src/model/resource.ts";
import type { Revision, RevisionHead } from "../../../src/model/revision.ts";
import { sha256 } from "../../../src/wanted/sha256.ts";
import { isList, isMap } from "../manifest/shape.ts";

/**
 * A revision as a head and parts. Each part holds what was asked for of some agents, or what stood of them: what did
 * not change from one revision to the next is the same part, and kept once. Pure.
 */

/** So many parts hold all agents of a project: one for each would be many objects, one for all would never be the same. */
const SHARES = 16;

export type Parts = ReadonlyMap<string, Json>;

const REST = "rest";

export function partsOf({ ir, facts, resources }: Revision): Parts {
  const found = new Map<string, Json>();
  const add = (name: string, make: (now: Json | undefined) => Json): void => {
    found.set(name, make(found.get(name)));
  };
  found.set(REST, plain({ irVersion: ir.irVersion, project: ir.project, target: facts.target }));
  for (const agent of Object.keys(ir.agents).sort(byCodeUnit))
    add(`wanted-${shareOf(agent)}`, (now) => ({
      ...(isMap(now) ? now : {}),
      [agent]: plain({ ir: ir.agents[agent], facts: facts.agents[agent] }),
    }));
  for (const resource of resources.toSorted((a, b) => byCodeUnit(a.id, b.id)))
    add(`stood-${shareOf(resource.agent)}`, (now) => [...(isList(now) ? now : []), plain(resource)]);
  return found;
}

const shareOf = (agent: string): number => Number.parseInt(sha256(agent).slice(0, 4), 16) % SHARES;

/** As JSON has it: what is undefined is not there. */
function plain(value: unknown): Json {
  const made: Json = JSON.parse(JSON.stringify(value));
  return made;
}

/** Undefined where something of it is missing, or is not what it was. */
export function revisionOf(head: RevisionHead, parts: Parts): Revision | undefined {
  const rest = parts.get(REST);
  if (!isMap(rest) || rest["irVersion"] !== 1) return undefined;
  const project = rest["project"];
  if (project !== null && typeof project !== "string") return undefined;
  const agents: Record<string, AgentIr> = {};
  const facts: Record<string, Facts["agents"][string]> = {};
  const resources: Resource[] = [];
  for (const [name, part] of parts) {
    if (name.startsWith("wanted-") && isMap(part))
      for (const [agent, one] of Object.entries(part)) {
        if (!isMap(one)) return undefined;
        if (isAgentIr(one["ir"])) agents[agent] = one["ir"];
        if (isFacts(one["facts"])) facts[agent] = one["facts"];
      }
    if (name.startsWith("stood-") && isList(part)) {
      for (const one of part as readonly unknown[]) {
        if (!isResource(one)) return undefined;
        resources.push(one);
      }
    }
  }
  const ir: Ir = { irVersion: 1, project, agents: sortedByName(agents) };
  return {
    ...head,
    ir,
    facts: { agents: sortedByName(facts), target: rest["target"] ?? null },
    resources: resources.toSorted((a, b) => byCodeUnit(a.id, b.id)),
  };
}

/** What was written here is what it was: its digest says so, and these only name its kind. */
const isAgentIr = (value: unknown): value is AgentIr => isMap(value) && typeof value["name"] === "string";
const isFacts = (value: unknown): value is Facts["agents"][string] => isMap(value) && isMap(value["code"]);
function isResource(value: unknown): value is Resource {
  return isMap(value) && typeof value["id"] === "string" && isMap(value["fields"]) && isList(value["after"]);
}

function sortedByName<T>(map: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => byCodeUnit(a, b)));
}

/** Which parts a revision has, and in how many pieces each is kept: by its digest they have their names. */
export type Named = Readonly<Record<string, { readonly digest: string; readonly pieces: number }>>;

export interface HeadKept {
  readonly head: RevisionHead;
  readonly parts: Named;
}

export function headText({ head, parts }: HeadKept): Json {
  return plain({ head, parts });
}

/** Undefined of another version, or of what somebody broke. */
export function headIn(text: string | undefined): HeadKept | undefined {
  const value = jsonIn(text);
  if (!isMap(value) || !isHead(value["head"]) || !isNamed(value["parts"])) return undefined;
  return { head: value["head"], parts: value["parts"] };
}

export function jsonIn(text: string | undefined): Json | undefined {
  try {
    const value: Json = JSON.parse(text ?? "");
    return value;
  } catch {
    return undefined;
  }
}

const isHead = (value: unknown): value is RevisionHead =>
  isMap(value) &&
  value["version"] === 1 &&
  typeof value["number"] === "number" &&
  typeof value["apply"] === "string" &&
  typeof value["began"] === "string" &&
  typeof value["outcome"] === "string" &&
  isMap(value["by"]) &&
  isList(value["objects"]) &&
  isMap(value["versions"]) &&
  isList(value["needs"]);

const isNamed = (value: unknown): value is Named =>
  isMap(value) &&
  Object.values(value).every(
    (one) => isMap(one) && typeof one["digest"] === "string" && typeof one["pieces"] === "number",
  );

/** Without what its parts hold. */
export function headOf({ ir: _, facts: __, resources: ___, ...head }: Revision): RevisionHead {
  return head;
}
