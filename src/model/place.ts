import type { Digests } from "./system.ts";
import type { Here, Place } from "./target.ts";

/** Where exactly, as only the target knows it. */
export interface Spot {
  /** As a person is told. */
  readonly where: string;
  /** What makes it this very place: a user's number, the id of an engine, a cluster with a namespace. */
  readonly identity: string;
  /** A machine has one place of a project; of engines and clusters it may reach several. */
  readonly isOnly: boolean;
}

export function placeAt(here: Here, digests: Digests, spot: Spot): Place {
  const key = digests.sha256(["place", here.project, here.target, spot.identity].join("\n")).slice(0, 12);
  return {
    ...here,
    where: spot.where,
    key,
    home: spot.isOnly ? here.home : `${here.home}/${key}`,
  };
}
