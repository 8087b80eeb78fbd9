import type { Change } from "../model/plan.ts";
import { type Observed, OF_THE_PROJECT } from "../model/resource.ts";

/** What belongs to the whole project goes with the last agent, whichever file or checkout that one came from. */
export function isStillNeeded(changes: readonly Change[], observed: readonly Observed[]): boolean {
  const going = new Set(changes.flatMap(({ is, id }) => (is === "delete" ? [id] : [])));
  const stays = observed.some(({ agent, id }) => agent !== OF_THE_PROJECT && !going.has(id));
  return (
    stays || changes.some((change) => change.is === "create" && change.resource.agent !== OF_THE_PROJECT)
  );
}
