import type { Json } from "../../../src/base/canonical.ts";
import type { AgentEvent } from "../../../src/model/operates.ts";
import { isTable } from "../labels.ts";
import { endWords, signalName } from "../live/exits.ts";
import { LABEL } from "../names.ts";

/** An event with the container that it is of, so that what two tell of the same moment is told once. */
export interface Happened {
  readonly container: string;
  readonly event: AgentEvent;
}

/** What an engine said of a container, in its own words. */
export interface Said {
  readonly container: string;
  /** Nanoseconds: several happen within one millisecond. */
  readonly nanos: number;
  readonly action: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export function saidIn(told: Json): Said | undefined {
  if (!isTable(told)) return undefined;
  const { Action: action, Actor: actor, timeNano: nanos } = told;
  if (typeof action !== "string" || typeof nanos !== "number" || !isTable(actor)) return undefined;
  const { ID: container, Attributes: all } = actor;
  if (typeof container !== "string" || !isTable(all)) return undefined;
  const attributes = Object.entries(all).flatMap(([name, value]) =>
    typeof value === "string" ? [[name, value] as const] : [],
  );
  return { container, nanos, action, attributes: Object.fromEntries(attributes) };
}

/** `before`: what it did last, if that is known. It tells a start of ours from one by the engine's own policy. */
function happenedIn(said: Said, before: string | undefined): Happened | undefined {
  const { container, nanos, attributes } = said;
  const words = wordsOf(said, before);
  if (words === undefined) return undefined;
  return {
    container,
    event: {
      at: new Date(nanos / 1e6).toISOString(),
      agent: attributes[LABEL.agent] ?? "",
      replica: Number(attributes[LABEL.replica] ?? 0) || 0,
      ...words,
    },
  };
}

type Words = Pick<AgentEvent, "what" | "why" | "by">;

const ENGINE = { by: "engine" };

/** Whoever told an engine to do something is nobody that it could name. */
function wordsOf({ action, attributes }: Said, before: string | undefined): Words | undefined {
  const [name = "", more = ""] = action.split(": ");
  switch (name) {
    case "create":
      return { what: "created", by: "aac" };
    case "start":
      if (before === "create") return { what: "started", by: "aac" };
      return { what: "started", ...(before === "die" ? { why: "its restart policy", ...ENGINE } : {}) };
    case "die":
      return { what: "exited", why: endWords(Number(attributes["exitCode"] ?? 0)), ...ENGINE };
    case "oom":
      return { what: "ran out of memory", ...ENGINE };
    case "kill":
      return { what: "signalled", why: signalName(Number(attributes["signal"] ?? 0)) };
    case "restart":
      return { what: "restarted" };
    case "pause":
      return { what: "paused" };
    case "unpause":
      return { what: "resumed" };
    case "destroy":
      return { what: "removed" };
    case "health_status":
      return more === "healthy" || more === "unhealthy"
        ? { what: more === "healthy" ? "became ready" : "became unhealthy", ...ENGINE }
        : undefined;
    default:
      return undefined;
  }
}

/** What may stand between the end of a run and a start that is none of the engine's own doing. */
const TELLING: ReadonlySet<string> = new Set(["create", "start", "die", "kill", "stop"]);

/** In the order in which they were said: each with what the same container did before. */
export function inTurn(): (said: Said) => Happened | undefined {
  const last = new Map<string, string>();
  return (said) => {
    const before = last.get(said.container);
    // A run that somebody ended is not started again by a policy.
    const isEnded = said.action === "die" && before === "kill";
    if (TELLING.has(said.action)) last.set(said.container, isEnded ? "kill" : said.action);
    if (said.action === "destroy") last.delete(said.container);
    return happenedIn(said, before);
  };
}
