import type { Json } from "../../../src/base/canonical.ts";
import type { Fields, Resource } from "../../../src/model/resource.ts";
import { type Cause, causesOf, isFine, isManifest, isPassing, saidBy } from "../answers.ts";
import { manifestOf, send } from "./send.ts";
import type { Answer } from "../client.ts";
import { toFields } from "../manifest/fields.ts";
import { asWas } from "./as-was.ts";
import { differences } from "./differences.ts";
import type { On } from "./lists.ts";
import { fieldPath, overlap } from "../manifest/server-paths.ts";
import type { Manifest } from "../shapes.ts";

/** What the server would make of an object, all that it adds and checks included. Nothing is written. */
export type Judged =
  | { readonly is: "becomes"; readonly fields: Fields; readonly isNew: boolean }
  | {
      readonly is: "refused";
      /** What a live object cannot change: another one in its place could. */
      readonly fixed: readonly Told[];
      /** What no object may be. */
      readonly faults: readonly Told[];
    }
  /** The server cannot tell without doing it. */
  | { readonly is: "unknown"; readonly why: string }
  | { readonly is: "lost"; readonly answer: Answer };

export interface Told {
  /** Empty where the server names no field. */
  readonly path: string;
  readonly words: string;
}

/** `uid`: of the object that is compared; without one it would be new. */
export async function dryRun(on: On, resource: Resource, uid?: string): Promise<Judged> {
  const manifest = manifestOf(on, await asWas(on, resource, uid));
  const answer = await send(on, manifest, {
    force: true,
    dryRun: true,
    ...(uid === undefined ? {} : { uid }),
  });
  if (isFine(answer))
    return isManifest(answer.body)
      ? {
          is: "becomes",
          fields: toFields({ ...answer.body, kind: resource.kind }),
          isNew: answer.status === 201,
        }
      : { is: "unknown", why: "the answer of the server is no object" };
  if (isPassing(answer)) return { is: "lost", answer };
  const said = saidBy(answer);
  // A webhook that has effects of its own is not asked by a dry run, and so nobody is.
  if (said.includes("does not support dry run")) return { is: "unknown", why: said };
  return refusal(manifest, answer);
}

/** The words with which servers say that a live object keeps what it has. */
const FIXED =
  /immutable|may not (?:be )?(?:change|update)|can ?not be (?:changed|updated|unset)|can not be unset/i;

function refusal(manifest: Manifest, answer: Answer): Judged {
  const causes = causesOf(answer).filter(({ field }) => field !== "metadata.uid");
  const told = (cause: Cause): Told => ({
    path: fieldPath(manifest, cause.field),
    words: words(cause),
  });
  const fixed = causes.filter(({ message }) => FIXED.test(message)).map(told);
  const faults = causes.filter(({ message }) => !FIXED.test(message)).map(told);
  // A policy or a right says all in one sentence.
  if (causes.length === 0) faults.push({ path: "", words: saidBy(answer) });
  return { is: "refused", fixed, faults };
}

/** Without the value, which may be as long as the object: `field is immutable`. */
function words({ message }: Cause): string {
  const [line = ""] = message.split("\n");
  return FIXED.test(line) ? line.replace(/^(?:Invalid value|Forbidden): (?:.*: )?(?=[^:]+$)/, "") : line;
}

/** By each field that differs: why it cannot change in place. */
export function fixedFields(
  live: Fields,
  wanted: Fields,
  fixed: readonly Told[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    differences(live, wanted).flatMap((path) => {
      const why = fixed.find((one) => one.path === "" || overlap(one.path, path));
      return why === undefined ? [] : [[path, why.words]];
    }),
  );
}

/** Whether the server has to be asked: a secret of which nobody can tell is no reason. */
export function differ(live: Fields, wanted: Fields): boolean {
  return differences(live, wanted, isUnknownSecret).length > 0;
}

const isUnknownSecret = (path: string, live: Json | undefined, wanted: Json | undefined): boolean =>
  path.startsWith("secrets/") && (live === null || wanted === null);
