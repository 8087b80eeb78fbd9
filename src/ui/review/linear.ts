import type { PlanReport } from "../../model/plan.ts";
import type { Texts } from "../../model/source.ts";
import { type Fault, LEVEL_WORDS } from "../plan/faults.ts";
import type { Row } from "../plan/rows.ts";
import { planRows } from "../plan/rows.ts";
import { leftWords, type Left } from "./choice.ts";
import { type Node, type NodeField, type Tree, treeOf } from "./tree.ts";

/**
 * A plan for ears: one thing a line, a word beside each sign, nothing that means something by where it stands, no
 * lines that are drawn.
 */
export function linear(report: PlanReport, texts?: Texts): string {
  const rows = planRows(report, texts);
  const { place, says, worst, asides } = rows.verdict;
  const tree = treeOf(report, texts);
  const lines = [
    `Plan for ${place}: ${says}.`,
    ...(worst === undefined ? [] : [`worst: ${worst}.`]),
    ...(asides.length === 0 ? [] : [`Also: ${asides.join(", ")}.`]),
    ...rows.rows.flatMap((row, i) => ["", ...rowLines(row, i + 1, rows.rows.length, tree)]),
    "",
    ...rows.held.map(({ agent, says: held }) => `Held: ${agent}, ${held}.`),
    ...(rows.outside === undefined ? [] : [`${rows.outside}.`]),
    ...rows.warnings.flatMap(faultLines),
    ...rows.notes.map((note) => `Note: ${note}.`),
    ...rows.preflight.flatMap(faultLines),
    ...rows.refusals.map(({ says: refused, instead }) => `Error: ${refused}; ${instead}.`),
    ...(rows.ready === undefined ? [] : [`Preflight: ${rows.ready}.`]),
    ...(rows.saved === undefined ? [] : [`Saved to ${rows.saved}.`]),
    ...(rows.next === undefined ? [] : [`Next: ${rows.next}`]),
  ];
  return `${lines
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trimEnd()}\n`;
}

function rowLines(row: Row, number: number, all: number, tree: Tree): readonly string[] {
  const kinds = row.objects.map(({ label }) => label).join(", ");
  const how = row.how === row.does ? "" : `, how: ${row.how}`;
  const why = row.why === "" ? "" : `, why: ${row.why}`;
  const at = row.at === undefined ? "" : `, at ${row.at}`;
  const node = fieldsOf(row, tree);
  return [
    `Change ${number} of ${all}: ${row.symbol} ${row.does} ${row.agent}, ${kinds}${how}${why}${at}.`,
    ...row.details.map(({ label, text }) => `  ${label}: ${text}.`),
    ...(node?.fields.map(fieldLine) ?? []),
    ...row.objects.flatMap(({ label, runs }) =>
      runs === undefined ? [] : [`  + create ${label}, which runs: ${runs}`],
    ),
  ];
}

function fieldsOf(row: Row, { byKey, nodes }: Tree): Node | undefined {
  const key = row.objects.map(({ id }) => id).join(" ");
  return byKey.get(key) ?? nodes.find(({ ids, children }) => children.length === 0 && ids.join(" ") === key);
}

const ORIGINS = { edit: "edit", drift: "drift", both: "edit and drift", unknown: "edit or drift" } as const;

function fieldLine({ row, change }: NodeField): string {
  const origin = change === undefined ? "inherited" : ORIGINS[change.origin];
  const { value } = row;
  const says =
    value.is === "changed"
      ? `from ${value.from} to ${value.to}`
      : value.is === "said"
        ? value.text
        : `${row.symbol === "-" ? "was" : "will be"} ${value.text}`;
  const note = row.note === undefined ? "" : `, ${row.note}`;
  return `  ${row.symbol} ${origin}, ${row.path}: ${says}${note}`;
}

function faultLines({ level, code, message, at, notes }: Fault): readonly string[] {
  return [
    `${LEVEL_WORDS[level]} ${code}: ${message}${at === undefined ? "" : `, at ${at}`}`,
    ...notes.map((note) => `  ${note}`),
  ];
}

/** What is left out now and why, a line an agent or an object. */
export function leftLines(tree: Tree, without: ReadonlySet<string>, left: Left): readonly string[] {
  return tree.nodes.flatMap((node): readonly string[] => {
    const own = leftWords(node, without, left);
    if (own === undefined) return [];
    if (node.ids.every((id) => left.has(id)) || node.children.length === 0) return [`  ${node.name}: ${own}`];
    return node.children.flatMap((child) => {
      const words = leftWords(child, without, left);
      return words === undefined ? [] : [`  ${node.name} · ${child.name}: ${words}`];
    });
  });
}
