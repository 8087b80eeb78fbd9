import { nearest } from "../../base/nearest.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { flat } from "../visible.ts";
import { toggled } from "./choice.ts";
import { lossWords, questionWords } from "./foot.ts";
import { leftLines } from "./linear.ts";
import { asksForName, begin, chosen, type Effect, hindrance, type Offer, type Review } from "./state.ts";
import type { Node } from "./tree.ts";

/** The same review in lines: what is typed goes in, words and effects come out. */
export interface Dialog {
  readonly review: Review;
  /** For ears: choices with numbers, each on a line of its own. */
  readonly accessible: boolean;
  readonly asks: Asks;
}

type Asks =
  | { readonly is: "what" }
  | { readonly is: "name" }
  /** The verb was given, and not what it is about. */
  | { readonly is: "which"; readonly verb: Verb };

type Verb = "exclude" | "include" | "edit" | "write";
type Choice = "no" | "yes" | "details" | Verb | "help";

export interface Answered {
  readonly dialog: Dialog;
  /** To print before the next question. */
  readonly says: readonly string[];
  readonly does?: Effect | { readonly is: "details" };
}

export const opened = (offer: Offer, accessible: boolean): Dialog => ({
  review: begin(offer),
  accessible,
  asks: { is: "what" },
});

const APPLYING: readonly Choice[] = ["no", "yes", "details", "exclude", "include", "edit", "help"];
const LOOKING: readonly Choice[] = ["no", "details", "exclude", "include", "edit", "write", "help"];
const choicesOf = ({ review }: Dialog): readonly Choice[] =>
  review.offer.doing === "apply" ? APPLYING : LOOKING;

const ABOUT: Readonly<Record<Choice, string>> = {
  no: "no: leave, nothing is changed; enter alone means this",
  yes: "yes: apply what is chosen",
  details: "details: the plan again, as it is chosen now",
  exclude: "exclude NAME: leave an agent or an object out, and what needs it",
  include: "include NAME: take it in again",
  edit: "edit NAME: open its line in $VISUAL or $EDITOR, and plan again",
  write: "write FILE: keep what is chosen in a plan file",
  help: "help: these lines",
};

/** Lines before the question, the question last: it stays open for the answer. */
export function question(dialog: Dialog): string {
  const { review, asks, accessible } = dialog;
  if (asks.is === "name")
    return `${lossWords(review)}.\nType ${review.offer.report.project} to go on, or nothing to go back: `;
  if (asks.is === "which") return asks.verb === "write" ? "Which file? " : `${listed(dialog)}Which one? `;
  const choices = choicesOf(dialog);
  const asked = review.offer.doing === "apply" ? questionWords(review) : "What now?";
  if (accessible)
    return `${asked} Type a number or a word.\n${choices.map((choice, i) => `  ${i + 1} ${aboutIn(dialog, choice)}\n`).join("")}Answer: `;
  const words = choices.map((choice) => (choice === "no" ? noWord(dialog) : shortOf(choice)));
  const [no = "no", ...rest] = words;
  const order = review.offer.doing === "apply" ? [rest[0], no, ...rest.slice(1)] : [...rest, no];
  return `${asked} ${order.filter((one) => one !== undefined).join(", ")} [${no}]: `;
}

const noWord = ({ review }: Dialog): string => (review.offer.doing === "apply" ? "no" : "leave");

const shortOf = (choice: Choice): string => ABOUT[choice].split(":")[0] ?? choice;

function aboutIn(dialog: Dialog, choice: Choice): string {
  return choice === "no" && noWord(dialog) === "leave" ? "leave; enter alone means this" : ABOUT[choice];
}

function listed({ review }: Dialog): string {
  return review.shape.tree.nodes
    .map((node, i) => `  ${i + 1} ${node.name}${out(node, review) ? ", left out" : ""}\n`)
    .join("");
}

const out = (node: Node, { left }: Review): boolean => node.ids.every((id) => left.has(id));

/** The end of the input is the safe answer. */
export function answer(dialog: Dialog, line: string | undefined): Answered {
  const { review, asks } = dialog;
  const back: Dialog = { ...dialog, asks: { is: "what" } };
  if (line === undefined) return { dialog, says: [], does: { is: "leave" } };
  const text = line.trim();
  if (asks.is === "name") {
    if (text === review.offer.report.project)
      return { dialog: back, says: [], does: { is: "apply", part: review.part } };
    const what = text === "" ? "nothing was typed" : `that is not ${review.offer.report.project}`;
    return { dialog: back, says: [`${what}: nothing was changed`] };
  }
  if (asks.is === "which") return text === "" ? { dialog: back, says: [] } : about(back, asks.verb, text);
  const [first = "", ...rest] = text.split(/\s+/);
  const choice = choiceOf(dialog, first.toLowerCase());
  if (choice === undefined) {
    const near = nearest(first, [...choicesOf(dialog), noWord(dialog)]);
    return {
      dialog,
      says: [`\`${flat(first)}\` is no answer${near === undefined ? "" : `: did you mean ${near}?`}`],
    };
  }
  switch (choice) {
    case "no":
      return { dialog, says: [], does: { is: "leave" } };
    case "yes":
      return agreed(dialog);
    case "details":
      return { dialog, says: [], does: { is: "details" } };
    case "help":
      return { dialog, says: choicesOf(dialog).map((one) => `  ${aboutIn(dialog, one)}`) };
    default:
      return rest.length === 0
        ? { dialog: { ...dialog, asks: { is: "which", verb: choice } }, says: [] }
        : about(dialog, choice, rest.join(" "));
  }
}

function choiceOf(dialog: Dialog, first: string): Choice | undefined {
  if (first === "" || first === "n" || first === "q" || first === "quit" || first === "leave") return "no";
  const choices = choicesOf(dialog);
  const numbered = dialog.accessible && /^\d+$/.test(first) ? choices[Number(first) - 1] : undefined;
  const short: Readonly<Record<string, Choice>> = {
    y: "yes",
    d: "details",
    e: "edit",
    "?": "help",
    h: "help",
  };
  const found =
    numbered ?? (Object.hasOwn(short, first) ? short[first] : choices.find((one) => one === first));
  return found !== undefined && choices.includes(found) ? found : undefined;
}

function agreed(dialog: Dialog): Answered {
  const stops = hindrance(dialog.review);
  if (stops !== undefined) return { dialog, says: [inWords(stops)] };
  if (asksForName(dialog.review)) return { dialog: { ...dialog, asks: { is: "name" } }, says: [] };
  return { dialog, says: [], does: { is: "apply", part: dialog.review.part } };
}

/** There are no keys here, and no list with an end. */
const inWords = (text: string): string =>
  text
    .replace("space takes it in again", "include NAME takes it in again")
    .replace("the end of the list says", "details says");

function about(dialog: Dialog, verb: Verb, name: string): Answered {
  const { review } = dialog;
  if (verb === "write") {
    const stops = hindrance(review);
    if (stops !== undefined) return { dialog, says: [inWords(stops).replace("applied", "kept")] };
    return { dialog, says: [], does: { is: "write", part: review.part, file: name } };
  }
  const node = nodeOf(review, name);
  if (node === undefined) {
    const near = nearest(name, review.shape.tree.byKey.keys());
    const hint = near === undefined ? "" : `: did you mean ${near}?`;
    return { dialog, says: [`nothing that would change is called ${flat(name)}${hint}`] };
  }
  if (verb === "edit")
    return node.written === undefined
      ? { dialog, says: [`${node.name} is written in no file`] }
      : { dialog, says: [], does: { is: "edit", at: node.written } };
  const isIn = !node.ids.some((id) => review.left.has(id));
  if (isIn === (verb === "include"))
    return { dialog, says: [`${node.name} is ${isIn ? "in already" : "left out already"}`] };
  const without = toggled(node, review.without, review.left, review.shape.tree);
  if (typeof without === "string") return { dialog, says: [without] };
  const next = chosen(review, without);
  const { verdict } = next.shape.told;
  const left = leftLines(next.shape.tree, next.without, next.left);
  return {
    dialog: { ...dialog, review: next },
    says: [
      ...left,
      `now: ${next.part.plan.changes.some(({ is }) => is !== "keep") ? verdict.says : "nothing is chosen"}`,
    ],
    does: { is: "chosen", part: next.part },
  };
}

function nodeOf({ shape: { tree } }: Review, name: string): Node | undefined {
  const numbered = /^\d+$/.test(name) ? tree.nodes[Number(name) - 1] : undefined;
  const known = tree.byKey.get(name) ?? tree.nodes.find((node) => node.name === name);
  // The one object of an agent is the agent.
  return known ?? tree.nodes.find(({ ids }) => ids.length === 1 && ids[0] === name) ?? numbered;
}

/** What the preflight says of what is chosen now. */
export function checkedIn(dialog: Dialog, review: Review, preflight: readonly Diagnostic[]): Answered {
  const fails = preflight.filter(({ level }) => level === "error");
  return {
    dialog: { ...dialog, review },
    says: fails.map(({ message }) => `preflight: ${flat(message)}`),
  };
}
