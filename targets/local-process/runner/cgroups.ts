import type { System } from "../../../src/model/system.ts";
import { CONTROLLERS, type Controller, textOf } from "./folder.ts";

/** Where control groups are mounted, as `/proc/self/mountinfo` and `/proc/self/cgroup` tell it. Pure. */
export interface CgroupMount {
  /** `unified`, or a controller of version 1. */
  readonly holds: "unified" | Controller;
  /** Where groups of ours could be: the one that this process is in, then the root of the mount. */
  readonly candidates: readonly string[];
}

export function parseMounts(mountinfo: string, own: string): readonly CgroupMount[] {
  const found: CgroupMount[] = [];
  for (const line of mountinfo.split("\n")) {
    const [left = "", right = ""] = line.split(" - ");
    const [, , , root = "/", point = "", options = ""] = left.split(" ");
    const [kind, , features = ""] = right.split(" ");
    if (kind !== "cgroup" && kind !== "cgroup2") continue;
    if (options.split(",").includes("ro")) continue;
    const holds: readonly CgroupMount["holds"][] =
      kind === "cgroup2" ? ["unified"] : CONTROLLERS.filter((one) => features.split(",").includes(one));
    for (const one of holds) {
      if (found.some((before) => before.holds === one)) continue;
      const inside = below(root, ownPath(own, one));
      const at = unescape(point);
      found.push({ holds: one, candidates: [...new Set([`${at}${inside}`, at])] });
    }
  }
  return found;
}

/** Lines such as `4:memory:/a/b`, and `0::/a/b` for the unified tree. */
function ownPath(text: string, holds: CgroupMount["holds"]): string {
  for (const line of text.split("\n")) {
    const [, names, ...path] = line.split(":");
    const fits = holds === "unified" ? names === "" : names?.split(",").includes(holds) === true;
    if (fits) return path.join(":");
  }
  return "/";
}

/** A container is shown only a part of the tree: its own path begins where that part does. */
function below(root: string, path: string): string {
  if (path === "/" || path.startsWith("/..")) return "";
  if (root === "/") return path;
  return path.startsWith(`${root}/`) ? path.slice(root.length) : "";
}

/** Spaces and the like are written as octal numbers there. */
function unescape(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

export interface Cgroups {
  /** Where a group for a whole tree may be made, most useful first: who also holds limits. */
  readonly unified: readonly string[];
  /** Version 1: where groups with a limit may be made. */
  readonly first: Readonly<Partial<Record<Controller, string>>>;
}

/** Looks only, writes nothing: a start proves what this promises. */
export function findCgroups(system: System): Cgroups {
  const { files } = system;
  const mounts = parseMounts(
    textOf(files, "/proc/self/mountinfo", 1_048_576) ?? "",
    textOf(files, "/proc/self/cgroup") ?? "",
  );
  const first: Partial<Record<Controller, string>> = {};
  let unified: readonly string[] = [];
  for (const { holds, candidates } of mounts) {
    const usable = candidates.filter((folder) => mayWrite(system, folder));
    if (holds === "unified")
      unified = usable.toSorted((a, b) => held(system, b).length - held(system, a).length);
    else if (usable[0] !== undefined) first[holds] = usable[0];
  }
  return { unified, first };
}

/** Which limits groups below this one can have. */
export function held(system: System, base: string): readonly Controller[] {
  const words = (name: string): readonly string[] =>
    (textOf(system.files, `${base}/${name}`) ?? "").trim().split(/\s+/);
  const on = words("cgroup.subtree_control");
  const there = words("cgroup.controllers");
  // Only a group without processes of its own hands controllers on; the root alone may do both.
  const mayHandOn =
    system.files.kind(`${base}/cgroup.type`) === "absent" ||
    (textOf(system.files, `${base}/cgroup.procs`) ?? "") === "";
  return CONTROLLERS.filter((one) => on.includes(one) || (mayHandOn && there.includes(one)));
}

/** False where the kernel refused one. */
export function handOn(system: System, base: string, controllers: readonly Controller[]): boolean {
  const on = (textOf(system.files, `${base}/cgroup.subtree_control`) ?? "").trim().split(/\s+/);
  return controllers
    .filter((one) => !on.includes(one))
    .every((one) => writeControl(system, `${base}/cgroup.subtree_control`, `+${one}`));
}

export function writeControl(system: System, path: string, text: string): boolean {
  if (system.files.kind(path) !== "file") return false;
  try {
    system.files.append(path, text);
    return true;
  } catch {
    return false;
  }
}

export function makeGroup(system: System, folder: string): boolean {
  try {
    system.files.makeFolder(folder);
    return system.files.kind(`${folder}/cgroup.procs`) === "file";
  } catch {
    return false;
  }
}

/** Root of a container is often not the root that these files belong to: their owner decides, then their mode. */
function mayWrite(system: System, folder: string): boolean {
  const stat = system.files.stat(folder);
  if (stat?.is !== "folder" || stat.uid !== system.host.uid) return false;
  return system.host.uid === 0 || (stat.mode & 0o200) !== 0;
}
