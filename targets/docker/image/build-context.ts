import { isBelow, normalise } from "../../../src/base/paths.ts";
import { err, ok, type Result } from "../../../src/base/result.ts";
import type { Failure } from "../../../src/model/target.ts";
import type { Files } from "../../../src/model/system.ts";
import { archiveOf, type Entry } from "./archive.ts";
import { type Engine, failure } from "../engine.ts";
import { absolute } from "../container/mounts.ts";
import type { BuiltImageFields } from "../shapes.ts";

export interface BuildContext {
  readonly archive: Uint8Array;
  /** Where the recipe is in it. */
  readonly dockerfile: string;
}

/** No file of an agent's has that name. */
const RECIPE = ".aac.Dockerfile";
/** An engine reads both, and then leaves them out itself: a recipe of ours is none of the agent's files. */
const IGNORED = ".dockerignore";
const FILE = 200_000_000;
const ALL = 500_000_000;

/** Only what the plan names goes in, and only as it was then: what is built is what was planned. */
export function buildContext(
  { system, place }: Pick<Engine, "system" | "place">,
  fields: BuiltImageFields,
): Result<BuildContext, Failure> {
  const { files, digests } = system;
  const folder = absolute(fields.context, place.root);
  const entries: Entry[] = [];
  let size = 0;
  for (const [path, planned] of Object.entries(fields.code)) {
    const entry = entryOf(files, folder, path);
    if (!entry.ok) return entry;
    if (entry.value.is === "file") {
      size += entry.value.bytes.length;
      if (digests.sha256(entry.value.bytes) !== planned)
        return err(failure(`${path} was edited since the plan was made: plan again`));
    }
    if (size > ALL) return err(failure(`${folder} holds more than ${ALL / 1e6} MB, which is surely data`));
    entries.push(entry.value);
  }
  const own = fields.dockerfile;
  if (isOurRecipe(own)) return ok(withRecipe(entries, new TextEncoder().encode(own)));
  if (entries.some(({ path }) => path === own)) return ok({ archive: archiveOf(entries), dockerfile: own });
  const read = files.read(normalise(`${folder}/${own}`), FILE);
  return read.is === "read"
    ? ok(withRecipe(entries, read.bytes))
    : err(failure(`${own} ${read.is === "absent" ? "is not there" : "cannot be read"}`));
}

function withRecipe(entries: readonly Entry[], recipe: Uint8Array): BuildContext {
  const file = (path: string, bytes: Uint8Array): Entry => ({ is: "file", path, bytes, mode: 0o644 });
  const others = entries.filter(({ path }) => path !== IGNORED);
  const ignored = file(IGNORED, new TextEncoder().encode(`${RECIPE}\n${IGNORED}\n`));
  return { archive: archiveOf([...others, file(RECIPE, recipe), ignored]), dockerfile: RECIPE };
}

/** One of ours stands there in full, one of the author's by its path. */
export const isOurRecipe = (dockerfile: string): boolean => dockerfile.includes("\n");

function entryOf(files: Files, folder: string, path: string): Result<Entry, Failure> {
  const whole = `${folder}/${path}`;
  const stat = files.stat(whole);
  if (stat?.is === "link") return ok({ is: "link", path, to: leadsTo(files, folder, whole) });
  const read = files.read(whole, FILE);
  switch (read.is) {
    case "read":
      return ok({
        is: "file",
        path,
        bytes: read.bytes,
        mode: ((stat?.mode ?? 0) & 0o111) === 0 ? 0o644 : 0o755,
      });
    case "absent":
      return err(failure(`${path} is gone since the plan was made: plan again`));
    case "large":
      return err(failure(`${path} is too large for an image: ${Math.ceil(read.size / 1e6)} MB`));
    case "refused":
      return err(failure(`${path} cannot be read: ${read.why}`));
  }
}

/** Where a link leads, as it is said in another place too. What it leads to outside is not taken along. */
function leadsTo(files: Files, folder: string, link: string): string {
  const target = files.realPath(link) ?? link;
  const home = files.realPath(folder) ?? folder;
  if (!isBelow(target, home)) return target;
  const from = `${home}${link.slice(folder.length)}`.split("/").slice(0, -1);
  const to = target.split("/");
  let same = 0;
  while (same < from.length && from[same] === to[same]) same++;
  return [...from.slice(same).map(() => ".."), ...to.slice(same)].join("/");
}
