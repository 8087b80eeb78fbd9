import { OPENED } from "../screen/palette.ts";
import type { Size, Turn } from "../screen/view.ts";
import type { LogAction } from "./keys.ts";
import { logRoom } from "./layout.ts";
import { indexOf, LEVELS } from "./log-buffer.ts";
import { choiceOf } from "./log-pane.ts";
import { type Logs, SHARES, type TopEffect, type TopState } from "./state.ts";

/** What a key does where keys go to the logs. */
export function pressLogs(state: TopState, action: LogAction, size: Size): Turn<TopState, TopEffect> {
  const { logs } = state;
  const changed = (more: Partial<Logs>): Turn<TopState, TopEffect> => ({
    state: { ...state, logs: { ...logs, ...more } },
  });
  switch (action) {
    case "follow":
      return { state: { ...state, logs: logs.at === undefined ? standing(state) : following(logs) } };
    case "search": {
      const { at } = logs;
      const before = { search: logs.search, ...(at === undefined ? {} : { at }) };
      return {
        state: { ...state, ask: { is: "search", field: { before: logs.search, after: "" }, before } },
      };
    }
    case "next match":
    case "former match":
      return { state: { ...state, logs: matched(state, action === "next match" ? 1 : -1) } };
    case "level":
      return changed({ level: LEVELS[(LEVELS.indexOf(logs.level) + 1) % LEVELS.length] ?? "all" });
    case "wrap":
      return changed({ wrap: !logs.wrap });
    case "only":
      return changed({ only: !logs.only });
    case "larger":
      return changed({ share: Math.min(SHARES.length - 1, logs.share + 1) });
    case "smaller":
      return changed({ share: Math.max(0, logs.share - 1) });
    case "logs":
      return { state: { ...state, logs: { ...logs, open: false }, focus: "agents" } };
    case "to agents":
      // One level back: first what was searched, then the logs themselves.
      return logs.search === "" ? { state: { ...state, focus: "agents" } } : changed({ search: "" });
    case "palette":
      return { state: { ...state, ask: { is: "palette", palette: OPENED } } };
    case "help":
      return {
        state: {
          ...state,
          page: { is: "help", top: 0, under: state.page.is === "help" ? state.page.under : state.page },
        },
      };
    case "leave":
      return { state, does: { is: "leave" } };
    default:
      return { state: { ...state, logs: scrolled(state, action, logRoom(state, size)) } };
  }
}

function following(logs: Logs): Logs {
  const { at: _, ...rest } = logs;
  return rest;
}

/** At the line that is the last in sight now. */
function standing({ logs, ...state }: TopState): Logs {
  const last = logs.buffer.chosen(choiceOf({ ...state, logs })).at(-1);
  return last === undefined ? logs : { ...logs, at: last.seq };
}

function scrolled(state: TopState, action: string, room: number): Logs {
  const { logs } = state;
  const entries = logs.buffer.chosen(choiceOf(state));
  const end = entries.length - 1;
  if (end < 0) return logs;
  const from = logs.at === undefined ? end : Math.min(end, indexOf(entries, logs.at));
  const page = Math.max(1, room - 1);
  // Higher than this there is nothing more to see above.
  const least = Math.min(end, room - 1);
  const to: Readonly<Record<string, number>> = {
    up: from - 1,
    down: from + 1,
    "page up": from - page,
    "page down": from + page,
    first: least,
    last: end,
  };
  const at = Math.max(least, to[action] ?? from);
  // Whoever comes to the end follows again.
  const entry = at >= end ? undefined : entries[at];
  return entry === undefined ? following(logs) : { ...logs, at: entry.seq };
}

/** Round in a circle: after the last match comes the first. */
function matched(state: TopState, by: 1 | -1): Logs {
  const { logs } = state;
  const found = logs.buffer.matches(choiceOf(state), logs.search);
  if (found.length === 0) return logs;
  const place = logs.at === undefined ? found.length : found.findIndex((seq) => seq >= (logs.at ?? 0));
  const here = place === -1 ? found.length : place;
  const next = by === 1 ? (found[here] === logs.at ? here + 1 : here) : here - 1;
  const at = found[(next + found.length) % found.length];
  return at === undefined ? logs : { ...logs, at };
}
