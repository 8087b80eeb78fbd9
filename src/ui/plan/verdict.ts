import type { Change, PlanReport } from "../../model/plan.ts";
import { OF_THE_PROJECT } from "../../model/resource.ts";
import { about, count, type Does, median, titleOf } from "./words.ts";
import { flat } from "../visible.ts";

/** So many lines of each kind are in the list; a replace is one. Unchanged and held count agents. */
export interface Counts extends Readonly<Record<Does, number>> {
  readonly unchanged: number;
  readonly held: number;
}

export interface Verdict {
  readonly place: string;
  /** `1 create · 1 replace`, `no changes: …`, `destroy 3 agents` */
  readonly says: string;
  readonly worst?: string;
  /** What else somebody must know before reading on: few words each. */
  readonly asides: readonly string[];
}

/** Agents that stay wholly as they are, and agents of which something is held. */
export function stays(changes: readonly Change[]): {
  readonly unchanged: readonly string[];
  readonly held: readonly string[];
} {
  const kept = new Set<string>();
  const held = new Set<string>();
  const changing = new Set<string>();
  for (const change of changes) {
    const agent = change.is === "create" ? change.resource.agent : change.before.agent;
    if (agent === OF_THE_PROJECT) continue;
    if (change.is !== "keep") changing.add(agent);
    else if (change.held === undefined) kept.add(agent);
    else held.add(agent);
  }
  const unchanged = [...kept].filter((agent) => !changing.has(agent) && !held.has(agent));
  return { unchanged: unchanged.sort(), held: [...held].sort() };
}

export function verdictOf(report: PlanReport, counts: Counts): Verdict {
  const worst = worstOf(report.plan.changes);
  return {
    place: placeOf(report),
    says: says(report, counts),
    ...(worst === undefined ? {} : { worst }),
    asides: asides(report),
  };
}

function placeOf(report: Pick<PlanReport, "project" | "target" | "where">): string {
  const where = report.where === "" ? "" : ` (${flat(report.where)})`;
  return `${flat(report.project)} → ${flat(report.target)}${where}`;
}

function says(report: PlanReport, counts: Counts): string {
  const { unchanged, held } = counts;
  const changing = report.plan.changes.filter((change) => change.is !== "keep");
  if (report.destroy) {
    const agents = new Set(changing.map((change) => change.id.split("/")[0]));
    return agents.size === 0 ? "nothing to destroy" : `destroy ${count(agents.size, "agent")}`;
  }
  const keeping = [
    ...(unchanged > 0 ? [`${unchanged} unchanged`] : []),
    ...(held > 0 ? [`${held} held`] : []),
  ];
  if (changing.length > 0)
    return [
      ...(["create", "replace", "update", "delete"] as const).flatMap((does) =>
        counts[does] > 0 ? [`${counts[does]} ${does}`] : [],
      ),
      ...keeping,
    ].join(" · ");
  const asked = report.backTo === undefined ? "as agent.yaml says" : `as in revision ${report.backTo}`;
  const isAs =
    unchanged > 0 ? `${count(unchanged, "agent")} ${unchanged === 1 ? "is" : "are"} ${asked}` : undefined;
  const isHeld = held > 0 ? `${count(held, "agent")} ${held === 1 ? "is" : "are"} held` : undefined;
  return `no changes: ${[isAs, isHeld].filter((one) => one !== undefined).join(", ") || "there is no agent here"}`;
}

/** The one thing to know if only one is read. Undefined where nothing that lives is touched. */
function worstOf(changes: readonly Change[]): string | undefined {
  const loses = changes.filter(
    (change) => (change.is === "delete" || change.is === "replace") && change.costs.losesData,
  );
  if (loses[0] !== undefined) return `${titleOf(loses[0].id)} would lose its data${andMore(loses.length)}`;
  const going = new Set(
    changes.flatMap((change) =>
      change.is === "delete" && !isShared(change.id) ? [change.before.agent] : [],
    ),
  );
  const staying = new Set(
    changes.flatMap((change) => (change.is === "delete" ? [] : [change.id.split("/")[0]])),
  );
  const gone = [...going].filter((agent) => !staying.has(agent)).sort();
  if (gone[0] !== undefined) return `${flat(gone[0])} would be gone${andMore(gone.length)}`;
  return worstGap(changes);
}

function worstGap(changes: readonly Change[]): string | undefined {
  const away = changes.flatMap((change) =>
    (change.is === "replace" || change.is === "update") && change.costs.order === "stop first"
      ? [{ agent: flat(change.before.agent), millis: median(change.before.readyMs) }]
      : [],
  );
  const timed = away
    .flatMap(({ agent, millis }) => (millis === undefined ? [] : [{ agent, millis }]))
    .toSorted((a, b) => b.millis - a.millis)[0];
  const untimed = away.filter(({ millis }) => millis === undefined);
  if (timed !== undefined) {
    const open = untimed.length === 0 ? "" : `, ${untimed.length} not timed yet`;
    return `${timed.agent} away for ${about(timed.millis)}${open}`;
  }
  if (untimed[0] !== undefined) return `${untimed[0].agent} away, not timed yet${andMore(untimed.length)}`;
  return changes.some((change) => change.is !== "keep" && change.is !== "create")
    ? "nothing stops"
    : undefined;
}

const isShared = (id: string): boolean => id.startsWith(`${OF_THE_PROJECT}/`);

const andMore = (all: number): string => (all > 1 ? `, and ${all - 1} more` : "");

function asides(report: PlanReport): string[] {
  const fields = report.plan.changes.flatMap((change) =>
    change.is === "update" || change.is === "replace" ? change.fields : [],
  );
  const secrets = fields.filter((field) => field.secret).length;
  const drifted = fields.filter((field) => field.origin === "drift" || field.origin === "both").length;
  const failing = report.preflight.filter((one) => one.level === "error").length;
  return [
    ...(secrets > 0 ? [`${count(secrets, "secret")} changed`] : []),
    ...(drifted > 0 ? [`${count(drifted, "field")} drifted`] : []),
    ...(failing > 0 ? [`preflight: ${failing} would fail`] : []),
    ...(report.plan.refusals.length > 0 ? ["refused"] : []),
  ];
}
