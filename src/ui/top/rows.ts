import { byCodeUnit } from "../../base/canonical.ts";
import type { AgentStatus } from "../../model/operates.ts";
import { type NodeState, stateOf, type Tone } from "../graph/state.ts";
import { widest } from "../plan/columns.ts";
import { matches } from "../screen/filter.ts";
import { flat } from "../visible.ts";
import { bytes } from "../status/table.ts";
import { cores, percent } from "./amounts.ts";
import { keyOf, latest, type Readings } from "./history.ts";
import type { Chosen, Live, TopState } from "./state.ts";

/** One replica, with all that its line needs and that does not change from second to second. */
export interface Row {
  readonly key: string;
  readonly agent: string;
  readonly name: string;
  /** The same with its replica. */
  readonly title: string;
  readonly status: AgentStatus;
  readonly state: NodeState;
  readonly readings?: Readings;
  /** Thousandths of a core, bytes. */
  readonly cpu?: number;
  readonly memory?: number;
  /** `0.42/1` */
  readonly cpuText: string;
  /** `96Mi/128Mi`, `75%` */
  readonly memoryText: string;
  readonly percentText: string;
  readonly ports: string;
}

export interface List {
  readonly rows: readonly Row[];
  /** Without the filter. */
  readonly of: number;
  readonly hasReplicas: boolean;
  readonly widths: {
    readonly name: number;
    readonly state: number;
    readonly cpu: number;
    readonly memory: number;
    readonly percent: number;
    readonly ports: number;
  };
}

export const NO_ROWS: List = {
  rows: [],
  of: 0,
  hasReplicas: false,
  widths: { name: 0, state: 0, cpu: 0, memory: 0, percent: 0, ports: 0 },
};

export const SORTS = ["name", "state", "cpu", "memory", "restarts"] as const;
export type Sort = (typeof SORTS)[number];

export const chosenRow = ({ list, chosen }: Pick<TopState, "list" | "chosen">): Row | undefined =>
  list.rows.find(({ key }) => key === chosen.key);

export function listOf(live: Live, { sort, filter }: Pick<Chosen, "sort" | "filter">): List {
  const all = live.status.agents.map((status) => rowOf(status, live.history.get(keyOf(status))));
  const rows = all.filter((row) => filter === "" || matches(textOf(row), filter)).sort(ORDERS[sort]);
  return {
    rows,
    of: all.length,
    hasReplicas: all.some(({ status }) => status.replica > 0),
    // Of all, so that columns stand still while somebody types a filter.
    widths: {
      name: widest(all.map(({ name }) => name)),
      state: widest(all.map(({ state }) => state.word)) + 2,
      cpu: widest(all.map(({ cpuText }) => cpuText)),
      memory: widest(all.map(({ memoryText }) => memoryText)),
      percent: widest(all.map(({ percentText }) => percentText)),
      ports: widest(all.map(({ ports }) => ports)),
    },
  };
}

function rowOf(status: AgentStatus, readings: Readings | undefined): Row {
  const cpu = readings === undefined ? status.cpu : latest(readings.cpu);
  const memory = readings === undefined ? status.memory : latest(readings.memory);
  const { cpuLimit, memoryLimit } = readings?.last ?? {};
  const state = stateOf([status]);
  return {
    key: keyOf(status),
    agent: status.agent,
    name: flat(status.agent),
    title: flat(keyOf(status)),
    status,
    state: { ...state, word: flat(state.word) },
    ...(readings === undefined ? {} : { readings }),
    ...(cpu === undefined ? {} : { cpu }),
    ...(memory === undefined ? {} : { memory }),
    cpuText: cpu === undefined ? "" : `${cores(cpu)}${cpuLimit === undefined ? "" : `/${cores(cpuLimit)}`}`,
    memoryText:
      memory === undefined
        ? ""
        : `${bytes(memory)}${memoryLimit === undefined ? "" : `/${bytes(memoryLimit)}`}`,
    percentText: memory === undefined || memoryLimit === undefined ? "" : percent(memory, memoryLimit),
    ports: status.ports.map(flat).join(" "),
  };
}

/** What a filter looks at: `fail` finds all that failed, `8080` who has that port. */
const textOf = ({ name, status, state, ports }: Row): string =>
  `${name}.${status.replica} ${status.state} ${state.word} ${status.health === "none" ? "" : status.health} ${ports} ${status.held === undefined ? "" : "held"}`;

const RANK: Readonly<Record<Tone, number>> = { ill: 0, busy: 1, off: 2, absent: 2, well: 3 };

const byName = (a: Row, b: Row): number =>
  byCodeUnit(a.agent, b.agent) || a.status.replica - b.status.replica;
const most =
  (of: (row: Row) => number | undefined) =>
  (a: Row, b: Row): number =>
    (of(b) ?? -1) - (of(a) ?? -1) || byName(a, b);

/** What needs a person comes first; of equals, by name. */
const ORDERS: Readonly<Record<Sort, (a: Row, b: Row) => number>> = {
  name: byName,
  state: (a, b) => RANK[a.state.tone] - RANK[b.state.tone] || byName(a, b),
  cpu: most(({ cpu }) => cpu),
  memory: most(({ memory }) => memory),
  restarts: most(({ status }) => status.restarts),
};
