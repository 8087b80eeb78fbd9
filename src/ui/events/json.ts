import type { Json } from "../../base/canonical.ts";
import type { AgentEvent } from "../../model/operates.ts";
import { jsonText } from "../visible.ts";

/** One document. */
export function eventsJson(events: readonly AgentEvent[], notes: readonly string[]): string {
  const document = { apiVersion: "agent.dev/v1", kind: "Events", events: events.map(shapeOf), notes };
  return `${jsonText(document, 2)}\n`;
}

/** One line each, so that they can follow one another for ever. */
export const eventJsonLine = (event: AgentEvent): string =>
  `${jsonText({ apiVersion: "agent.dev/v1", kind: "Event", ...shapeOf(event) })}\n`;

function shapeOf({ at, agent, replica, what, why, by }: AgentEvent): Readonly<Record<string, Json>> {
  return {
    at,
    agent,
    ...(replica === undefined ? {} : { replica }),
    what,
    ...(why === undefined ? {} : { why }),
    ...(by === undefined ? {} : { by }),
  };
}
