import { isBelow, normalise } from "../../../src/base/paths.ts";
import type { AgentView } from "../../../src/model/checked.ts";
import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import type { VolumeIr } from "../../../src/model/ir.ts";
import type { Path } from "../../../src/model/source.ts";
import { notBuilt } from "../../../src/wanted/support.ts";
import { CONFIG_FOLDER } from "../names.ts";
import { isOpen } from "../logs/open-text.ts";
import { notBuiltValues, WORDS } from "../support.ts";

/** What an engine cannot mount, and what of a volume is for others. */
export function volumeFaults(view: AgentView): Diagnostic[] {
  const { ir, doc } = view;
  return (doc.value.spec.volumes ?? []).flatMap((written, i) => {
    const volume = ir.volumes[written.target];
    if (volume === undefined) return [];
    const path: Path = ["spec", "volumes", i];
    if (volume.type === "configmap") {
      const { instead } = notBuiltValues.volumes;
      return [notBuilt(doc.at([...path, "type"]), "a volume of type configmap", instead, WORDS)];
    }
    return [
      ...targetFaults(view, volume, path),
      ...sourceFaults(view, volume, path),
      ...meaningless(volume).map(([name, why]) =>
        diagnostic(
          "AAC2304",
          doc.at([...path, name], "key"),
          `\`${name}\` has no meaning for ${WORDS.one}: ${why}`,
        ),
      ),
    ];
  });
}

function targetFaults({ ir, doc }: AgentView, { target }: VolumeIr, path: Path): Diagnostic[] {
  const place = normalise(target);
  const why =
    place === "/"
      ? "a container has its own root"
      : /\p{Cc}/u.test(target)
        ? "no path holds such a character"
        : ir.config !== undefined && isBelow(place, CONFIG_FOLDER)
          ? "there the agent finds its `config`"
          : undefined;
  return why === undefined ? [] : [refusal(doc.at([...path, "target"]), why, "mount it somewhere else")];
}

/** As an engine takes them, behind the name of the project. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;
/** So begin the volumes in which aac remembers. */
const OURS = "aac-";

function sourceFaults({ doc }: AgentView, volume: VolumeIr, path: Path): Diagnostic[] {
  const { type, source = "", name = "" } = volume;
  if (isOpen(source) || isOpen(name)) return [];
  if (type === "bind" && source.startsWith("~"))
    return [
      refusal(
        doc.at([...path, "source"]),
        "an engine knows no home folder",
        "write the whole path, or a volume",
      ),
    ];
  if (type !== "volume" || name === "") return [];
  const at = doc.at(path);
  if (!NAME.test(name))
    return [refusal(at, `no volume can be named \`${name}\``, "use letters, digits, . _ and -")];
  return name.startsWith(OURS)
    ? [refusal(at, `\`${OURS}\` begins the volumes that aac keeps for itself`, "give it another name")]
    : [];
}

function meaningless({
  type,
  size,
  storageClass,
  accessMode,
}: VolumeIr): readonly (readonly [string, string])[] {
  const disk = "an engine keeps its volumes on its own disk";
  return [
    ...(size === undefined || type === "tmpfs"
      ? []
      : [["size", "an engine gives a volume all the room there is"] as const]),
    ...(storageClass === undefined ? [] : [["storageClass", disk] as const]),
    ...(accessMode === undefined ? [] : [["accessMode", disk] as const]),
  ];
}

const refusal = (at: Diagnostic["at"], why: string, instead: string): Diagnostic =>
  diagnostic("AAC2306", at, `this volume cannot be mounted: ${why}`, { notes: [instead] });
