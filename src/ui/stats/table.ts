import type { Paint } from "../paint.ts";
import { pad, widest } from "../plan/columns.ts";
import { bytes } from "../status/table.ts";
import { flat } from "../visible.ts";
import type { ReplicaUse } from "./rates.ts";

const HEADER = ["AGENT", "REPLICA", "CPU", "MEMORY", "PROCESSES", "NET IN/OUT", "DISK R/W"] as const;

interface Cell {
  readonly text: string;
  /** Of its limit, where it has one. */
  readonly share?: number | undefined;
}

/** One line for each replica that runs, in the order in which they come. Nothing is cut. */
export function statsTable(replicas: readonly ReplicaUse[], notes: readonly string[], paint: Paint): string {
  const told = notes.map(flat);
  if (replicas.length === 0) return `${["no agents run here", ...told].join("\n")}\n`;
  const rows = replicas.map(cellsOf);
  const widths = HEADER.map((title, i) => widest([title, ...rows.map((cells) => cells[i]?.text ?? "")]));
  const line = (cells: readonly Cell[], paintCell: (cell: Cell) => string): string =>
    cells
      .map((cell, i) => {
        const room = i === cells.length - 1 ? 0 : (widths[i] ?? 0);
        return paintCell(cell) + pad(cell.text, room).slice(cell.text.length);
      })
      .join("  ")
      .trimEnd();
  const header = line(
    HEADER.map((text) => ({ text })),
    ({ text }) => paint.bold(text),
  );
  const body = rows.map((cells) => line(cells, (cell) => paintShare(cell, paint)));
  return `${[header, ...body, ...(told.length > 0 ? ["", ...told] : [])].join("\n")}\n`;
}

function cellsOf(one: ReplicaUse): readonly Cell[] {
  return [
    { text: flat(one.agent) },
    { text: String(one.replica) },
    ofLimit(one.cpu, one.cpuLimit, (milli) => (milli / 1000).toFixed(2)),
    ofLimit(one.memory, one.memoryLimit, bytes),
    ofLimit(one.processes, one.processesLimit, String, false),
    { text: one.network === undefined ? "-" : `${bytes(one.network.received)}/${bytes(one.network.sent)}` },
    { text: one.disk === undefined ? "-" : `${bytes(one.disk.read)}/${bytes(one.disk.written)}` },
  ];
}

/** `0.25 of 1.00 (25%)` */
function ofLimit(
  amount: number | undefined,
  limit: number | undefined,
  show: (amount: number) => string,
  withShare = true,
): Cell {
  if (amount === undefined) return { text: limit === undefined ? "-" : `- of ${show(limit)}` };
  if (limit === undefined || limit <= 0) return { text: show(amount) };
  const share = amount / limit;
  return {
    text: `${show(amount)} of ${show(limit)}${withShare ? ` (${Math.round(share * 100)}%)` : ""}`,
    share,
  };
}

const MUCH = 0.75;
const NEARLY_ALL = 0.9;

function paintShare({ text, share = 0 }: Cell, paint: Paint): string {
  return share >= NEARLY_ALL ? paint.red(text) : share >= MUCH ? paint.yellow(text) : text;
}
