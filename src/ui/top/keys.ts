import { type Binding, type KeyTable, MOVES } from "../screen/keys.ts";
import type { Move } from "../screen/keys.ts";

export type AgentAction =
  | Move
  | "details"
  | "restart"
  | "stop"
  | "start"
  | "pause"
  | "exec"
  | "drift"
  | "needs"
  | "filter"
  | "sort"
  | "to logs"
  | "palette"
  | "back"
  | "help"
  | "leave";

export type LogAction =
  | Move
  | "follow"
  | "search"
  | "next match"
  | "former match"
  | "level"
  | "wrap"
  | "only"
  | "larger"
  | "smaller"
  | "logs"
  | "to agents"
  | "palette"
  | "help"
  | "leave";

export type PageAction = Move | "back" | "help" | "leave";
export type TopAction = AgentAction | LogAction;

/** Here `g` shows who needs whom, so the first and the last line have only the keys that are named so. */
const LINES: readonly Binding<Move>[] = MOVES.map((one) => ({
  ...one,
  keys: one.keys.filter((key) => key !== "g" && key !== "G"),
}));

const EVERYWHERE = [
  { keys: [":"], does: "palette", about: "all of this by its words, with the equal command line" },
  { keys: ["?"], does: "help", about: "these keys" },
  { keys: ["q", "ctrl+c"], does: "leave", about: "leave; agents are left alone", footer: "leave" },
] as const satisfies readonly Binding<"palette" | "help" | "leave">[];
const [PALETTE, HELP, LEAVE] = EVERYWHERE;

/** What changes agents: not there with --read-only. */
const VERBS = [
  { keys: ["r"], does: "restart", about: "restart the agent", footer: "restart", changes: true },
  { keys: ["s"], does: "stop", about: "stop the agent and hold it stopped", footer: "stop", changes: true },
  { keys: ["S"], does: "start", about: "start the agent, end its hold", footer: "start", changes: true },
  { keys: ["p"], does: "pause", about: "freeze the agent and hold it so, or thaw it", changes: true },
  { keys: ["x"], does: "exec", about: "a shell inside the replica", footer: "shell", changes: true },
] as const satisfies readonly Binding<"restart" | "stop" | "start" | "pause" | "exec">[];

const AGENTS: KeyTable<AgentAction> = {
  title: "Agents",
  bindings: [
    ...LINES,
    { keys: ["enter"], does: "details", about: "all that is known of the replica", footer: "details" },
    { keys: ["l", "tab"], does: "to logs", about: "keys go to the logs", footer: "logs" },
    LEAVE,
    ...VERBS,
    {
      keys: ["/"],
      does: "filter",
      about: "only what has these words; !word: what has not",
      footer: "filter",
    },
    { keys: ["o"], does: "sort", about: "in order of name, state, cpu, memory, restarts", footer: "sort" },
    { keys: ["D"], does: "drift", about: "what somebody changed of it by hand", footer: "drift" },
    { keys: ["g"], does: "needs", about: "who needs whom", footer: "graph" },
    { keys: ["esc"], does: "back", about: "without the filter; on a page, back" },
    PALETTE,
    HELP,
  ],
};

const LOGS: KeyTable<LogAction> = {
  title: "Logs",
  bindings: [
    ...LINES,
    { keys: ["f"], does: "follow", about: "go on with what comes, or stand still", footer: "follow" },
    { keys: ["/"], does: "search", about: "find a text in what is shown", footer: "search" },
    { keys: ["."], does: "next match", about: "to the next line that has it", footer: "next" },
    { keys: [","], does: "former match", about: "to the one before", footer: "former" },
    { keys: ["esc", "tab"], does: "to agents", about: "keys go to the agents", footer: "to agents" },
    { keys: ["v"], does: "level", about: "all lines, warnings and errors, or errors", footer: "level" },
    { keys: ["a"], does: "only", about: "of the chosen agent alone, or of all", footer: "one/all" },
    { keys: ["w"], does: "wrap", about: "long lines wrapped, or cut", footer: "wrap" },
    { keys: ["+", "="], does: "larger", about: "more room for logs", footer: "size" },
    { keys: ["-"], does: "smaller", about: "less room for logs" },
    { keys: ["l"], does: "logs", about: "without the logs", footer: "hide" },
    PALETTE,
    HELP,
    LEAVE,
  ],
};

/** Details, drift and who needs whom are pages: read, and left again. */
const PAGE: KeyTable<PageAction> = {
  title: "A page",
  bindings: [
    ...LINES,
    { keys: ["esc", "enter", "left"], does: "back", about: "back to the agents", footer: "back" },
    LEAVE,
    HELP,
  ],
};

const without = <Action extends string>(table: KeyTable<Action>, readOnly: boolean): KeyTable<Action> =>
  readOnly ? { ...table, bindings: table.bindings.filter((one) => one.changes !== true) } : table;

export const agentKeys = (readOnly: boolean): KeyTable<AgentAction> => without(AGENTS, readOnly);
export const logKeys = (): KeyTable<LogAction> => LOGS;
export const pageKeys = (): KeyTable<PageAction> => PAGE;

/** In the order in which help has them. */
export const allKeys = (readOnly: boolean): readonly KeyTable[] => [agentKeys(readOnly), LOGS, PAGE];

/** A key that would change something, whoever may press it. */
export const changes = (key: string): boolean => VERBS.some(({ keys }) => keys.some((one) => one === key));
