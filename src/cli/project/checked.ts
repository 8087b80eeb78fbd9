import type { Diagnostic } from "../../model/diagnostic.ts";
import { loadRequest } from "../commands/request.ts";
import { paintOf } from "../terminal/paint-of.ts";
import { load, type Loaded } from "./project.ts";
import { now } from "../stopwatch.ts";
import type { Context } from "../table.ts";

/** Files, and why they cannot be carried out; in order where there is no reason. */
export async function loadWithErrors(
  context: Context,
): Promise<{ readonly loaded: Loaded; readonly errors: readonly Diagnostic[] }> {
  const loaded = await load({ ...loadRequest(context, true), fallback: "local-process" });
  // What is only a warning while somebody writes is an error when it is carried out.
  const errors = loaded.diagnostics
    .map((one): Diagnostic => (one.code === "AAC1052" ? { ...one, level: "error" } : one))
    .filter((one) => one.level === "error");
  return { loaded, errors };
}

/** The files of a command that needs them without a fault; undefined after the faults were told. */
export async function loadChecked(context: Context): Promise<Loaded | undefined> {
  const { loaded, errors } = await loadWithErrors(context);
  if (errors.length === 0) return loaded;
  const { human } = await import("../../ui/reporters/human.ts");
  context.error(
    human(
      {
        diagnostics: errors,
        texts: loaded.texts,
        files: loaded.reported,
        agents: loaded.agents.length,
        millis: Math.round(now() - context.started),
        version: context.version,
      },
      { paint: paintOf(context), width: context.screen.width },
    ),
  );
  return undefined;
}

export { paintOf };

/** Faults of the files end with 2; where the machine or its state is at fault, the files may be in order. */
export const exitOf = (faults: readonly Diagnostic[]): number =>
  faults.every(({ code }) => code.startsWith("AAC4")) ? 1 : 2;

/** Faults that no file is at: what, and what to do. */
export async function tellFaults(
  context: Context,
  faults: readonly Diagnostic[],
  texts?: Loaded["texts"],
): Promise<void> {
  const { frame, sources } = await import("../../ui/frame.ts");
  const known = sources({ texts: texts ?? new Map<string, string>(), diagnostics: faults });
  const paint = paintOf(context);
  for (const one of faults) context.error(`${frame(one, known, { paint, width: context.screen.width })}\n`);
}
