import { ok, type Result } from "../../../src/base/result.ts";
import type { Failure } from "../../../src/model/target.ts";
import { keyId } from "../../../src/wanted/keyed.ts";
import { type KeyLook, lookForKey, makeKey } from "./key.ts";
import type { On } from "./lists.ts";

/** The key of a project, asked for once and made once, however many need it. */
export interface Keys {
  look(): Promise<KeyLook>;
  /** The next one who needs it asks anew. */
  forget(): void;
  /** Its namespace is a step of the plan, so it is made no sooner than it is needed. */
  ensure(report: (text: string) => void): Promise<Result<KeyLook, Failure>>;
  /** Of which key the digests have to be that can be compared; where none is compared, none is asked for. */
  id(isNeeded: boolean): Promise<string>;
}

export function keysOn({ cluster, namespace, system, place }: On): Keys {
  const here = { cluster, namespace, project: place.project };
  let found: Promise<KeyLook> | undefined;
  let made: Promise<Result<KeyLook, Failure>> | undefined;
  const look = (): Promise<KeyLook> => {
    found ??= lookForKey(here);
    return found;
  };
  const make = async (report: (text: string) => void): Promise<Result<KeyLook, Failure>> => {
    const seen = await lookForKey(here);
    const done = seen.is === "absent" ? await makeKey(here, system.digests) : ok(seen);
    if (done.ok && done.value.is === "unknown")
      report(`nobody will see when a secret changes: ${done.value.why}`);
    // One that failed for a passing reason is tried again.
    if (!done.ok) made = undefined;
    else found = Promise.resolve(done.value);
    return done;
  };
  return {
    look,
    forget() {
      found = undefined;
    },
    ensure(report) {
      made ??= make(report);
      return made;
    },
    async id(isNeeded) {
      const seen = isNeeded ? await look() : undefined;
      return keyId(system.digests, seen?.is === "key" ? seen.key : undefined);
    },
  };
}
