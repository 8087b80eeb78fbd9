import { byCodeUnit } from "../base/canonical.ts";
import { matchesGlob } from "../base/glob.ts";
import type { Entry, Files } from "../model/system.ts";
import { IGNORE_FILES, isIgnored, type Layers, layerOf, layersTo } from "./ignored.ts";

/** Which files of an agent's folder are its code, before one of them is read. */

export interface ListRequest {
  /** Absolute, links followed. */
  readonly folder: string;
  /** The project's root, absolute, links followed. */
  readonly root: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly files: Files;
  readonly apart: Apart;
}

/** Files of the whole project that are never code, absolute. */
export interface Apart {
  readonly agents: ReadonlySet<string>;
  /** Where values of secrets are read from: a plain digest of a short secret gives it away. */
  readonly secrets: ReadonlySet<string>;
}

export interface Listed {
  /** By path from the folder, sorted. */
  readonly entries: readonly { readonly path: string; readonly is: "file" | "link" }[];
  /** Data that agents write, and that no ignore file names. */
  readonly data: readonly string[];
  /** There was more than anybody could mean. */
  readonly cut: boolean;
}

/** As many entries as are looked at in one folder. */
const MOST_ENTRIES = 200_000;

/** Nobody's code, whatever a file asks for: what git and this tool keep, and where secrets stand. */
const NEVER = /^(?:\.git|\.aac|\.env.*)$/;
const AGENT_FILE = /^(?:[Aa]gent\.ya?ml|.+\.agent\.ya?ml)$/;
const ENVIRONMENTS = new Set([
  "node_modules",
  ".venv",
  "venv",
  "__pycache__",
  ".pytest_cache",
  ".mypy_cache",
  ".ruff_cache",
  ".tox",
  "target",
  ".cache",
]);
/** Also what a database keeps beside its file while it is open, and a log that was turned over. */
const DATA = /\.(?:db(?:-wal|-shm|-journal)?|sqlite[^/]*|log(?:\.\d+)?|pid|sock)$/;
/** A plan that was saved in the agent's folder would otherwise be a change since it was made. */
const SAVED_PLAN = /\.plan\.json$/;
const ABOUT = /^(?:README|LICENSE)/;

interface Folder {
  readonly path: string;
  readonly layers: Layers;
  /** Only what is asked for by name is taken from here. */
  readonly ignored: boolean;
}

export function listCode(request: ListRequest): Listed {
  const { folder: top, files } = request;
  const include = request.include.map(tidy);
  const exclude = request.exclude.map(tidy);
  const entries: Listed["entries"][number][] = [];
  const data: string[] = [];
  let seen = 0;
  const folders: Folder[] = [{ path: "", layers: layersTo(files, request.root, top), ignored: false }];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const at = folder.path === "" ? top : `${top}/${folder.path}`;
    const found = files.list(at);
    if (folder.path !== "" && holdsAgent(request.apart, at, found)) continue;
    const layers =
      folder.path === "" || folder.ignored ? folder.layers : [...folder.layers, ...layerOf(files, at, false)];
    for (const entry of found) {
      seen++;
      const path = folder.path === "" ? entry.name : `${folder.path}/${entry.name}`;
      const whole = `${top}/${path}`;
      if (NEVER.test(entry.name) || request.apart.secrets.has(whole)) continue;
      if (exclude.some((pattern) => covers(pattern, path))) continue;
      const ignored =
        folder.ignored || isIgnored(layers, top, whole, entry.is === "folder") || isNoCode(entry, path);
      if (entry.is === "folder") {
        const environment = folder.ignored || ENVIRONMENTS.has(entry.name);
        if (!ignored || include.some((pattern) => mayReach(pattern, path, !environment)))
          folders.push({ path, layers, ignored });
        continue;
      }
      if (include.some((pattern) => covers(pattern, path))) entries.push({ path, is: entry.is });
      else if (ignored || request.apart.agents.has(whole)) continue;
      else if (DATA.test(entry.name)) data.push(path);
      else entries.push({ path, is: entry.is });
    }
    if (seen > MOST_ENTRIES) break;
  }
  return {
    entries: entries.sort((a, b) => byCodeUnit(a.path, b.path)),
    data: data.sort(byCodeUnit),
    cut: seen > MOST_ENTRIES,
  };
}

/** A folder below with an agent file of its own is another agent's. */
function holdsAgent(apart: Apart, folder: string, entries: readonly Entry[]): boolean {
  return entries.some(
    ({ name, is }) => is !== "folder" && (AGENT_FILE.test(name) || apart.agents.has(`${folder}/${name}`)),
  );
}

/** By its name alone. README and LICENSE at the top speak of the agent; deeper they may be what it reads. */
function isNoCode(entry: Entry, path: string): boolean {
  if (entry.is === "folder") return ENVIRONMENTS.has(entry.name);
  if (IGNORE_FILES.has(entry.name) || SAVED_PLAN.test(entry.name)) return true;
  return (
    path === entry.name &&
    (AGENT_FILE.test(entry.name) || ABOUT.test(entry.name) || entry.name === ".aac.yaml")
  );
}

const tidy = (pattern: string): string => pattern.replace(/^(?:\.?\/)+/, "").replace(/\/+$/, "");

/** A pattern that names a folder means all that is in it. */
function covers(pattern: string, path: string): boolean {
  return matchesGlob(pattern, path) || matchesGlob(`${pattern}/**`, path);
}

/** Whether something below a folder may fit: `**` leads anywhere, but into an environment only by its name. */
function mayReach(pattern: string, folder: string, anywhere: boolean): boolean {
  const wanted = pattern.split("/");
  for (const [i, step] of folder.split("/").entries()) {
    const want = wanted[i];
    if (want === undefined) return true;
    if (want === "**") return anywhere;
    if (!matchesGlob(want, step)) return false;
  }
  return true;
}
