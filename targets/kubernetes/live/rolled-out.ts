import type { Json } from "../../../src/base/canonical.ts";
import type { Fields, Observed } from "../../../src/model/resource.ts";
import { listAt, textAt } from "../answers.ts";
import { differ } from "./dry-run.ts";
import { ROLLED_OUT } from "../names.ts";
import type { Manifest } from "../shapes.ts";
import { isSeen, unfinished } from "../does/troubles.ts";

/**
 * Says of a live Deployment whether it has come up; where something else differs an apply waits for it anyway.
 * `known`: what is said of it, where that is not to be found out here.
 */
export function withRollout(
  observed: Observed,
  manifest: Manifest,
  wanted: Fields,
  known?: boolean,
): Observed {
  if (wanted[ROLLED_OUT] === undefined) return observed;
  // One that was not up as it is wanted again is nothing to wait for.
  const { fields, becomes, asked } = observed;
  const up = (fields: Fields, isUp = true): Fields => ({ ...fields, [ROLLED_OUT]: isUp });
  if (wanted[ROLLED_OUT] === false)
    return {
      ...observed,
      fields: up(fields, false),
      ...(becomes === undefined ? {} : { becomes: up(becomes, false) }),
      ...(asked === undefined ? {} : { asked: up(asked, false) }),
    };
  const goal = up(becomes ?? wanted);
  const isUp = known ?? (differ(up(fields), goal) || isRolledOut(manifest));
  return {
    ...observed,
    fields: up(fields, isUp),
    ...(becomes === undefined ? {} : { becomes: goal }),
    ...(asked === undefined ? {} : { asked: up(asked) }),
    ...(isUp ? {} : { others: { ...observed.others, [ROLLED_OUT]: "the cluster" } }),
  };
}

/** Of one that nothing is compared with: how it is, should it be wanted again. */
export function asItIs(observed: Observed, manifest: Manifest): Observed {
  if (observed.kind !== "Deployment") return observed;
  const isUp = { [ROLLED_OUT]: isRolledOut(manifest) };
  const { fields, asked } = observed;
  return {
    ...observed,
    fields: { ...fields, ...isUp },
    ...(asked === undefined ? {} : { asked: { ...asked, ...isUp } }),
  };
}

/** Once it has come up it stays that, whatever becomes of its pods: those are the cluster's to look after. */
export function isRolledOut(manifest: Manifest): boolean {
  // A manifest is JSON: only its type says less.
  const live = manifest as unknown as Json;
  if (!isSeen(live)) return false;
  // All that it is to have can be used: what kept a pod from being made, before it was put back, is of former times.
  if (unfinished(live) === undefined) return true;
  const conditions = listAt(live, "status", "conditions");
  const isTold = (type: string, field: "status" | "reason", text: string): boolean =>
    conditions.some((one) => textAt(one, "type") === type && textAt(one, field) === text);
  if (isTold("ReplicaFailure", "status", "True")) return false;
  return isTold("Progressing", "reason", "NewReplicaSetAvailable");
}
