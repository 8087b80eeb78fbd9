import { byCodeUnit, canonicalJson } from "../../../src/base/canonical.ts";
import type { AgentIr, VolumeIr } from "../../../src/model/ir.ts";
import { byteAmount } from "./amounts.ts";
import { CONFIG_FOLDER, claimName, configMapName } from "../names.ts";
import { isReadOnly } from "./security.ts";
import { defined, type JsonMap } from "../manifest/shape.ts";

export interface Mounts {
  /** By name. */
  readonly volumes: JsonMap;
  /** By the path where a container sees them. */
  readonly mounts: JsonMap;
  /** By path: which volume it is, so that a change of one has the line of the other. */
  readonly names: Readonly<Record<string, string>>;
}

/** Data that outlives its agent: a claim for each name, whichever paths it is seen at. */
export interface Claim {
  readonly volume: string;
  /** Where it is seen. */
  readonly targets: readonly string[];
  readonly fields: JsonMap;
  /** One node at a time can mount it, so that the former pod has to let go before the next can start. */
  readonly isExclusive: boolean;
}

const SIZE = "1Gi";
const ACCESS = "ReadWriteOnce";
const CONFIG_VOLUME = "aac-config";

export function claimsOf(agent: AgentIr): readonly Claim[] {
  const found = new Map<string, readonly VolumeIr[]>();
  for (const volume of inOrder(agent)) {
    if (volume.type !== "volume") continue;
    const name = volume.name ?? slug(volume.target);
    found.set(name, [...(found.get(name) ?? []), volume]);
  }
  return [...found]
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([volume, mounts]) => {
      // One entry is enough to say what the data needs.
      const access = mounts.find((one) => one.accessMode !== undefined)?.accessMode ?? ACCESS;
      const size = mounts.find((one) => one.size !== undefined)?.size;
      const storageClassName = mounts.find((one) => one.storageClass !== undefined)?.storageClass;
      return {
        volume,
        targets: mounts.map(({ target }) => target),
        isExclusive: access === "ReadWriteOnce" || access === "ReadWriteOncePod",
        fields: {
          spec: defined({
            accessModes: [access],
            resources: { requests: { storage: size === undefined ? SIZE : byteAmount(size.value) } },
            storageClassName,
          }),
        },
      };
    });
}

export function mountsOf(agent: AgentIr): Mounts {
  const volumes = new Map<string, JsonMap>();
  const mounts = new Map<string, JsonMap>();
  const names = new Map<string, string>();
  const mount = (path: string, wanted: string | undefined, volume: JsonMap, readOnly: boolean): void => {
    const name = nameFor(wanted ?? slug(path), wanted === undefined ? undefined : volume, volumes);
    volumes.set(name, volume);
    mounts.set(path, { name, ...(readOnly ? { readOnly } : {}) });
    names.set(path, name);
  };
  if (agent.config !== undefined)
    mount(CONFIG_FOLDER, CONFIG_VOLUME, { configMap: { name: configMapName(agent.name) } }, true);
  for (const volume of inOrder(agent)) {
    const source = sourceOf(agent, volume);
    if (source !== undefined) mount(volume.target, volume.name, source, volume.readOnly);
  }
  if (isReadOnly(agent))
    for (const path of agent.isolation.writable.toSorted(byCodeUnit))
      if (!mounts.has(path)) mount(path, undefined, { emptyDir: {} }, false);
  return {
    volumes: Object.fromEntries(volumes),
    mounts: Object.fromEntries(mounts),
    names: Object.fromEntries(names),
  };
}

function sourceOf(agent: AgentIr, volume: VolumeIr): JsonMap | undefined {
  switch (volume.type) {
    case "volume":
      return {
        persistentVolumeClaim: { claimName: claimName(agent, volume.name ?? slug(volume.target)) },
      };
    case "tmpfs":
      return {
        emptyDir: defined({
          medium: "Memory",
          sizeLimit: volume.size === undefined ? undefined : byteAmount(volume.size.value),
        }),
      };
    case "configmap":
      return { configMap: { name: volume.name ?? slug(volume.target) } };
    // Refused beforehand: a node has none of the project's folders.
    case "bind":
      return undefined;
  }
}

const inOrder = (agent: AgentIr): readonly VolumeIr[] =>
  Object.values(agent.volumes).toSorted((a, b) => byCodeUnit(a.target, b.target));

/** `/var/cache` → `var-cache`: volumes of a pod have names, whatever they are. */
function slug(path: string): string {
  const words = path
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return words.slice(0, 50).replace(/-+$/, "") || "root";
}

/** What its author named the same at two paths is one volume; two things that want one name get a number. */
function nameFor(wanted: string, named: JsonMap | undefined, taken: ReadonlyMap<string, JsonMap>): string {
  const isFree = (name: string): boolean => {
    const there = taken.get(name);
    if (there === undefined) return true;
    return named !== undefined && canonicalJson(there) === canonicalJson(named);
  };
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted}-${n}`;
    if (isFree(name)) return name;
  }
}
