import type { AgentEvent } from "../../model/operates.ts";
import { OF_THE_PROJECT } from "../../model/resource.ts";
import type { Paint } from "../paint.ts";
import { cut, pad, textWidth, widest } from "../plan/columns.ts";
import { flat } from "../visible.ts";

/** A moment where the reader is. */
export interface LocalTime {
  /** `2026-01-31` */
  readonly day: string;
  /** `03:12:07` */
  readonly clock: string;
}

export interface EventLines {
  /** One event, with a line of its own before it where another day begins. */
  readonly linesOf: (event: AgentEvent) => readonly string[];
  readonly head: string;
}

export interface EventOptions {
  readonly paint: Paint;
  /** Absent: nothing is cut. */
  readonly width?: number;
  readonly local: (at: string) => LocalTime;
  /** A day that needs no saying. */
  readonly today: string;
}

const GAP = "  ";
const TITLES = ["TIME", "AGENT", "WHAT", "WHY", "BY"] as const;
/** Longer ones are rare, and move only their own line. */
const MOST = { agent: 24, what: 24, why: 60 } as const;
const LEAST_OF_WHY = 12;

/** `first`: those from which the columns are measured; what follows them later fits as it can. */
export function beginEvents(first: readonly AgentEvent[], options: EventOptions): EventLines {
  const { paint, local } = options;
  const cells = first.map(cellsOf);
  const wide = (i: 0 | 1 | 2 | 3): number => widest([TITLES[i + 1] ?? "", ...cells.map((one) => one[i])]);
  const agent = Math.min(MOST.agent, wide(0));
  const what = Math.min(MOST.what, wide(1));
  const fixed = "00:00:00".length + agent + what + 4 * GAP.length;
  const by = Math.min(wide(3), options.width === undefined ? Number.MAX_SAFE_INTEGER : 28);
  const room = options.width === undefined ? undefined : Math.max(LEAST_OF_WHY, options.width - fixed - by);
  const why = Math.min(wide(2), room ?? MOST.why);
  let day = options.today;
  const line = (time: string, [a, b, c, d]: Cells): string => {
    const text = [time, pad(a, agent), pad(b, what), pad(room === undefined ? c : cut(c, why), why), d]
      .join(GAP)
      .trimEnd();
    return options.width !== undefined && textWidth(text) > options.width ? cut(text, options.width) : text;
  };
  return {
    head: paint.bold(line("TIME    ", [TITLES[1], TITLES[2], TITLES[3], TITLES[4]])),
    linesOf(event) {
      const at = local(event.at);
      const text = line(at.clock, cellsOf(event));
      const [name, word] = cellsOf(event);
      const start = "00:00:00".length + 2 * GAP.length + Math.max(agent, name.length);
      const painted =
        isBad(event.what) && text.startsWith(word, start)
          ? text.slice(0, start) + paint.red(word) + text.slice(start + word.length)
          : text;
      if (at.day === day) return [painted];
      day = at.day;
      return [paint.dim(at.day), painted];
    },
  };
}

type Cells = readonly [agent: string, what: string, why: string, by: string];

function cellsOf({ agent, replica, what, why = "", by = "" }: AgentEvent): Cells {
  const who = agent === OF_THE_PROJECT ? "(project)" : agent;
  return [
    flat(replica === undefined || replica === 0 ? who : `${who}.${replica}`),
    flat(what),
    flat(why),
    flat(by),
  ];
}

const isBad = (what: string): boolean => /^(?:failed|crashed|killed|gave up|became unhealthy)/.test(what);
