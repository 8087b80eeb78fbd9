import { aside } from "../../../src/model/aside.ts";
import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import type { Files, System } from "../../../src/model/system.ts";
import type { Place } from "../../../src/model/target.ts";

/** The key with which this place tells whether a secret changed, without keeping the secret. */
export function readKey(files: Files, place: Place): string | undefined {
  const read = look(files, place);
  return read.is === "key" ? read.key : undefined;
}

/** A key that is broken is not made anew by itself: it may be one of a newer version. */
export function faultOfKey(files: Files, place: Place): Diagnostic | undefined {
  const read = look(files, place);
  if (read.is !== "wrong") return undefined;
  const path = pathOf(place);
  return diagnostic("AAC4006", undefined, `the key ${path} cannot be used: ${read.why}`, {
    notes: [
      "nothing was changed",
      `move it aside, and the next apply makes another: ${aside(files, path)}`,
      "with another key nobody can tell whether a secret changed: agents that have one are started anew once",
    ],
  });
}

export function makeKey({ files, digests }: System, place: Place): void {
  if (look(files, place).is === "absent") files.replace(pathOf(place), `${digests.random(32)}\n`, 0o600);
}

type Look =
  | { readonly is: "absent" }
  | { readonly is: "wrong"; readonly why: string }
  | { readonly is: "key"; readonly key: string };

function look(files: Files, place: Place): Look {
  const read = files.readAt(pathOf(place), 0, 1024);
  if (read.is === "absent") return read;
  if (read.is === "refused") return { is: "wrong", why: read.why };
  const key = new TextDecoder().decode(read.bytes).trim();
  return /^[0-9a-f]{64}$/.test(key)
    ? { is: "key", key }
    : { is: "wrong", why: "it is not one of this version" };
}

const pathOf = (place: Place): string => `${place.home}/key`;
