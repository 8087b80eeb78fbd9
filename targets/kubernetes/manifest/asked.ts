import { canonicalJson, type Json } from "../../../src/base/canonical.ts";
import type { Fields } from "../../../src/model/resource.ts";
import { ANNOTATION, ROLLED_OUT } from "../names.ts";
import { base64Of, bytesOf, packed, unpacked } from "../revisions/pack.ts";
import { digestOf } from "./fields.ts";
import { defined, isMap } from "./shape.ts";

/** What an object was asked for, as it remembers it. */
export interface Asked {
  readonly fields: Fields;
  /** Whether that is what was sent. An object that was put back may hold what somebody else had written. */
  readonly isSent: boolean;
}

/** All annotations of an object have 256 KiB, and others write there as well. */
const LONGEST = 96 * 1024;
/** No object of a cluster is as long: what unfolds to more was written by nobody of us. */
const LONGEST_FIELDS = 4 * 1024 * 1024;
/** Before the text where something else was sent. */
const BACK = "back:";

/** Canonical JSON, deflated, as base64. Undefined where it is too long: then the digest is all that is known. */
export async function askedText({ fields, isSent }: Asked): Promise<string | undefined> {
  const { [ROLLED_OUT]: _, ...stands } = fields;
  const text = base64Of(await packed(canonicalJson(stands), "deflate-raw"));
  return text.length > LONGEST ? undefined : `${isSent ? "" : BACK}${text}`;
}

/** Only what the digest beside it vouches for: anybody can write an annotation, or lose one of the two. */
export async function askedIn(
  annotations: Readonly<Record<string, string>> | undefined,
): Promise<Asked | undefined> {
  const written = annotations?.[ANNOTATION.asked];
  if (written === undefined) return undefined;
  const isSent = !written.startsWith(BACK);
  const packedText = bytesOf(isSent ? written : written.slice(BACK.length));
  const text = await unpacked(packedText, "deflate-raw", LONGEST_FIELDS);
  const fields = text === undefined ? undefined : fieldsIn(text);
  if (fields === undefined || digestOf(fields) !== annotations?.[ANNOTATION.digest]) return undefined;
  return { fields, isSent };
}

function fieldsIn(text: string): Fields | undefined {
  try {
    const value: Json = JSON.parse(text);
    return isMap(value) ? defined(value) : undefined;
  } catch {
    return undefined;
  }
}
