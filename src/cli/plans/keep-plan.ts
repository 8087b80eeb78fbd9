import { resolve } from "node:path";
import type { Plan } from "../../model/plan.ts";
import { writePlan } from "../../state/plan-file.ts";
import { system } from "../../system/system.ts";
import type { Prepared } from "./prepare.ts";
import { clusterOf, shownAs } from "../project/project.ts";
import type { Context } from "../table.ts";

/** Keeps exactly this plan in a file; undefined where something else than a file stands there. */
export function keepPlan(
  context: Context,
  { place, ir, facts, desired, report }: Prepared,
  plan: Plan,
  out: string,
): { readonly file: string; readonly objects: number } | undefined {
  const named = resolve(context.cwd, out);
  // A link of somebody's own may lead to the file; what is there already has to be a file.
  const path = system.files.realPath(named) ?? named;
  if (!["absent", "file"].includes(system.files.kind(path))) return undefined;
  writePlan(system.files, path, {
    apiVersion: "agent.dev/v1",
    kind: "SavedPlan",
    version: 1,
    madeBy: context.version,
    madeAt: system.clock.wall(),
    place: {
      project: place.project,
      target: place.target,
      where: place.where,
      key: place.key,
      origin: place.origin,
      root: place.root,
      portRange: place.portRange,
      chosen: clusterOf(place.chosen),
    },
    destroy: report.destroy,
    ir,
    facts,
    desired,
    plan,
  });
  const objects = plan.changes.filter((change) => change.is !== "keep").length;
  return { file: shownAs(context.cwd, path), objects };
}
