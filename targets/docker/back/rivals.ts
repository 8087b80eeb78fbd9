import type { Mark } from "../../../src/model/target.ts";
import { attempt, type Engine } from "../engine.ts";
import { madeOnes, type Look, volumesOf } from "../live/look.ts";
import { LABEL } from "../names.ts";
import { timeOf } from "../verbs/status.ts";

/** Undefined where nobody else is at work, or nobody can tell. */
export type Rivals = (mark: Mark, look: Look) => Promise<string | undefined>;

/** So seldom is an engine asked, however many steps there are. */
const EVERY_MS = 500;

/**
 * Two machines may reach one engine, and the lock of neither binds the other. What an apply makes says which one that
 * was: one that nobody knew of when this one looked last is another that has begun since.
 */
export function rivalsOn(engine: Engine): Rivals {
  const { clock } = engine.system;
  let asked:
    | { readonly at: number; readonly look: Look; readonly answer: Promise<string | undefined> }
    | undefined;
  return (mark, look) => {
    const now = clock.now();
    if (asked === undefined || asked.look !== look || now - asked.at >= EVERY_MS)
      asked = { at: now, look, answer: findRival(engine, mark, look) };
    return asked.answer;
  };
}

async function findRival(engine: Engine, mark: Mark, look: Look): Promise<string | undefined> {
  const found = await attempt(() => Promise.all([madeOnes(engine), volumesOf(engine)]));
  // An engine that does not answer says so to the step itself.
  if (!found.ok) return undefined;
  const [containers, volumes] = found.value;
  const known = new Set([mark.apply, ...marked(look.containers), ...marked(look.volumes)]);
  const others = [
    ...containers.map(({ Labels, Created }) => ({ Labels, at: new Date(Created * 1000).toISOString() })),
    ...volumes.map(({ Labels, CreatedAt = "" }) => ({ Labels, at: timeOf(CreatedAt) ?? "" })),
  ].filter(({ Labels }) => !known.has(Labels?.[LABEL.apply] ?? mark.apply));
  const [first] = others.toSorted((a, b) => (a.at < b.at ? -1 : 1));
  if (first === undefined) return undefined;
  const agent = first.Labels?.[LABEL.agent] ?? "";
  return `another apply (${first.Labels?.[LABEL.apply] ?? ""}, since ${first.at}) is changing ${agent === "" ? engine.place.project : agent}`;
}

const marked = (
  all: readonly { readonly Labels: Readonly<Record<string, string>> | null }[],
): readonly string[] => all.flatMap(({ Labels }) => Labels?.[LABEL.apply] ?? []);
