import type { AgentEvent, Outcome } from "../../model/operates.ts";
import type { Place } from "../../model/target.ts";
import { eventsPath, noteEvents } from "../../state/events.ts";
import { system } from "../../system/system.ts";
import type { Context } from "../table.ts";

/** What a person did by hand, as `aac events` tells it later. */
export interface ByHand {
  /** In a word or two, past tense. */
  readonly what: (agent: string) => string;
  readonly reason?: string | undefined;
}

/** One for each agent with which it came about. */
export function noteByHand(
  context: Pick<Context, "error">,
  place: Place,
  { what, reason }: ByHand,
  outcomes: readonly Pick<Outcome, "agent" | "ok">[],
): void {
  const why = reason === undefined ? "by hand" : `by hand: ${reason}`;
  note(
    context,
    place,
    outcomes
      .filter(({ ok }) => ok)
      .map(({ agent }) => ({ at: system.clock.wall(), agent, what: what(agent), why, by: system.host.user })),
  );
}

/** It has been done by now: that it could not be written down is said, and fails nothing. */
function note(context: Pick<Context, "error">, { home }: Place, events: readonly AgentEvent[]): void {
  const noted = noteEvents(system.files, eventsPath(home), events);
  if (!noted.ok) context.error(`done, and not written down for aac events: ${noted.error}\n`);
}
