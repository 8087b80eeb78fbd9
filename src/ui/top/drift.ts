import type { PlanReport } from "../../model/plan.ts";
import type { Paint } from "../paint.ts";
import { cut, pad, widest, wrap } from "../plan/columns.ts";
import { type PlanRows, planRows } from "../plan/rows.ts";
import { count } from "../plan/words.ts";
import { flat } from "../visible.ts";

/** What a plan in the background says of one agent. */
export type Drift =
  | { readonly is: "looking" }
  | {
      readonly is: "compared";
      readonly objects: readonly Drifted[];
      readonly edited: number;
      readonly other: string;
    }
  | { readonly is: "not compared"; readonly why: readonly string[] };

/** One object of it, and the fields that somebody changed by hand. */
export interface Drifted {
  readonly title: string;
  readonly fields: readonly { readonly path: string; readonly says: string; readonly note: string }[];
}

/** Of a whole plan what is about this agent: drifts with who did it, and how much is edited besides. */
export function driftOf(report: PlanReport, agent: string): Drift {
  const rows = planRows(report).rows.filter((row) => row.agent === flat(agent));
  const objects = rows.flatMap((row): readonly Drifted[] => {
    const fields = row.fields.filter(({ note = "" }) => note.includes("drifted"));
    if (fields.length === 0) return [];
    return [{ title: row.objects.map(({ label }) => label).join(", "), fields: fields.map(fieldOf) }];
  });
  const edited = rows.reduce(
    (sum, row) =>
      sum + row.fields.filter(({ note = "", symbol }) => symbol !== "^" && !note.includes("drifted")).length,
    0,
  );
  const other = rows.filter((row) => row.fields.length === 0).map((row) => `${row.how}: ${row.why}`);
  return { is: "compared", objects, edited, other: other.join("; ") };
}

function fieldOf({
  path,
  value,
  note = "",
}: PlanRows["rows"][number]["fields"][number]): Drifted["fields"][number] {
  switch (value.is) {
    case "changed":
      return { path, says: `${value.from} → ${value.to}`, note };
    case "one":
    case "said":
      return { path, says: value.text, note };
    default:
      return value satisfies never;
  }
}

export function driftLines(agent: string, drift: Drift, width: number, paint: Paint): readonly string[] {
  switch (drift.is) {
    case "looking":
      return ["", paint.dim(cut(` comparing ${flat(agent)} with its file …`, width))];
    case "not compared":
      return ["", ...drift.why.flatMap((line) => wrap(flat(line), width - 2)).map((line) => ` ${line}`)];
    case "compared":
      return comparedLines(drift, width, paint);
    default:
      return drift satisfies never;
  }
}

function comparedLines(
  { objects, edited, other }: Extract<Drift, { is: "compared" }>,
  width: number,
  paint: Paint,
): readonly string[] {
  const column = Math.min(
    Math.floor(width / 2),
    widest(objects.flatMap(({ fields }) => fields.map(({ path }) => path))),
  );
  const drifted = objects.flatMap(({ title, fields }) => [
    "",
    ` ${paint.bold(cut(title, width - 1))}`,
    ...fields.flatMap(({ path, says, note }) => [
      `   ${paint.yellow("!")} ${pad(cut(path, column), column)}  ${cut(says, width - column - 7)}`,
      ...wrap(note, width - 9).map((line) => `       ${paint.dim(line)}`),
    ]),
  ]);
  const also = [
    ...(edited > 0 ? [`${count(edited, "field")} edited in the files and not applied yet: aac plan`] : []),
    ...(other === "" ? [] : [`the files ask for more: ${other}`]),
  ];
  return [
    ...(objects.length === 0
      ? ["", ` ${paint.green("✓")} ${cut("as the files say: nothing was changed by hand", width - 3)}`]
      : drifted),
    ...(objects.length > 0
      ? ["", paint.dim(cut(" live → as the files say; aac apply puts it back", width))]
      : []),
    ...also.flatMap((line) => ["", ...wrap(line, width - 2).map((part) => ` ${part}`)]),
  ];
}
