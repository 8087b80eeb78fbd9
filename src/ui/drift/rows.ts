import { assertNever } from "../../base/assert-never.ts";
import { type Drift, type DriftedField, type DriftReport, isOpen, type Next } from "../../model/drift.ts";
import { type Id, OF_THE_PROJECT } from "../../model/resource.ts";
import type { FieldRow } from "../plan/field-rows.ts";
import { isCode, showPair, showPath } from "../plan/values.ts";
import { count, heldWords, titleOf } from "../plan/words.ts";
import { showTime } from "../history/words.ts";
import { flat } from "../visible.ts";

/** All that a drift says, in the order in which each presenter says it. Every text is visible and on one line. */
export interface DriftRows {
  readonly place: string;
  readonly says: string;
  readonly objects: readonly { readonly title: string; readonly fields: readonly FieldRow[] }[];
  /** What went, and what came: a line each. */
  readonly whole: readonly { readonly symbol: "+" | "-"; readonly title: string; readonly says: string }[];
  readonly held: readonly { readonly agent: string; readonly says: string }[];
  readonly notes: readonly string[];
  readonly next?: string;
}

export function driftRows({ project, target, where, drift, notes, next }: DriftReport): DriftRows {
  const at = where === "" ? "" : ` (${flat(where)})`;
  return {
    place: `${flat(project)} → ${flat(target)}${at}`,
    says: verdictOf(drift),
    objects: drift.changed.map(({ id, fields }) => ({ title: titleOf(id), fields: fields.map(fieldRow) })),
    whole: [
      ...drift.gone.map(({ id, next: then }) => ({
        symbol: "-" as const,
        title: titleOf(id),
        says: `gone, outside aac${clause(goneNext(then))}`,
      })),
      ...drift.extra.map(({ id, identity, next: then }) => ({
        symbol: "+" as const,
        title: titleOf(plain(id)),
        says: `${shortened(flat(identity))}: made by no apply that is known of${clause(extraNext(then))}`,
      })),
    ],
    held: heldRows(drift),
    notes: [...untoldWords(drift.untold), ...notes].map(flat),
    ...(next === undefined ? {} : { next: flat(next) }),
  };
}

/** As engines show their long numbers. */
const shortened = (identity: string): string =>
  /^[0-9a-f]{40,}$/.test(identity) ? identity.slice(0, 12) : identity;

/** One that stands beside has more behind its name, which its identity says already. */
const plain = (id: Id): Id => id.replace(/~[^/]*$/, "");

function verdictOf({ changed, gone, extra, held, agents }: Drift): string {
  const fields = changed.flatMap((one) => one.fields);
  const [open, missing] = [fields.filter(isOpen).length, gone.filter(isOpen).length];
  const agreed = fields.length + gone.length - open - missing;
  const holding = new Set(held.map(({ id }) => id.split("/")[0])).size;
  const drifted = [
    ...(open > 0 ? [`${count(open, "field")} drifted`] : []),
    ...(missing > 0 ? [`${count(missing, "object")} gone`] : []),
    ...(extra.length > 0 ? [`${count(extra.length, "object")} too many`] : []),
  ];
  const more = [
    ...(agreed > 0 ? [`${count(agreed, "change")} by hand that the files agree with`] : []),
    ...(holding > 0 ? [`${count(holding, "agent")} held`] : []),
  ];
  if (drifted.length > 0) return [...drifted, ...more].join(" · ");
  if (agents === 0 && more.length === 0) return "no drift: nothing is applied here";
  const rest = agents - holding;
  const isAs = `${count(rest, "agent")} ${rest === 1 ? "is" : "are"} as ${agreed > 0 ? "the files say" : "applied"}`;
  return `no drift: ${[...(rest > 0 ? [isAs] : []), ...more].join(", ")}`;
}

function fieldRow(field: DriftedField): FieldRow {
  const who = field.by === "outside aac" ? "changed outside aac" : `changed by ${flat(field.by)}`;
  const when = field.changedAt === undefined ? "" : `, ${showTime(field.changedAt)}`;
  const at = field.at === undefined ? "" : ` (${flat(`${field.at.file}:${field.at.line}`)})`;
  return {
    symbol: "!",
    path: showPath(field.path),
    value: valueOf(field),
    note: `${who}${when}${clause(fieldNext(field.next))}${field.next === "unknown" ? "" : at}`,
  };
}

function valueOf({ path, secret, was, is }: DriftedField): FieldRow["value"] {
  if (secret) return { is: "said", text: "(another secret)" };
  if (isCode(path))
    return { is: "said", text: was === undefined ? "(new)" : is === undefined ? "(gone)" : "(changed)" };
  const { from, to } = showPair({
    path,
    ...(was === undefined ? {} : { from: was }),
    ...(is === undefined ? {} : { to: is }),
    secret,
    origin: "drift",
  });
  return { is: "changed", from: from ?? "(absent)", to: to ?? "(absent)" };
}

function fieldNext(next: Next): string {
  switch (next) {
    case "takes it back":
      return "the next apply takes it back";
    case "agrees since":
      return "the file agrees since";
    case "changes it":
      return "the file asks for something else by now";
    case "unknown":
      return "";
    default:
      return assertNever(next);
  }
}

const goneNext = (next: Next): string =>
  next === "takes it back" ? "the next apply makes it" : next === "agrees since" ? "no file asks for it" : "";
const extraNext = (next: Next): string => (next === "takes it back" ? "the next apply takes it away" : "");

const clause = (text: string): string => (text === "" ? "" : `; ${text}`);

function heldRows({ held }: Drift): DriftRows["held"] {
  const lines = held.map(({ id, hold }) => ({
    agent: flat(id.split("/")[0] ?? OF_THE_PROJECT),
    says: heldWords(hold),
  }));
  // Each replica says the same.
  return [...new Map(lines.map((one) => [`${one.agent} ${one.says}`, one])).values()];
}

function untoldWords(untold: readonly Id[]): readonly string[] {
  if (untold.length === 0) return [];
  const shown = untold.slice(0, 3).map(titleOf).join(", ");
  const more = untold.length > 3 ? ` and ${untold.length - 3} more` : "";
  return [`nobody can tell what was asked for: ${shown}${more}; the next apply writes it down`];
}
