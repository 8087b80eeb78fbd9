import type { Report } from "../../model/report.ts";
import { paintOf } from "../terminal/paint-of.ts";
import { FORMATS, isFormat } from "../../ui/reporters/index.ts";
import { load } from "../project/project.ts";
import { now } from "../stopwatch.ts";
import type { Context } from "../table.ts";
import { UsageError } from "../usage.ts";
import { loadRequest, word } from "./request.ts";

export async function run(context: Context): Promise<number> {
  if (context.options["changedSince"] !== undefined)
    throw new UsageError("`--changed-since` is not built yet", "name the files: aac validate PATH…");
  const asked = word(context.options["format"]);
  if (asked === "markdown")
    throw new UsageError(
      "`--format markdown` is not built yet",
      "there are human, json, sarif, github, junit",
    );
  const chosen = asked ?? (context.environment["GITHUB_ACTIONS"] === "true" ? "github" : "human");
  if (!isFormat(chosen)) throw new UsageError(`there is no format \`${chosen}\``);

  const loaded = await load(loadRequest(context, true));
  const quiet = context.options["quiet"] === true;
  const report: Report = {
    diagnostics: quiet ? loaded.diagnostics.filter((one) => one.level === "error") : loaded.diagnostics,
    texts: loaded.texts,
    files: loaded.reported,
    agents: loaded.agents.length,
    millis: Math.round(now() - context.started),
    version: context.version,
  };
  const print = await FORMATS[chosen]();
  const paint = paintOf(context);
  context.out(print(report, { paint, width: context.screen.width }));
  return exitCode(loaded.diagnostics, word(context.options["failOn"]) ?? "error");
}

/** 2: a file is wrong. 1: it is right, but not as good as was asked for. */
export function exitCode(diagnostics: Report["diagnostics"], failOn: string): number {
  const has = (level: string): boolean => diagnostics.some((one) => one.level === level);
  if (failOn === "never") return 0;
  if (has("error")) return 2;
  if (failOn === "warning" && has("warning")) return 1;
  return failOn === "info" && diagnostics.length > 0 ? 1 : 0;
}
