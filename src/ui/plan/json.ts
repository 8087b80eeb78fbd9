import type { Json } from "../../base/canonical.ts";
import type { Change, FieldChange, PlanReport, Reason, Refusal } from "../../model/plan.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { positionAt, type Texts } from "../../model/source.ts";
import type { Written } from "../../model/resource.ts";
import { jsonText } from "../visible.ts";
import { planRows } from "./rows.ts";
import { covered } from "./values.ts";
import { median, ORIGIN_SYMBOLS, SYMBOLS } from "./words.ts";

/** A plan for programs: whole values, nothing cut; never the value of a secret. */
export function json(report: PlanReport, texts?: Texts): string {
  const { plan } = report;
  const { verdict, counts } = planRows(report, texts);
  const objects = { create: 0, replace: 0, update: 0, delete: 0, keep: 0 };
  for (const change of plan.changes) objects[change.is]++;
  const document: Json = {
    apiVersion: "agent.dev/v1",
    kind: "Plan",
    project: report.project,
    target: report.target,
    where: report.where,
    destroy: report.destroy,
    verdict: {
      says: verdict.says,
      worst: verdict.worst ?? null,
      asides: verdict.asides,
      counts: { ...counts },
      objects,
    },
    changes: plan.changes.flatMap((change) => (change.is === "keep" ? [] : [changeJson(change)])),
    unchanged: plan.changes
      .flatMap((change) => (change.is === "keep" && change.held === undefined ? [change.id] : []))
      .sort(),
    held: plan.changes.flatMap((change) =>
      change.is === "keep" && change.held !== undefined ? [{ id: change.id, ...change.held }] : [],
    ),
    outside: plan.outside,
    refusals: plan.refusals.map(refusalJson),
    preflight: report.preflight.map((one) => faultJson(one, texts)),
    warnings: report.warnings.map((one) => faultJson(one, texts)),
    notes: report.notes,
    saved: report.saved === undefined ? null : { ...report.saved },
    next: report.next ?? null,
  };
  return `${jsonText(document, 2)}\n`;
}

function changeJson(change: Exclude<Change, { is: "keep" }>): Json {
  const { agent, kind, name, source } = change.is === "delete" ? change.before : change.resource;
  const common = {
    id: change.id,
    agent,
    kind,
    name,
    source,
    does: change.is,
    symbol: SYMBOLS[change.is],
    because: change.because.map(reasonJson),
  };
  if (change.is === "create") return common;
  const { order, dependants, losesData } = change.costs;
  const awayMs = order === "stop first" ? (median(change.before.readyMs) ?? null) : null;
  return {
    ...common,
    costs: { order, dependants, losesData, awayMs },
    fields:
      change.is === "delete" ? [] : change.fields.map((field) => fieldJson(field, change.before.changedBy)),
  };
}

function fieldJson(field: FieldChange, by: string | undefined): Json {
  const { path, from, to, secret, origin, forces, rolls } = field;
  const drifted = origin === "drift" || origin === "both";
  return {
    path,
    secret,
    origin,
    symbol: ORIGIN_SYMBOLS[origin],
    ...(secret || from === undefined ? {} : { from: covered(path, from) }),
    ...(secret || to === undefined ? {} : { to: covered(path, to) }),
    ...(drifted ? { by: field.by ?? by ?? "outside aac" } : {}),
    at: placeJson(field.at),
    forces,
    rolls,
  };
}

function reasonJson(reason: Reason): Json {
  return reason.is === "edited"
    ? { is: reason.is, path: reason.path, at: placeJson(reason.at) }
    : { ...reason };
}

function refusalJson(refusal: Refusal): Json {
  return { ...refusal };
}

const placeJson = (at: Written | undefined): Json | undefined =>
  at === undefined ? undefined : { file: at.file, line: at.line };

function faultJson(one: Diagnostic, texts: Texts | undefined): Json {
  const text = one.at === undefined ? undefined : texts?.get(one.at.file);
  return {
    code: one.code,
    level: one.level,
    message: one.message,
    label: one.label,
    notes: one.notes,
    file: one.at?.file,
    line: one.at === undefined || text === undefined ? undefined : positionAt(text, one.at.start).line,
  };
}
