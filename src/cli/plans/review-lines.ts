import { createInterface } from "node:readline";
import type { PlanReport } from "../../model/plan.ts";
import type { Texts } from "../../model/source.ts";
import { system } from "../../system/system.ts";
import { answer, checkedIn, type Dialog, opened, question } from "../../ui/review/dialog.ts";
import { linear } from "../../ui/review/linear.ts";
import { checked, replanned } from "../../ui/review/state.ts";
import { paintOf, tellFaults } from "../project/checked.ts";
import { edit } from "./editor.ts";
import { attempted, type Decided, kept, offerOf, type Planned, type Request } from "./review.ts";
import { isAccessible } from "../terminal/stage.ts";
import type { Context } from "../table.ts";

/** The plan in lines, and questions below it until somebody said yes or left. */
export async function reviewInLines(
  request: Request,
  first: Planned,
  because: string | undefined,
): Promise<Decided> {
  const { context } = request;
  const accessible = isAccessible(context.environment);
  const saved: { readonly file: string; readonly objects: number }[] = [];
  let planned = first;
  let madeAt = system.clock.wall();
  let dialog: Dialog = opened(offerOf(request, first), accessible);
  if (because !== undefined) context.error(`${because}\n`);
  context.out(await planText(context, first.prepared.report, first.loaded.texts, accessible));
  for (;;) {
    const typed = await ask(context, `\n${question(dialog)}`);
    // The question's line is still open then.
    if (typed === undefined) context.out("\n");
    const turn = answer(dialog, typed);
    ({ dialog } = turn);
    say(context, turn.says);
    const { does } = turn;
    if (does === undefined) continue;
    switch (does.is) {
      case "apply":
      case "leave":
        return {
          is: does.is === "apply" ? "apply" : "left",
          ...planned,
          plan: dialog.review.part.plan,
          without: dialog.review.without,
          saved,
          exit: 1,
          madeAt,
        };
      case "details": {
        const { part, preflight } = dialog.review;
        const report = planned.prepared.told(part, preflight);
        context.out(await planText(context, report, planned.loaded.texts, accessible));
        break;
      }
      case "chosen":
        await check();
        break;
      case "write": {
        const told = kept(request, planned, does.part.plan, does.file);
        if (told.ok) saved.push(told.value);
        say(context, [told.ok ? `saved to ${told.value.file}` : told.error]);
        break;
      }
      case "edit": {
        const fault = await edit(
          context.environment,
          { root: planned.loaded.root, cwd: context.cwd },
          does.at,
        );
        if (fault === undefined) await replan();
        else say(context, [fault]);
        break;
      }
      default:
        does satisfies never;
    }
  }

  async function check(): Promise<void> {
    const { part } = dialog.review;
    const found = await planned.prepared.preflight(part.plan);
    const turn = checkedIn(dialog, checked(dialog.review, part, found), found);
    ({ dialog } = turn);
    say(context, turn.says);
  }

  async function replan(): Promise<void> {
    const again = await attempted(request);
    if (typeof again === "string") {
      say(context, [`${again}: the plan from before stands`]);
      return;
    }
    if (!again.ok) {
      await tellFaults(context, again.error.diagnostics, again.error.texts);
      say(context, ["the files have faults: the plan from before stands, edit NAME opens them again"]);
      return;
    }
    planned.prepared.session.close();
    planned = again.value;
    madeAt = system.clock.wall();
    dialog = { ...dialog, review: replanned(dialog.review, offerOf(request, planned)) };
    say(context, [dialog.review.message ?? "", ""]);
    if (dialog.review.checking) await check();
    const { part, preflight } = dialog.review;
    context.out(
      await planText(context, planned.prepared.told(part, preflight), planned.loaded.texts, accessible),
    );
  }
}

function say(context: Context, lines: readonly string[]): void {
  for (const line of lines) context.out(`${line}\n`);
}

async function planText(
  context: Context,
  report: PlanReport,
  texts: Texts,
  accessible: boolean,
): Promise<string> {
  if (accessible) return linear(report, texts);
  const { plain } = await import("../../ui/plan/plain.ts");
  return plain(report, { paint: paintOf(context), width: context.screen.width, texts });
}

/** So long nothing that was typed before may wait in the line. */
const BEFORE_MS = 30;

/**
 * The terminal's own lines, so that nothing is drawn over. What was typed before the question stood there is taken
 * away: it was no answer to it. Undefined where the input has ended.
 */
async function ask(context: Context, asked: string): Promise<string | undefined> {
  if (!(await emptied())) return undefined;
  context.out(asked);
  const asking = createInterface({ input: process.stdin, terminal: false });
  return new Promise((resolve) => {
    asking.once("line", (line) => {
      resolve(line);
      asking.close();
    });
    // A terminal that goes away has said no.
    asking.once("close", () => resolve(undefined));
    process.stdin.once("error", () => resolve(undefined));
  });
}

/** False where the input has ended meanwhile. */
function emptied(): Promise<boolean> {
  const { stdin } = process;
  if (stdin.readableEnded || stdin.destroyed) return Promise.resolve(false);
  return new Promise((resolve) => {
    const drop = (): void => undefined;
    const over = (isOpen: boolean) => (): void => {
      stdin.off("data", drop).off("end", ended).off("error", ended);
      resolve(isOpen);
    };
    const ended = over(false);
    stdin.on("data", drop).on("end", ended).on("error", ended);
    system.clock.after(BEFORE_MS, over(true));
  });
}
