import { type Binding, type KeyTable, type Move, MOVES } from "../screen/keys.ts";

/** What keys do in a review: the footer, the help, the palette and the tests read it here. */
export type Action =
  | Move
  | "apply"
  | "write"
  | "leave"
  | "exclude"
  | "fold"
  | "open"
  | "close"
  | "fold all"
  | "details"
  | "other side"
  | "edit"
  | "filter"
  | "search"
  | "next match"
  | "former match"
  | "origins"
  | "palette"
  | "help"
  | "back";

const APPLY: Binding<Action> = {
  keys: ["y"],
  does: "apply",
  about: "apply what is chosen, after a question",
  footer: "apply",
  changes: true,
};
const WRITE: Binding<Action> = {
  keys: ["w"],
  does: "write",
  about: "keep what is chosen in a plan file",
  footer: "write",
};
const LEAVE: Binding<Action> = {
  keys: ["n", "q", "ctrl+c"],
  does: "leave",
  about: "leave; nothing is changed",
  footer: "leave",
};

const REST: readonly Binding<Action>[] = [
  {
    keys: ["space"],
    does: "exclude",
    about: "leave an object or an agent out, or take it in",
    footer: "exclude",
  },
  { keys: ["enter"], does: "fold", about: "fold or unfold", footer: "fold" },
  { keys: ["d"], does: "details", about: "all that is known of an object", footer: "details" },
  { keys: ["e"], does: "edit", about: "open the line in $VISUAL or $EDITOR, and plan again", footer: "edit" },
  { keys: ["/"], does: "filter", about: "only what has these words; !word leaves out", footer: "filter" },
  { keys: ["s"], does: "search", about: "search in what is shown", footer: "search" },
  { keys: ["."], does: "next match", about: "the next match" },
  { keys: [","], does: "former match", about: "the match before" },
  {
    keys: ["o"],
    does: "origins",
    about: "only edits, drift or what is inherited; all again",
    footer: "origins",
  },
  { keys: ["z"], does: "fold all", about: "unfold everything, or fold it" },
  { keys: ["right"], does: "open", about: "unfold" },
  { keys: ["left"], does: "close", about: "fold, or go to the agent" },
  { keys: ["tab"], does: "other side", about: "between the list and the details" },
  { keys: [":"], does: "palette", about: "every action by name, with its command line" },
  { keys: ["?"], does: "help", about: "all keys" },
  { keys: ["esc"], does: "back", about: "one level back; at the top, leave" },
];

export const APPLYING: KeyTable<Action> = {
  title: "Review",
  bindings: [...MOVES, APPLY, LEAVE, ...REST],
};

export const LOOKING: KeyTable<Action> = {
  title: "Review",
  bindings: [...MOVES, WRITE, LEAVE, ...REST],
};

export const tableOf = (doing: "apply" | "plan"): KeyTable<Action> =>
  doing === "apply" ? APPLYING : LOOKING;

export type Answer = "yes" | "no" | "details" | "before" | "after" | "take" | "back";

/** While it asks. The safe answer is chosen until somebody chooses another. */
export const ASKING: KeyTable<Answer> = {
  title: "At the question",
  bindings: [
    { keys: ["left", "shift+tab", "h"], does: "before", about: "the answer before", footer: "choose" },
    { keys: ["right", "tab", "l"], does: "after", about: "the next answer" },
    { keys: ["enter"], does: "take", about: "answer with what is chosen; no at first", footer: "answer" },
    { keys: ["y"], does: "yes", about: "yes", footer: "yes" },
    { keys: ["n", "q"], does: "no", about: "no; nothing is changed", footer: "no" },
    { keys: ["d"], does: "details", about: "no answer yet: all of it unfolded", footer: "details" },
    { keys: ["esc", "ctrl+c"], does: "back", about: "back to the plan", footer: "back" },
  ],
};

export const ANSWERS = ["no", "yes", "details"] as const;
