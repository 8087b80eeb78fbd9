import { plainPaint } from "../paint.ts";
import { actionOf } from "../screen/keys.ts";
import type { Key, Size, Turn } from "../screen/view.ts";
import { answered } from "./answers.ts";
import { type AgentAction, agentKeys, changes, logKeys, pageKeys } from "./keys.ts";
import { pageRoom } from "./layout.ts";
import { pageLines } from "./pages.ts";
import { doAgents } from "./press-agents.ts";
import { pressLogs } from "./press-logs.ts";
import type { Page, TopEffect, TopState } from "./state.ts";

type TopTurn = Turn<TopState, TopEffect>;

/** What a key does, wherever keys go at this moment. */
export function press(before: TopState, key: Key, size: Size): TopTurn {
  // What was said of the last deed is read by then.
  const { said, ...rest } = before;
  const state: TopState = said?.tone === "doing" ? before : rest;
  if (state.ask !== undefined) return answered(state, state.ask, key, size);
  if (state.page.is !== "agents") {
    const onPage = actionOf(pageKeys(), key);
    if (onPage !== undefined) return pressPage(state, state.page, onPage, size);
    // On the page of one replica its verbs hold too.
    const verb = actionOf(agentKeys(state.scene.readOnly), key);
    if (state.page.is === "details" && verb !== undefined && ON_DETAILS.has(verb))
      return doAgents(state, verb, size);
    return refusedOr(state, key);
  }
  if (state.focus === "logs" && state.logs.open) {
    const action = actionOf(logKeys(), key);
    return action === undefined ? refusedOr(state, key) : pressLogs(state, action, size);
  }
  const action = actionOf(agentKeys(state.scene.readOnly), key);
  return action === undefined ? refusedOr(state, key) : doAgents(state, action, size);
}

const ON_DETAILS: ReadonlySet<AgentAction> = new Set([
  "restart",
  "stop",
  "start",
  "pause",
  "exec",
  "drift",
  "needs",
  "palette",
]);

function refusedOr(state: TopState, key: Key): TopTurn {
  if (!state.scene.readOnly || !changes(key)) return { state };
  return { state: { ...state, said: { tone: "failed", text: "read-only: nothing is changed from here" } } };
}

function pressPage(
  state: TopState,
  page: Exclude<Page, { is: "agents" }>,
  action: string,
  size: Size,
): TopTurn {
  switch (action) {
    case "back":
      return { state: { ...state, page: page.is === "help" ? page.under : { is: "agents" } } };
    case "leave":
      // A page is closed first where somebody only wants to be out of help.
      return page.is === "help"
        ? { state: { ...state, page: page.under } }
        : { state, does: { is: "leave" } };
    case "help":
      return {
        state: { ...state, page: page.is === "help" ? page.under : { is: "help", top: 0, under: page } },
      };
    default: {
      const room = pageRoom(state, size);
      const last = Math.max(0, pageLines(state, size, plainPaint).length - room);
      const to: Readonly<Record<string, number>> = {
        up: page.top - 1,
        down: page.top + 1,
        "page up": page.top - Math.max(1, room - 1),
        "page down": page.top + Math.max(1, room - 1),
        first: 0,
        last,
      };
      const top = Math.max(0, Math.min(last, to[action] ?? page.top));
      return { state: { ...state, page: { ...page, top } } };
    }
  }
}
