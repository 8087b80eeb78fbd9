import type { System } from "../../../../src/model/system.ts";
import { makeGroup, writeControl } from "../cgroups.ts";
import { textOf } from "../folder.ts";
import { waitFor } from "../wait.ts";

/** Removal is refused while something in the group is still dying. */
const REMOVE_MS = 5000;

/** Tried by doing it: a process goes into a group of its own and ends it. The first place where that works. */
export async function tryGroups(
  system: System,
  bases: readonly string[],
  name: string,
): Promise<string | undefined> {
  for (const base of bases) {
    const folder = `${base}/${name}`;
    if (!makeGroup(system, folder)) continue;
    const ran = await system.processes.run({
      command: [
        "/bin/sh",
        "-c",
        'echo 0 > "$1/cgroup.procs" && echo 1 > "$1/cgroup.kill" && while :; do :; done; exit 1',
        "aac-probe",
        folder,
      ],
      cwd: "/",
      environment: {},
      timeoutMs: 5000,
    });
    await removeGroups(system, [folder]);
    if (ran.is === "signalled" && ran.signal === "SIGKILL") return base;
  }
  return undefined;
}

export function killGroup(system: System, folder: string): void {
  writeControl(system, `${folder}/cgroup.kill`, "1");
}

/** Also of groups that the agent made below its own. */
export function groupMembers(system: System, folder: string): readonly number[] {
  const own = (textOf(system.files, `${folder}/cgroup.procs`, 1_048_576) ?? "")
    .split("\n")
    .filter((line) => line !== "" && line !== "0")
    .map(Number);
  return [...own, ...below(system, folder).flatMap((one) => groupMembers(system, one))];
}

/** A group that is gone is empty. */
export function isEmpty(system: System, folder: string): boolean {
  const events = textOf(system.files, `${folder}/cgroup.events`);
  return events === undefined || /^populated 0$/m.test(events);
}

/** Deepest first. The files of a control group stay in it: it is removed as if it were empty. */
export async function removeGroups(system: System, folders: readonly string[]): Promise<void> {
  const all = folders
    .filter((one) => system.files.kind(one) === "folder")
    .flatMap((one) => deepest(system, one));
  const left = new Set(all);
  await waitFor(system.clock, REMOVE_MS, () => {
    for (const one of left) if (system.files.removeFolder(one)) left.delete(one);
    return left.size === 0 ? true : undefined;
  });
}

function deepest(system: System, folder: string): readonly string[] {
  return [...below(system, folder).flatMap((one) => deepest(system, one)), folder];
}

function below(system: System, folder: string): readonly string[] {
  return system.files
    .list(folder)
    .filter((one) => one.is === "folder")
    .map((one) => `${folder}/${one.name}`);
}
