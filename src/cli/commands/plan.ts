import type { PlanReport } from "../../model/plan.ts";
import { resolve } from "node:path";
import { writePlan } from "../../state/plan-file.ts";
import { system } from "../../system/system.ts";
import { exitOf, loadChecked, paintOf, tellFaults } from "../checked.ts";
import { prepare } from "../prepare.ts";
import { clusterOf, shownAs } from "../project.ts";
import type { Context } from "../table.ts";
import { UsageError } from "../usage.ts";
import { nextApply } from "./next.ts";
import { word } from "./request.ts";

export async function run(context: Context): Promise<number> {
  const { options } = context;
  if (options["base"] !== undefined)
    throw new UsageError("`--base` is not built yet", "without it a plan compares with what is live");
  const detailed = options["detailedExitcode"] === true;
  const wrong = detailed ? 1 : 2;
  const loaded = await loadChecked(context);
  if (loaded === undefined) return wrong;
  const out = word(options["out"]);
  const prepared = await prepare({
    context,
    loaded,
    destroy: options["destroy"] === true,
    needsName: out !== undefined || context.screen.ci,
  });
  if (!prepared.ok) {
    await tellFaults(context, prepared.error, loaded.texts);
    return detailed ? 1 : exitOf(prepared.error);
  }
  const { plan, session, report, place, ir, facts, desired } = prepared.value;
  session.close();
  const changes = plan.changes.filter((change) => change.is !== "keep").length;
  const clean = report.preflight.every((one) => one.level !== "error") && plan.refusals.length === 0;
  let saved: { readonly file: string; readonly objects: number } | undefined;
  if (out !== undefined && clean) {
    const named = resolve(context.cwd, out);
    // A link of somebody's own may lead to the file; what is there already has to be a file.
    const path = system.files.realPath(named) ?? named;
    if (!["absent", "file"].includes(system.files.kind(path)))
      throw new UsageError(`\`--out ${out}\` names no file`, "name one, such as agents.plan");
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
    saved = { file: shownAs(context.cwd, path), objects: changes };
  }
  const next = changes === 0 || !clean ? undefined : nextApply(context, saved?.file);
  const shown = {
    ...report,
    ...(saved === undefined ? {} : { saved }),
    ...(next === undefined ? {} : { next }),
  };
  context.out(await show(shown, context, loaded.texts));
  if (!clean) return 1;
  if (options["expectNoChanges"] === true) return changes === 0 ? 0 : 1;
  return detailed && changes > 0 ? 2 : 0;
}

/** The same facts in the form that was asked for. */
export async function show(
  report: PlanReport,
  context: Context,
  texts?: ReadonlyMap<string, string>,
): Promise<string> {
  switch (word(context.options["output"]) ?? "text") {
    case "json":
      return (await import("../../ui/plan/json.ts")).json(report, texts);
    case "markdown":
      return (await import("../../ui/plan/markdown.ts")).markdown(report, texts);
    default: {
      const { plain } = await import("../../ui/plan/plain.ts");
      const known = texts === undefined ? {} : { texts };
      return plain(report, { paint: paintOf(context), width: context.screen.width, ...known });
    }
  }
}
