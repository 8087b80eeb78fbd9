import { ok, type Result } from "../../base/result.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { type Observed, OF_THE_PROJECT } from "../../model/resource.ts";
import type { Revision, RevisionStore } from "../../model/revision.ts";

/**
 * By agent of a revision that lives under another name by now: that name. Later files said what each agent was called
 * before, and may say it no longer: the revisions that they became still do.
 */
export async function namesSince(
  store: RevisionStore,
  { number, ir }: Revision,
  observed: readonly Observed[],
): Promise<Result<ReadonlyMap<string, string>, Diagnostic>> {
  const lives = new Set(observed.map(({ agent }) => agent).filter((agent) => agent !== OF_THE_PROJECT));
  const missed = Object.keys(ir.agents).filter((agent) => !lives.has(agent));
  const strange = [...lives].filter((agent) => !(agent in ir.agents));
  // A move takes one name away and brings another one.
  if (missed.length === 0 || strange.length === 0) return ok(new Map());
  const heads = await store.heads();
  if (!heads.ok) return heads;
  const names = new Map(missed.map((agent) => [agent, ir.agents[agent]?.metadata.renamedFrom ?? agent]));
  const later = heads.value.filter((one) => one.number > number).toSorted((a, b) => a.number - b.number);
  for (const one of later) {
    const read = await store.read(one.number);
    if (!read.ok) return read;
    const agents = Object.values(read.value?.ir.agents ?? {});
    for (const [agent, name] of names) {
      const next = agents.find(({ metadata }) => metadata.renamedFrom === name);
      if (next !== undefined) names.set(agent, next.name);
    }
  }
  return ok(new Map([...names].filter(([, name]) => strange.includes(name))));
}
