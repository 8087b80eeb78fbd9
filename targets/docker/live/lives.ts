import type { Fields, Hold } from "../../../src/model/resource.ts";
import type { Engine } from "../engine.ts";
import { holdsOf } from "../verbs/holds.ts";
import { type Container, lookAt } from "./look.ts";
import { askedOf, revisionOf } from "./memo.ts";

/** A container with what its last apply asked of it, where that is still known. */
export interface Live {
  readonly container: Container;
  readonly asked: Fields | undefined;
  /** Of the apply that changed it last. */
  readonly revision: number | undefined;
}

export interface Lives {
  readonly all: readonly Live[];
  readonly holds: ReadonlyMap<string, Hold>;
}

/** What the verbs of the second day are about: two lists, and a look at each container. */
export async function livesOf(engine: Engine): Promise<Lives> {
  const look = await lookAt(engine);
  const containers = await look.inspect(look.containers.map(({ Id }) => Id));
  return {
    all: containers.map((container) => ({
      container,
      asked: askedOf(container.Id, container.Config.Labels, look.volumes),
      revision: revisionOf(container.Id, container.Config.Labels, look.volumes),
    })),
    holds: holdsOf(look.volumes),
  };
}
