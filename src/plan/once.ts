import type { Fields, Observed, Resource } from "../model/resource.ts";

/** What was observed once, as something that is wanted. How it is exchanged, the one that asked for it knew. */
export function asOnce(one: Observed, from: Resource | undefined, fields: Fields): Resource {
  const { id, agent, kind, name, after, asked, holdsData, protect, source, identity } = one;
  return {
    id,
    agent,
    kind,
    name,
    after,
    fields,
    holdsData,
    protect,
    source,
    follows: from?.follows ?? [],
    exchange: from?.exchange ?? "stop first",
    ...(from?.rolls === undefined ? {} : { rolls: from.rolls }),
    written: {},
    was: { identity, ...(asked === undefined ? {} : { asked }) },
  };
}
