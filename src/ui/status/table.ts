import type { AgentStatus, Status } from "../../model/operates.ts";
import type { Paint } from "../paint.ts";
import { pad, widest } from "../plan/columns.ts";
import { flat } from "../visible.ts";
import { ageOf, untilWords } from "./age.ts";

export interface TableOptions {
  readonly paint: Paint;
  readonly wide: boolean;
  /** UTC */
  readonly now: string;
}

const COLUMNS = ["AGENT", "REPLICA", "STATE", "HEALTH", "RESTARTS", "AGE", "PORTS"] as const;
const WIDE = ["ID", "IMAGE", "CPU", "MEM", "REVISION"] as const;

/** One line for each replica, and below one that is not well what is known of that. Nothing is cut. */
export function statusTable(status: Status, options: TableOptions): string {
  const { paint } = options;
  const header = [...COLUMNS, ...(options.wide ? WIDE : [])];
  const agents = inOrder(status.agents);
  const rows = agents.map((one) => cellsOf(one, options));
  const widths = header.map((title, i) => widest([title, ...rows.map((cells) => cells[i] ?? "")]));
  const line = (cells: readonly string[], paintCell: (text: string, column: number) => string): string =>
    cells
      .map((cell, i) => {
        const last = i === cells.length - 1;
        return paintCell(cell, i) + (last ? "" : pad(cell, widths[i] ?? 0).slice(cell.length));
      })
      .join("  ")
      .trimEnd();
  const notes = status.notes.map(flat);
  if (agents.length === 0) return `${["no agents are live here", ...notes].join("\n")}\n`;
  const body = agents.flatMap((one, i) => [
    line(rows[i] ?? [], (text, column) => (column === 2 || column === 3 ? paintWord(text, paint) : text)),
    ...belowOf(one, options),
  ]);
  return `${[line(header, (text) => paint.bold(text)), ...body, ...(notes.length > 0 ? ["", ...notes] : [])].join("\n")}\n`;
}

/** By agent, then by replica: never as the platform happens to list them. */
export function inOrder(agents: readonly AgentStatus[]): readonly AgentStatus[] {
  return agents.toSorted((a, b) =>
    a.agent === b.agent ? a.replica - b.replica : a.agent < b.agent ? -1 : 1,
  );
}

function cellsOf(one: AgentStatus, { wide, now }: TableOptions): readonly string[] {
  const cells = [
    flat(one.agent),
    String(one.replica),
    flat(one.state),
    one.health === "none" ? "-" : one.health,
    String(one.restarts),
    ageOf(one.since, now) ?? "-",
    one.ports.length === 0 ? "-" : one.ports.map(flat).join(","),
  ];
  if (!wide) return cells;
  const cpu = one.cpu === undefined ? "-" : (one.cpu / 1000).toFixed(2);
  const memory = one.memory === undefined ? "-" : bytes(one.memory);
  const revision = one.revision === undefined ? "-" : String(one.revision);
  return [...cells, flat(one.id ?? "-"), flat(one.image ?? "-"), cpu, memory, revision];
}

function belowOf(one: AgentStatus, { paint, now }: TableOptions): string[] {
  const ill = one.health === "unhealthy" || ["failed", "backoff", "unknown"].includes(one.state);
  const tries = one.nextTry === undefined ? undefined : (untilWords(one.nextTry, now) ?? one.nextTry);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["held", one.held === undefined ? undefined : heldText(one.held)],
    ["detail", one.detail],
    ...(ill
      ? ([
          ["last exit", one.lastExit],
          ["last probe", one.lastProbe],
          ["breaker", one.breaker === "closed" ? undefined : one.breaker],
        ] as const)
      : []),
    ["next try", tries],
  ];
  return facts.flatMap(([name, text]) =>
    text === undefined ? [] : [`    ${paint.dim(pad(name, 10))}  ${flat(text)}`],
  );
}

/** To the minute: `held by ana since 2026-01-31 02:14 UTC: paused`. */
const heldText = (held: string): string =>
  held.replace(/ since (\d{4}-\d\d-\d\d)T(\d\d:\d\d)\S*Z:/, " since $1 $2 UTC:");

function paintWord(word: string, paint: Paint): string {
  if (word === "failed" || word === "unhealthy" || word === "unknown") return paint.red(word);
  if (word === "backoff" || word === "starting" || word === "stopping") return paint.yellow(word);
  return word === "ready" || word === "healthy" || word === "running" ? paint.green(word) : word;
}

export function bytes(amount: number): string {
  const units = ["B", "Ki", "Mi", "Gi", "Ti"];
  let value = amount;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${value >= 10 || unit === 0 ? Math.round(value) : value.toFixed(1)}${units[unit] ?? ""}`;
}
