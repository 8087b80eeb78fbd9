import type { PlanReport } from "../../model/plan.ts";
import { exitOf, loadChecked, paintOf, tellFaults } from "../project/checked.ts";
import { keepPlan } from "../plans/keep-plan.ts";
import { prepare } from "../plans/prepare.ts";
import { type Way, warmUp, wayOf } from "../terminal/stage.ts";
import type { Context } from "../table.ts";
import { UsageError } from "../usage.ts";
import { nextApply } from "./next.ts";
import { word } from "./request.ts";

export async function run(context: Context): Promise<number> {
  const { options } = context;
  if (options["base"] !== undefined)
    throw new UsageError("`--base` is not built yet", "without it a plan compares with what is live");
  const way = options["interactive"] === true ? interactiveWay(context) : undefined;
  if (way?.is === "screen") warmUp();
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
  if (way !== undefined && prepared.value.plan.changes.some(({ is }) => is !== "keep")) {
    const { looked } = await import("../plans/look.ts");
    const changing = await looked(context, { loaded, prepared: prepared.value }, way);
    return detailed && changing ? 2 : 0;
  }
  const { plan, session, report } = prepared.value;
  session.close();
  const changes = plan.changes.filter((change) => change.is !== "keep").length;
  const clean = report.preflight.every((one) => one.level !== "error") && plan.refusals.length === 0;
  let saved: { readonly file: string; readonly objects: number } | undefined;
  if (out !== undefined && clean) {
    saved = keepPlan(context, prepared.value, plan, out);
    if (saved === undefined)
      throw new UsageError(`\`--out ${out}\` names no file`, "name one, such as agents.plan");
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

/** Where nobody can answer, the same is printed without asking. */
function interactiveWay(context: Context): Exclude<Way, { readonly is: "alone" }> {
  const { options } = context;
  const other = ["out", "expectNoChanges"].find((name) => options[name] !== undefined);
  if (other === "out")
    throw new UsageError(
      "`-i` and `--out` do not go together",
      "w writes the plan file, of what is chosen by then",
    );
  if (other !== undefined || (word(options["output"]) ?? "text") !== "text")
    throw new UsageError("`-i` shows a plan to a person", "leave it out where a program reads");
  const way = wayOf(context);
  if (way.is === "alone")
    throw new UsageError(
      "`--interactive` needs a terminal",
      "aac plan prints the same; --exclude NAME leaves a part out",
    );
  return way;
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
