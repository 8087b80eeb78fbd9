import type { Digests } from "../model/system.ts";

/** What stands for a secret: made with a key of the place, so that nobody else can guess a short one from it. */

/** Says which key a digest was made with: of two keys nothing can be compared. */
export function digestOf(digests: Digests, key: string, text: string): string {
  return `${keyId(digests, key)}:${digests.keyed(key, text).slice(0, 32)}`;
}

export const keyId = (digests: Digests, key: string | undefined): string =>
  key === undefined ? "none" : digests.sha256(key).slice(0, 6);

/** With another key nobody can tell whether the value is the same. */
export const isOfKey = (digest: string, key: string): boolean => digest.startsWith(`${key}:`);
