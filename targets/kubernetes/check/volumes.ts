import type { AgentView } from "../../../src/model/checked.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import type { VolumeIr } from "../../../src/model/ir.ts";
import type { Path } from "../../../src/model/source.ts";
import { cannotMount, fieldNotes, placeFaults } from "../../../src/wanted/mounts.ts";
import { isObjectName, isOpen } from "./names.ts";
import { CONFIG_FOLDER } from "../names.ts";
import { WORDS } from "../support.ts";

/** What a cluster cannot mount, and what of a volume is for others. */
export function volumeFaults(view: AgentView): Diagnostic[] {
  const { ir, doc } = view;
  return (doc.value.spec.volumes ?? []).flatMap((written, i) => {
    const volume = ir.volumes[written.target];
    if (volume === undefined) return [];
    const path: Path = ["spec", "volumes", i];
    return [
      ...placeFaults(view, volume, path, {
        configFolder: CONFIG_FOLDER,
        impossible: volume.target.includes(":") ? "no path of a mount holds a colon" : undefined,
      }),
      ...sourceFaults(view, volume, path, written.source),
      ...fieldNotes(view, path, meaningless(volume), WORDS),
    ];
  });
}

function sourceFaults(
  view: AgentView,
  { type, name }: VolumeIr,
  path: Path,
  source: string | undefined,
): Diagnostic[] {
  const at = view.doc.at(path);
  // A short form is taken apart before anybody looks which of its variables are set.
  const isKnown =
    name?.includes("${") !== true && !isOpen(view, [...path, "source"]) && !isOpen(view, [...path, "name"]);
  switch (type) {
    case "bind":
      return [
        cannotMount(
          at,
          "no node has the folders of this machine",
          "mount a volume there instead, for example in a profile: `type: volume` with a name",
        ),
      ];
    case "volume":
      return name === undefined || !isKnown || /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(name)
        ? []
        : [
            cannotMount(
              at,
              `no claim can be named \`${name}\``,
              "use lower-case letters, digits and hyphens",
            ),
          ];
    case "configmap":
      // Of the two only one is kept, and it would be the one that no ConfigMap has.
      if (source !== undefined && name !== source)
        return [cannotMount(at, "a ConfigMap has one name", "write it as `source`, and leave `name` out")];
      return name === undefined || !isKnown || isObjectName(name)
        ? []
        : [
            cannotMount(
              at,
              `no ConfigMap can be named \`${name}\``,
              "use lower-case letters, digits, hyphens and dots",
            ),
          ];
    case "tmpfs":
      return [];
  }
}

function meaningless({
  type,
  size,
  storageClass,
  accessMode,
}: VolumeIr): readonly (readonly [string, string])[] {
  if (type === "volume" || type === "bind") return [];
  const why = type === "tmpfs" ? "memory is no storage" : "a ConfigMap is no storage";
  return [
    ...(size === undefined || type === "tmpfs" ? [] : [["size", why] as const]),
    ...(storageClass === undefined ? [] : [["storageClass", why] as const]),
    ...(accessMode === undefined ? [] : [["accessMode", why] as const]),
  ];
}
