import type { Change, PlanReport, Refusal } from "../../model/plan.ts";
import { type Id, OF_THE_PROJECT } from "../../model/resource.ts";
import type { Texts } from "../../model/source.ts";
import { flat } from "../visible.ts";
import { detailsOf, type Detail } from "./details.ts";
import { type Fault, faultOf } from "./faults.ts";
import { type FieldRow, fieldRows } from "./field-rows.ts";
import { covered, isList } from "./values.ts";
import { stays, type Counts, type Verdict, verdictOf } from "./verdict.ts";
import * as words from "./words.ts";

/** All that a plan says, in the order in which each presenter says it. Every text is visible and on one line. */
export interface PlanRows {
  readonly verdict: Verdict;
  readonly counts: Counts;
  readonly rows: readonly Row[];
  readonly held: readonly { readonly agent: string; readonly says: string }[];
  readonly outside?: string;
  readonly warnings: readonly Fault[];
  readonly notes: readonly string[];
  readonly refusals: readonly { readonly says: string; readonly instead: string }[];
  readonly preflight: readonly Fault[];
  /** What the preflight comes to; absent where nothing would start. */
  readonly ready?: string;
  readonly saved?: string;
  readonly next?: string;
}

/** One line of the list: an object that changes, or all objects of an agent that comes or goes as a whole. */
export interface Row {
  readonly does: words.Does;
  readonly symbol: string;
  readonly agent: string;
  readonly objects: readonly { readonly id: Id; readonly label: string; readonly runs?: string }[];
  /** `replace, stop first` */
  readonly how: string;
  /** `command[2] edited` */
  readonly why: string;
  /** `agent.yaml:14` */
  readonly at?: string;
  readonly losesData: boolean;
  readonly details: readonly Detail[];
  readonly fields: readonly FieldRow[];
}

type Changing = Exclude<Change, { is: "keep" }>;

export function planRows(report: PlanReport, texts?: Texts): PlanRows {
  const { plan } = report;
  const rows = rowsOf(plan.changes, report.backTo);
  const { unchanged, held } = stays(plan.changes);
  const of = (does: words.Does): number => rows.filter((row) => row.does === does).length;
  const counts: Counts = {
    create: of("create"),
    replace: of("replace"),
    update: of("update"),
    delete: of("delete"),
    unchanged: unchanged.length,
    held: held.length,
  };
  const fails = report.preflight.filter((one) => one.level === "error");
  const warns = [...report.preflight.filter((one) => one.level !== "error"), ...report.warnings];
  const ready = readyWords(rows, fails.length);
  return {
    verdict: verdictOf(report, counts),
    counts,
    rows,
    held: heldRows(plan.changes),
    ...(plan.outside > 0 ? { outside: outsideWords(plan.outside) } : {}),
    warnings: warns.map((one) => faultOf(one, texts)),
    notes: report.notes.map(flat),
    refusals: plan.refusals.map((one) => refusalWords(one, plan.changes, report.project)),
    preflight: fails.map((one) => faultOf(one, texts)),
    ...(ready === undefined ? {} : { ready }),
    ...(report.saved === undefined ? {} : { saved: savedWords(report.saved) }),
    ...(report.next === undefined ? {} : { next: flat(report.next) }),
  };
}

function rowsOf(changes: readonly Change[], backTo: number | undefined): Row[] {
  const byAgent = Map.groupBy(changes, ({ id }) => words.namedBy(id).agent);
  const alike = Map.groupBy(changes, ({ id }) => id.split("/").slice(0, 2).join("/"));
  const isWhole = (change: Change): boolean =>
    (change.is === "create" || (change.is === "delete" && !change.costs.losesData)) &&
    (byAgent.get(words.namedBy(change.id).agent) ?? []).every(
      (other) =>
        other.is === change.is && (other.is !== "create" || other.because[0]?.is === change.because[0]?.is),
    );
  const groups: { readonly whole: boolean; readonly changes: Changing[] }[] = [];
  for (const change of changes) {
    if (change.is === "keep") continue;
    const last = groups.at(-1);
    const whole = isWhole(change);
    const first = last?.changes[0];
    const joins =
      whole && last?.whole === true && first !== undefined && partOf(first).agent === partOf(change).agent;
    if (joins) last.changes.push(change);
    else groups.push({ whole, changes: [change] });
  }
  const leaving = new Set(
    changes.flatMap((one) => (one.is === "delete" || one.is === "replace" ? [one.before.agent] : [])),
  );
  return groups.flatMap(({ changes: [first, ...rest] }) => {
    if (first === undefined) return [];
    const several = (id: Id): boolean => (alike.get(id.split("/").slice(0, 2).join("/"))?.length ?? 0) > 1;
    return [rowOf(first, [first, ...rest], { leaving, several, backTo })];
  });
}

/** What a line has to know of the rest of the plan. */
interface Around {
  readonly leaving: ReadonlySet<string>;
  readonly several: (id: Id) => boolean;
  readonly backTo: number | undefined;
}

function rowOf(first: Changing, all: readonly Changing[], { leaving, several, backTo }: Around): Row {
  const at = placeOf(first, all);
  return {
    does: first.is,
    symbol: words.SYMBOLS[first.is],
    agent: words.ownerOf(partOf(first)),
    objects: all.map((change) => {
      const runs = runsOf(change);
      return {
        id: change.id,
        label: words.labelOf(partOf(change), several(change.id)),
        ...(runs === undefined ? {} : { runs }),
      };
    }),
    how: howOf(first),
    why: whyOf(first, backTo),
    ...(at === undefined ? {} : { at }),
    losesData: (first.is === "delete" || first.is === "replace") && first.costs.losesData,
    details: detailsOf(all, leaving),
    fields: first.is === "update" || first.is === "replace" ? fieldRows(first) : [],
  };
}

const partOf = (change: Changing) => (change.is === "delete" ? change.before : change.resource);

function howOf(change: Changing): string {
  if (change.is === "create") return "create";
  const loss = change.costs.losesData ? ", loses data" : "";
  if (change.is === "delete") return `delete${loss}`;
  return change.is === "update" ? change.costs.order : `replace, ${change.costs.order}${loss}`;
}

function whyOf(change: Changing, backTo: number | undefined): string {
  const [first, ...more] = change.because;
  if (first === undefined) return "";
  return `${words.shortReason(first, backTo)}${more.length > 0 ? ` +${more.length}` : ""}`;
}

/** The line that somebody would open first. */
function placeOf(first: Changing, all: readonly Changing[]): string | undefined {
  if (first.is === "delete") return flat(first.before.source);
  const edited = first.because.find((one) => one.is === "edited");
  if (edited?.at !== undefined) return flat(`${edited.at.file}:${edited.at.line}`);
  if (first.is !== "create") return undefined;
  const lines = all.flatMap((change) =>
    change.is === "create"
      ? Object.values(change.resource.written).flatMap(({ file, line }) =>
          file === first.resource.source ? [line] : [],
        )
      : [],
  );
  const line = lines.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY);
  return flat(first.resource.source + (Number.isFinite(line) ? `:${line}` : ""));
}

/** What a new object would run, where it says so. */
function runsOf(change: Changing): string | undefined {
  if (change.is !== "create") return undefined;
  const { command, image } = change.resource.fields;
  const argv = isList(command)
    ? covered("command", command)
    : typeof image === "string"
      ? covered("image", [image])
      : [];
  const text = isList(argv) ? argv.filter((one) => typeof one === "string").join(" ") : "";
  return text === "" ? undefined : flat(text);
}

/** An agent is held as a whole, whatever number of objects it is made of. */
function heldRows(changes: readonly Change[]): PlanRows["held"] {
  const found = new Map<string, string>();
  for (const change of changes)
    if (change.is === "keep" && change.held !== undefined)
      found.set(flat(change.before.agent), words.heldWords(change.held));
  return [...found].map(([agent, says]) => ({ agent, says }));
}

function outsideWords(outside: number): string {
  const come = outside === 1 ? "comes" : "come";
  return `${words.count(outside, "object")} of this project ${come} from elsewhere: left alone · --prune deletes ${outside === 1 ? "it" : "them"}`;
}

function refusalWords(
  refusal: Refusal,
  changes: readonly Change[],
  project: string,
): PlanRows["refusals"][number] {
  if (refusal.is === "protected")
    return {
      says: `${words.titleOf(refusal.id)} is protected: this plan would ${refusal.wanted} it`,
      instead: allowing(
        refusal,
        changes.find(({ id }) => id === refusal.id),
      ),
    };
  return {
    says: `${refusal.agents} of ${words.count(refusal.of, "agent")} would be deleted, which is more than half`,
    instead: `if that is meant: --confirm ${flat(project)}`,
  };
}

function allowing(
  { id, wanted }: Refusal & { readonly is: "protected" },
  change: Change | undefined,
): string {
  // What holds data is protected by its target, whatever its file says: a line taken out there would change nothing.
  if (change !== undefined && (change.is === "replace" || change.is === "delete") && change.costs.losesData)
    return wanted === "replace"
      ? "it holds data: put the former value back, or give the volume another name"
      : "it holds data: delete it by hand once nobody needs that";
  return wanted === "replace"
    ? "to allow it, take metadata.protect out of its file"
    : `to allow it, take it down by its file without metadata.protect: aac destroy --target-agent ${flat(words.namedBy(id).agent)}`;
}

function readyWords(rows: readonly Row[], failing: number): string | undefined {
  if (failing > 0) return `${words.count(failing, "thing")} would fail, so nothing can be applied`;
  const shared = words.ownerOf({ agent: OF_THE_PROJECT });
  const starting = new Set(
    rows.flatMap(({ does, agent }) => (does === "delete" || agent === shared ? [] : [agent])),
  );
  if (starting.size === 0) return undefined;
  if (starting.size === 1) return `${[...starting].join("")} can start`;
  return starting.size === 2 ? "both can start" : `all ${starting.size} can start`;
}

function savedWords(saved: { readonly file: string; readonly objects: number }): string {
  const bound =
    saved.objects === 0
      ? "it is bound to no live object"
      : `it is bound to ${words.count(saved.objects, "live object")}, and refused once one of them is another`;
  return `${flat(saved.file)}: ${bound}`;
}
