import { ok, type Result } from "../../base/result.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Revision, RevisionHead, RevisionStore } from "../../model/revision.ts";
import type { Target } from "../../model/target.ts";
import { differences } from "../../plan/again.ts";
import { system } from "../../system/system.ts";
import { historyJson } from "../../ui/history/json.ts";
import { oneRevision, type Told } from "../../ui/history/one.ts";
import { historyTable } from "../../ui/history/table.ts";
import { flat } from "../../ui/visible.ts";
import { numberIn, readNamed } from "../revisions/named-revision.ts";
import { isBusy } from "../carry-out/busy.ts";
import { revisionsOf, saysWhatStood } from "../revisions/revising.ts";
import { paintOf, tellFaults } from "../project/checked.ts";
import { type Opened, openOnly } from "../project/place-only.ts";
import type { Context } from "../table.ts";
import { UsageError } from "../usage.ts";
import { liveFlags } from "./next.ts";
import { word } from "./request.ts";

export async function run(context: Context): Promise<number> {
  const [asked, more] = context.args;
  if (more !== undefined) throw new UsageError("`aac history` takes at most one revision", "aac history 7");
  const number = asked === undefined ? undefined : numberIn(asked, "aac history 7");
  const limit = word(context.options["limit"]);
  const most = limit === undefined ? undefined : numberIn(limit, "--limit 3");
  const opened = await openOnly(context);
  if (opened === undefined) return 2;
  const { store, unread } = revisionsOf(opened.session);
  const heads = await store.heads();
  const notes = unread().map(({ fault }) => [fault.message, ...fault.notes.slice(-1)].join(": "));
  const told =
    !heads.ok || number === undefined ? heads : await one(context, opened, store, heads.value, number, notes);
  opened.session.close();
  if (!told.ok) {
    await tellFaults(context, [told.error]);
    return 1;
  }
  if (typeof told.value === "string") context.out(told.value);
  else context.out(all(context, opened, told.value.slice(0, most), notes));
  return 0;
}

function all(
  context: Context,
  { place }: Opened,
  heads: readonly RevisionHead[],
  notes: readonly string[],
): string {
  const { project, target, where, home } = place;
  if (isJson(context)) return historyJson({ project, target, where, revisions: heads, notes });
  if (heads.length === 0)
    return `${[`${flat(project)} → ${flat(target)}   nothing was applied yet, as far as is known here`, ...notes.map(flat), "Next: aac apply"].join("\n")}\n`;
  const { screen } = context;
  return historyTable(heads, notes, {
    paint: paintOf(context),
    ...(screen.terminal ? { width: screen.width } : {}),
    now: system.clock.wall(),
    isBusy: isBusy(home),
  });
}

async function one(
  context: Context,
  { place, target }: Opened,
  store: RevisionStore,
  heads: readonly RevisionHead[],
  number: number,
  notes: readonly string[],
): Promise<Result<string, Diagnostic>> {
  const found = await readNamed(store, heads, number);
  if (!found.ok) return found;
  const revision = found.value;
  const differs = await against(store, heads, revision, target);
  const known = saysWhatStood(revision);
  const { ir: _, facts: __, resources: ___, ...head } = revision;
  if (isJson(context)) {
    const { project, where } = place;
    const report = { project, target: place.target, where, revisions: [head], notes };
    return ok(historyJson({ ...report, ...(differs === undefined ? {} : { differs }) }));
  }
  const told: Told = {
    place: `${place.project} → ${place.target}`,
    head,
    ...(differs === undefined ? {} : { differs }),
    ...(known ? { goThere: ["aac rollback", number, ...liveFlags(context)].join(" ") } : {}),
    notes: known ? notes : ["nobody wrote down what stood after it", ...notes],
  };
  const { width } = context.screen;
  return ok(
    oneRevision(told, {
      paint: paintOf(context),
      width: Math.max(40, width),
      now: system.clock.wall(),
      isBusy: isBusy(place.home),
    }),
  );
}

/** The newest one before it that says what stood. */
async function against(
  store: RevisionStore,
  heads: readonly RevisionHead[],
  revision: Revision,
  { kinds }: Target,
): Promise<Told["differs"]> {
  if (!saysWhatStood(revision)) return undefined;
  for (const { number, outcome } of heads) {
    if (number >= revision.number || outcome === "pending") continue;
    const earlier = await store.read(number);
    if (!earlier.ok || earlier.value === undefined || !saysWhatStood(earlier.value)) continue;
    return { from: number, objects: differences(earlier.value.resources, revision.resources, kinds) };
  }
  return undefined;
}

const isJson = ({ options }: Context): boolean => word(options["output"]) === "json";
