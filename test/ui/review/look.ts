import type { PlanReport } from "../../../src/model/plan.ts";
import { choose } from "../../../src/plan/choose.ts";
import { plainPaint } from "../../../src/ui/paint.ts";
import { begin, type Effect, type Offer, type Review, stood } from "../../../src/ui/review/state.ts";
import { REVIEW } from "../../../src/ui/review/view.ts";
import type { Size } from "../../../src/ui/screen/view.ts";

/** A review in a hand: keys go in, frames as text and effects come out. */
export interface Held {
  /** Each key as the host brings it, with a moment before the next. */
  press(...keys: readonly string[]): Held;
  /** All in one piece of input: nobody could have read anything in between. */
  burst(...keys: readonly string[]): Held;
  /** The same on a screen of another size. */
  resized(size: Size): Held;
  change(next: (review: Review) => Review): Held;
  frame(size?: Size): string;
  readonly state: Review;
  readonly effects: readonly Effect[];
}

const USUAL: Size = { columns: 80, rows: 24 };

export function offerOf(report: PlanReport, more: Partial<Offer> = {}): Offer {
  return {
    report,
    without: new Set(),
    choose: (without) => choose(report.plan, { only: new Set(), without }),
    doing: "apply",
    production: false,
    coloured: false,
    isNamed: false,
    command: report.destroy ? "aac destroy" : "aac apply",
    ...more,
  };
}

export function held(report: PlanReport, more: Partial<Offer> = {}, size: Size = USUAL): Held {
  return holding(begin(offerOf(report, more)), [], size);
}

function holding(state: Review, effects: readonly Effect[], size: Size): Held {
  const pressed = (keys: readonly string[], moment: boolean): Held => {
    let now = state;
    const done = [...effects];
    for (const key of keys) {
      const turn = REVIEW.press(now, key, size);
      now = moment ? stood(turn.state) : turn.state;
      if (turn.does !== undefined) done.push(turn.does);
    }
    return holding(now, done, size);
  };
  return {
    press: (...keys) => pressed(keys, true),
    burst: (...keys) => pressed(keys, false),
    resized: (other) => holding(state, effects, other),
    change: (next) => holding(next(state), effects, size),
    frame: (other = size) =>
      REVIEW.draw(state, other, plainPaint)
        .map((line) => line.trimEnd())
        .join("\n"),
    state,
    effects,
  };
}
