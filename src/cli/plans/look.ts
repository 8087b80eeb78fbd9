import { excludeFlags } from "../../ui/review/choice.ts";
import { nextApply } from "../commands/next.ts";
import { type Planned, review } from "./review.ts";
import { reviewInLines } from "./review-lines.ts";
import type { Way } from "../terminal/stage.ts";
import type { Context } from "../table.ts";

/** `aac plan -i`: a plan that somebody looks at. Nothing is applied; what to do next is said at the end. */
export async function looked(
  context: Context,
  planned: Planned,
  way: Exclude<Way, { readonly is: "alone" }>,
): Promise<boolean> {
  const destroy = context.options["destroy"] === true;
  const request = { context, doing: "plan", destroy } as const;
  const decided =
    way.is === "screen" ? await review(request, planned) : await reviewInLines(request, planned, way.because);
  decided.prepared.session.close();
  const { report } = decided.prepared;
  for (const { file } of decided.saved) context.out(`Saved to ${file}\n`);
  const isChanging = decided.plan.changes.some(({ is }) => is !== "keep");
  const whole = { ...context, options: { ...context.options, exclude: [] } };
  const last = decided.saved.at(-1);
  const next =
    last === undefined
      ? [nextApply(whole), ...excludeFlags(decided.without)].join(" ")
      : nextApply(context, last.file);
  context.out(
    `${report.project} → ${report.target}   plan only: nothing was changed\n${isChanging ? `Next: ${next}\n` : ""}`,
  );
  return isChanging;
}
