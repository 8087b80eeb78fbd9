import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Outcome } from "../../model/plan.ts";
import type { Resource } from "../../model/resource.ts";
import { exitOf, loadChecked, paintOf, tellFaults } from "../checked.ts";
import { carryOut, type Ordered } from "../carry-out.ts";
import { mayGoOn } from "../consent.ts";
import { type Prepared, prepare } from "../prepare.ts";
import type { Context } from "../table.ts";
import { UsageError } from "../usage.ts";
import { fromPlanFile } from "../saved.ts";
import { flagsOf, liveFlags } from "./next.ts";
import { show } from "./plan.ts";
import { word } from "./request.ts";

export const run = (context: Context): Promise<number> => applyOrDestroy(context, false);

export async function applyOrDestroy(context: Context, destroy: boolean): Promise<number> {
  for (const flag of ["attach", "watch"] as const)
    if (context.options[flag] !== undefined)
      throw new UsageError(`\`--${flag}\` is not built yet`, "apply, then follow the logs: aac logs -f");
  const [file, more] = context.args;
  if (more !== undefined || (destroy && file !== undefined))
    throw new UsageError(
      `\`aac ${destroy ? "destroy" : "apply"}\` takes ${destroy ? "no" : "at most one"} argument`,
    );
  const ordered = file === undefined ? await fresh(context, destroy) : await fromPlanFile(context, file);
  if ("exit" in ordered) return ordered.exit;
  return carryOut(context, ordered);
}

/** Plans, shows, asks: what is confirmed is what is carried out. */
async function fresh(context: Context, destroy: boolean): Promise<Ordered | { readonly exit: number }> {
  const loaded = await loadChecked(context);
  if (loaded === undefined) return { exit: 2 };
  const prepared = await prepare({ context, loaded, destroy, needsName: context.screen.ci });
  if (!prepared.ok) {
    await tellFaults(context, prepared.error, loaded.texts);
    return { exit: exitOf(prepared.error) };
  }
  const { plan, report } = prepared.value;
  const changes = plan.changes.filter((change) => change.is !== "keep");
  const faults: readonly Diagnostic[] = report.preflight.filter((one) => one.level === "error");
  const json = word(context.options["output"]) === "json" || word(context.options["output"]) === "jsonl";
  const quiet = context.options["quiet"] === true;
  const say = (text: string): void => {
    if (!json && !quiet) context.out(text);
  };
  say(await show(report, { ...context, options: { ...context.options, output: undefined } }, loaded.texts));
  if (faults.length > 0 || !allowed(context, prepared.value)) {
    prepared.value.session.close();
    if (json || quiet) await tellFaults(context, faults, loaded.texts);
    return { exit: 1 };
  }
  const ordered = orderedFrom(context, prepared.value);
  if (changes.length === 0) return { ...ordered, decided: "unchanged" };
  const consent = await mayGoOn(context, prepared.value);
  if (consent === "yes") return ordered;
  return { ...ordered, decided: "declined" satisfies Outcome };
}

/** A refusal of the plan itself can only be lifted by naming what is meant. */
function allowed(context: Context, { plan, place }: Prepared): boolean {
  return plan.refusals.every(
    (refusal) => refusal.is === "more than half" && word(context.options["confirm"]) === place.project,
  );
}

function orderedFrom(context: Context, prepared: Prepared): Ordered {
  const { place, target, session, plan, secret, report, desired } = prepared;
  return {
    place,
    target,
    session,
    plan,
    secret,
    destroy: report.destroy,
    urls: urlsOf(desired),
    next: ["aac status", "aac logs -f"]
      .map((verb) => [verb, ...liveFlags(context)].join(" "))
      .concat(["aac destroy", ...flagsOf(context)].join(" "))
      .join(" · "),
    paint: paintOf(context),
  };
}

const urlsOf = (desired: readonly Resource[]): readonly string[] => [
  ...new Set(desired.map(({ agent }) => agent)),
];
