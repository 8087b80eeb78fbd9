import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Outcome, Plan } from "../../model/plan.ts";
import type { Resource } from "../../model/resource.ts";
import { system } from "../../system/system.ts";
import { readAhead } from "../plans/ahead.ts";
import { exitOf, loadChecked, paintOf, tellFaults } from "../project/checked.ts";
import { carryOut, type Ordered } from "../carry-out/carry-out.ts";
import { mayGoOn } from "../plans/consent.ts";
import { takenBySomebody } from "../carry-out/locking.ts";
import { movedSince, stale } from "../plans/moved-since.ts";
import { outsideOf, type Prepared, prepare } from "../plans/prepare.ts";
import type { Planned, Request } from "../plans/review.ts";
import { type Way, warmUp, wayOf } from "../terminal/stage.ts";
import type { Context } from "../table.ts";
import { outputOf } from "../carry-out/telling.ts";
import { UsageError } from "../usage.ts";
import { fromPlanFile } from "../plans/saved.ts";
import { flagsOf, liveFlags } from "./next.ts";
import { show } from "./plan.ts";
import { word } from "./request.ts";

export const run = (context: Context): Promise<number> => applyOrDestroy(context, false);

export async function applyOrDestroy(given: Context, destroy: boolean): Promise<number> {
  // Events as JSON are asked for in two ways.
  const context: Context = { ...given, options: { ...given.options, output: outputOf(given) } };
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
  const way = context.options["yes"] !== true && isText(context) ? wayOf(context) : undefined;
  if (way?.is === "screen") warmUp();
  const loaded = await loadChecked(context);
  if (loaded === undefined) return { exit: 2 };
  const since = system.clock.wall();
  const prepared = await prepare({ context, loaded, destroy, needsName: context.screen.ci });
  if (!prepared.ok) {
    await tellFaults(context, prepared.error, loaded.texts);
    return { exit: exitOf(prepared.error) };
  }
  const decided = await decideOn(
    { context, doing: "apply", destroy },
    { loaded, prepared: prepared.value },
    way,
  );
  if ("exit" in decided || context.options["yes"] !== true) return decided;
  return { ...decided, again: { since, plan: () => applyOrDestroy(context, destroy) } };
}

/** From a plan to what is carried out, or to an exit code. `way`: how whoever has to say yes is asked. */
export function decideOn(
  request: Request,
  planned: Planned,
  way: Way | undefined,
): Promise<Ordered | { readonly exit: number }> {
  if (way !== undefined && way.is !== "alone" && isChanging(planned.prepared.plan))
    return asked(request, planned, way);
  return told(request.context, planned);
}

const isText = ({ options }: Context): boolean => (word(options["output"]) ?? "text") === "text";

const isChanging = ({ changes }: Plan): boolean => changes.some(({ is }) => is !== "keep");

/** Somebody is there: they look at the plan, choose of it, and say yes to exactly what they see then. */
async function asked(
  request: Request,
  planned: Planned,
  way: Exclude<Way, { readonly is: "alone" }>,
): Promise<Ordered | { readonly exit: number }> {
  const { context } = request;
  const ahead = readAhead(way);
  const decided =
    way.is === "screen"
      ? await (await import("../plans/review.ts")).review(request, planned)
      : await (await import("../plans/review-lines.ts")).reviewInLines(request, planned, way.because);
  const { prepared, loaded, plan } = decided;
  if (decided.is !== "apply") ahead.cancel();
  else
    await ahead.whole().catch((error: unknown) => {
      prepared.session.close();
      throw error;
    });
  if (decided.is === "interrupted") {
    prepared.session.close();
    return { exit: decided.exit };
  }
  const ordered = orderedFrom(context, prepared);
  // The files were edited until there was nothing left to do.
  if (!isChanging(prepared.whole)) return { ...ordered, decided: "unchanged" };
  if (decided.is === "left") return { ...ordered, decided: "declined" };
  if (way.is === "screen" && context.options["quiet"] !== true) {
    const { brief } = await import("../../ui/plan/plain.ts");
    const report = prepared.told({ plan, left: [] }, []);
    context.out(brief(report, { paint: paintOf(context), width: context.screen.width, texts: loaded.texts }));
  }
  const agreed = { ...prepared, plan, destroy: request.destroy, madeAt: decided.madeAt };
  const world = { ...prepared, outside: outsideOf(loaded.root, loaded.lookup) };
  return {
    ...ordered,
    plan,
    async stillHolds() {
      const { otherwise } = request;
      const found = await (otherwise === undefined ? movedSince(agreed, world) : otherwise.moved(plan));
      const verb = request.destroy ? "destroy" : "apply";
      return found.ok
        ? stale(agreed, found.value, otherwise?.command ?? ["aac", verb, ...flagsOf(context)].join(" "))
        : found.error;
    },
  };
}

/** Nobody is there, or somebody said yes before: the plan is shown, and carried out as it stands. */
async function told(context: Context, planned: Planned): Promise<Ordered | { readonly exit: number }> {
  const { loaded, prepared } = planned;
  const { plan, report } = prepared;
  const changes = plan.changes.filter((change) => change.is !== "keep");
  const faults: readonly Diagnostic[] = report.preflight.filter((one) => one.level === "error");
  const output = word(context.options["output"]);
  const json = output === "json" || output === "jsonl";
  const quiet = context.options["quiet"] === true;
  const say = (text: string): void => {
    if (!json && !quiet) context.out(text);
  };
  const form = output === "markdown" ? output : undefined;
  say(await show(report, { ...context, options: { ...context.options, output: form } }, loaded.texts));
  if (faults.length > 0 || !allowed(context, prepared)) {
    // A port that another apply is just taking for us is no fault of the files.
    const taken = await takenBySomebody(prepared);
    prepared.session.close();
    if (taken?.outcome === "locked") {
      await tellFaults(context, taken.fault === undefined ? [] : [taken.fault]);
      return { exit: taken.exit };
    }
    if (json || quiet) await tellFaults(context, faults, loaded.texts);
    return { exit: 1 };
  }
  const ordered = orderedFrom(context, prepared);
  if (changes.length === 0) return { ...ordered, decided: "unchanged" };
  const consent = await mayGoOn(context, prepared);
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
  const { place, target, session, plan, secret, report, desired, ir, facts } = prepared;
  return {
    place,
    target,
    session,
    plan,
    desired,
    ir,
    facts,
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
