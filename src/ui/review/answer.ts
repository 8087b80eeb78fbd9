import { type Field, textOf, typed } from "../screen/field.ts";
import { actionOf } from "../screen/keys.ts";
import type { Key } from "../screen/view.ts";
import { lossWords } from "./foot.ts";
import { ANSWERS, ASKING } from "./keys.ts";
import type { ReviewTurn } from "./press.ts";
import { allOpen, type Review } from "./state.ts";

/**
 * Only what is pressed after the question has stood for a moment is an answer: keys that were typed ahead, in the
 * same piece of input or while a plan was made, were not typed by somebody who had read it.
 */
export function pressAnswer(
  review: Review,
  mode: { readonly at: number; readonly armed: boolean },
  key: Key,
): ReviewTurn {
  const answer = actionOf(ASKING, key);
  const list: Review = { ...review, mode: { is: "list" } };
  if (answer === "back") return { state: list };
  if (!mode.armed || review.checking || answer === undefined) return { state: review };
  const at = (mode.at + (answer === "before" ? ANSWERS.length - 1 : 1)) % ANSWERS.length;
  switch (answer) {
    case "before":
    case "after":
      return { state: { ...review, mode: { is: "question", at, armed: true } } };
    case "take":
      return given(list, ANSWERS[mode.at] ?? "no");
    default:
      return given(list, answer);
  }
}

function given(list: Review, answer: (typeof ANSWERS)[number]): ReviewTurn {
  switch (answer) {
    case "yes":
      return { state: list, does: { is: "apply", part: list.part } };
    case "no":
      return { state: list, does: { is: "leave" } };
    case "details":
      return {
        state: {
          ...list,
          shape: { ...list.shape, open: allOpen(list.shape.tree) },
          window: { at: 0, top: 0 },
          message: "all of it: y asks again",
        },
      };
    default:
      return answer satisfies never;
  }
}

/** The project's name, letter by letter: nobody types that by accident. */
export function pressName(review: Review, mode: { readonly field: Field }, key: Key): ReviewTurn {
  const list: Review = { ...review, mode: { is: "list" } };
  if (key === "esc" || key === "ctrl+c") return { state: list };
  if (key === "enter") {
    if (review.checking) return { state: review };
    const { project } = review.offer.report;
    const text = textOf(mode.field).trim();
    if (text === project) return { state: list, does: { is: "apply", part: review.part } };
    const message =
      text === ""
        ? `nothing was typed; esc goes back`
        : `that is not ${project}: nothing was changed, ${lossWords(review)}`;
    return { state: { ...review, message } };
  }
  const field = typed(mode.field, key);
  return {
    state: field === undefined ? review : { ...review, mode: { is: "name", field } },
  };
}

export function pressFile(review: Review, field: Field, key: Key): ReviewTurn {
  const list: Review = { ...review, mode: { is: "list" } };
  if (key === "esc" || key === "ctrl+c") return { state: list };
  if (key === "enter") {
    const file = textOf(field).trim();
    if (file === "")
      return { state: { ...review, message: "a plan file needs a name, such as desk.plan.json" } };
    return { state: list, does: { is: "write", part: review.part, file } };
  }
  const next = typed(field, key);
  return { state: next === undefined ? review : { ...review, mode: { is: "file", field: next } } };
}
