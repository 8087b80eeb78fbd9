import type { Files } from "../model/system.ts";
import { fitsRule, type IgnoreRule, parseIgnore } from "./gitignore.ts";

/** The ignore files of one folder. */
export interface Layer {
  /** Absolute. */
  readonly base: string;
  /** Of .gitignore, then of .aacignore, which so has the last word. */
  readonly rules: readonly IgnoreRule[];
  readonly builder: readonly IgnoreRule[];
}

export type Layers = readonly Layer[];

export const IGNORE_FILES: ReadonlySet<string> = new Set([".gitignore", ".dockerignore", ".aacignore"]);
/** An ignore file is small; a larger one is something else. */
const LIMIT = 1 << 20;

/** From the project's root down to a folder. A folder elsewhere has its own alone. */
export function layersTo(files: Files, root: string, folder: string): Layers {
  const below =
    folder === root ? "" : folder.startsWith(`${root}/`) ? folder.slice(root.length + 1) : undefined;
  if (below === undefined) return layerOf(files, folder, true);
  const steps = below === "" ? [] : below.split("/");
  return [root, ...steps.map((_, i) => `${root}/${steps.slice(0, i + 1).join("/")}`)].flatMap((path) =>
    layerOf(files, path, true),
  );
}

/** Builders read .dockerignore where they begin, and in no folder below. */
export function layerOf(files: Files, folder: string, builder: boolean): Layers {
  const read = (name: string, dialect: "git" | "builder"): readonly IgnoreRule[] => {
    const found = files.read(`${folder}/${name}`, LIMIT);
    return found.is === "read" ? parseIgnore(new TextDecoder().decode(found.bytes), dialect) : [];
  };
  const layer = {
    base: folder,
    rules: [...read(".gitignore", "git"), ...read(".aacignore", "git")],
    builder: builder ? read(".dockerignore", "builder") : [],
  };
  return layer.rules.length === 0 && layer.builder.length === 0 ? [] : [layer];
}

/**
 * Whether an entry is ignored, where nothing above it is. Only what lies below `within` is asked about: an
 * agent in a folder that git ignores still has its code.
 */
export function isIgnored(layers: Layers, within: string, path: string, folder: boolean): boolean {
  return ignoredByGit(layers, path, folder) || ignoredByDocker(layers, within, path, folder);
}

/** The nearest file that says something decides; within a file the last line that fits. */
function ignoredByGit(layers: Layers, path: string, folder: boolean): boolean {
  for (const layer of layers.toReversed()) {
    const steps = stepsFrom(layer.base, path);
    const rule = layer.rules.findLast((one) => fitsRule(one, steps, folder));
    if (rule !== undefined) return !rule.negated;
  }
  return false;
}

/** A line that fits a folder holds for all below it, and a later line can take some of that back. */
function ignoredByDocker(layers: Layers, within: string, path: string, folder: boolean): boolean {
  // What is taken back may lie in this folder: each file in it is asked about by itself.
  if (folder && layers.some((layer) => layer.builder.some((rule) => rule.negated))) return false;
  return layers.some((layer) => {
    const steps = stepsFrom(layer.base, path);
    const shortest = stepsFrom(layer.base, within).length + 1;
    const rule = layer.builder.findLast((one) => {
      for (let length = shortest; length <= steps.length; length++)
        if (fitsRule(one, steps.slice(0, length), true)) return true;
      return false;
    });
    return rule !== undefined && !rule.negated;
  });
}

function stepsFrom(base: string, path: string): readonly string[] {
  return path === base ? [] : path.slice(base === "/" ? 1 : base.length + 1).split("/");
}
