import type { AgentFacts, Facts } from "../model/facts.ts";
import type { Change, Moved } from "../model/plan.ts";
import type { KindRules, Observed, Resource } from "../model/resource.ts";
import { any, leaves } from "./diff.ts";

/**
 * What moved since a plan was made, of what it touches: a saved plan is carried out exactly or not at all. What
 * comes and goes by itself, such as whether a process just restarts, is no reason to refuse.
 */
export function moved(
  planned: readonly Change[],
  observed: readonly Observed[],
  rules: Readonly<Record<string, KindRules>>,
): readonly Moved[] {
  const now = new Map(observed.map((one) => [one.id, one]));
  return planned.flatMap((change): readonly Moved[] => {
    if (change.is === "keep") return [];
    if (change.is === "create") return now.has(change.id) ? [{ is: "appeared", id: change.id }] : [];
    // One that is renamed lives under its former name until then.
    const live = now.get(change.before.id);
    if (live === undefined) return [{ is: "gone", id: change.id }];
    return between(change.before, live, rules[live.kind]);
  });
}

function between(before: Observed, live: Observed, rules: KindRules | undefined): readonly Moved[] {
  const { id } = before;
  if (before.identity !== live.identity)
    return [{ is: "another", id, planned: before.identity, now: live.identity }];
  return (
    leaves(before.fields, live.fields)
      .filter(([path]) => !any([...(rules?.volatile ?? []), ...(rules?.ignore ?? [])], path))
      // With the key lost nobody can tell, so it is not said to have changed.
      .filter(([path, { from, to }]) => !(any(rules?.secret ?? [], path) && (from === null || to === null)))
      .map(([path, { from, to }]): Moved => {
        const secret = any(rules?.secret ?? [], path);
        return {
          is: "changed",
          id,
          path,
          ...(secret || from === undefined ? {} : { planned: from }),
          ...(secret || to === undefined ? {} : { now: to }),
          secret,
        };
      })
  );
}

/**
 * What the same files would ask for by now: a port that somebody took, a tag that means another image, a value in a
 * cluster. Whatever a target took from the world stands in what it wants.
 */
export function movedWishes(
  planned: readonly Change[],
  desired: readonly Resource[],
  rules: Readonly<Record<string, KindRules>>,
): readonly Moved[] {
  const now = new Map(desired.map((one) => [one.id, one]));
  return planned.flatMap((change): readonly Moved[] => {
    if (change.is === "keep" || change.is === "delete") return [];
    const { resource } = change;
    const wish = now.get(change.id);
    if (wish === undefined)
      return [{ is: "fact", agent: resource.agent, what: `${change.id} would not be made any more` }];
    const { secret = [], ignore = [], code = [] } = rules[resource.kind] ?? {};
    return leaves(resource.fields, wish.fields)
      .filter(([path]) => !any([...ignore, ...code], path))
      .filter(([path, { from, to }]) => !(any(secret, path) && (from === null || to === null)))
      .map(([path, { to }]): Moved => {
        const says = any(secret, path)
          ? "has another value"
          : `would be ${to === undefined ? "absent" : JSON.stringify(to)}`;
        return { is: "fact", agent: resource.agent, what: `${path} ${says} by now` };
      });
  });
}

/** Facts of the outside world that are no longer what a plan was made from, of the agents that it touches. */
export function movedFacts(planned: Facts, now: Facts, agents: ReadonlySet<string>): readonly Moved[] {
  return [...agents].sort().flatMap((agent): readonly Moved[] => {
    const then = planned.agents[agent];
    const today = now.agents[agent];
    if (then === undefined) return [];
    if (today === undefined) return [{ is: "fact", agent, what: "its files are gone" }];
    return ofAgent(agent, then, today);
  });
}

function ofAgent(agent: string, then: AgentFacts, now: AgentFacts): readonly Moved[] {
  // What says what to install may be left out of the code, and is read from the folder all the same.
  const code = leaves({ ...then.locks, ...then.code }, { ...now.locks, ...now.code }).map(
    ([path, { from, to }]): Moved => {
      const what = from === undefined ? "is new" : to === undefined ? "is gone" : "was edited";
      return { is: "fact", agent, what: `${path} ${what}` };
    },
  );
  const secrets = Object.keys(then.secrets)
    .sort()
    .flatMap((name): readonly Moved[] => {
      const [a, b] = [then.secrets[name], now.secrets[name]];
      const told = (what: string): readonly Moved[] => [
        { is: "fact", agent, what: `the secret ${name} ${what}` },
      ];
      if (a?.is !== "known") return b?.is === "known" ? told("has a value by now") : [];
      if (b?.is !== "known") return told("is gone");
      // Before the first apply there is no key, so nothing that could be compared.
      if (a.digest === undefined || b.digest === undefined || a.digest === b.digest) return [];
      return told("has another value");
    });
  return [...code, ...secrets];
}
