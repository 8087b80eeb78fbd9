import { basename, join, relative, resolve, sep } from "node:path";
import { LIMITS } from "../../document/limits.ts";
import { files } from "../../system/files.ts";
import { findProjectFile, walk } from "../project/find-files.ts";
import { planInit } from "../init/plan.ts";
import type { Context } from "../table.ts";
import { UsageError } from "../usage.ts";
import { word } from "./request.ts";

/** Enough to see what a folder holds; a repository is not read whole. */
const MOST_FILES = 300;
const LARGEST = 200_000;

export async function run(context: Context): Promise<number> {
  const given = context.args[0];
  const folder = resolve(context.cwd, given ?? ".");
  if (files.kind(folder) === "file")
    throw new UsageError(
      `${given ?? folder} is a file`,
      "name a folder that is not there yet, or an empty one",
    );
  const name = nameFrom(basename(folder));
  const template = word(context.options["template"]) ?? "http";
  const plan = planInit(
    {
      name,
      project: name,
      template: template === "worker" || template === "mcp" ? template : "http",
      ...option("runtime", word(context.options["runtime"])),
      ...option("model", word(context.options["model"])),
    },
    { files: readSome(folder) },
  );
  if (plan.errors.length > 0) {
    for (const line of plan.errors) context.error(`error: ${line}\n`);
    return 2;
  }
  const shown = (path: string): string => relative(context.cwd, join(folder, path)).split(sep).join("/");
  const above = findProjectFile(files, folder);
  for (const file of plan.files) {
    // A project above is the project of this agent too.
    if (file.path === ".aac.yaml" && above !== undefined) continue;
    const path = join(folder, file.path);
    if (file.append === true) {
      const read = files.read(path, LIMITS.bytes);
      files.replace(path, (read.is === "read" ? new TextDecoder().decode(read.bytes) : "") + file.text);
      context.out(`added to  ${shown(file.path)}\n`);
    } else if (files.create(path, file.text, file.executable === true) === "created")
      context.out(`created   ${shown(file.path)}\n`);
    else context.out(`kept      ${shown(file.path)}, which was there\n`);
  }
  for (const path of plan.kept) context.out(`kept      ${shown(path)}, which was there\n`);
  for (const line of plan.guesses) context.out(`guessed   ${line}\n`);
  const where = relative(context.cwd, folder);
  context.out(`Next: aac plan${where === "" ? "" : ` -f ${where}`}\n`);
  return 0;
}

const option = <K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } =>
  (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: string };

function nameFrom(folder: string): string {
  const plain = folder
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 40)
    .replace(/-+$/, "");
  return plain === "" ? "agent" : plain;
}

function readSome(folder: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (files.kind(folder) !== "folder") return found;
  for (const path of walk(files, folder, () => true).slice(0, MOST_FILES)) {
    const read = files.read(path, LARGEST);
    if (read.is === "read")
      found.set(relative(folder, path).split(sep).join("/"), new TextDecoder().decode(read.bytes));
  }
  return found;
}
