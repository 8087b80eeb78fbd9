import { isBelow, normalise } from "../base/paths.ts";
import type { AgentView } from "../model/checked.ts";
import { type Diagnostic, diagnostic } from "../model/diagnostic.ts";
import type { VolumeIr } from "../model/ir.ts";
import type { Path } from "../model/source.ts";
import type { Words } from "./support.ts";

/** What a container cannot mount, in the words of all targets that run one. */

/** A place where nothing can be mounted; `impossible` says why no mount of this target can have such a path. */
export function placeFaults(
  { ir, doc }: AgentView,
  { target }: VolumeIr,
  path: Path,
  { configFolder, impossible }: { readonly configFolder: string; readonly impossible: string | undefined },
): Diagnostic[] {
  const place = normalise(target);
  const why =
    place === "/"
      ? "a container has its own root"
      : (impossible ??
        (ir.config !== undefined && isBelow(place, configFolder)
          ? "there the agent finds its `config`"
          : undefined));
  return why === undefined ? [] : [cannotMount(doc.at([...path, "target"]), why, "mount it somewhere else")];
}

/** One note for each field that does nothing. */
export function fieldNotes(
  { doc }: AgentView,
  path: Path,
  fields: readonly (readonly [name: string, why: string])[],
  { one }: Words,
): Diagnostic[] {
  return fields.map(([name, why]) =>
    diagnostic("AAC2304", doc.at([...path, name], "key"), `\`${name}\` has no meaning for ${one}: ${why}`),
  );
}

export const cannotMount = (at: Diagnostic["at"], why: string, instead: string): Diagnostic =>
  diagnostic("AAC2306", at, `this volume cannot be mounted: ${why}`, { notes: [instead] });
