import { byCodeUnit } from "../../../src/base/canonical.ts";
import type { Resource } from "../../../src/model/resource.ts";
import type { System } from "../../../src/model/system.ts";
import type { Place } from "../../../src/model/target.ts";
import { isProcess, processFields } from "../orders/charge.ts";
import { readSlots } from "../live/records.ts";
import { neededBy, neededIn } from "./layout.ts";
import { sweepCode } from "./sweep.ts";

/** Names of all that has to stay so that these can run again. */
export function codeNeededBy(
  resources: readonly Resource[],
  sha256: (text: string) => string,
): readonly string[] {
  const names = resources.flatMap(({ kind, fields }) =>
    kind === "process" && isProcess(fields) ? neededBy(processFields(fields).code, sha256) : [],
  );
  return [...new Set(names)].toSorted(byCodeUnit);
}

/** What is named stays, and what an agent of this place was started with; all else goes. */
export function keepOnly(system: System, { home }: Place, needed: ReadonlySet<string>): void {
  const { records } = readSlots(system.files, home);
  const living = records.map(({ charge: { asked, tree } }) => ({
    code: processFields(asked).code,
    ...(tree === undefined ? {} : { tree }),
  }));
  sweepCode(system, home, neededIn(needed), living);
}
