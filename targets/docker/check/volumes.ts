import type { AgentView } from "../../../src/model/checked.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import type { VolumeIr } from "../../../src/model/ir.ts";
import type { Path } from "../../../src/model/source.ts";
import { cannotMount, fieldNotes, placeFaults } from "../../../src/wanted/mounts.ts";
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
      ...placeFaults(view, volume, path, {
        configFolder: CONFIG_FOLDER,
        impossible: /\p{Cc}/u.test(volume.target) ? "no path holds such a character" : undefined,
      }),
      ...sourceFaults(view, volume, path),
      ...fieldNotes(view, path, meaningless(volume), WORDS),
    ];
  });
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
      cannotMount(
        doc.at([...path, "source"]),
        "an engine knows no home folder",
        "write the whole path, or a volume",
      ),
    ];
  if (type !== "volume" || name === "") return [];
  const at = doc.at(path);
  if (!NAME.test(name))
    return [cannotMount(at, `no volume can be named \`${name}\``, "use letters, digits, . _ and -")];
  return name.startsWith(OURS)
    ? [cannotMount(at, `\`${OURS}\` begins the volumes that aac keeps for itself`, "give it another name")]
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
