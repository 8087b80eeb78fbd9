import type { Id } from "../../../src/model/resource.ts";
import type { ApplyEvent, Step, Task } from "../../../src/model/step.ts";
import { beginProgress, type Progress } from "../../../src/ui/apply/progress.ts";
import { type ApplyScreen, beginScreen, happened, ticked } from "../../../src/ui/apply/screen/state.ts";
import { progressView } from "../../../src/ui/apply/screen/view.ts";
import type { Paint } from "../../../src/ui/paint.ts";
import { plainPaint } from "../../../src/ui/paint.ts";
import type { Size } from "../../../src/ui/screen/view.ts";
import { create } from "../plan-cases.ts";

/** An apply as its screen sees it: who is created after whom, and what happened when. */

export const idOf = (name: string): Id =>
  `${name.split(" ")[0] ?? ""}/${name.split(" ")[1] ?? "process"}/main`;

export type Timed = readonly (readonly [at: number, event: ApplyEvent])[];

/** By name, `researcher image`, the names that it stands on. */
export function beginning(after: Readonly<Record<string, readonly string[]>>): Progress {
  const changes = Object.keys(after).map((name) =>
    create(name.split(" ")[0] ?? "", name.split(" ")[1] ?? "process"),
  );
  const tasks = Object.entries(after).map(
    ([name, names]): Task => ({ id: idOf(name), after: names.map(idOf), steps: [start(name), ready(name)] }),
  );
  return beginProgress(changes, tasks, 0);
}

const start = (name: string): Step => ({ is: "call", id: idOf(name), does: "start" });
const ready = (name: string): Step => ({
  is: "await",
  id: idOf(name),
  until: "ready",
  timeoutMs: 60_000,
});

export const began = (name: string): ApplyEvent => ({ is: "began", id: idOf(name), step: start(name) });
export const says = (name: string, text: string, part?: { done: number; of: number }): ApplyEvent => ({
  is: "progress",
  id: idOf(name),
  step: start(name),
  text,
  ...(part === undefined ? {} : { part }),
});
export const ends = (name: string): readonly ApplyEvent[] => [
  { is: "ended", id: idOf(name), step: start(name) },
  { is: "ended", id: idOf(name), step: ready(name), last: true },
];
export const failed = (name: string, cause: string, lines: readonly string[] = []): ApplyEvent => ({
  is: "failed",
  id: idOf(name),
  step: ready(name),
  cause,
  lines,
});

export function screenAfter(
  progress: Progress,
  events: Timed,
  now: number,
  expected: Readonly<Record<string, number>> = {},
): ApplyScreen {
  const first = beginScreen("desk → docker", progress, {
    expected: new Map(Object.entries(expected).map(([name, millis]) => [idOf(name), millis])),
    parallel: 10,
  });
  return ticked(
    events.reduce((screen, [at, event]) => happened(screen, event, at), first),
    now,
  );
}

export const sizeOf = (columns: number, rows: number): Size => ({ columns, rows });

/** As it stands on a screen without colour. */
export function drawn(screen: ApplyScreen, size: Size, paint: Paint = plainPaint): string {
  return `\n${progressView
    .draw(screen, size, paint)
    .map((line) => line.trimEnd())
    .join("\n")}\n`;
}

/** One key after the other; what they ask for from outside is collected. */
export function pressed(
  screen: ApplyScreen,
  keys: readonly string[],
  size: Size,
): { readonly screen: ApplyScreen; readonly asked: readonly string[] } {
  let state = screen;
  const asked: string[] = [];
  for (const key of keys) {
    const turn = progressView.press(state, key, size);
    state = turn.state;
    if (turn.does !== undefined) asked.push(turn.does);
  }
  return { screen: state, asked };
}
