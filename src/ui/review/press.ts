import { type Field, textOf, typed } from "../screen/field.ts";
import { plainPaint } from "../paint.ts";
import { helpLines } from "../screen/help.ts";
import { actionOf } from "../screen/keys.ts";
import { pressPalette } from "../screen/palette.ts";
import { isTooSmall, type Key, type Size, type Turn } from "../screen/view.ts";
import { type Window, moved } from "../screen/window.ts";
import { pressAnswer, pressFile, pressName } from "./answer.ts";
import { actOn } from "./act.ts";
import { faultLines } from "./draw.ts";
import { type Action, ASKING, tableOf } from "./keys.ts";
import { areasOf } from "./layout.ts";
import { entriesFor } from "./palette.ts";
import { reshaped } from "./shape.ts";
import { type Effect, nodeAt, type Review } from "./state.ts";

export type ReviewTurn = Turn<Review, Effect>;

export function press(given: Review, key: Key, size: Size): ReviewTurn {
  // What nobody can see is not agreed to.
  if (isTooSmall(size))
    return key === "q" || key === "ctrl+c" ? { state: given, does: { is: "leave" } } : { state: given };
  const review = unsaid(given);
  const { mode } = review;
  switch (mode.is) {
    case "list":
      return pressList(review, key, size);
    case "filter":
      return { state: pressFilter(review, mode, key, size) };
    case "search":
      return pressSearch(review, mode.field, key, size);
    case "palette": {
      const node = nodeAt(review, areasOf(review, size).list.columns);
      const turn = pressPalette(mode.palette, entriesFor(review, node), key);
      if (turn.is === "open") return { state: { ...review, mode: { is: "palette", palette: turn.palette } } };
      const state: Review = { ...review, mode: { is: "list" } };
      return turn.is === "left" ? { state } : actOn(state, turn.does, size);
    }
    case "help":
      return { state: pressHelp(review, mode.top, key, size) };
    case "question":
      return pressAnswer(review, mode, key);
    case "name":
      return pressName(review, mode, key);
    case "file":
      return pressFile(review, mode.field, key);
    case "faults":
      return pressFaults(review, mode.top, key, size);
    default:
      return mode satisfies never;
  }
}

/** What was said stands until the next key. */
function unsaid(review: Review): Review {
  const { message: _, ...rest } = review;
  return rest;
}

function pressList(review: Review, key: Key, size: Size): ReviewTurn {
  const action: Action | undefined = actionOf(tableOf(review.offer.doing), key);
  return action === undefined ? { state: review } : actOn(review, action, size);
}

function pressFilter(
  review: Review,
  { field, before }: { readonly field: Field; readonly before: string },
  key: Key,
  size: Size,
): Review {
  const over: Review = { ...review, mode: { is: "list" } };
  if (key === "enter") return over;
  if (key === "esc" || key === "ctrl+c" || (key === "backspace" && textOf(field) === ""))
    return reshaped(over, { filter: before }, size);
  const next = typed(field, key);
  if (next === undefined) return review;
  return reshaped({ ...review, mode: { is: "filter", field: next, before } }, { filter: textOf(next) }, size);
}

function pressSearch(review: Review, field: Field, key: Key, size: Size): ReviewTurn {
  const over: Review = { ...review, mode: { is: "list" } };
  if (key === "esc" || key === "ctrl+c") return { state: over };
  if (key === "enter") {
    const search = textOf(field);
    const state: Review = { ...over, search };
    return search === "" ? { state } : actOn(state, "next match", size);
  }
  const next = typed(field, key);
  return { state: next === undefined ? review : { ...review, mode: { is: "search", field: next } } };
}

function pressHelp(review: Review, top: number, key: Key, size: Size): Review {
  if (key === "esc" || key === "?" || key === "q" || key === "ctrl+c")
    return { ...review, mode: { is: "list" } };
  const lines = helpLines([tableOf(review.offer.doing), ASKING], size.columns, plainPaint).length;
  return { ...review, mode: { is: "help", top: scrolled(top, key, lines, size.rows - 2, review) } };
}

function pressFaults(review: Review, top: number, key: Key, size: Size): ReviewTurn {
  if (key === "e") {
    const at = review.faults?.diagnostics.find((one) => one.at !== undefined)?.at;
    const text = at === undefined ? undefined : review.faults?.texts.get(at.file);
    if (at !== undefined) {
      const line = text === undefined ? 1 : text.slice(0, at.start).split("\n").length;
      return { state: review, does: { is: "edit", at: { file: at.file, line } } };
    }
  }
  if (key === "esc" || key === "q" || key === "ctrl+c" || key === "enter")
    return {
      state: {
        ...review,
        mode: { is: "list" },
        message: "this is the plan from before: the files as they are now have faults",
      },
    };
  const lines = faultLines(review, size.columns, plainPaint).length;
  return {
    state: { ...review, mode: { is: "faults", top: scrolled(top, key, lines, size.rows - 3, review) } },
  };
}

/** Pages without a chosen line: the first line in sight, at most so far down that the last one is. */
function scrolled(top: number, key: Key, lines: number, room: number, { offer }: Review): number {
  const action = actionOf(tableOf(offer.doing), key);
  const last = Math.max(0, lines - room);
  const page: Window = { at: Math.min(top, last), top: 0 };
  return action === undefined ? page.at : (moved(page, action, last + 1, room)?.at ?? page.at);
}
