import type { Diagnostic } from "../model/diagnostic.ts";
import { diagnostic } from "../model/diagnostic.ts";
import type { Lookup } from "../document/variables.ts";
import type { Moved } from "../model/plan.ts";
import { moved, movedFacts, movedWishes } from "../plan/stale.ts";
import { carriedOut } from "../state/journal.ts";
import type { SavedPlan } from "../state/plan-file.ts";
import { system } from "../system/system.ts";
import { isTarget } from "../../targets/registry.ts";
import { paintOf, tellFaults } from "./checked.ts";
import type { Ordered } from "./carry-out.ts";
import { readSaved } from "./commands/show.ts";
import { list } from "./commands/request.ts";
import { learn, openPlace, outsideOf, secretsOf } from "./prepare.ts";
import { lookupsOf } from "./lookups.ts";
import type { Context } from "./table.ts";
import { UsageError } from "./usage.ts";
import { movedLine } from "../ui/plan/moved.ts";

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
    secret: secretsOf(saved.ir, outside, saved.desired),
    destroy: saved.destroy,
    urls: [...new Set(saved.desired.map(({ agent }) => agent))],
    next: "aac status · aac logs -f",
    paint: paintOf(context),
    planDigest,
    ...(saved.plan.changes.some(({ is }) => is !== "keep") ? {} : { decided: "unchanged" }),
    async stillHolds() {
      const observation = await session.observe(saved.desired);
      if (!observation.ok) return observation.error;
      const touched = new Set(
        saved.plan.changes
          .filter(({ is }) => is !== "keep" && is !== "delete")
          .map(({ id }) => id.split("/")[0] ?? ""),
      );
      const facts = await learn(saved.ir, outside, target, session, { paths: ["."], origin: place.origin });
      if (!facts.ok) return facts.error[0];
      return stale(
        saved,
        [
          ...moved(saved.plan.changes, observation.value.objects, target.kinds),
          ...movedFacts(saved.facts, facts.value.facts, touched),
          ...movedWishes(
            saved.plan.changes,
            saved.destroy ? [] : target.desired({ ir: saved.ir, facts: facts.value.facts, written: {} }),
            target.kinds,
          ),
        ],
        shown,
      );
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

function stale(saved: SavedPlan, found: readonly Moved[], shown: string): Diagnostic | undefined {
  if (found.length === 0) return undefined;
  const objects = saved.plan.changes.filter(({ is }) => is !== "keep").length;
  const hit = new Set(found.map((one) => (one.is === "fact" ? one.agent : one.id))).size;
  const rest = Math.max(0, objects - hit);
  return diagnostic(
    "AAC3001",
    undefined,
    `the world moved since this plan was made, at ${saved.madeAt}; nothing was changed`,
    {
      notes: [
        ...found.slice(0, 20).map(movedLine),
        ...(found.length > 20 ? [`and ${found.length - 20} more`] : []),
        ...(rest > 0 ? [`${rest} other ${rest === 1 ? "object is" : "objects are"} as planned`] : []),
        `plan again: aac plan --out ${shown}`,
      ],
    },
  );
}
