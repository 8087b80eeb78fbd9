import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Moved, Plan } from "../../model/plan.ts";
import type { Written } from "../../model/resource.ts";
import type { Texts } from "../../model/source.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { system } from "../../system/system.ts";
import type { Shown } from "../../ui/ink/host.tsx";
import type { Part } from "../../ui/review/choice.ts";
import {
  begin,
  busyWith,
  checked,
  faulty,
  type Effect,
  type Offer,
  replanned,
  type Review,
} from "../../ui/review/state.ts";
import { loadWithErrors } from "../project/checked.ts";
import { flagsOf } from "../commands/next.ts";
import { word } from "../commands/request.ts";
import { edit } from "./editor.ts";
import { keepPlan } from "./keep-plan.ts";
import { type Prepared, prepare } from "./prepare.ts";
import type { Loaded } from "../project/project.ts";
import { stageOf } from "../terminal/stage.ts";
import type { Context } from "../table.ts";
import { isUsageError } from "../usage.ts";

/** Files, and the plan that was made of them. */
export interface Planned {
  readonly loaded: Loaded;
  readonly prepared: Prepared;
}

export interface Request {
  readonly context: Context;
  readonly doing: "apply" | "plan";
  readonly destroy: boolean;
  readonly otherwise?: Otherwise;
}

/** A plan that is not made of the files. */
export interface Otherwise {
  /** As it is typed: `aac rollback 7`. */
  readonly command: string;
  readonly again: () => Promise<Again>;
  /** What is not as it was when the plan was made, of what it touches. */
  readonly moved: (plan: Plan) => Promise<Result<readonly Moved[], Diagnostic>>;
}

/** What came of it; the plan is the one that was shown last, and what was left out of it by then. */
export interface Decided extends Planned {
  readonly is: "apply" | "left" | "interrupted";
  readonly plan: Plan;
  readonly without: ReadonlySet<string>;
  /** Plan files that were written on the way. */
  readonly saved: readonly { readonly file: string; readonly objects: number }[];
  readonly exit: number;
  /** UTC: when it was planned. */
  readonly madeAt: string;
}

export type Again = Result<Planned, { readonly diagnostics: readonly Diagnostic[]; readonly texts: Texts }>;

/** The same command once more, after somebody edited the files. Nothing is printed: a screen is up. */
export async function planAgain({ context, destroy, otherwise }: Request): Promise<Again> {
  if (otherwise !== undefined) return otherwise.again();
  const { loaded, errors } = await loadWithErrors(context);
  if (errors.length > 0) return err({ diagnostics: errors, texts: loaded.texts });
  // What was left out is left out of the new plan as far as it is there: nobody named it for this one.
  const whole = { ...context, options: { ...context.options, exclude: [] } };
  const prepared = await prepare({ context: whole, loaded, destroy, needsName: context.screen.ci });
  return prepared.ok
    ? ok({ loaded, prepared: prepared.value })
    : err({ diagnostics: prepared.error, texts: loaded.texts });
}

/** The plan as a view takes it. */
export function offerOf(
  { context, doing, destroy, otherwise }: Request,
  { loaded, prepared }: Planned,
): Offer {
  const { place } = prepared;
  const verb = doing === "plan" ? (destroy ? "plan --destroy" : "plan") : destroy ? "destroy" : "apply";
  const whole = { ...context, options: { ...context.options, exclude: [] } };
  return {
    report: prepared.told({ plan: prepared.whole, left: [] }, prepared.report.preflight),
    texts: loaded.texts,
    without: prepared.without,
    choose: prepared.part,
    doing,
    production: isProduction(context, loaded, prepared),
    coloured: context.screen.colour,
    isNamed: word(context.options["confirm"]) === place.project,
    command: otherwise?.command ?? ["aac", verb, ...flagsOf(whole)].join(" "),
  };
}

/** What calls itself so: people trust names. */
function isProduction({ options }: Context, loaded: Loaded, { place }: Prepared): boolean {
  const names = [word(options["env"]), place.chosen.context, place.chosen.namespace];
  return (
    loaded.production ||
    names.some((name) => name !== undefined && /(?:^|[^a-z])prod(?:uction)?(?:$|[^a-z])/i.test(name))
  );
}

/** Puts a plan up on the whole screen, until somebody said yes to it or left. */
export async function review(request: Request, first: Planned): Promise<Decided> {
  const { context } = request;
  const [{ show, stage }, { REVIEW }] = await Promise.all([
    stageOf(context, true),
    import("../../ui/review/view.ts"),
  ]);
  const over = Promise.withResolvers<Decided>();
  const saved: { readonly file: string; readonly objects: number }[] = [];
  let planned = first;
  let madeAt = system.clock.wall();
  const decide = (is: Decided["is"], state: Review, exit: number): void =>
    over.resolve({ is, ...planned, plan: state.part.plan, without: state.without, saved, exit, madeAt });
  const checks = checking((plan) => planned.prepared.preflight(plan), over.reject);
  const shown = show(REVIEW, begin(offerOf(request, first)), stage, (effect) => act(effect));

  function act(effect: Effect): void {
    switch (effect.is) {
      case "apply":
        decide("apply", { ...shown.state(), part: effect.part }, 0);
        return;
      case "leave":
        decide("left", shown.state(), 1);
        return;
      case "chosen":
        checks(effect.part, shown);
        return;
      case "edit":
        editing(effect.at).catch(over.reject);
        return;
      case "write":
        shown.change((now) => busyWith(now, undefined, keep(effect.file, effect.part.plan)));
        return;
      default:
        effect satisfies never;
    }
  }

  function keep(file: string, plan: Plan): string {
    const told = kept(request, planned, plan, file);
    if (!told.ok) return told.error;
    saved.push(told.value);
    return `saved to ${told.value.file}`;
  }

  async function editing(at: Written): Promise<void> {
    let fault: string | undefined;
    await shown.suspend(async () => {
      fault = await edit(context.environment, { root: planned.loaded.root, cwd: context.cwd }, at);
    });
    if (fault !== undefined) {
      shown.change((now) => busyWith(now, undefined, fault));
      return;
    }
    shown.change((now) => busyWith(now, "planning again…"));
    const again = await attempted(request);
    if (typeof again === "string") {
      shown.change((now) => busyWith(now, undefined, `${again}: this is the plan from before`));
      return;
    }
    if (!again.ok) {
      shown.change((now) => faulty(now, again.error));
      return;
    }
    planned.prepared.session.close();
    planned = again.value;
    madeAt = system.clock.wall();
    shown.change((now) => replanned(now, offerOf(request, again.value)));
    if (shown.state().checking) checks(shown.state().part, shown);
  }

  const unlisten = losses((exit) => decide("interrupted", shown.state(), exit));
  try {
    return await over.promise;
  } catch (error) {
    planned.prepared.session.close();
    throw error;
  } finally {
    unlisten();
    await shown.close();
  }
}

/** What the command line itself is wrong about by now, such as an agent that it names, is a sentence. */
export async function attempted(request: Request): Promise<Again | string> {
  try {
    return await planAgain(request);
  } catch (error) {
    if (isUsageError(error)) return error.message;
    throw error;
  }
}

/** The same file that `aac plan --out` writes; a sentence where it cannot be. */
export function kept(
  { context, otherwise }: Request,
  { loaded, prepared }: Planned,
  plan: Plan,
  file: string,
): Result<{ readonly file: string; readonly objects: number }, string> {
  if (otherwise !== undefined)
    return err(`this plan is not kept in a file, and can be made again: ${otherwise.command}`);
  if ((word(context.options["project"]) ?? loaded.settings.project) === undefined)
    return err(
      "this project has no name, and a plan file needs one: write `project: NAME` into .aac.yaml, or give --project NAME",
    );
  try {
    const saved = keepPlan(context, prepared, plan, file);
    return saved === undefined ? err(`${file} is no file`) : ok(saved);
  } catch (error) {
    return err(`${file} was not written: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** One preflight at a time, and of what is chosen by then: whoever goes through a list fast waits for the last alone. */
function checking(
  preflight: (plan: Plan) => Promise<readonly Diagnostic[]>,
  failed: (error: unknown) => void,
): (part: Part, shown: Shown<Review>) => void {
  let next: Part | undefined;
  let runs = false;
  const run = async (shown: Shown<Review>): Promise<void> => {
    while (next !== undefined) {
      const part = next;
      next = undefined;
      const found = await preflight(part.plan);
      shown.change((now) => checked(now, part, found));
    }
    runs = false;
  };
  return (part, shown) => {
    next = part;
    if (runs) return;
    runs = true;
    run(shown).catch(failed);
  };
}

/** A terminal that goes away has said no, and so has a signal. */
function losses(lost: (exit: number) => void): () => void {
  const on = (exit: number) => (): void => lost(exit);
  const signals = [
    ["SIGINT", on(130)],
    ["SIGHUP", on(130)],
    ["SIGTERM", on(143)],
  ] as const;
  const gone = on(130);
  for (const [signal, told] of signals) process.on(signal, told);
  for (const event of ["end", "close", "error"] as const) process.stdin.on(event, gone);
  process.stdout.on("error", gone);
  return () => {
    for (const [signal, told] of signals) process.off(signal, told);
    for (const event of ["end", "close", "error"] as const) process.stdin.off(event, gone);
    // What is still written to a terminal that is gone is lost, and no fault of ours.
    process.stdout.off("error", gone);
  };
}
