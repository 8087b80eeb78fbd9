import type { Paint } from "../paint.ts";
import { cut, pad, textWidth } from "../plan/columns.ts";
import { kept } from "../screen/window.ts";
import { ageOf } from "../status/age.ts";
import { lateWords } from "./head.ts";
import { noteOf } from "./notes.ts";
import { fullOf, spark } from "./spark.ts";
import type { Row } from "./rows.ts";
import type { TopState } from "./state.ts";
import { TONES } from "./tones.ts";

/** A cell, as text that is not painted yet, and how it is painted. */
interface Column {
  readonly title: string;
  readonly width: number;
  readonly right?: true;
  readonly text: (row: Row) => string;
  readonly paint?: (row: Row, paint: Paint) => (text: string) => string;
  /** What a replica uses: one that does not run has something else to say there. */
  readonly use?: true;
}

const MARK = 2;
const GAP = 2;

/** The head line and the rows in sight. */
export function drawTable(state: TopState, columns: number, rows: number, paint: Paint): readonly string[] {
  const { list, chosen } = state;
  const room = Math.max(1, rows - 1);
  const { at, top } = kept(chosen.window, list.rows.length, room);
  const cells = columnsFor(state, columns);
  const head = cells.map(({ title, width, right }) => fill(title, width, right)).join(" ".repeat(GAP));
  const shown = list.rows.slice(top, top + room);
  const isLate = lateWords(state) !== undefined;
  return [
    paint.dim(`${" ".repeat(MARK)}${head}`.trimEnd()),
    ...(shown.length === 0 ? [emptyLine(state, columns)] : []),
    ...shown.map((row, i) => rowLine(row, cells, top + i === at, isLate, state, columns, paint)),
  ];
}

function emptyLine({ list, chosen }: TopState, columns: number): string {
  const text =
    list.of === 0 ? "nothing is applied here: aac apply" : `nothing has “${chosen.filter}”: esc shows all`;
  return cut(`  ${text}`, columns);
}

const fill = (text: string, width: number, right?: true): string => {
  const fitting = cut(text, width);
  return right === true ? " ".repeat(Math.max(0, width - textWidth(fitting))) + fitting : pad(fitting, width);
};

function rowLine(
  row: Row,
  cells: readonly Column[],
  isChosen: boolean,
  isLate: boolean,
  { now, scene }: TopState,
  columns: number,
  paint: Paint,
): string {
  // Of one that does not run there is no use to show, and all the more why.
  const firstUse = cells.findIndex(({ use }) => use === true);
  const idle = row.readings === undefined && row.cpu === undefined && row.memory === undefined;
  const note = idle && firstUse !== -1 ? noteOf(row.status, now, scene.offsetMinutes) : "";
  const shown = note === "" ? cells : cells.slice(0, firstUse);
  const texts = shown.map(({ text, width, right }) => fill(text(row), width, right));
  const used = MARK + texts.reduce((sum, text) => sum + textWidth(text) + GAP, 0);
  const last = note === "" ? "" : pad(cut(note, columns - used), columns - used);
  if (isChosen)
    return `${paint.bold("›")} ${paint.inverse(pad([...texts, ...(last === "" ? [] : [last])].join(" ".repeat(GAP)), columns - MARK))}`;
  // What is old is not shown in the colours of what is so.
  if (isLate) return `  ${paint.dim([...texts, last.trimEnd()].join(" ".repeat(GAP)).trimEnd())}`;
  const painted = shown.map(({ paint: how }, i) =>
    (how === undefined ? same : how(row, paint))(texts[i] ?? ""),
  );
  const tail = last.trimEnd();
  return `  ${[...painted, ...(tail === "" ? [] : [paint.dim(tail)])].join(" ".repeat(GAP))}`;
}

const same = (text: string): string => text;

/** What matters most first; each takes its place only where it fits whole, and bars and notes share what is left. */
function columnsFor({ list, chosen, now, scene }: TopState, columns: number): readonly Column[] {
  const { widths } = list;
  const sorted = (sort: typeof chosen.sort, title: string): string =>
    chosen.sort === sort ? `${title}▾` : title;
  const named = list.hasReplicas && columns < 100;
  const name: Column = {
    title: sorted("name", "AGENT"),
    width: Math.min(Math.max(6, widths.name + (named ? 3 : 0)), Math.max(10, Math.floor(columns / 4))),
    text: (row) => (named ? row.title : row.name),
  };
  const replica: Column = {
    title: "REPLICA",
    width: 7,
    right: true,
    text: ({ status }) => String(status.replica),
  };
  const state: Column = {
    title: sorted("state", "STATE"),
    width: Math.max(7, Math.min(widths.state, 14)),
    text: (row) => `${row.state.mark} ${row.state.word}`,
    paint: (row, paint) => TONES[row.state.tone](paint),
  };
  const health: Column = {
    title: "HEALTH",
    width: 9,
    text: ({ status }) => (status.health === "none" ? "-" : status.health),
    paint: ({ status }, paint) => (status.health === "unhealthy" ? paint.red : same),
  };
  const restarts: Column = {
    title: sorted("restarts", "RESTARTS"),
    width: chosen.sort === "restarts" ? 9 : 8,
    right: true,
    text: ({ status }) => String(status.restarts),
    paint: ({ status }, paint) => (status.restarts > 0 ? paint.yellow : same),
  };
  const age: Column = {
    title: "AGE",
    width: 4,
    right: true,
    text: ({ status }) => ageOf(status.since, now) ?? "-",
  };
  const cpu: Column = {
    title: sorted("cpu", "CPU"),
    width: Math.max(4, widths.cpu),
    right: true,
    text: ({ cpuText }) => cpuText || "-",
    use: true,
  };
  const memory: Column = {
    title: sorted("memory", "MEMORY"),
    width: Math.max(7, widths.memory),
    right: true,
    text: ({ memoryText }) => memoryText || "-",
    use: true,
  };
  const part: Column = {
    title: "",
    width: widths.percent,
    right: true,
    text: ({ percentText }) => percentText,
    paint: (row, paint) => (isNear(row) ? paint.yellow : same),
    use: true,
  };
  const ports: Column = {
    title: "PORTS",
    width: Math.max(5, Math.min(widths.ports, 48)),
    text: (row) => row.ports || "-",
    paint: (_, paint) => paint.cyan,
  };

  let left = columns - MARK - name.width;
  const takes = (column: Column): boolean => {
    const fits = column.width + GAP <= left;
    if (fits) left -= column.width + GAP;
    return fits;
  };
  // By what is missed first where there is no room for it.
  const has = new Set<Column>();
  const wish = [
    state,
    memory,
    cpu,
    ...(widths.percent > 0 ? [part] : []),
    ...(list.hasReplicas && !named ? [replica] : []),
    age,
    restarts,
  ];
  for (const one of wish) if (takes(one)) has.add(one);
  const bars = barWidth(left, columns);
  if (bars > 0) left -= 2 * (bars + GAP);
  for (const one of [health, ports]) if (takes(one)) has.add(one);
  const notes = columns >= 120 && left >= 20 + GAP ? left - GAP : 0;
  const more = notes > 0 ? 0 : Math.max(0, Math.min(60 - bars, Math.floor(left / 2)));
  const bar = (of: "cpu" | "memory"): Column => ({
    title: "",
    width: bars + (bars > 0 ? more : 0),
    text: (row) => sparkOf(row, of, bars + more),
    paint: (_, paint) => paint.blue,
    use: true,
  });
  const order: readonly Column[] = [
    name,
    replica,
    state,
    health,
    restarts,
    age,
    ...(bars > 0 ? [bar("cpu")] : []),
    cpu,
    ...(bars > 0 ? [bar("memory")] : []),
    memory,
    part,
    ports,
    ...(notes > 0
      ? [{ title: "", width: notes, text: ({ status }: Row) => noteOf(status, now, scene.offsetMinutes) }]
      : []),
  ];
  const always = new Set<Column>([name]);
  return order.filter((one) => always.has(one) || has.has(one) || (one.title === "" && one !== part));
}

/** Each of the two: something that can be read, or nothing. */
function barWidth(left: number, columns: number): number {
  const most = columns >= 200 ? 24 : columns >= 160 ? 14 : columns >= 120 ? 12 : 8;
  const each = Math.floor(left / 2) - GAP;
  return each < 5 ? 0 : Math.min(most, each);
}

function sparkOf({ readings }: Row, of: "cpu" | "memory", width: number): string {
  if (readings === undefined) return "";
  const { cpuLimit, memoryLimit } = readings.last;
  return of === "cpu"
    ? spark(readings.cpu, fullOf(readings.cpu, cpuLimit, 100), width)
    : spark(readings.memory, fullOf(readings.memory, memoryLimit, 1024 * 1024), width);
}

/** Whoever is near the limit is about to be ended for it. */
const isNear = ({ memory, readings }: Row): boolean =>
  memory !== undefined && memory >= 0.9 * (readings?.last.memoryLimit ?? Number.POSITIVE_INFINITY);
