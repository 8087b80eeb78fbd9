import type { Paint } from "../../paint.ts";
import { cut, textWidth } from "../../plan/columns.ts";
import { about, count, titleOf } from "../../plan/words.ts";
import { tallyOf } from "../progress.ts";
import { timeLeft } from "../remaining.ts";
import { running } from "./lines.ts";
import type { ApplyScreen } from "./state.ts";

const GAP = 3;
/** So much of the place is told before anything of how far it is gives way. */
const PLACE = 10;

/** Where it is applied to, how far it is, and how long it may still take; and that it is about to stop. */
export function headLines(screen: ApplyScreen, width: number, paint: Paint): readonly string[] {
  const { place, progress, now, stopping } = screen;
  const tally = tallyOf(progress);
  const counts = [
    `${tally.done} of ${tally.all}`,
    ...(tally.failed === 0 ? [] : [`${tally.failed} failed`]),
    running(now - progress.began),
  ];
  // Once nothing more is begun, what earlier runs took says nothing of this one.
  const isOn = stopping === "no" && tally.failed === 0;
  const lefts = isOn ? [...leftWords(screen), ""] : [""];
  const all = lefts.map((left) => [...counts, ...(left === "" ? [] : [left])].join(" · "));
  const right = all.find((text) => textWidth(text) + GAP + Math.min(PLACE, textWidth(place)) <= width);
  const counted = right ?? all.at(-1) ?? "";
  const left = cut(place, Math.max(PLACE, width - textWidth(counted) - GAP));
  // Not at the other side: a line as wide as the screen is broken by each terminal that gets narrower.
  const head = `${paint.bold(left)}${" ".repeat(GAP)}${cut(counted, width - textWidth(left) - GAP)}`;
  return stopping === "no" ? [head] : [head, paint.yellow(stoppingWords(screen, width))];
}

/** From the longest to the shortest. */
function leftWords({ progress, expected, parallel, now }: ApplyScreen): readonly string[] {
  const left = timeLeft(progress, expected, parallel, now);
  if (left === undefined) return [];
  if (left.is === "not timed") return ["not timed yet"];
  if (left.is === "longer") {
    const longer = "longer than before";
    return left.after === 0 ? [longer] : [`${longer}, then ${about(left.after)}`, longer];
  }
  const time = about(left.millis);
  if (left.untimed === 0) return [`${time} left`];
  return [`${time} left, ${left.untimed} not timed yet`, `over ${time} left`];
}

/** Which key ends it sooner stands in the footer too, where there is no room for it here. */
function stoppingWords({ progress, stopping }: ApplyScreen, width: number): string {
  const under = progress.objects.filter(({ state }) => state.is === "running");
  const [first] = under;
  if (first === undefined) return "stopping: nothing more is begun";
  const more = under.length === 1 ? "" : ` and ${count(under.length - 1, "other")}`;
  const who = `${titleOf(first.id)}${more}`;
  if (stopping === "at once") return cut(`stopping: ends ${who}`, width);
  const words = `stopping: begins nothing more, waits for ${who}`;
  const all = `${words}; Ctrl-C again ends ${under.length === 1 ? "it" : "them"} too`;
  return textWidth(all) <= width ? all : cut(words, width);
}
