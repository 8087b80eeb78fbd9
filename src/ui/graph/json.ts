import { jsonText } from "../visible.ts";
import type { AgentGraph } from "./graph.ts";

/** For programs: names, states and links as they are, in the order of names. */
export function graphJson({ project, target, nodes, edges, asked, notes }: AgentGraph): string {
  return `${jsonText(
    {
      apiVersion: "agent.dev/v1",
      kind: "Graph",
      project,
      target,
      agents: nodes.map(({ agent, kind, source, state }) => ({
        agent,
        kind,
        source,
        state: state?.word,
        tone: state?.tone,
      })),
      links: edges.map(({ from, to, waits, restarts, services }) => ({
        from,
        to,
        waits,
        restarts,
        services,
      })),
      asked: asked.map(({ agent, directly, further }) => ({
        agent,
        directly: directly.map(({ from }) => from),
        further,
      })),
      notes,
    },
    2,
  )}\n`;
}
