import type { Diagnostic } from "../../model/diagnostic.ts";
import { diagnostic } from "../../model/diagnostic.ts";
import type { Lookup } from "../../document/variables.ts";
import { carriedOut } from "../../state/journal.ts";
import type { SavedPlan } from "../../state/plan-file.ts";
import { system } from "../../system/system.ts";
import { isTarget } from "../../../targets/registry.ts";
import { paintOf, tellFaults } from "../project/checked.ts";
import type { Ordered } from "../carry-out/carry-out.ts";
import { readSaved } from "../commands/show.ts";
import { list } from "../commands/request.ts";
import { movedSince, stale } from "./moved-since.ts";
import { openPlace, outsideOf, secretsOf } from "./prepare.ts";
import { lookupsOf } from "../project/lookups.ts";
import type { Context } from "../table.ts";
import { UsageError } from "../usage.ts";

/** A saved plan exactly, or not at all. What the files say by now does not matter; what it touches does. */
export async function fromPlanFile(
  context: Context,
  file: string,
): Promise<Ordered | { readonly exit: number }> {
  if (list(context.options["file"]).length > 0)
    throw new UsageError("a plan file says itself what it is about", "leave out -f");
  const read = readSaved(context, file);
  if (!read.ok) {
    await tellFaults(context, [read.error]);
    return { exit: 2 };
  }
  const { saved, text, shown } = read.value;
  const { portRange, chosen } = saved.place;
  const settings = { project: saved.place.project, portRange: portRange.join("-") };
  if (!isTarget(saved.place.target))
    throw new UsageError(`${shown} is for the target ${saved.place.target}, which is not known here`);
  const opened = await openPlace(
    context,
    { root: saved.place.root, settings, target: saved.place.target, chosen },
    false,
  );
  if (!opened.ok) {
    await tellFaults(context, [opened.error]);
    return { exit: 1 };
  }
  const { place, target, session } = opened.value;
  const fault = elsewhere(saved, place.key, place.where, shown) ?? again(saved, place.home, text, shown);
  if (fault !== undefined) {
    session.close();
    await tellFaults(context, [fault]);
    return { exit: fault.code === "AAC3003" ? 2 : 3 };
  }
  const lookup = (folder: string): Lookup => lookupsOf(context, folder);
  const outside = outsideOf(saved.place.root, lookup);
  const planDigest = system.digests.sha256(text);
  return {
    place,
    target,
    session,
    plan: saved.plan,
    desired: saved.desired,
    ir: saved.ir,
    facts: saved.facts,
    secret: secretsOf(saved.ir, outside, saved.desired),
    destroy: saved.destroy,
    urls: [...new Set(saved.desired.map(({ agent }) => agent))],
    next: "aac status · aac logs -f",
    paint: paintOf(context),
    planDigest,
    ...(saved.plan.changes.some(({ is }) => is !== "keep") ? {} : { decided: "unchanged" }),
    async stillHolds() {
      const scope = { paths: ["."], origin: place.origin };
      const found = await movedSince(saved, { session, target, outside, scope });
      return found.ok ? stale(saved, found.value, `aac plan --out ${shown}`) : found.error;
    },
  };
}

function elsewhere(saved: SavedPlan, key: string, where: string, shown: string): Diagnostic | undefined {
  const { place } = saved;
  if (place.key === key && place.where === where) return undefined;
  return diagnostic(
    "AAC3003",
    undefined,
    `${shown} was made for ${place.project} on ${place.target} at ${place.where}, and this is ${where}`,
    {
      notes: ["nothing was changed", "apply it there, or plan here: aac plan --out FILE"],
    },
  );
}

function again(saved: SavedPlan, home: string, text: string, shown: string): Diagnostic | undefined {
  if (saved.plan.changes.every(({ is }) => is === "keep")) return undefined;
  const at = carriedOut(system.files, home, system.digests.sha256(text));
  if (at === undefined) return undefined;
  return diagnostic("AAC3002", undefined, `${shown} was carried out already, at ${at}`, {
    notes: ["nothing was changed", "aac plan says whether anything is left to do"],
  });
}
