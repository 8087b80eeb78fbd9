import { EMPTY, textOf, typed } from "../screen/field.ts";
import { pressPalette } from "../screen/palette.ts";
import type { Key, Size, Turn } from "../screen/view.ts";
import { commandOf, entriesOf } from "./commands.ts";
import { agentKeys, logKeys } from "./keys.ts";
import { choiceOf } from "./log-pane.ts";
import { doAgents } from "./press-agents.ts";
import { pressLogs } from "./press-logs.ts";
import { chosenRow } from "./rows.ts";
import type { Ask, TopEffect, TopState } from "./state.ts";
import { flat } from "../visible.ts";
import { relisted } from "./update.ts";

type TopTurn = Turn<TopState, TopEffect>;

/** A key while something is asked at the foot. */
export function answered(state: TopState, ask: Ask, key: Key, size: Size): TopTurn {
  const { ask: _, ...rest } = state;
  // What is pasted may hold anything; only what can be seen is typed.
  if (flat(key) !== key) return { state };
  switch (ask.is) {
    case "sure":
      return sure(state, rest, ask, key);
    case "reason": {
      if (key === "esc" || key === "ctrl+c") return { state: rest };
      if (key === "enter") {
        const reason = textOf(ask.field).trim();
        return {
          state: rest,
          does: { is: "stop", agent: ask.agent, ...(reason === "" ? {} : { reason }) },
        };
      }
      return { state: { ...state, ask: { ...ask, field: typed(ask.field, key) ?? ask.field } } };
    }
    case "filter":
      return filtering(state, rest, ask, key);
    case "search":
      return searching(state, rest, ask, key);
    case "palette": {
      const turn = pressPalette(ask.palette, entriesOf(state, chosenRow(state)), key);
      if (turn.is === "open") return { state: { ...state, ask: { is: "palette", palette: turn.palette } } };
      return turn.is === "left" ? { state: rest } : doCommand(rest, turn.does, size);
    }
    default:
      return ask satisfies never;
  }
}

function sure(state: TopState, rest: TopState, ask: Extract<Ask, { is: "sure" }>, key: Key): TopTurn {
  const { verb, agent, yes } = ask;
  const goOn = (): TopTurn =>
    verb !== "stop"
      ? { state: rest, does: { is: verb, agent } }
      : { state: { ...rest, ask: { is: "reason", agent, field: EMPTY } } };
  switch (key) {
    case "y":
      return goOn();
    case "enter":
      return yes ? goOn() : { state: rest };
    case "left":
    case "right":
    case "tab":
    case "shift+tab":
      return { state: { ...state, ask: { ...ask, yes: !yes } } };
    case "n":
    case "q":
    case "esc":
    case "ctrl+c":
      return { state: rest };
    default:
      return { state };
  }
}

/** The table follows each letter; esc puts back what was there before. */
function filtering(state: TopState, rest: TopState, ask: Extract<Ask, { is: "filter" }>, key: Key): TopTurn {
  const filtered = (of: TopState, filter: string): TopState =>
    relisted({ ...of, chosen: { ...of.chosen, filter } });
  if (key === "esc" || key === "ctrl+c") return { state: filtered(rest, ask.before) };
  if (key === "enter") return { state: rest };
  const field = typed(ask.field, key);
  return {
    state: field === undefined ? state : filtered({ ...state, ask: { ...ask, field } }, textOf(field)),
  };
}

/** The logs go to the last line that has it, letter by letter. */
function searching(state: TopState, rest: TopState, ask: Extract<Ask, { is: "search" }>, key: Key): TopTurn {
  if (key === "esc" || key === "ctrl+c") {
    const { at: _, ...logs } = rest.logs;
    return { state: { ...rest, logs: { ...logs, ...ask.before } } };
  }
  if (key === "enter") return { state: rest };
  const field = typed(ask.field, key);
  if (field === undefined) return { state };
  const search = textOf(field);
  const found = state.logs.buffer.matches(choiceOf(state), search);
  const { at: _, ...logs } = state.logs;
  const last = found.at(-1) ?? ask.before.at;
  return {
    state: {
      ...state,
      ask: { ...ask, field },
      logs: { ...logs, search, ...(search === "" || last === undefined ? {} : { at: last }) },
    },
  };
}

/** As if its key had been pressed where it belongs. */
function doCommand(state: TopState, text: string, size: Size): TopTurn {
  const { table, does } = commandOf(text);
  if (table === "logs") {
    const action = logKeys().bindings.find((one) => one.does === does)?.does;
    const open: TopState = {
      ...state,
      logs: { ...state.logs, open: true },
      focus: "logs",
      page: { is: "agents" },
    };
    return action === undefined ? { state } : pressLogs(open, action, size);
  }
  const action = agentKeys(state.scene.readOnly).bindings.find((one) => one.does === does)?.does;
  return action === undefined ? { state } : doAgents(state, action, size);
}
