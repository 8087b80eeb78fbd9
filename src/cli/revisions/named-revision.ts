import { ok, type Result } from "../../base/result.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Revision, RevisionHead, RevisionStore } from "../../model/revision.ts";
import { UsageError } from "../usage.ts";

/** A revision as it is named on the command line. */
export function numberIn(text: string, such: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new UsageError(`\`${text}\` is no number of a revision`, `such as ${such}; aac history lists them`);
  return Number(text);
}

/** One that was named; which there are where it is none of them. */
export async function readNamed(
  store: RevisionStore,
  heads: readonly RevisionHead[],
  number: number,
): Promise<Result<Revision, Diagnostic>> {
  const found = await store.read(number);
  if (!found.ok) return found;
  if (found.value !== undefined) return ok(found.value);
  const numbers = heads.map((head) => head.number);
  throw new UsageError(
    `there is no revision ${number}`,
    numbers.length === 0
      ? "nothing was applied yet, as far as is known here"
      : `there ${numbers.length === 1 ? "is" : "are"} ${numbers.join(", ")}; older ones are not kept`,
  );
}
