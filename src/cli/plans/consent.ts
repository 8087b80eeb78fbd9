import type { Prepared } from "./prepare.ts";
import type { Context } from "../table.ts";
import { UsageError } from "../usage.ts";
import { word } from "../commands/request.ts";

/** Asks the person at the terminal; without one, `--yes` has to have said it. The safe answer is the default. */
export async function mayGoOn(context: Context, { plan, place, report }: Prepared): Promise<"yes" | "no"> {
  const loses = plan.changes.filter(
    (change) => (change.is === "delete" || change.is === "replace") && change.costs.losesData,
  );
  const confirmed = word(context.options["confirm"]) === place.project;
  if (context.options["yes"] === true && (loses.length === 0 || confirmed)) return "yes";
  if (loses.length > 0 && confirmed) return "yes";
  if (!context.screen.terminal || context.screen.ci) {
    throw loses.length > 0
      ? new UsageError(
          `this would lose data of ${loses.map(({ id }) => id).join(", ")}`,
          `if that is meant: --confirm ${place.project}`,
        )
      : new UsageError("there is no terminal to ask at", "--yes applies without asking; aac plan only shows");
  }
  const verb = report.destroy ? "Destroy" : "Apply";
  if (loses.length > 0) {
    const typed = await ask(`Data will be lost. Type ${place.project} to go on: `);
    return typed.trim() === place.project ? "yes" : "no";
  }
  const typed = await ask(`${verb} this to ${place.project} → ${place.target}? [y/N] `);
  return /^\s*(?:y|yes)\s*$/i.test(typed) ? "yes" : "no";
}

export async function ask(question: string): Promise<string> {
  const { createInterface } = await import("node:readline");
  const asking = createInterface({ input: process.stdin, output: process.stdout });
  return new Promise((resolve) => {
    // A terminal that goes away has said no.
    asking.once("close", () => resolve(""));
    asking.question(question, (answer) => {
      resolve(answer);
      asking.close();
    });
  });
}
