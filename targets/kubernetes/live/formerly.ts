import type { Id, Observed } from "../../../src/model/resource.ts";
import { ROLLED_OUT } from "../names.ts";
import type { Manifest } from "../shapes.ts";
import { idOf } from "./live.ts";
import { isRolledOut } from "./rolled-out.ts";

/** What an object was before an apply, beyond its fields: an apply that goes back makes it that again. */
export interface Former {
  /** What remembers what had been asked for. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** A Deployment that had not come up: nobody may wait for it to do so when it is put back. */
  readonly isDown: boolean;
  /** What was said of that; where other fields differed too, that it was up. */
  readonly told: boolean;
}

/** By uid. */
export type Formerly = ReadonlyMap<string, Former>;

export function formerly(manifests: readonly Manifest[], objects: readonly Observed[]): Formerly {
  const seen = new Map<Id, Observed>(objects.map((one) => [one.id, one]));
  return new Map(
    manifests.map((manifest) => {
      const { annotations } = manifest.metadata;
      return [
        manifest.metadata.uid ?? "",
        {
          ...(annotations === undefined ? {} : { annotations }),
          isDown: manifest.kind === "Deployment" && !isRolledOut(manifest),
          told: seen.get(idOf(manifest))?.fields[ROLLED_OUT] !== false,
        },
      ];
    }),
  );
}

/** What was not up before is as it was, whatever becomes of it. */
export function isStillUp(former: Formerly, manifest: Manifest): boolean {
  const before = former.get(manifest.metadata.uid ?? "");
  return before?.isDown === true ? before.told : isRolledOut(manifest);
}
