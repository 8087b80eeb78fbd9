import { type KeyTable, MOVES } from "../../screen/keys.ts";

/** While an apply runs. */
export const PROGRESS_KEYS: KeyTable = {
  title: "While it runs",
  bindings: [
    {
      keys: ["ctrl+c"],
      does: "stop",
      about: "begin nothing more; what runs comes to its end",
      footer: "stop",
    },
    { keys: ["ctrl+c"], does: "end", about: "the second time: end what runs, too", footer: "end it too" },
    { keys: ["l"], does: "log", about: "unfold or fold what the chosen object said last", footer: "log" },
    ...MOVES,
    { keys: ["esc"], does: "back", about: "choose nothing" },
    { keys: ["?"], does: "help", about: "these keys" },
  ],
};
