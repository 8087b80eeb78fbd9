import { delimiter, dirname, join, resolve } from "node:path";
import type { Files } from "../../model/system.ts";
import { findProjectFile, projectFiles } from "../project/find-files.ts";
import { madeUp } from "../project/place.ts";
import { agentNames, contextsIn, type KubeContext, keysBelow, listBelow, valueOf } from "./scan.ts";

/** What a name may be looked for in: files alone. No engine and no cluster is asked, and nothing is written. */
export interface World {
  readonly files: Files;
  readonly cwd: string;
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The project that a command would speak of, as far as it can be seen at a glance. */
export interface Project {
  readonly root: string;
  /** Of `.aac.yaml`; empty without one. */
  readonly text: string;
  /** Of its agent files, by their paths. */
  readonly agents: ReadonlyMap<string, string>;
}

/** A home folder may lie above a million files; who waits for a TAB waits for a moment only. */
const FOLDERS = 2000;
const AGENT_FILES = 2000;
const LARGEST = 256 * 1024;
const LARGEST_KUBECONFIG = 4 * 1024 * 1024;

export function projectOf(world: World, named: readonly string[]): Project {
  const { cwd } = world;
  const files = bounded(world.files);
  const [first] = named.filter((one) => one !== "-");
  const start = first === undefined ? cwd : resolve(cwd, first.replace(/[*?].*$/, ""));
  const folder = files.kind(start) === "folder" ? start : first === undefined ? cwd : dirname(start);
  const file = findProjectFile(files, folder);
  const root = file === undefined ? folder : dirname(file);
  const text = file === undefined ? "" : textOf(files, file);
  const paths = projectFiles(files, root, file === undefined ? undefined : listBelow(text, "files"));
  const agents = new Map(paths.slice(0, AGENT_FILES).map((path) => [path, textOf(files, path)]));
  return { root, text, agents };
}

/** Agents by name: the file that describes each; undefined where it is only known that it was applied. */
export function agentsOf(
  world: World,
  project: Project,
  named: string | undefined,
): ReadonlyMap<string, string | undefined> {
  const found = new Map<string, string | undefined>(
    applied(world, project, named).map((one) => [one, undefined]),
  );
  for (const [path, text] of project.agents) for (const name of agentNames(text)) found.set(name, path);
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Those that have a record in the state folder, whether a supervisor runs or not. */
function applied({ files, environment, home }: World, project: Project, named: string | undefined): string[] {
  const root = files.realPath(project.root) ?? project.root;
  const name = named ?? valueOf(project.text, "project") ?? madeUp(root);
  if (!/^[-a-z0-9]+$/.test(name)) return [];
  const state = environment["XDG_STATE_HOME"] ?? join(home, ".local", "state");
  const folder = join(state, "aac", name);
  return files
    .list(folder)
    .flatMap((target) => files.list(join(folder, target.name, "agents")))
    .flatMap((one) => (one.is === "folder" && /^[a-z0-9]/.test(one.name) ? [one.name] : []));
}

export function contextsOf(
  { files, environment, home, cwd }: World,
  named: string | undefined,
): KubeContext[] {
  const listed = (named ?? environment["KUBECONFIG"] ?? "").split(delimiter).filter((one) => one !== "");
  const paths = listed.length > 0 ? listed : [join(home, ".kube", "config")];
  return paths.flatMap((path) => contextsIn(textOf(files, resolve(cwd, path), LARGEST_KUBECONFIG)));
}

export const environmentsOf = ({ text }: Project): readonly string[] => keysBelow(text, "environments");

export const profilesOf = ({ agents }: Project): readonly string[] =>
  [...agents.values()].flatMap((text) => (text.includes("profiles:") ? keysBelow(text, "profiles") : []));

function textOf(files: Files, path: string, limit: number = LARGEST): string {
  // A pipe or a device would make the shell wait.
  if (files.kind(path) !== "file") return "";
  const read = files.read(path, limit);
  return read.is === "read" ? new TextDecoder().decode(read.bytes) : "";
}

function bounded(files: Files): Files {
  let left = FOLDERS;
  return { ...files, list: (folder) => (left-- > 0 ? files.list(folder) : []) };
}
