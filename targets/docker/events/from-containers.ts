import type { AgentEvent } from "../../../src/model/operates.ts";
import { howItEnded } from "../live/exits.ts";
import type { Container } from "../live/look.ts";
import { agentOf, replicaOf, timeOf } from "../verbs/status.ts";
import type { Happened } from "./happened.ts";

/** An engine keeps few events. What a container says of itself fills the gap: its beginning, its last run, its health. */
export function toldBy(container: Container): readonly Happened[] {
  const { Id, Created, State, RestartCount } = container;
  const of = (at: string, words: Pick<AgentEvent, "what" | "why" | "by">): readonly Happened[] => {
    const time = timeOf(at);
    const [agent, replica] = [agentOf(container), replicaOf(container)];
    return time === undefined ? [] : [{ container: Id, event: { at: time, agent, replica, ...words } }];
  };
  const health = healthIn(container);
  return [
    ...of(Created, { what: "created", by: "aac" }),
    ...of(
      State.StartedAt,
      RestartCount > 0
        ? { what: "started", why: "its restart policy", by: "engine" }
        : { what: "started", by: "aac" },
    ),
    // Of one that runs again how it ended is forgotten.
    ...(State.Running && !State.Restarting
      ? []
      : of(State.FinishedAt, { what: "exited", why: howItEnded(State), by: "engine" })),
    ...(health === undefined ? [] : of(health.at, { what: health.what, by: "engine" })),
  ];
}

/** When it became what it is, where the last answers still show that. */
function healthIn({
  State: { Health: health },
}: Container): { readonly at: string; readonly what: string } | undefined {
  if (health?.Status !== "healthy" && health?.Status !== "unhealthy") return undefined;
  const isWell = health.Status === "healthy";
  const log = health.Log ?? [];
  const turn = log.findLastIndex(({ ExitCode }) => (ExitCode === 0) !== isWell);
  const first = turn < 0 ? undefined : log[turn + 1];
  return first === undefined
    ? undefined
    : { at: first.End, what: isWell ? "became ready" : "became unhealthy" };
}

/**
 * A container tells only what it did last of each kind. An engine forgets the oldest first: where it tells anything of
 * that kind, it tells that too.
 */
export function together(engine: readonly Happened[], containers: readonly Happened[]): readonly Happened[] {
  const kindOf = ({ container, event }: Happened): string => `${container} ${event.what}`;
  const told = new Set(engine.map(kindOf));
  const rest = containers.filter((one) => !told.has(kindOf(one)));
  return [...rest, ...engine].toSorted((a, b) => Date.parse(a.event.at) - Date.parse(b.event.at));
}
