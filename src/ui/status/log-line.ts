import { fnv1a64 } from "../../base/fnv.ts";
import type { LogLine } from "../../model/operates.ts";
import type { Paint } from "../paint.ts";
import { cut, pad } from "../plan/columns.ts";
import { flat, visible } from "../visible.ts";

export interface LogOptions {
  readonly paint: Paint;
  /** Of the names before the bar: the longest that will come, so that all bars stand in one line. */
  readonly prefixWidth: number;
  readonly timestamps: boolean;
  /** Also which replica it was. */
  readonly replicas?: boolean;
}

const COLOURS = ["cyan", "green", "yellow", "blue"] as const;

/** `chatbot  | text`; after `!` instead of the bar it came from stderr. The same agent has the same colour each time. */
export function logLine(line: LogLine, options: LogOptions): string {
  const { paint } = options;
  const name = cut(logPrefix(line, options.replicas === true), options.prefixWidth);
  const colour = paint[colourOf(line.agent)];
  const bar = line.stream === "stderr" ? paint.red("!") : "|";
  const time = options.timestamps ? `${paint.dim(flat(line.at))} ` : "";
  const more = line.partial ? paint.dim(" … (cut here, more follows)") : "";
  return `${time}${colour(pad(name, options.prefixWidth))}  ${bar} ${visible(line.text)}${more}`;
}

export function logPrefix(line: Pick<LogLine, "agent" | "replica">, replicas: boolean): string {
  return flat(replicas ? `${line.agent}.${line.replica}` : line.agent);
}

function colourOf(agent: string): (typeof COLOURS)[number] {
  return COLOURS[Number.parseInt(fnv1a64(agent).slice(-4), 16) % COLOURS.length] ?? "cyan";
}
