import { canonicalJson, type Json } from "../../../src/base/canonical.ts";
import { err, ok, type Result } from "../../../src/base/result.ts";
import type { Resource } from "../../../src/model/resource.ts";
import type { Failure, Mark } from "../../../src/model/target.ts";
import { archiveOf } from "../image/archive.ts";
import { asFailure, attempt, type Engine, failure, unless } from "../engine.ts";
import { isOurs, labelsOf, markLabels, ownerIn } from "../labels.ts";
import type { Volume } from "../live/look.ts";
import { CONFIG_FOLDER, CONFIG_PATH, configVolume, LABEL } from "../names.ts";
import { stream } from "./request.ts";

/** The configuration of an agent is a volume that is named by what is in it: another content is another volume. */

const FILE = CONFIG_PATH.slice(CONFIG_FOLDER.length + 1);
const LIMIT = 16 * 1024 * 1024;

const textOf = (config: Json): string => `${canonicalJson(config, 2)}\n`;

export const configVolumeFor = ({ place, system }: Engine, agent: string, config: Json): string =>
  configVolume(place.project, agent, system.digests.sha256(textOf(config)));

export const configVolumesOf = (
  { place }: Engine,
  agent: string,
  volumes: readonly Volume[],
): readonly Volume[] =>
  volumes.filter(({ Labels }) => isOurs(Labels, place.project, "config") && Labels[LABEL.agent] === agent);

export async function writeConfig(
  engine: Engine,
  resource: Resource,
  mark: Mark | undefined,
): Promise<Result<string, Failure>> {
  const { docker, place, system } = engine;
  const config = resource.fields["config"] ?? null;
  const name = formerVolume(engine, resource) ?? configVolumeFor(engine, resource.agent, config);
  const asked = resource.was?.asked ?? resource.fields;
  const Labels = { ...labelsOf(place, resource, asked, system.digests.sha256), ...markLabels(mark) };
  const made = await attempt(async () => {
    await docker.createVolume({ Name: name, Labels });
    return docker.getVolume(name).inspect();
  });
  if (!made.ok) return err(asFailure(made.error));
  if (!isOurs(made.value.Labels, place.project, "config"))
    return err(failure(`the volume ${name} belongs to ${ownerIn(made.value.Labels)}`));
  const filled = await fillConfig(engine, name, config);
  return filled.ok ? ok(name) : filled;
}

/** Where somebody had changed what is in it, that is again in the volume that its containers have. */
function formerVolume({ place }: Engine, { agent, was }: Resource): string | undefined {
  const name = was?.identity.split("@")[0];
  return name?.startsWith(configVolume(place.project, agent, "")) === true ? name : undefined;
}

/** Also of a volume that is there: whoever made it may have been stopped before anything was in it. */
export function fillConfig(engine: Engine, volume: string, config: Json): Promise<Result<void, Failure>> {
  const bytes = new TextEncoder().encode(textOf(config));
  return fill(engine, volume, archiveOf([{ is: "file", path: FILE, bytes, mode: 0o444 }]));
}

/**
 * Only through a container can anything be put into a volume. This one is made of an image with nothing in it, and is
 * never started: there may be no image yet, and one that is there could bring along files of its own.
 */
async function fill(engine: Engine, volume: string, archive: Uint8Array): Promise<Result<void, Failure>> {
  const { docker } = engine;
  const filled = await attempt(async () => {
    const image = await emptyImage(engine);
    const labels = fillLabels(engine);
    const container = await docker.createContainer({
      Image: image,
      Cmd: ["never started"],
      Labels: labels,
      NetworkDisabled: true,
      HostConfig: { Mounts: [{ Type: "volume", Source: volume, Target: "/to" }] },
    });
    try {
      await container.putArchive(Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength), {
        path: "/to",
      });
    } finally {
      await unless(404, () => container.remove({ force: true }));
      await unless(404, () => docker.getImage(image).remove({ force: true }));
    }
  });
  return filled.ok ? filled : err(asFailure(filled.error));
}

const fillLabels = ({ place }: Engine): Record<string, string> => ({
  [LABEL.project]: place.project,
  [LABEL.kind]: "fill",
});

async function emptyImage(engine: Engine): Promise<string> {
  const changes = Object.entries(fillLabels(engine)).map(([name, value]) => `LABEL ${name}=${value}`);
  const answer = await stream(engine.docker, {
    method: "POST",
    path: "/images/create",
    query: { fromSrc: "-", changes: changes.join("\n") },
    archive: archiveOf([]),
  });
  const text = new TextDecoder().decode(await all(answer, LIMIT));
  const id = /sha256:[0-9a-f]{64}/.exec(text)?.[0];
  if (id === undefined) throw new Error(`an empty image was not made: ${text.slice(0, 200)}`);
  return id;
}

/** What an apply that was killed in the midst of it left behind. */
export async function removeFills({ docker, place }: Engine): Promise<void> {
  const filters = { label: [`${LABEL.project}=${place.project}`, `${LABEL.kind}=fill`] };
  for (const { Id } of await docker.listContainers({ all: true, filters }))
    await unless(404, () => docker.getContainer(Id).remove({ force: true }));
  for (const { Id } of await docker.listImages({ filters }))
    await unless(404, () => docker.getImage(Id).remove({ force: true }));
}

/** What is in it now, where this machine may look: an engine itself tells that only by mounting it, which a plan must not. */
export function readConfig(
  { isLocal, system: { files } }: Engine,
  { Mountpoint: folder }: Volume,
): { readonly is: "known"; readonly config: Json } | { readonly is: "unknown" } {
  if (!isLocal || files.kind(folder) !== "folder") return { is: "unknown" };
  const read = files.read(`${folder}/${FILE}`, LIMIT);
  if (read.is === "absent") return { is: "known", config: null };
  if (read.is !== "read") return { is: "unknown" };
  const text = new TextDecoder().decode(read.bytes);
  try {
    const config: Json = JSON.parse(text);
    return { is: "known", config };
  } catch {
    return { is: "known", config: text };
  }
}

export async function all(pieces: AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces) {
    parts.push(piece);
    size += piece.length;
    if (size > limit) break;
  }
  return Buffer.concat(parts);
}
