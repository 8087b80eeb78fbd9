import type { Docker } from "../client.ts";
import { isAbsolute, isBelow, normalise } from "../../../src/base/paths.ts";
import { parseBytes, showBytes } from "../../../src/base/quantity.ts";
import { CONFIG_FOLDER, volumeName } from "../names.ts";
import type { ContainerFields, Mount } from "../shapes.ts";

/** What an engine needs to know of a mount; its library asks for more than that. */
export type EngineMount = Pick<Docker.MountSettings, "Target" | "Type"> & {
  readonly Source?: string;
  readonly ReadOnly?: boolean;
  readonly VolumeOptions?: { readonly NoCopy?: boolean };
  readonly TmpfsOptions?: { readonly SizeBytes?: number };
};

export interface Around {
  readonly project: string;
  readonly root: string;
  /** The volume with the agent's configuration. */
  readonly config: string;
}

export function mountsFor(mounts: ContainerFields["mounts"], around: Around): readonly EngineMount[] {
  return Object.entries(mounts).map(([target, mount]): EngineMount => {
    const base = { Target: target, ...(mount.readOnly ? { ReadOnly: true } : {}) };
    switch (mount.type) {
      case "bind":
        return { ...base, Type: "bind", Source: absolute(mount.source ?? ".", around.root) };
      case "volume":
        return { ...base, Type: "volume", Source: volumeName(around.project, mount.source ?? "") };
      case "config":
        // What the image has at that place is none of it.
        return { ...base, Type: "volume", Source: around.config, VolumeOptions: { NoCopy: true } };
      case "tmpfs": {
        const size = mount.size === undefined ? undefined : parseBytes(mount.size);
        return { ...base, Type: "tmpfs", ...(size?.ok ? { TmpfsOptions: { SizeBytes: size.value } } : {}) };
      }
    }
  });
}

export function mountsIn(
  mounts: readonly EngineMount[],
  { project, root }: Omit<Around, "config">,
): ContainerFields["mounts"] {
  return Object.fromEntries(mounts.map((one): [string, Mount] => [one.Target, mountIn(one, project, root)]));
}

function mountIn(mount: EngineMount, project: string, root: string): Mount {
  const { Source: source = "" } = mount;
  const readOnly = mount.ReadOnly === true;
  switch (mount.Type) {
    case "tmpfs": {
      const size = mount.TmpfsOptions?.SizeBytes ?? 0;
      return { type: "tmpfs", readOnly, ...(size > 0 ? { size: showBytes(size) } : {}) };
    }
    case "volume": {
      if (mount.Target === CONFIG_FOLDER) return { type: "config", readOnly };
      const own = volumeName(project, "");
      return {
        type: "volume",
        source: source.startsWith(own) ? source.slice(own.length) : source,
        readOnly,
      };
    }
    default:
      return { type: "bind", source: relative(source, root), readOnly };
  }
}

/** Where a folder is that a file names from the project's root. */
export const absolute = (source: string, root: string): string =>
  isAbsolute(source) ? normalise(source) : normalise(`${root}/${source}`);

function relative(path: string, root: string): string {
  if (path === normalise(root)) return ".";
  return isBelow(path, root) ? path.slice(normalise(root).length + 1) : path;
}
