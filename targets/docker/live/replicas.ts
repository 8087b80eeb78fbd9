import { canonicalJson } from "../../../src/base/canonical.ts";
import type { Fields } from "../../../src/model/resource.ts";
import type { Container } from "./look.ts";
import { agentOf, replicaOf } from "../verbs/status.ts";

/** A container with what it is in the shape of what is wanted. */
export interface Seen {
  readonly container: Container;
  readonly fields: Fields;
}

/** By `agent/replica`. */
export function byReplica(containers: readonly Container[]): ReadonlyMap<string, readonly Container[]> {
  const found = new Map<string, Container[]>();
  for (const one of containers) {
    const key = `${agentOf(one)}/${replicaOf(one)}`;
    found.set(key, [...(found.get(key) ?? []), one]);
  }
  return found;
}

/**
 * An apply that was interrupted leaves two for one place. The one that is as it is wanted and up counts; else the
 * newest that runs, else the newest. While an apply is at work, the former one counts as long as it is there: it is what
 * can be gone back to.
 */
export function inOrder(all: readonly Seen[], wanted: Fields | undefined, former?: string): readonly Seen[] {
  const rank = ({ container, fields }: Seen): number => {
    if (container.Id === former) return 4;
    if (!isReady(container)) return container.State.Running ? 1 : 0;
    return wanted !== undefined && isAs(fields, wanted) ? 3 : container.State.Running ? 2 : 0;
  };
  return all.toSorted((a, b) => rank(b) - rank(a) || (a.container.Created < b.container.Created ? 1 : -1));
}

/** Of one that has yet to show whether it comes up, nobody knows more than of one that failed. */
const isReady = ({ State }: Container): boolean =>
  State.Running && !State.Restarting && ["healthy", "none"].includes(State.Health?.Status ?? "none");

/** Where nobody can tell of a secret, it is no difference. */
function isAs(live: Fields, wanted: Fields): boolean {
  const plain = ({ secrets: _, running: __, ...rest }: Fields): string => canonicalJson(rest);
  if (plain(live) !== plain(wanted)) return false;
  const [own, asked] = [digestsIn(live), digestsIn(wanted)];
  return [...new Set([...own.keys(), ...asked.keys()])].every((name) => {
    const [a, b] = [own.get(name), asked.get(name)];
    return a === b || a === null || b === null;
  });
}

const digestsIn = ({ secrets }: Fields): ReadonlyMap<string, unknown> =>
  new Map(Object.entries(typeof secrets === "object" && secrets !== null ? secrets : {}));
