import type { Plan } from "../../model/plan.ts";
import { type Id, OF_THE_PROJECT } from "../../model/resource.ts";
import { namedBy, ownerOf, titleOf } from "../plan/words.ts";
import { flat } from "../visible.ts";
import type { Node, Tree } from "./tree.ts";

/** What is left of a plan when something is taken out of it. */
export interface Part {
  readonly plan: Plan;
  /** Changes that are left out, with what pulled each out: itself where it was named. */
  readonly left: readonly { readonly id: Id; readonly because: Id }[];
}

/** By object: what pulled it out. */
export type Left = ReadonlyMap<Id, Id>;

export type Mark = "[x]" | "[ ]" | "[-]";

export function markOf(node: Node, left: Left): Mark {
  const out = node.ids.filter((id) => left.has(id)).length;
  return out === 0 ? "[x]" : out === node.ids.length ? "[ ]" : "[-]";
}

/** Agents and objects that somebody took out, after one more or one less; a sentence where that cannot be. */
export function toggled(
  node: Node,
  without: ReadonlySet<string>,
  left: Left,
  tree: Tree,
): ReadonlySet<string> | string {
  const { agent } = namedBy(node.ids[0] ?? "");
  if (agent === OF_THE_PROJECT) return "it belongs to the whole project: take out the agents that need it";
  const next = new Set(without);
  const owner = tree.byKey.get(agent) ?? node;
  const isOut = (id: Id): boolean => next.has(agent) || next.has(id);
  if (!node.ids.some(isOut)) {
    const cause = node.ids.map((id) => left.get(id)).find((id) => id !== undefined);
    // What went along with something else comes back with it.
    if (cause !== undefined && node.ids.every((id) => left.has(id)))
      return `it is out with ${causeName(cause, without)}, which it needs: take that in first`;
    if (node.level === 0) next.add(agent);
    else for (const id of node.ids) next.add(id);
    return whole(next, agent, owner);
  }
  if (next.delete(agent)) for (const id of owner.ids) next.add(id);
  for (const id of node.ids) next.delete(id);
  return next;
}

/** All objects of an agent, each by itself, are the agent. */
function whole(without: Set<string>, agent: string, owner: Node): ReadonlySet<string> {
  if (!without.has(agent) && !owner.ids.every((id) => without.has(id))) return without;
  for (const id of owner.ids) without.delete(id);
  return without.add(agent);
}

/** `left out, as you asked`, `left out with researcher, which it needs`; undefined where none of it is left out. */
export function leftWords(node: Node, without: ReadonlySet<string>, left: Left): string | undefined {
  const out = node.ids.filter((id) => left.has(id));
  if (out.length === 0) return undefined;
  const lead = out.length === node.ids.length ? "left out" : `${out.length} of ${node.ids.length} left out`;
  const isNamed = (id: Id): boolean => without.has(id) || without.has(namedBy(id).agent);
  if (out.some(isNamed)) return `${lead}, as you asked`;
  const causes = out.flatMap((id) => left.get(id) ?? []);
  const [first = ""] = causes;
  const needs = node.does === "delete" ? "which still needs it" : "which it needs";
  return `${lead} with ${causeName(first, without)}, ${needs}`;
}

function causeName(cause: Id, without: ReadonlySet<string>): string {
  const named = namedBy(cause);
  return without.has(named.agent) ? ownerOf(named) : titleOf(cause);
}

/** Names that mean something in another plan too: what is gone from it is not asked for any more. */
export function stillThere(without: ReadonlySet<string>, tree: Tree): ReadonlySet<string> {
  const ids = new Set(tree.nodes.flatMap((node) => node.ids));
  return new Set([...without].filter((name) => tree.byKey.has(name) || ids.has(name)));
}

/** As a command line says it. */
export function excludeFlags(without: ReadonlySet<string>): readonly string[] {
  return [...without].toSorted().flatMap((name) => ["--exclude", quoted(name)]);
}

const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${flat(text).replaceAll("'", String.raw`'\''`)}'`;
