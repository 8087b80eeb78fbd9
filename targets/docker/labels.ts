import { canonicalJson, type Json } from "../../src/base/canonical.ts";
import type { Fields, Id, Resource } from "../../src/model/resource.ts";
import type { Digests } from "../../src/model/system.ts";
import type { Mark, Place } from "../../src/model/target.ts";
import { LABEL } from "./names.ts";

export type Labels = Readonly<Record<string, string>>;

/** Longer than that it would not fit where an engine takes labels: then only its digest is there. */
const LONGEST = 256 * 1024;

/** All that an object of ours says of itself. */
export function labelsOf(
  place: Place,
  resource: Pick<Resource, "agent" | "kind" | "source" | "after" | "protect">,
  asked: Fields,
  sha256: Digests["sha256"],
): Labels {
  const text = canonicalJson(asked);
  return {
    [LABEL.project]: place.project,
    [LABEL.agent]: resource.agent,
    [LABEL.kind]: resource.kind,
    [LABEL.source]: resource.source,
    [LABEL.origin]: place.origin,
    [LABEL.after]: canonicalJson(resource.after),
    [LABEL.digest]: digestOfFields(asked, sha256),
    // Both are always said: a container inherits every label of its image that it does not have itself.
    [LABEL.asked]: text.length > LONGEST ? "" : text,
    [LABEL.protect]: String(resource.protect),
  };
}

/** Which apply that is, on all that it makes. */
export const markLabels = (mark: Mark | undefined): Labels =>
  mark === undefined ? {} : { [LABEL.apply]: mark.apply, [LABEL.revision]: String(mark.revision) };

/** None where it was made before there were any, or by an apply that was not written down. */
export function revisionIn(labels: Labels | null | undefined): number | undefined {
  const text = labels?.[LABEL.revision] ?? "";
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

export const digestOfFields = (fields: Fields, sha256: Digests["sha256"]): string =>
  `v1:${sha256(canonicalJson(fields))}`;

/** What was asked for, as far as it is there to be read. */
export const askedIn = (labels: Labels | null | undefined): Fields | undefined =>
  tableIn(labels?.[LABEL.asked]);

/** What a label says, where that is a map. */
export function tableIn(text: string | undefined): Fields | undefined {
  const value = parsed(text);
  return isTable(value) ? value : undefined;
}

export function afterIn(labels: Labels): readonly Id[] {
  const value = parsed(labels[LABEL.after]);
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

/** Whether an object carries our labels, and those of this project. What is made from an image of ours inherits its. */
export const isOurs = (labels: Labels | null | undefined, project: string, kind: string): boolean =>
  labels?.[LABEL.project] === project && labels[LABEL.kind] === kind;

/** Whom a stranger's object belongs to, as it says itself. */
export function ownerIn(labels: Labels | null | undefined): string {
  const project = labels?.[LABEL.project];
  if (project !== undefined) return `the project ${project}`;
  const composed = labels?.["com.docker.compose.project"];
  return composed === undefined ? "somebody else" : `the compose project ${composed}`;
}

function parsed(text: string | undefined): Json | undefined {
  if (text === undefined) return undefined;
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

export const isTable = (
  value: Json | undefined,
): value is { readonly [key: string]: Json | undefined } & Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
