import type { FieldChange } from "../../model/plan.ts";
import type { Id } from "../../model/resource.ts";
import type { RevisionHead } from "../../model/revision.ts";
import { DONE, took } from "../apply/words.ts";
import type { Paint } from "../paint.ts";
import { hang, pad, widest } from "../plan/columns.ts";
import { fieldLines } from "../plan/field-lines.ts";
import { fieldRow } from "../plan/field-rows.ts";
import { SYMBOLS, titleOf } from "../plan/words.ts";
import { ageOf } from "../status/age.ts";
import { flat } from "../visible.ts";
import { byWords, countsOf, outcomeOf, showTime } from "./words.ts";
import { paintOutcome } from "./table.ts";

/** One revision with all that is worth telling of it. */
export interface Told {
  readonly place: string;
  readonly head: RevisionHead;
  /** In what it differs from the one before; undefined where there is none to compare with. */
  readonly differs?: { readonly from: number; readonly objects: readonly Differing[] };
  /** The command that goes there; absent where nothing is known of what stood. */
  readonly goThere?: string;
  readonly notes: readonly string[];
}

export interface Differing {
  readonly id: Id;
  readonly is: "new" | "gone" | "changed";
  readonly fields: readonly FieldChange[];
}

export interface OneOptions {
  readonly paint: Paint;
  readonly width: number;
  readonly now: string;
  readonly isBusy: boolean;
}

const SIGN = { new: SYMBOLS.create, gone: SYMBOLS.delete, changed: SYMBOLS.update } as const;

export function oneRevision(told: Told, options: OneOptions): string {
  const { head, goThere, notes, place } = told;
  const { paint, width } = options;
  const outcome = outcomeOf(head, options.isBusy);
  const age = ageOf(head.began, options.now);
  const blocks: (readonly string[])[] = [
    [`${flat(place)}   ${paint.bold(`revision ${head.number}`)}   ${paintOutcome(outcome, paint)}`],
    table(
      [
        ["when", `${showTime(head.began)}${age === undefined ? "" : `, ${age} ago`}${tookWords(head)}`],
        ["by", byWhole(head)],
        ["command", flat(head.by.command)],
        ["commit", commitWhole(head)],
        ["apply", `${flat(head.apply)} by aac ${flat(head.by.madeBy)}`],
        ["changes", countsOf(head)],
      ],
      paint,
    ),
    agentsOf(head, paint),
    objectsOf(head, paint),
    differsOf(told, paint, width),
    notes.flatMap((note) => hang("note  ", flat(note), width)),
    goThere === undefined ? [] : [`To have it again: ${flat(goThere)}`],
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

const tookWords = ({ millis }: RevisionHead): string =>
  millis === undefined ? "" : `, took ${took(millis)}`;

function byWhole({ by }: RevisionHead): string {
  const person = flat(`${by.user}@${by.host}`);
  return by.ci === undefined ? byWords(by) : `${person}, run ${flat(by.ci)}`;
}

function commitWhole({ by: { commit } }: RevisionHead): string | undefined {
  if (commit === undefined) return undefined;
  return `${flat(commit.id)}${commit.isDirty ? ", with changes that were not committed" : ""}`;
}

function table(rows: readonly (readonly [string, string | undefined])[], paint: Paint): readonly string[] {
  const width = widest(rows.map(([name]) => name));
  return rows.flatMap(([name, text]) =>
    text === undefined ? [] : [`  ${paint.dim(pad(name, width))}  ${text}`],
  );
}

function agentsOf({ versions }: RevisionHead, paint: Paint): readonly string[] {
  const agents = Object.keys(versions).sort();
  const width = widest(agents.map(flat));
  if (agents.length === 0) return [];
  const rows = agents.map((agent) => `  ${pad(flat(agent), width)}  ${flat(versions[agent] ?? "")}`);
  return [paint.bold("Agents"), ...rows];
}

function objectsOf({ objects }: RevisionHead, paint: Paint): readonly string[] {
  if (objects.length === 0) return [];
  const names = objects.map(({ id }) => titleOf(id));
  const width = widest(names);
  const came = { failed: "failed", untouched: "not touched" } as const;
  return [
    paint.bold("Objects"),
    ...objects.map(
      (one, i) =>
        `  ${pad(SYMBOLS[one.does], 3)}  ${pad(names[i] ?? "", width)}  ${one.came === "changed" ? DONE[one.does] : came[one.came]}`,
    ),
  ];
}

function differsOf({ differs }: Told, paint: Paint, width: number): readonly string[] {
  if (differs === undefined) return [];
  const title = paint.bold(`Against revision ${differs.from}`);
  if (differs.objects.length === 0) return [title, "  what stood after it is the same"];
  return [
    title,
    ...differs.objects.flatMap(({ id, is, fields }) => [
      `${SIGN[is]} ${titleOf(id)}${is === "changed" ? "" : `  ${is}`}`,
      ...fieldLines(
        fields.map((field) => fieldRow(field, undefined)),
        paint,
        width,
      ),
    ]),
  ];
}
