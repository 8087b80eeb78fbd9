import type { Json } from "../../base/canonical.ts";
import type { DriftedField, DriftReport } from "../../model/drift.ts";
import { covered } from "../plan/values.ts";
import { namedBy } from "../plan/words.ts";

/** For programs: whole values, nothing cut; never the value of a secret. */
export function driftJson({ project, target, where, drift, notes, next }: DriftReport): Json {
  return {
    apiVersion: "agent.dev/v1",
    kind: "Drift",
    project,
    target,
    where,
    agents: drift.agents,
    changed: drift.changed.map(({ id, fields }) => ({ id, ...namedBy(id), fields: fields.map(fieldJson) })),
    gone: drift.gone.map((one) => ({ ...one, ...namedBy(one.id) })),
    extra: drift.extra.map((one) => ({ ...one, ...namedBy(one.id) })),
    held: drift.held.map(({ id, hold }) => ({ id, ...hold })),
    untold: drift.untold,
    notes,
    next: next ?? null,
  };
}

function fieldJson({ path, secret, was, is, by, changedAt, next, at }: DriftedField): Json {
  return {
    path,
    secret,
    ...(was === undefined ? {} : { was: covered(path, was) }),
    ...(is === undefined ? {} : { is: covered(path, is) }),
    by,
    ...(changedAt === undefined ? {} : { changedAt }),
    next,
    ...(at === undefined ? {} : { at: { file: at.file, line: at.line } }),
  };
}
