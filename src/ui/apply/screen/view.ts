import type { Paint } from "../../paint.ts";
import { helpPage } from "../../screen/help.ts";
import { actionOf, footerOf } from "../../screen/keys.ts";
import type { Size, View } from "../../screen/view.ts";
import { moved } from "../../screen/window.ts";
import type { ObjectProgress } from "../progress.ts";
import { headLines } from "./head.ts";
import { PROGRESS_KEYS } from "./keys.ts";
import { type Columns, columnsOf, heightOf, logLines, logOf, objectLines } from "./lines.ts";
import { countWords, inOrder, isUrgent } from "./order.ts";
import type { ApplyScreen } from "./state.ts";

/** An apply while it runs, below what was printed before it. */
export const progressView: View<ApplyScreen, "interrupt"> = { press, draw };

function press(
  screen: ApplyScreen,
  key: string,
  size: Size,
): { readonly state: ApplyScreen; readonly does?: "interrupt" } {
  const action = actionOf(PROGRESS_KEYS, key);
  if (action === "stop" || action === "end") return { state: screen, does: "interrupt" };
  if (screen.help !== undefined) return { state: pressHelp(screen, screen.help, action, size) };
  switch (action) {
    case "help":
      return { state: { ...screen, help: 0 } };
    case "back": {
      const { chosen: _, ...rest } = screen;
      return { state: rest };
    }
    case "log":
      return { state: turnedLog(screen) };
    default:
      return { state: action === undefined ? screen : choose(screen, action, size) };
  }
}

function pressHelp(screen: ApplyScreen, top: number, action: string | undefined, size: Size): ApplyScreen {
  const { help: _, ...rest } = screen;
  if (action === "back" || action === "help") return rest;
  const lines = PROGRESS_KEYS.bindings.length + 2;
  const last = Math.max(0, lines - (size.rows - 2));
  const next = action === undefined ? undefined : moved({ at: top, top }, action, last + 1, 1);
  return { ...rest, help: next?.at ?? top };
}

/** Where nobody chose one: the first that failed, else the first that runs. */
function turnedLog(screen: ApplyScreen): ApplyScreen {
  const { progress, chosen } = screen;
  const { objects } = progress;
  const of = (is: string): ObjectProgress | undefined => objects.find(({ state }) => state.is === is);
  const object = objects.find(({ id }) => id === chosen) ?? of("failed") ?? of("running");
  if (object === undefined) return screen;
  const logs = new Map(screen.logs).set(object.id, isOpen(screen, object) ? "folded" : "open");
  return { ...screen, logs, chosen: object.id };
}

function isOpen({ logs }: ApplyScreen, { id, state }: ObjectProgress): boolean {
  return (logs.get(id) ?? (state.is === "failed" ? "open" : "folded")) === "open";
}

function choose(screen: ApplyScreen, action: string, size: Size): ApplyScreen {
  const { all } = layout(screen, size);
  const at = all.findIndex(({ id }) => id === screen.chosen);
  const room = Math.max(1, size.rows - 4);
  const next = at < 0 ? undefined : moved({ at, top: at }, action, all.length, room)?.at;
  const object = all[next ?? (action === "last" ? all.length - 1 : 0)];
  return object === undefined ? screen : { ...screen, chosen: object.id };
}

interface Layout {
  /** In the order in which they stand. */
  readonly all: readonly ObjectProgress[];
  /** Lines between head and footer. */
  readonly room: number;
  readonly isRoomForAll: boolean;
  readonly columns: Columns;
}

function layout(screen: ApplyScreen, size: Size): Layout {
  const { progress, stopping } = screen;
  const room = Math.max(1, size.rows - marginOf(size) - (stopping === "no" ? 2 : 3));
  const { objects } = progress;
  const fits = (columns: Columns): boolean => {
    if (objects.length > room) return false;
    const logs = objects.reduce((sum, one) => sum + wantedLines(screen, one), 0);
    const lines = objects.reduce((sum, one) => sum + heightOf(screen, one, columns), 0);
    return lines + Math.min(logs, FEW) <= room;
  };
  const roomy = columnsOf(screen, size.columns, true);
  const isRoomy = fits(roomy);
  const columns = isRoomy ? roomy : columnsOf(screen, size.columns, false);
  const isRoomForAll = isRoomy || fits(columns);
  return { all: inOrder(progress, isRoomForAll), room, isRoomForAll, columns };
}

/** It stands apart from what was printed before, unless each line counts. */
const marginOf = ({ rows }: Size): number => (rows < 16 ? 0 : 1);

/** As many lines of a log as the platform keeps of it, and so many at least, where it is open. */
const LOG = 20;
const FEW = 3;

function wantedLines(screen: ApplyScreen, object: ObjectProgress): number {
  return isOpen(screen, object) ? Math.min(LOG, logOf(object).length) : 0;
}

function draw(screen: ApplyScreen, size: Size, paint: Paint): readonly string[] {
  if (screen.help !== undefined) return helpPage([PROGRESS_KEYS], screen.help, size, paint);
  const { all, room, isRoomForAll, columns } = layout(screen, size);
  const wants = (one: ObjectProgress): number => wantedLines(screen, one);
  const height = (one: ObjectProgress): number => heightOf(screen, one, columns);
  const shown = isRoomForAll ? all : inSight(screen, all, room, height, wants);
  const used = shown.reduce((sum, one) => sum + height(one), isRoomForAll ? 0 : 1);
  const logs = shareOut(screen, shown, room - used, wants);
  const seen = new Set(shown);
  const hidden = isRoomForAll ? [] : all.filter((one) => !seen.has(one));
  return [
    ...(marginOf(size) === 0 ? [] : [""]),
    ...headLines(screen, size.columns, paint),
    ...shown.flatMap((one) => [
      ...objectLines(screen, one, columns, paint),
      ...logLines(lastLines(one, logs.get(one) ?? 0), size.columns, paint),
    ]),
    ...(hidden.length === 0 ? [] : [paint.dim(`  … ${countWords(hidden)}`)]),
    footer(screen, size.columns, paint),
  ];
}

const lastLines = (object: ObjectProgress, count: number): readonly string[] =>
  count <= 0 ? [] : logOf(object).slice(-count);

/** What there is room for, from the first on, or further down where the chosen one is. */
function inSight(
  screen: ApplyScreen,
  all: readonly ObjectProgress[],
  room: number,
  height: (object: ObjectProgress) => number,
  wants: (object: ObjectProgress) => number,
): readonly ObjectProgress[] {
  const lines = room - 1;
  const at = all.findIndex(({ id }) => id === screen.chosen);
  const near = [...all.slice(0, room), ...all.slice(at, at + 1)];
  const logs = near.reduce((sum, one) => sum + wants(one), 0);
  const urgent = near.filter(isUrgent).reduce((sum, one) => sum + height(one), 0);
  // A log is worth more than what has ended well or has not begun; what runs is worth more than most of a log.
  const kept = Math.min(logs, Math.max(lines - urgent, Math.floor(lines / 3)));
  const fill = (from: number): readonly ObjectProgress[] => {
    let left = lines - kept;
    const end = all.findIndex((one, i) => i >= from && (left -= height(one)) < 0);
    return all.slice(from, Math.max(from + 1, end < 0 ? all.length : end));
  };
  let from = 0;
  let shown = fill(0);
  while (from < at && from + shown.length <= at) {
    from = Math.max(from + 1, at - shown.length + 1);
    shown = fill(from);
  }
  return shown;
}

/** What is left over goes to logs: first to that of the chosen one. */
function shareOut(
  { chosen }: ApplyScreen,
  shown: readonly ObjectProgress[],
  spare: number,
  wants: (object: ObjectProgress) => number,
): ReadonlyMap<ObjectProgress, number> {
  const logs = new Map<ObjectProgress, number>();
  let left = spare;
  for (const one of shown.toSorted((a, b) => Number(b.id === chosen) - Number(a.id === chosen))) {
    const lines = Math.max(0, Math.min(left, wants(one)));
    logs.set(one, lines);
    left -= lines;
  }
  return logs;
}

function footer(screen: ApplyScreen, width: number, paint: Paint): string {
  const { objects } = screen.progress;
  const live: Readonly<Record<string, boolean>> = {
    stop: screen.stopping === "no",
    end: screen.stopping === "after what runs",
    log: objects.some((one) => logOf(one).length > 0),
    up: objects.length > 1,
  };
  return footerOf(PROGRESS_KEYS, width, paint, ({ does }) => live[does] ?? true);
}
