import type { Json } from "../../base/canonical.ts";
import type { FieldChange } from "../../model/plan.ts";
import type { RevisionHead } from "../../model/revision.ts";
import { covered } from "../plan/values.ts";
import { jsonText } from "../visible.ts";
import type { Differing } from "./one.ts";

export interface HistoryReport {
  readonly project: string;
  readonly target: string;
  readonly where: string;
  readonly revisions: readonly RevisionHead[];
  /** Of one that was asked for by its number. */
  readonly differs?: { readonly from: number; readonly objects: readonly Differing[] };
  readonly notes: readonly string[];
}

/** Whole values, nothing cut; never the value of a secret. */
export function historyJson(report: HistoryReport): string {
  const { project, target, where, revisions, differs, notes } = report;
  const document: Json = {
    apiVersion: "agent.dev/v1",
    kind: "History",
    project,
    target,
    where,
    revisions: revisions.map(headJson),
    differs:
      differs === undefined
        ? null
        : {
            from: differs.from,
            objects: differs.objects.map(({ id, is, fields }) => ({ id, is, fields: fields.map(fieldJson) })),
          },
    notes,
  };
  return `${jsonText(document, 2)}\n`;
}

function headJson({ version: _, needs: __, ...head }: RevisionHead): Json {
  const { by, objects, versions, to, millis, ...rest } = head;
  return {
    ...rest,
    to: to ?? null,
    millis: millis ?? null,
    by: { ...by, ci: by.ci ?? null, commit: by.commit === undefined ? null : { ...by.commit } },
    objects: objects.map((one) => ({ ...one })),
    versions: { ...versions },
  };
}

function fieldJson({ path, from, to, secret }: FieldChange): Json {
  return {
    path,
    secret,
    ...(from === undefined ? {} : { from: covered(path, from) }),
    ...(to === undefined ? {} : { to: covered(path, to) }),
  };
}
