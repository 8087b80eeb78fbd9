import type { Change, FieldChange } from "../../model/plan.ts";
import { flat } from "../visible.ts";
import { isCode, showPair, showPath } from "./values.ts";
import * as words from "./words.ts";

/** One field in which an object differs, as each presenter shows it. */
export interface FieldRow {
  readonly symbol: string;
  readonly path: string;
  readonly value:
    | { readonly is: "changed"; readonly from: string; readonly to: string }
    | { readonly is: "one"; readonly text: string }
    /** Instead of values that nobody may or wants to see. */
    | { readonly is: "said"; readonly text: string };
  /** Where it was written, or who changed it. */
  readonly note?: string;
}

/** What it follows first, then field by field as the plan has them. */
export function fieldRows(change: Extract<Change, { is: "update" | "replace" }>): FieldRow[] {
  const by = change.before.changedBy;
  const follows = change.because.flatMap((reason) =>
    reason.is === "follows"
      ? [
          {
            symbol: words.ORIGIN_SYMBOLS.follows,
            path: "follows",
            value: { is: "said" as const, text: `${words.titleOf(reason.id)}, which will change` },
          },
        ]
      : [],
  );
  return [...follows, ...change.fields.map((field) => fieldRow(field, field.by ?? by))];
}

export function fieldRow(field: FieldChange, by: string | undefined): FieldRow {
  const note = noteOf(field, by);
  const added = field.from === undefined && !field.secret;
  const removed = field.to === undefined && !field.secret;
  return {
    symbol: removed ? "-" : added ? "+" : words.ORIGIN_SYMBOLS[field.origin],
    path: showPath(field.path),
    value: valueOf(field),
    ...(note === "" ? {} : { note }),
  };
}

function valueOf(field: FieldChange): FieldRow["value"] {
  if (field.secret) return { is: "said", text: "(secret changed)" };
  if (isCode(field.path))
    return {
      is: "said",
      text: field.from === undefined ? "(new)" : field.to === undefined ? "(gone)" : "(changed)",
    };
  const { from, to } = showPair(field);
  if (from !== undefined && to !== undefined) return { is: "changed", from, to };
  return { is: "one", text: from ?? to ?? "" };
}

function noteOf(field: FieldChange, by: string | undefined): string {
  const at = field.at === undefined ? "" : flat(`${field.at.file}:${field.at.line}`);
  switch (field.origin) {
    case "edit":
      return at;
    case "drift":
      return words.driftedBy(by);
    case "both":
      return `edited${at === "" ? "" : ` (${at})`}, and ${words.driftedBy(by)}`;
    case "unknown":
      return `edited or drifted: cannot tell${at === "" ? "" : ` (${at})`}`;
    default:
      return field.origin satisfies never;
  }
}
