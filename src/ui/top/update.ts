import type { Stats, Status } from "../../model/operates.ts";
import { inOrder } from "../status/table.ts";
import { changesBetween } from "./changes.ts";
import type { Drift } from "./drift.ts";
import { KEPT, remembered } from "./history.ts";
import { listOf } from "./rows.ts";
import type { Needs, Said, TopState, Trouble } from "./state.ts";

/** What happens outside of the screen, each as one change of its state. */

const KEPT_CHANGES = 500;

/** The table anew; whoever was chosen stays chosen, and else whoever stands where he stood. */
export function relisted(state: TopState): TopState {
  const list = listOf(state.live, state.chosen);
  const { chosen } = state;
  const found = list.rows.findIndex(({ key }) => key === chosen.key);
  const at = found >= 0 ? found : Math.max(0, Math.min(chosen.window.at, list.rows.length - 1));
  const key = list.rows[at]?.key ?? chosen.key;
  return { ...state, list, chosen: { ...chosen, key, window: { ...chosen.window, at } } };
}

export function sawStatus(state: TopState, status: Status, at: string): TopState {
  const { trouble: _, ...live } = state.live;
  const sorted = { ...status, agents: inOrder(status.agents) };
  const isFirst = live.status.agents.length === 0 && live.seen.length === 0;
  const seen = isFirst ? [] : changesBetween(live.status, sorted, at);
  return relisted({
    ...state,
    now: at,
    live: {
      ...live,
      status: sorted,
      readAt: at,
      seen: seen.length === 0 ? live.seen : [...live.seen, ...seen].slice(-KEPT_CHANGES),
    },
  });
}

export function sawStats(state: TopState, stats: Stats): TopState {
  return relisted({
    ...state,
    live: { ...state.live, stats, history: remembered(state.live.history, stats) },
  });
}

/** Use that is not known now leaves a gap, and is not shown as what it was. */
export function sawNoStats(state: TopState, why: string): TopState {
  const history = new Map(
    [...state.live.history].map(([key, { cpu, memory, last }]) => [
      key,
      { cpu: [...cpu, undefined].slice(-KEPT), memory: [...memory, undefined].slice(-KEPT), last },
    ]),
  );
  return relisted({ ...state, live: { ...state.live, stats: { replicas: [], notes: [why] }, history } });
}

/** The former status stays, and is said to be old. */
export const sawTrouble = (state: TopState, trouble: Trouble): TopState => ({
  ...state,
  live: { ...state.live, trouble },
});

export function logsTrouble(state: TopState, why: string | undefined): TopState {
  const { logTrouble: _, ...live } = state.live;
  return { ...state, live: { ...live, ...(why === undefined ? {} : { logTrouble: why }) } };
}

/** Only that it moved: the line itself is in the buffer already. */
export function printed(state: TopState): TopState {
  const { logs } = state;
  return { ...state, logs: { ...logs, version: logs.buffer.version } };
}

export const ticked = (state: TopState, now: string): TopState => ({ ...state, now });

export const told = (state: TopState, said: Said): TopState => ({ ...state, said });

export const sawNeeds = (state: TopState, needs: Needs): TopState => ({ ...state, needs });

/** For whom it was asked; a page that was left meanwhile stays left. */
export function sawDrift(state: TopState, agent: string, drift: Drift): TopState {
  const { page } = state;
  if (page.is === "drift" && page.agent === agent) return { ...state, page: { ...page, drift } };
  if (page.is === "help" && page.under.is === "drift" && page.under.agent === agent)
    return { ...state, page: { ...page, under: { ...page.under, drift } } };
  return state;
}
