import { nearest } from "../../base/nearest.ts";
import type { Context } from "../table.ts";
import { UsageError } from "../usage.ts";

const SCHEMAS: Readonly<Record<string, () => Promise<{ readonly default: unknown }>>> = {
  agent: () => import("../../../schema/agent.editor.schema.json", { with: { type: "json" } }),
  canonical: () => import("../../../schema/agent.schema.json", { with: { type: "json" } }),
  common: () => import("../../../schema/common.schema.json", { with: { type: "json" } }),
  project: () => import("../../../schema/project.schema.json", { with: { type: "json" } }),
  report: () => import("../../../schema/validation-report.schema.json", { with: { type: "json" } }),
  plan: () => import("../../../schema/plan.schema.json", { with: { type: "json" } }),
  "saved-plan": () => import("../../../schema/saved-plan.schema.json", { with: { type: "json" } }),
  "apply-report": () => import("../../../schema/apply-report.schema.json", { with: { type: "json" } }),
  status: () => import("../../../schema/status.schema.json", { with: { type: "json" } }),
  stats: () => import("../../../schema/stats.schema.json", { with: { type: "json" } }),
  drift: () => import("../../../schema/drift.schema.json", { with: { type: "json" } }),
  events: () => import("../../../schema/events.schema.json", { with: { type: "json" } }),
  history: () => import("../../../schema/history.schema.json", { with: { type: "json" } }),
  graph: () => import("../../../schema/graph.schema.json", { with: { type: "json" } }),
  doctor: () => import("../../../schema/doctor.schema.json", { with: { type: "json" } }),
};

export async function run(context: Context): Promise<number> {
  const name = context.args[0] ?? "agent";
  const found = Object.hasOwn(SCHEMAS, name) ? SCHEMAS[name] : undefined;
  if (found === undefined) {
    const near = nearest(name, Object.keys(SCHEMAS));
    throw new UsageError(
      `there is no schema \`${name}\`${near === undefined ? "" : `: did you mean \`${near}\`?`}`,
      `one of ${Object.keys(SCHEMAS).join(", ")}`,
    );
  }
  const loaded = await found();
  context.out(`${JSON.stringify(loaded.default, null, 2)}\n`);
  return 0;
}
