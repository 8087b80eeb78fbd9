import type { Change, FieldChange, PlanReport } from "../../model/plan.ts";
import type { Id, Written } from "../../model/resource.ts";
import type { Texts } from "../../model/source.ts";
import { widest } from "../plan/columns.ts";
import { type FieldRow, fieldRows } from "../plan/field-rows.ts";
import type { Detail } from "../plan/details.ts";
import { planRows, type Row } from "../plan/rows.ts";
import { count, namedBy, SYMBOLS, type Does } from "../plan/words.ts";

/** Where a difference comes from: `both` is an edit and a drift. */
export type Origin = "edit" | "drift" | "inherited";

/** One field with all that is known of it; absent `change`: what it follows. */
export interface NodeField {
  readonly row: FieldRow;
  readonly change?: FieldChange;
  readonly origins: ReadonlySet<Origin>;
}

export interface NodeDetail {
  readonly label: Detail["label"] | "runs";
  readonly text: string;
}

/** An agent, or one of its objects below it. */
export interface Node {
  /** `researcher`, `researcher/process/main`: what `--exclude` takes, and the same in the next plan. */
  readonly key: string;
  readonly level: 0 | 1;
  readonly ids: readonly Id[];
  readonly does: Does;
  readonly symbol: string;
  readonly name: string;
  /** Beside an agent: its objects, or how many they are. */
  readonly kinds: string;
  readonly how: string;
  readonly why: string;
  readonly at: string;
  /** Where an editor opens. */
  readonly written?: Written;
  readonly losesData: boolean;
  readonly details: readonly NodeDetail[];
  readonly fields: readonly NodeField[];
  readonly origins: ReadonlySet<Origin>;
  readonly children: readonly Node[];
  /** All of it in one text, which a filter looks through. */
  readonly text: string;
}

export interface Tree {
  readonly nodes: readonly Node[];
  readonly byKey: ReadonlyMap<string, Node>;
  readonly widths: { readonly name: number; readonly kinds: number; readonly how: number };
  /** How many objects change. */
  readonly objects: number;
}

/** Made once for a plan; what is chosen of it, folded or searched for changes nothing here. */
export function treeOf(report: PlanReport, texts?: Texts): Tree {
  const changes = new Map(report.plan.changes.map((change) => [change.id, change]));
  const agentOf = (row: Row): string => namedBy(row.objects[0]?.id ?? "").agent;
  // The plan has them sorted by risk: an agent stands where its worst object does.
  const byAgent = Map.groupBy(planRows(report, texts).rows, agentOf);
  const nodes = [...byAgent].map(([agent, rows]) => agentNode(agent, rows, changes));
  const all = nodes.flatMap((node) => [node, ...node.children]);
  return {
    nodes,
    byKey: new Map(all.map((node) => [node.key, node])),
    widths: {
      name: widest(all.map(({ name, level }) => "  ".repeat(level) + name)),
      kinds: widest(nodes.map(({ kinds }) => kinds)),
      how: widest(all.map(({ how }) => how)),
    },
    objects: nodes.reduce((sum, { ids }) => sum + ids.length, 0),
  };
}

type Changes = ReadonlyMap<Id, Change>;

function agentNode(agent: string, rows: readonly Row[], changes: Changes): Node {
  const [first, ...more] = rows;
  if (first === undefined) throw new Error(`${agent} without a change`);
  // What belongs to the whole project has no name of its own: its objects are named one by one.
  const key = agent === "" ? first.objects.map(({ id }) => id).join(" ") : agent;
  if (more.length === 0) {
    const node = rowNode(first, key, 0, changes);
    if (first.objects.length < 2) return node;
    return finished({ ...node, children: first.objects.map((one) => objectNode(first, one, changes)) });
  }
  const children = rows.map((row) => rowNode(row, row.objects.map(({ id }) => id).join(" "), 1, changes));
  const worst = rowNode(first, key, 0, changes);
  return finished({
    ...worst,
    ids: children.flatMap(({ ids }) => ids),
    kinds: count(
      children.reduce((sum, { ids }) => sum + ids.length, 0),
      "object",
    ),
    details: [],
    fields: [],
    origins: new Set(children.flatMap(({ origins }) => [...origins])),
    children,
  });
}

function rowNode(row: Row, key: string, level: 0 | 1, changes: Changes): Node {
  const kinds = row.objects.map(({ label }) => label).join(", ");
  const own = row.objects.flatMap(({ id }) => changes.get(id) ?? []);
  const written = own.map(writtenOf).find((one) => one !== undefined);
  const fields = own.length === 1 ? own.flatMap(fieldsOf) : [];
  const [one] = row.objects;
  return finished({
    key,
    level,
    ids: row.objects.map(({ id }) => id),
    does: row.does,
    symbol: row.symbol,
    name: level === 0 ? row.agent : kinds,
    kinds: level === 0 ? kinds : "",
    how: row.how,
    why: row.why,
    at: row.at ?? "",
    ...(written === undefined ? {} : { written }),
    losesData: row.losesData,
    details: runsOf(row.details, row.objects.length === 1 ? one?.runs : undefined),
    fields,
    origins: new Set([...own.flatMap(originsOf), ...fields.flatMap(({ origins }) => [...origins])]),
    children: [],
    text: "",
  });
}

/** Of an agent that comes or goes as a whole: why and how stand beside the agent. */
function objectNode(row: Row, { id, label, runs }: Row["objects"][number], changes: Changes): Node {
  const change = changes.get(id);
  const written = change === undefined ? undefined : writtenOf(change);
  return finished({
    key: id,
    level: 1,
    ids: [id],
    does: row.does,
    symbol: SYMBOLS[row.does],
    name: label,
    kinds: "",
    how: row.how,
    why: runs ?? "",
    at: "",
    ...(written === undefined ? {} : { written }),
    losesData: row.losesData,
    details: runsOf([], runs),
    fields: [],
    origins: new Set(change === undefined ? [] : originsOf(change)),
    children: [],
    text: "",
  });
}

const runsOf = (details: Node["details"], runs: string | undefined): Node["details"] =>
  runs === undefined ? details : [...details, { label: "runs", text: runs }];

function finished(node: Node): Node {
  const own = [
    node.symbol,
    node.name,
    node.kinds,
    node.how,
    node.why,
    node.at,
    ...node.fields.flatMap(({ row: { path, value, note = "" } }) => [
      path,
      ...(value.is === "changed" ? [value.from, value.to] : [value.text]),
      note,
    ]),
    ...node.children.map(({ text }) => text),
  ];
  return { ...node, text: own.join(" ") };
}

function fieldsOf(change: Change): NodeField[] {
  if (change.is !== "update" && change.is !== "replace") return [];
  const rows = fieldRows(change);
  // What it follows comes first, and is no field of its own.
  const before = rows.length - change.fields.length;
  return rows.map((row, i) => {
    const own = change.fields[i - before];
    return own === undefined
      ? { row, origins: new Set<Origin>(["inherited"]) }
      : { row, change: own, origins: new Set(ORIGINS[own.origin]) };
  });
}

const ORIGINS: Readonly<Record<FieldChange["origin"], readonly Origin[]>> = {
  edit: ["edit"],
  drift: ["drift"],
  both: ["edit", "drift"],
  // Nobody can tell: it is shown with either.
  unknown: ["edit", "drift"],
};

function originsOf(change: Change): Origin[] {
  if (change.is === "keep") return [];
  return change.because.flatMap(({ is }): Origin[] => {
    switch (is) {
      case "missing":
      case "drifted":
      case "left over":
        return ["drift"];
      case "follows":
        return ["inherited"];
      default:
        return ["edit"];
    }
  });
}

/** Where somebody would look first: the line that was edited, else where it begins. */
function writtenOf(change: Change): Written | undefined {
  if (change.is === "keep") return undefined;
  if (change.is === "delete") return fileOf(change.before.source);
  const edited = change.because.find((one) => one.is === "edited");
  if (edited?.at !== undefined) return edited.at;
  const { written, source } = change.resource;
  const lines = Object.values(written).flatMap(({ file, line }) => (file === source ? [line] : []));
  const line = lines.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY);
  return Number.isFinite(line) ? { file: source, line } : fileOf(source);
}

const fileOf = (source: string): Written | undefined =>
  source === "" || source === "-" ? undefined : { file: source, line: 1 };
