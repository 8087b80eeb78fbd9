import type { Labels } from "../labels.ts";
import { LABEL } from "../names.ts";
import type { Volume } from "./look.ts";

/**
 * A container that somebody else made cannot get labels any more. What they would say is on an empty volume beside it,
 * until the next replace makes one of our own.
 */
export const ADOPTED = "adopted";

/** By container: the labels that it would have. */
export function adoptedIn(volumes: readonly Volume[]): ReadonlyMap<string, Readonly<Record<string, string>>> {
  return new Map(
    volumes.flatMap(({ Labels }) => {
      const id = Labels?.[LABEL.container];
      if (id === undefined || Labels?.[LABEL.kind] !== ADOPTED) return [];
      return [[id, { ...Labels, [LABEL.kind]: "container" }] as const];
    }),
  );
}

export const isAdopted = (labels: Labels | null | undefined): boolean =>
  labels?.[LABEL.container] !== undefined;
