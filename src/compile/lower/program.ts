import { joinPath } from "../../base/paths.ts";
import type { Program, VolumeIr } from "../../model/ir.ts";
import { amount, present, type Reader, repeatedAt, sortedMap } from "../reader.ts";

export function program(reader: Reader): Program {
  const { spec } = reader;
  const [name, version] = spec.runtime?.split(":") ?? [];
  const shell = spec.shell === true;
  const command = typeof spec.command === "string" ? [spec.command] : spec.command;
  return {
    ...present("runtime", name === undefined ? undefined : { name, ...present("version", version) }),
    ...present("image", spec.image),
    ...present("build", build(reader)),
    ...present("command", command),
    args: spec.args ?? [],
    shell,
    ...present("workingDir", spec.workingDir),
  };
}

function build(reader: Reader): Program["build"] {
  const written = reader.spec.build;
  if (written === undefined) return undefined;
  return {
    context: fromRoot(reader, written.context ?? "."),
    ...present("dockerfile", dockerfile(reader)),
    ...present("baseImage", written.baseImage),
    args: sortedMap(Object.entries(written.args ?? {})),
    ...present("target", written.target),
    push: written.push === true,
  };
}

/** As every builder reads it: from the context, not from the file. */
function dockerfile(reader: Reader): string | undefined {
  const written = reader.spec.build?.dockerfile;
  return written === undefined
    ? undefined
    : joinPath(`${fromRoot(reader, reader.spec.build?.context ?? ".")}/-`, written);
}

/** A path of the file, seen from the project's root. Absolute ones stay. */
export function fromRoot(reader: Reader, path: string): string {
  return joinPath(reader.doc.path, path);
}

export function volumes(reader: Reader): Readonly<Record<string, VolumeIr>> {
  const found = new Map<string, VolumeIr>();
  const places = new Set<string>();
  for (const [i, volume] of (reader.spec.volumes ?? []).entries()) {
    const path = ["spec", "volumes", i];
    const type =
      volume.type ??
      (looksLikePath(volume.source)
        ? "bind"
        : volume.source === undefined && volume.name === undefined
          ? "tmpfs"
          : "volume");
    if (volume.source === undefined && volume.name === undefined && type !== "tmpfs") {
      reader.report("AAC2025", path, `a volume of type \`${type}\` needs a \`source\``, {
        notes: [type === "bind" ? "write the path to mount, from this file" : "write the name of the volume"],
      });
    }
    const place = trimmed(volume.target);
    if (places.has(place)) {
      const first = (reader.spec.volumes ?? []).findIndex((one) => trimmed(one.target) === place);
      repeatedAt(
        reader,
        ["spec", "volumes"],
        i,
        "target",
        first,
        `two volumes are mounted at \`${volume.target}\``,
      );
      continue;
    }
    const source = volume.source ?? volume.name;
    const name = type === "bind" ? volume.name : (volume.name ?? volume.source);
    places.add(place);
    found.set(volume.target, {
      type,
      ...present("name", name),
      ...present("source", type === "bind" && source !== undefined ? fromRoot(reader, source) : undefined),
      target: volume.target,
      readOnly: volume.readOnly === true,
      ...present("size", amount(reader, [...path, "size"], volume.size, "bytes")),
      ...present("storageClass", volume.storageClass),
      ...present("accessMode", volume.accessMode),
    });
  }
  return sortedMap(found);
}

function looksLikePath(source: string | undefined): boolean {
  return source !== undefined && /^(?:\.|\/|~|[A-Za-z]:\\)|\//.test(source);
}

const trimmed = (target: string): string => target.replace(/(?<=.)\/+$/, "");
