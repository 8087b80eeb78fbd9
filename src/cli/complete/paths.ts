import { join, resolve } from "node:path";
import { isAgentFile } from "../project/find-files.ts";
import type { Candidate } from "./candidates.ts";
import { isSavedPlan } from "./scan.ts";
import type { World } from "./world.ts";

const SNIFFED = 500;
const START = 80;

/** Folders, and the files that fit, as they continue what was typed. */
export function pathsFor(world: World, typed: string, wanted: "plans" | "agents"): readonly Candidate[] {
  const cut = typed.lastIndexOf("/") + 1;
  const shown = typed.slice(0, cut);
  const begin = typed.slice(cut);
  const folder = resolve(world.cwd, shown.startsWith("~/") ? join(world.home, shown.slice(2)) : shown);
  let left = SNIFFED;
  const fits = (name: string): boolean => {
    if (wanted === "agents") return /\.ya?ml$/.test(name);
    return left-- > 0 && startsAsPlan(world, join(folder, name));
  };
  return world.files
    .list(folder)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ name, is }): Candidate[] => {
      if (!name.startsWith(begin) || (name.startsWith(".") && begin === "")) return [];
      // It would be taken for a flag.
      if (name.startsWith("-") && shown === "") return [];
      const kind = is === "link" ? world.files.kind(join(folder, name)) : is;
      if (kind === "folder") return [{ value: `${shown}${name}/`, about: "" }];
      if (kind !== "file" || !fits(name)) return [];
      return [{ value: `${shown}${name}`, about: aboutFile(name, wanted) }];
    });
}

function startsAsPlan({ files }: World, path: string): boolean {
  const read = files.readAt(path, 0, START);
  return read.is === "read" && isSavedPlan(new TextDecoder().decode(read.bytes));
}

function aboutFile(name: string, wanted: "plans" | "agents"): string {
  if (wanted === "plans") return "a saved plan";
  return isAgentFile(name) ? "an agent file" : "";
}
