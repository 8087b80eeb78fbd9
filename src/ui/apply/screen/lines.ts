import { assertNever } from "../../../base/assert-never.ts";
import type { Part } from "../../../model/step.ts";
import type { Paint } from "../../paint.ts";
import { cut, pad, textWidth } from "../../plan/columns.ts";
import { type Does, titleOf } from "../../plan/words.ts";
import { flat } from "../../visible.ts";
import { elapsed, type ObjectProgress, waitsFor } from "../progress.ts";
import { DONE, leftOutWords, stepWords, took } from "../words.ts";
import type { ApplyScreen } from "./state.ts";

/** A line for an object: what it is doing, for how long, and what it waits for. */

const DOING: Readonly<Record<Does, string>> = {
  create: "creating",
  update: "updating",
  replace: "replacing",
  delete: "deleting",
};
const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"] as const;
const FRAME_MS = 100;
const WORD = 9;
/** Less leaves no room for what it does beside who does it: that has a line of its own then. */
const BESIDE = 72;
const BAR = 8;

/** How the lines of a frame are laid out. */
export interface Columns {
  readonly width: number;
  readonly title: number;
  readonly time: number;
  /** There is room for a line more where something does not fit beside the rest. */
  readonly isRoomy: boolean;
}

/** The same for all lines of a frame, whatever is in sight: nothing jumps sideways while it scrolls. */
export function columnsOf({ titles, progress, now }: ApplyScreen, width: number, isRoomy: boolean): Columns {
  // Nothing takes longer than all together.
  const time = now - progress.began < 59_500 ? 6 : 11;
  const most = isNarrow(width) ? width - HEAD - 2 - time : Math.floor(width * 0.36);
  return { width, time, title: Math.max(8, Math.min(titles, most)), isRoomy };
}

const HEAD = 4 + WORD + 2;
const isNarrow = (width: number): boolean => width < BESIDE;
const besideOf = ({ width, title, time }: Columns): number => width - HEAD - title - 2 - time - 2;

/** Lines that an object needs without its log. */
export function heightOf(screen: ApplyScreen, object: ObjectProgress, columns: Columns): 1 | 2 {
  return isBelow(object, detailOf(screen, object), columns) ? 2 : 1;
}

/** Of what runs or has failed all is said, if there is any room for it. */
function isBelow({ state }: ObjectProgress, detail: string, columns: Columns): boolean {
  if (detail === "" || state.is === "done" || state.is === "left out") return false;
  if (isNarrow(columns.width)) return columns.isRoomy || state.is !== "waiting";
  if (state.is === "waiting") return false;
  return columns.isRoomy && textWidth(detail) + barWidth(state) > besideOf(columns);
}

const barWidth = (state: ObjectProgress["state"]): number =>
  state.is === "running" && barOf(state.part) !== "" ? BAR + 1 : 0;

export function objectLines(
  screen: ApplyScreen,
  object: ObjectProgress,
  columns: Columns,
  paint: Paint,
): readonly string[] {
  const { width, title, time } = columns;
  const isChosen = screen.chosen === object.id;
  const name = pad(cut(titleOf(object.id), title), title);
  const [glyph, word, colour] = stateOf(object, screen.now, paint);
  const head = `${isChosen ? paint.bold("›") : " "} ${colour(glyph)} ${colour(pad(word, WORD))}`;
  const spent = timeOf(object, screen.now);
  const line = `${head}  ${isChosen ? paint.inverse(name) : name}  ${paint.dim(" ".repeat(Math.max(0, time - textWidth(spent))) + spent)}`;
  const detail = detailOf(screen, object);
  const bar = object.state.is === "running" ? barOf(object.state.part) : "";
  const isFailed = object.state.is === "failed";
  const say = (room: number): string => {
    const fitting =
      bar === "" || room < 3 * BAR ? cut(detail, room) : `${bar} ${cut(detail, room - BAR - 1)}`;
    return isFailed ? paint.red(fitting) : object.state.is === "running" ? fitting : paint.dim(fitting);
  };
  if (detail === "") return [line];
  if (isBelow(object, detail, columns)) return [line, `${" ".repeat(6)}${say(width - 6)}`];
  const beside = besideOf(columns);
  return beside < 4 ? [line] : [`${line}  ${say(beside)}`];
}

export function logLines(lines: readonly string[], width: number, paint: Paint): readonly string[] {
  return lines.map((line) => paint.dim(`      │ ${cut(flat(line), width - 8)}`));
}

/** What can be unfolded: the last lines of a log where it failed, else what it said on the way. */
export function logOf({ state, said }: ObjectProgress): readonly string[] {
  return state.is === "failed" && state.lines.length > 0 ? state.lines : said;
}

function stateOf(
  { state, does }: ObjectProgress,
  now: number,
  paint: Paint,
): readonly [glyph: string, word: string, colour: (text: string) => string] {
  switch (state.is) {
    case "waiting":
      return [" ", "waits", paint.dim];
    case "running":
      return [FRAMES[Math.floor(now / FRAME_MS) % FRAMES.length] ?? "⠋", DOING[does], paint.cyan];
    case "done":
      return ["✓", DONE[does], paint.green];
    case "failed":
      return ["✗", "failed", paint.red];
    case "left out":
      return ["·", "left out", paint.yellow];
    default:
      return assertNever(state);
  }
}

function timeOf(object: ObjectProgress, now: number): string {
  const { is } = object.state;
  if (is === "running") return running(elapsed(object, now));
  return is === "waiting" || is === "left out" ? "" : took(elapsed(object, now));
}

/** What goes on is told by the second: anything finer would only flicker. */
export const running = (millis: number): string => (millis < 1000 ? "0 s" : took(millis));

/** Not yet cut, and not yet painted. */
function detailOf(screen: ApplyScreen, object: ObjectProgress): string {
  const { state } = object;
  switch (state.is) {
    case "waiting": {
      const other = waitsFor(screen.progress, object);
      if (other !== undefined) return `for ${titleOf(other)}`;
      return screen.stopping === "no" ? "for its turn" : "is not begun any more";
    }
    case "running": {
      const tries =
        state.tries === 0 ? "" : ` (tried again ${state.tries === 1 ? "once" : `${state.tries} times`})`;
      return `${state.text === undefined ? stepWords(state.step) : flat(state.text)}${tries}`;
    }
    case "done":
      return flat(object.result ?? "");
    case "failed":
      return flat(state.cause);
    case "left out":
      return leftOutWords(state.because);
    default:
      return assertNever(state);
  }
}

/** Only where somebody counted. */
function barOf(part: Part | undefined): string {
  if (part === undefined || part.of <= 0) return "";
  const full = Math.max(0, Math.min(BAR, Math.floor((part.done / part.of) * BAR)));
  return `${"█".repeat(full)}${"░".repeat(BAR - full)}`;
}
