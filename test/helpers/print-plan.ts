import type { Change, Plan, Reason } from "../../src/model/plan.ts";

/** A plan as a few lines of text, for tests to be read in review. */
export function printPlan(plan: Plan): string {
  const lines = plan.changes.flatMap(print);
  if (plan.outside > 0) lines.push(`outside: ${plan.outside}`);
  for (const one of plan.refusals) {
    lines.push(
      one.is === "protected"
        ? `refused: ${one.id} is protected against ${one.wanted}`
        : `refused: ${one.agents} of ${one.of} agents would go`,
    );
  }
  return lines.join("\n");
}

const SIGNS = { create: "+", update: "~", replace: "-/+", delete: "-", keep: "=" } as const;

function print(change: Change): string[] {
  const sign = SIGNS[change.is];
  if (change.is === "keep")
    return [
      `${sign} ${change.id}${change.held === undefined ? "" : ` held by ${change.held.by}: ${change.held.what}`}`,
    ];
  const costs = change.is === "create" ? "" : costOf(change.costs);
  const head = `${sign} ${change.id}  (${change.because.map(reason).join(", ")})${costs}`;
  const fields = change.is === "update" || change.is === "replace" ? change.fields : [];
  return [
    head,
    ...fields.map((field) => {
      const values = field.secret ? "(secret changed)" : `${show(field.from)} → ${show(field.to)}`;
      const at = field.at === undefined ? "" : ` ${field.at.file}:${field.at.line}`;
      return `    ${field.path}: ${values} [${field.origin}]${at}${field.forces === undefined ? "" : ` forces: ${field.forces}`}`;
    }),
  ];
}

function costOf(costs: { order: string; dependants: readonly string[]; losesData: boolean }): string {
  const touched = costs.dependants.length === 0 ? "" : `, touches ${costs.dependants.join(" ")}`;
  return ` ${costs.order}${touched}${costs.losesData ? ", loses data" : ""}`;
}

function reason(one: Reason): string {
  switch (one.is) {
    case "edited":
      return `edited ${one.path}`;
    case "drifted":
      return `drifted ${one.path} by ${one.by}`;
    case "secret rotated":
      return `secret ${one.path}`;
    case "follows":
      return `follows ${one.id}`;
    default:
      return one.is;
  }
}

const show = (value: unknown): string => (value === undefined ? "(none)" : JSON.stringify(value));
