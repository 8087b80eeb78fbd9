import type { System } from "../../../src/model/system.ts";
import { digestOf } from "../../../src/wanted/keyed.ts";
import { at, isFine, isForbidden, isGone, isMap } from "../answers.ts";
import type { Answer } from "../client.ts";
import type { KeyLook } from "./key.ts";
import type { On } from "./lists.ts";
import { objectPath } from "../manifest/paths.ts";

/** What may be known of a Secret: which keys it has, and what stands for each value. Never a value. */
export type SecretLook =
  | {
      readonly is: "there";
      /** By key; null where no key of ours is there to make one with. */
      readonly digests: ReadonlyMap<string, string | null>;
    }
  | { readonly is: "absent" }
  | { readonly is: "unknown" }
  | { readonly is: "lost"; readonly answer: Answer };

async function lookAtSecret(
  { cluster, namespace, system }: On,
  name: string,
  key: Promise<KeyLook>,
): Promise<SecretLook> {
  const [answer, known] = await Promise.all([
    cluster.request("GET", objectPath(namespace, "Secret", name)),
    key,
  ]);
  if (isGone(answer)) return { is: "absent" };
  if (isForbidden(answer)) return { is: "unknown" };
  if (!isFine(answer)) return { is: "lost", answer };
  const data = at(answer.body, "data");
  const digests = Object.entries(isMap(data) ? data : {}).map(([name_, value]): [string, string | null] => [
    name_,
    typeof value === "string" ? standsFor(system, known, value) : null,
  ]);
  return { is: "there", digests: new Map(digests) };
}

/** Made of the text in which the server hands values over: that is the same for the same bytes. */
function standsFor({ digests }: System, known: KeyLook, value: string): string | null {
  return known.is === "key" ? digestOf(digests, known.key, value) : null;
}

/** Of one key: a digest, null where nobody can tell, undefined where it is not there. */
export function digestIn(look: SecretLook | undefined, key: string): string | null | undefined {
  if (look === undefined || look.is === "unknown" || look.is === "lost") return null;
  return look.is === "absent" ? undefined : look.digests.get(key);
}

/** Each Secret is asked for once, however many agents refer to it. */
export type SecretLooks = (name: string) => Promise<SecretLook>;

export function secretLooks(on: On, key: () => Promise<KeyLook>): SecretLooks {
  const known = new Map<string, Promise<SecretLook>>();
  return (name) => {
    const look = known.get(name) ?? lookAtSecret(on, name, key());
    known.set(name, look);
    return look;
  };
}
