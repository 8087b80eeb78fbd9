import type { Diagnostic } from "../../model/diagnostic.ts";
import { type Drift, type DriftReport, isDrifting } from "../../model/drift.ts";
import { OF_THE_PROJECT, type Resource } from "../../model/resource.ts";
import { driftOf } from "../../plan/drift.ts";
import { fileRevisions } from "../../state/revisions.ts";
import { system } from "../../system/system.ts";
import { jsonText } from "../../ui/visible.ts";
import { learn, outsideOf, writtenIn } from "../plans/prepare.ts";
import { loadWithErrors, paintOf, tellFaults } from "../project/checked.ts";
import { type Opened, openOnly } from "../project/place-only.ts";
import { redactJson, redactorOf } from "../redact.ts";
import type { Context } from "../table.ts";
import { UsageError } from "../usage.ts";
import { flagsOf } from "./next.ts";
import { word } from "./request.ts";

/** One look at what is live: nothing is asked that only an apply needs. */
export async function run(context: Context): Promise<number> {
  const opened = await openOnly(context);
  if (opened === undefined) return 2;
  const files = await inFiles(context, opened);
  const stood = await stoodAfter(opened);
  const compared = both(files.wanted, stood);
  const observation = await opened.session.observe(compared);
  const redact = redactorOf(opened.session);
  opened.session.close();
  if (!observation.ok) {
    await tellFaults(context, [observation.error]);
    return 1;
  }
  const { objects } = observation.value;
  const known = new Set([...objects, ...compared].map(({ agent }) => agent));
  for (const name of context.args)
    if (name === OF_THE_PROJECT || !known.has(name))
      throw new UsageError(`no agent \`${name}\` is known here`, "aac status -a lists those that live");
  const drift = driftOf({
    observed: objects,
    compared,
    rules: opened.target.kinds,
    agents: new Set(context.args),
    ...(files.wanted === undefined ? {} : { wanted: files.wanted }),
    ...(stood === undefined ? {} : { stood }),
  });
  const { place } = opened;
  await show(
    context,
    {
      project: place.project,
      target: place.target,
      where: place.where,
      drift,
      notes: [...observation.value.notes, ...files.notes],
      ...nextOf(context, drift, files.wanted !== undefined),
    },
    redact,
  );
  return context.options["exitCode"] === true && isDrifting(drift) ? 1 : 0;
}

/** What the files ask for today. Files that are not there or not in order take nothing away from what drifted. */
async function inFiles(
  context: Context,
  { target, session, place }: Opened,
): Promise<{ readonly wanted?: readonly Resource[]; readonly notes: readonly string[] }> {
  // Its arguments are agents, and no paths.
  const { loaded, errors } = await loadWithErrors({ ...context, args: [] });
  const without = (why: string): { readonly notes: readonly string[] } => ({
    notes: [`compared with what was applied last, not with the files: ${why}`],
  });
  if (errors.some(({ code }) => code === "AAC1022")) return without("there are none here");
  if (errors.length > 0) return without("they are not in order: aac validate");
  const ir = { ...loaded.compiled.ir, project: place.project };
  const scope = { paths: ["."], origin: place.origin };
  const learned = await learn(ir, outsideOf(loaded.root, loaded.lookup), target, session, scope);
  if (!learned.ok) return without(learned.error.map(briefly).join("; "));
  return {
    wanted: target.desired({ ir, facts: learned.value.facts, written: writtenIn(loaded) }),
    notes: [],
  };
}

const briefly = ({ message }: Diagnostic): string => message;

/** As it was asked for then; undefined where the last apply was killed before it could write that down. */
async function stoodAfter({ session, place }: Opened): Promise<readonly Resource[] | undefined> {
  const store = session.revisions ?? fileRevisions(system, place.home);
  const heads = await store.heads();
  const [last] = heads.ok ? heads.value : [];
  if (last === undefined || last.outcome === "pending") return undefined;
  const read = await store.read(last.number);
  if (!read.ok || read.value === undefined) return undefined;
  return read.value.resources.map(({ was, ...one }) => ({ ...one, fields: was?.asked ?? one.fields }));
}

/** What was asked for then is what is compared; what only the files ask for by now is looked for too. */
function both(wanted: readonly Resource[] = [], stood: readonly Resource[] = []): readonly Resource[] {
  const then = new Set(stood.map(({ id }) => id));
  return [...stood, ...wanted.filter(({ id }) => !then.has(id))];
}

function nextOf(context: Context, drift: Drift, hasFiles: boolean): Pick<DriftReport, "next"> {
  if (!isDrifting(drift) || !hasFiles) return {};
  return { next: ["aac plan", ...flagsOf(context)].join(" ") };
}

async function show(context: Context, report: DriftReport, redact: (text: string) => string): Promise<void> {
  switch (word(context.options["output"])) {
    case "json": {
      const { driftJson } = await import("../../ui/drift/json.ts");
      context.out(`${jsonText(redactJson(driftJson(report), redact), 2)}\n`);
      return;
    }
    case "markdown": {
      const { driftMarkdown } = await import("../../ui/drift/markdown.ts");
      context.out(redact(driftMarkdown(report)));
      return;
    }
    default: {
      const { driftText } = await import("../../ui/drift/text.ts");
      context.out(redact(driftText(report, paintOf(context), context.screen.width)));
    }
  }
}
