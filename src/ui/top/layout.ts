import { plainPaint } from "../paint.ts";
import type { Size } from "../screen/view.ts";
import { drawAsk } from "./ask.ts";
import { drawHead } from "./head.ts";
import { pageLines } from "./pages.ts";
import { chosenRow } from "./rows.ts";
import { SHARES, type TopState } from "./state.ts";

/** How many rows each part has; together as many as the screen. */
export interface Layout {
  readonly head: number;
  readonly upper: number;
  readonly logs: number;
  readonly foot: number;
}

/** Both parts of a smaller body could show nothing: then the one has it that keys go to. */
const SMALLEST_SPLIT = 9;

export function layoutOf(state: TopState, size: Size): Layout {
  const foot = Math.min(size.rows - 1, 1 + footRows(state, size));
  const head = Math.min(size.rows - foot, drawHead(state, size, plainPaint).length);
  const body = size.rows - head - foot;
  return { head, foot, ...split(state, body, size) };
}

function footRows(state: TopState, size: Size): number {
  const { ask, said } = state;
  if (ask !== undefined) return drawAsk(state, ask, chosenRow(state), size, plainPaint).length;
  return said === undefined ? 0 : 1;
}

function split(state: TopState, body: number, size: Size): Pick<Layout, "upper" | "logs"> {
  const { logs, page, focus, list } = state;
  const beside = page.is === "agents" || page.is === "details";
  if (!logs.open || !beside) return { upper: body, logs: 0 };
  if (body < SMALLEST_SPLIT)
    return focus === "logs" && page.is === "agents" ? { upper: 0, logs: body } : { upper: body, logs: 0 };
  const share = SHARES[logs.share] ?? 1;
  if (share === 1 && focus === "logs") return { upper: 0, logs: body };
  const least = Math.max(4, Math.min(body - 4, Math.round(body * share)));
  const needed =
    page.is === "agents" ? Math.max(2, list.rows.length + 1) : pageLines(state, size, plainPaint).length;
  const upper = Math.min(needed, body - least);
  return { upper, logs: body - upper };
}

/** Rows for replicas: below the line that names the columns. */
export const tableRoom = (state: TopState, size: Size): number =>
  Math.max(1, layoutOf({ ...state, page: { is: "agents" } }, size).upper - 1);

export const pageRoom = (state: TopState, size: Size): number => Math.max(1, layoutOf(state, size).upper);

/** Rows for lines of logs: below their title. */
export const logRoom = (state: TopState, size: Size): number => Math.max(1, layoutOf(state, size).logs - 1);
