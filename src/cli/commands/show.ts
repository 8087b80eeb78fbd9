import { resolve } from "node:path";
import { type Diagnostic, diagnostic } from "../../model/diagnostic.ts";
import { readPlan, type SavedPlan, type Unreadable } from "../../state/plan-file.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { system } from "../../system/system.ts";
import { tellFaults } from "../project/checked.ts";
import { shownAs } from "../project/project.ts";
import type { Context } from "../table.ts";
import { UsageError } from "../usage.ts";
import { show } from "./plan.ts";

export async function run(context: Context): Promise<number> {
  const [file, more] = context.args;
  if (file === undefined || more !== undefined)
    throw new UsageError("name one plan file", "aac show desk.plan.json");
  const read = readSaved(context, file);
  if (!read.ok) {
    await tellFaults(context, [read.error]);
    return 2;
  }
  const { saved, shown } = read.value;
  const changes = saved.plan.changes.filter((change) => change.is !== "keep").length;
  context.out(
    await show(
      {
        project: saved.place.project,
        target: saved.place.target,
        where: saved.place.where,
        plan: saved.plan,
        preflight: [],
        warnings: [],
        notes: [`made by aac ${saved.madeBy} at ${saved.madeAt}; what is live now was not looked at`],
        destroy: saved.destroy,
        saved: { file: shown, objects: changes },
        ...(changes === 0 ? {} : { next: `aac apply ${shown}` }),
      },
      context,
    ),
  );
  return 0;
}

export function readSaved(
  context: Context,
  file: string,
): Result<{ readonly saved: SavedPlan; readonly text: string; readonly shown: string }, Diagnostic> {
  const path = resolve(context.cwd, file);
  const shown = shownAs(context.cwd, path);
  const read = readPlan(system.files, path);
  return read.ok
    ? ok({ saved: read.value.plan, text: read.value.text, shown })
    : err(wrong(shown, read.error));
}

function wrong(shown: string, why: Unreadable): Diagnostic {
  const at = { file: shown, start: 0, end: 0 };
  switch (why.is) {
    case "absent":
      return diagnostic("AAC3004", at, `${shown} is not there`, {
        notes: ["aac plan --out FILE makes a plan file"],
      });
    case "not a plan":
      return diagnostic("AAC3004", at, `${shown} is no plan: ${why.why}`, {
        notes: ["aac plan --out FILE makes a plan file"],
      });
    case "newer":
      return diagnostic(
        "AAC3004",
        at,
        `${shown} was made by aac ${why.madeBy}, and its form is not known here`,
        {
          notes: ["apply it with that version, or plan again"],
        },
      );
  }
}
