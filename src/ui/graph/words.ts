import type { Condition } from "../../model/ir.ts";
import { flat } from "../visible.ts";
import { count } from "../reporters/human.ts";
import type { AgentGraph, GraphEdge, GraphNode, Touched } from "./graph.ts";

/** So many names are told before the rest is only counted. */
const TOLD = 12;

/** What ties one agent to another: `waits until healthy, restarts with it, uses shelf`. */
export function linkWords({ waits, restarts, services }: GraphEdge): string {
  return [
    ...(waits === undefined ? [] : [`waits until ${waits}`]),
    ...(restarts ? ["restarts with it"] : []),
    ...(services.length === 0 ? [] : [`uses ${services.map(flat).join(" and ")}`]),
  ].join(", ");
}

/** The same where there is little room: an arrow has a direction already. */
export function shortLink({ waits, restarts, services }: GraphEdge): string {
  return [
    ...(waits === undefined ? [] : [waits]),
    ...(restarts ? ["restarts"] : []),
    ...(services.length === 0 ? [] : [`uses ${services.map(flat).join(" and ")}`]),
  ].join(", ");
}

/** One line: who would be touched if an agent stopped. */
export function touchedWords({ agent, directly, further }: Touched): string {
  const lead = `if ${flat(agent)} stopped`;
  if (directly.length === 0) return `${lead}, no other agent would be touched`;
  const all = [
    ...directly.map((edge) => `${flat(edge.from)} (${linkWords(edge)})`),
    ...further.map((name) => `${flat(name)} (further on)`),
  ];
  const told = all.length > TOLD ? [...all.slice(0, TOLD), `${all.length - TOLD} more`] : all;
  return `${lead}, ${count(all.length, "agent")} would be touched: ${told.join(", ")}`;
}

/** `usual → docker   4 agents, 3 links` */
export function titleWords({ project, target, nodes, edges }: AgentGraph): string {
  const place = target === undefined ? flat(project) : `${flat(project)} → ${flat(target)}`;
  return `${place}   ${countWords({ nodes, edges })}`;
}

export const countWords = ({ nodes, edges }: Pick<AgentGraph, "nodes" | "edges">): string =>
  `${count(nodes.length, "agent")}, ${edges.length === 0 ? "no links" : count(edges.length, "link")}`;

/** A whole sentence, for who does not see the picture. */
export function sentence({ from, to, waits, restarts, services }: GraphEdge): string {
  const parts = [
    ...(waits === undefined ? [] : [`waits until ${flat(to)} ${IS[waits]}`]),
    ...(restarts ? ["restarts with it"] : []),
    ...(services.length === 0 ? [] : [`uses ${services.map(flat).join(" and ")} of ${flat(to)}`]),
  ];
  return `${flat(from)} ${parts.join(" and ")}.`;
}

const IS: Readonly<Record<Condition, string>> = {
  started: "has started",
  healthy: "is healthy",
  completed: "has completed",
};

/** What stands in a box: its name, what it is, and how it is. */
export function boxWords({ agent, kind, state }: GraphNode): readonly string[] {
  return [
    agent,
    ...(kind === undefined ? [] : [kind]),
    ...(state === undefined ? [] : [`${state.mark} ${state.word}`]),
  ];
}
