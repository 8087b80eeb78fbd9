import type { Paint } from "../paint.ts";
import { cut, pad, textWidth, wrap } from "../plan/columns.ts";
import { logLine, logPrefix } from "../status/log-line.ts";
import { flat } from "../visible.ts";
import { indexOf, type LogChoice, type LogEntry } from "./log-buffer.ts";
import type { Logs, TopState } from "./state.ts";

/** Which lines are wanted now. */
export function choiceOf({ logs, list, chosen }: TopState): LogChoice {
  const agent = logs.only ? list.rows.find(({ key }) => key === chosen.key)?.agent : undefined;
  return { ...(agent === undefined ? {} : { agent }), level: logs.level };
}

/** A title and below it the lines, `rows` in all. */
export function drawLogs(state: TopState, columns: number, rows: number, paint: Paint): readonly string[] {
  const { logs } = state;
  const room = Math.max(0, rows - 1);
  const entries = logs.buffer.chosen(choiceOf(state));
  const lines = linesOf(state, entries, columns, room, paint);
  const nothing = lines.length > 0 ? [] : [paint.dim(cut(`  ${emptyWords(state)}`, columns))].slice(0, room);
  const below = Math.max(0, room - lines.length - nothing.length);
  return [titleLine(state, columns, paint), ...lines, ...nothing, ...Array.from({ length: below }, () => "")];
}

function emptyWords({ logs, live }: TopState): string {
  if (live.logTrouble !== undefined) return `logs cannot be read: ${flat(live.logTrouble)}`;
  if (logs.buffer.version === 0) return "nothing was printed yet";
  return `nothing${logs.level === "all" ? "" : " at this level"}${logs.only ? " of this agent" : ""}: v and a change what is shown`;
}

function titleLine(state: TopState, columns: number, paint: Paint): string {
  const { logs, focus, live } = state;
  const choice = choiceOf(state);
  const found = logs.buffer.matches(choice, logs.search);
  const facts = [
    choice.agent === undefined ? "all agents" : flat(choice.agent),
    ...(logs.at === undefined ? ["following"] : ["standing still: f follows"]),
    ...(logs.level === "all" ? [] : [logs.level === "warn" ? "warnings and errors" : "errors"]),
    ...(logs.wrap ? ["wrapped"] : []),
    ...(logs.search === "" ? [] : [`“${logs.search}” ${placeWords(found, logs)}`]),
    ...(live.logTrouble === undefined ? [] : [`cannot be read: ${flat(live.logTrouble)}`]),
  ];
  const lead = focus === "logs" ? "─› " : "── ";
  const text = cut(`${lead}logs · ${facts.join(" · ")} `, columns);
  const rest = "─".repeat(Math.max(0, columns - textWidth(text)));
  return focus === "logs" ? `${paint.bold(text)}${paint.dim(rest)}` : paint.dim(`${text}${rest}`);
}

/** `3 of 17` */
function placeWords(found: readonly number[], { at }: Logs): string {
  if (found.length === 0) return "is nowhere";
  const place = at === undefined ? -1 : found.indexOf(at);
  return place < 0 ? `${found.length} times` : `${place + 1} of ${found.length}`;
}

function linesOf(
  state: TopState,
  entries: readonly LogEntry[],
  columns: number,
  room: number,
  paint: Paint,
): readonly string[] {
  const { logs, list } = state;
  const prefix = Math.min(
    Math.max(4, Math.floor(columns / 4)),
    list.widths.name + (list.hasReplicas ? 3 : 0),
  );
  const show = (entry: LogEntry): readonly string[] =>
    entryLines(entry, { columns, room, prefix, paint, logs, replicas: list.hasReplicas });
  // From the last one upwards, only as far as they are seen.
  const last =
    logs.at === undefined ? entries.length : Math.min(entries.length, indexOf(entries, logs.at) + 1);
  const lines: string[] = [];
  for (let at = last - 1; at >= 0 && lines.length < room; at--) {
    const entry = entries[at];
    if (entry !== undefined) lines.unshift(...show(entry));
  }
  if (lines.length > room) lines.splice(0, lines.length - room);
  // Near the beginning there is room below.
  for (let at = last; at < entries.length && lines.length < room; at++) {
    const entry = entries[at];
    if (entry !== undefined) lines.push(...show(entry));
  }
  return lines.slice(0, room);
}

interface Shape {
  readonly columns: number;
  readonly room: number;
  readonly prefix: number;
  readonly paint: Paint;
  readonly logs: Logs;
  readonly replicas: boolean;
}

function entryLines(entry: LogEntry, shape: Shape): readonly string[] {
  const { columns, room, prefix, paint, logs, replicas } = shape;
  const name = pad(cut(logPrefix(entry, replicas), prefix), prefix);
  const width = Math.max(8, columns - textWidth(name) - 4);
  // What no screen can hold is not measured: a line may have 64 KiB.
  const some = entry.text.slice(0, width * (logs.wrap ? room + 1 : 1) * 4);
  const texts = logs.wrap ? wrap(some, width).slice(0, room) : [cut(some, width)];
  const lead = logLine(
    { ...entry, at: "", text: "", partial: false },
    { paint, prefixWidth: prefix, timestamps: false, replicas },
  );
  const further = `${" ".repeat(prefix + 2)}${paint.dim("┊")} `;
  const tone = entry.level === "error" ? paint.red : entry.level === "warn" ? paint.yellow : undefined;
  return texts.map((text, i) => {
    const marked = withMarks(text, logs.search, paint, tone);
    return `${i === 0 ? lead : further}${logs.at === entry.seq && i === 0 ? paint.underline(marked) : marked}`;
  });
}

/** What was searched for stands out wherever it is. */
function withMarks(
  text: string,
  search: string,
  paint: Paint,
  tone: ((text: string) => string) | undefined,
): string {
  const rest = tone ?? ((plain: string) => plain);
  if (search === "") return rest(text);
  const low = text.toLowerCase();
  const wanted = search.toLowerCase();
  // Few letters change their length with their case; then nothing is marked rather than the wrong part.
  if (low.length !== text.length) return rest(text);
  let marked = "";
  let from = 0;
  for (let at = low.indexOf(wanted); at !== -1; at = low.indexOf(wanted, from)) {
    marked += rest(text.slice(from, at)) + paint.inverse(text.slice(at, at + wanted.length));
    from = at + wanted.length;
  }
  return marked + rest(text.slice(from));
}
