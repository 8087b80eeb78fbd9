import type { Author } from "../../model/revision.ts";
import type { Change, Outcome } from "../../model/plan.ts";
import type { ApplyEvent } from "../../model/step.ts";
import type { Mark, Place } from "../../model/target.ts";
import { eventsPath, type Noted, noteEvents } from "../../state/events.ts";
import { system } from "../../system/system.ts";
import { DONE } from "../../ui/apply/words.ts";
import { labelOf, namedBy, shortReason } from "../../ui/plan/words.ts";

/** What an apply does, noted as it is done: the answer to "what happened at 03:12". */
export interface Noting {
  began(does: string): void;
  happened(event: ApplyEvent, change: Change | undefined, isGoingBack: boolean): void;
  /** Somebody's decision that it leaves alone from now on. */
  held(agent: string, why: string): void;
  ended(does: string, outcome: Outcome, revision: number | undefined): void;
}

export function notingOf({ home }: Place, { apply }: Mark, author: Author): Noting {
  const by = authorWords(author);
  // Nobody's apply fails because it could not be noted.
  const note = (event: Omit<Noted, "at" | "by" | "apply">): void =>
    void noteEvents(system.files, eventsPath(home), [{ at: system.clock.wall(), ...event, by, apply }]);
  return {
    began: (does) => note({ agent: "", what: `${does} began`, why: author.command }),
    happened(event, change, isGoingBack) {
      const { agent, ...named } = namedBy(event.id);
      const label = labelOf({ agent, ...named });
      if (event.is === "failed") {
        note({ agent, what: isGoingBack ? "not rolled back" : "failed", why: `${label}: ${event.cause}` });
        return;
      }
      if (event.is !== "ended" || event.last !== true || change === undefined || change.is === "keep") return;
      const [first] = change.because;
      const why = first === undefined || isGoingBack ? label : `${label}: ${shortReason(first)}`;
      note({ agent, what: isGoingBack ? "rolled back" : DONE[change.is], why });
    },
    held: (agent, why) => note({ agent, what: "held", why }),
    ended: (does, outcome, revision) =>
      note({
        agent: "",
        what: `${does} ended`,
        why: `${OUTCOME[outcome] ?? outcome}${revision === undefined ? "" : `, revision ${revision}`}`,
      }),
  };
}

export const OUTCOME: Readonly<Partial<Record<Outcome, string>>> = {
  rolledBack: "failed and rolled back",
  rollbackFailed: "failed, and not all of it rolled back",
};

export function authorWords({ user, host, ci }: Author): string {
  return ci === undefined ? `${user}@${host}` : `${user}@${host} (${ci})`;
}
