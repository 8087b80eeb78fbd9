import { OPENED } from "../screen/palette.ts";
import type { Size, Turn } from "../screen/view.ts";
import { kept, moved } from "../screen/window.ts";
import type { AgentAction } from "./keys.ts";
import { tableRoom } from "./layout.ts";
import { chosenRow, type Row, SORTS } from "./rows.ts";
import type { Page, TopEffect, TopState } from "./state.ts";
import { relisted } from "./update.ts";

type TopTurn = Turn<TopState, TopEffect>;

/** What an action of the table does; the palette comes this way too. */
export function doAgents(state: TopState, action: AgentAction, size: Size): TopTurn {
  const { chosen, list, logs } = state;
  const room = tableRoom(state, size);
  const window = moved(kept(chosen.window, list.rows.length, room), action, list.rows.length, room);
  if (window !== undefined) {
    const key = list.rows[window.at]?.key ?? chosen.key;
    return { state: { ...state, chosen: { ...chosen, key, window } } };
  }
  switch (action) {
    case "to logs":
      return { state: { ...state, logs: { ...logs, open: true }, focus: "logs" } };
    case "filter":
      return {
        state: {
          ...state,
          ask: { is: "filter", field: { before: chosen.filter, after: "" }, before: chosen.filter },
        },
      };
    case "sort": {
      const sort = SORTS[(SORTS.indexOf(chosen.sort) + 1) % SORTS.length] ?? "name";
      return { state: relisted({ ...state, chosen: { ...chosen, sort } }) };
    }
    case "palette":
      return { state: { ...state, ask: { is: "palette", palette: OPENED } } };
    case "help":
      return { state: { ...state, page: { is: "help", top: 0, under: under(state.page) } } };
    case "leave":
      return { state, does: { is: "leave" } };
    case "needs":
      return { state: { ...state, page: { is: "needs", top: 0 } }, does: { is: "needs" } };
    case "back":
      return {
        state: chosen.filter === "" ? state : relisted({ ...state, chosen: { ...chosen, filter: "" } }),
      };
    default: {
      const row = chosenRow(state);
      return row === undefined ? { state } : doOne(state, action, row);
    }
  }
}

function doOne(state: TopState, action: AgentAction, { agent, key, status }: Row): TopTurn {
  switch (action) {
    case "details":
      return { state: { ...state, page: { is: "details", key, top: 0 } } };
    case "restart":
    case "stop":
      return { state: { ...state, ask: { is: "sure", verb: action, agent, yes: false } } };
    case "pause":
      // To thaw it takes nothing away from anybody.
      if (status.state === "paused") return { state, does: { is: "resume", agent } };
      return { state: { ...state, ask: { is: "sure", verb: "pause", agent, yes: false } } };
    case "start":
      return { state, does: { is: "start", agent } };
    case "exec":
      return { state, does: { is: "exec", agent, replica: status.replica } };
    case "drift":
      return {
        state: { ...state, page: { is: "drift", top: 0, agent, drift: { is: "looking" } } },
        does: { is: "drift", agent },
      };
    default:
      return { state };
  }
}

const under = (page: Page): Exclude<Page, { is: "help" }> => (page.is === "help" ? page.under : page);
