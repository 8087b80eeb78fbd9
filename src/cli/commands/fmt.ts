import { files } from "../../system/files.ts";
import { formatText } from "../../document/format.ts";
import { LIMITS } from "../../document/limits.ts";
import { decode } from "../../document/text.ts";
import { type Diagnostic, diagnostic } from "../../model/diagnostic.ts";
import { now } from "../stopwatch.ts";
import type { Context } from "../table.ts";
import { namedOrProject } from "../project/name-files.ts";

export async function run(context: Context): Promise<number> {
  const check = context.options["check"] === true;
  const fix = context.options["fix"] === true ? (await import("../../document/fix.ts")).fixText : undefined;
  const named = await namedOrProject(context);
  const diagnostics: Diagnostic[] = [...named.diagnostics];
  const texts = new Map<string, string>();
  const changed: string[] = [];
  for (const { path, shown } of named.files) {
    const read = files.read(path, LIMITS.bytes);
    const text = read.is === "read" ? decode(shown, read.bytes) : undefined;
    if (text === undefined || !text.ok) {
      diagnostics.push(
        text?.ok === false
          ? text.error
          : diagnostic(
              "AAC1010",
              { file: shown, start: 0, end: 0 },
              `${shown} cannot be read, or is larger than 1 MiB`,
            ),
      );
      continue;
    }
    texts.set(shown, text.value);
    const result = fix === undefined ? formatText(shown, text.value) : fix(shown, text.value);
    diagnostics.push(...result.diagnostics.filter((one) => one.level === "error"));
    if (path === "-") context.out(result.text);
    if (result.text === text.value) continue;
    changed.push(shown);
    if (!check && path !== "-") files.replace(path, result.text);
  }
  if (diagnostics.length > 0) {
    const { human } = await import("../../ui/reporters/human.ts");
    const { paintOf } = await import("../terminal/paint-of.ts");
    const report = {
      diagnostics,
      texts,
      files: named.files.map((one) => one.shown),
      agents: 0,
      millis: Math.round(now() - context.started),
      version: context.version,
    };
    context.error(human(report, { paint: paintOf(context), width: context.screen.width }));
  }
  for (const shown of changed) context.error(`${check ? "would change" : "changed"}  ${shown}\n`);
  if (changed.length === 0 && diagnostics.length === 0 && context.options["quiet"] !== true) {
    context.error(
      `${named.files.length} ${named.files.length === 1 ? "file is" : "files are"} laid out already\n`,
    );
  }
  if (check && changed.length > 0) context.error(`Next: aac fmt${fix === undefined ? "" : " --fix"}\n`);
  return diagnostics.length > 0 ? 2 : check && changed.length > 0 ? 1 : 0;
}
