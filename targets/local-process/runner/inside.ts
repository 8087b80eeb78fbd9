import type { Charge, RunIdentity } from "../../../src/model/supervision.ts";
import type { System } from "../../../src/model/system.ts";
import { groupsOf, type Placement } from "./folder.ts";
import { findTool } from "./tools.ts";

/** A command with all that puts it where a run is. */
export type Inside = (command: readonly string[]) => readonly [string, ...string[]];

const SHELL = "/bin/sh";
const NAME = "aac exec";

/**
 * Goes where the limits of the run are, as far as this user may, and becomes the command. Its own words stand in its
 * arguments alone: a variable of the shell could be one of the agent's.
 */
const JOIN_SCRIPT = `while [ "$1" != -- ]; do
{ echo 0 > "$1"; } 2>/dev/null
shift
done
[ -z "$2" ] || ulimit -n "$2" 2>/dev/null
shift 2
exec "$@"`;

/**
 * The shell stays outside, and its children are inside. A key such as Ctrl-C is sent to it as well, and the command
 * alone decides what that means.
 */
const NAMESPACE_SCRIPT = `exec 3>&2 2>/dev/null
trap : INT QUIT
(exec 2>&3 3>&-; exec "$@")
exit "$?"`;

/** Beside the processes of a run: in its control groups and its namespaces, as far as that takes no new right. */
export async function insideOf(
  system: System,
  placement: Placement,
  run: RunIdentity,
  charge: Charge,
): Promise<Inside> {
  const files = charge.limits.files === undefined ? "" : String(charge.limits.files);
  const groups = groupsOf(placement).map((folder) => `${folder}/cgroup.procs`);
  const join: Inside = (command) => [SHELL, "-c", JOIN_SCRIPT, NAME, ...groups, "--", files, ...command];
  const enter = placement.tree === "namespace" ? await namespacesOf(system, run.pid, charge.cwd) : undefined;
  if (enter === undefined) return join;
  const [program, ...words] = enter;
  return (command) => join([program, ...words, SHELL, "-c", NAMESPACE_SCRIPT, NAME, ...command]);
}

/** Tried by doing it; undefined where it may not be entered. */
async function namespacesOf(
  system: System,
  pid: number,
  folder: string,
): Promise<readonly [string, ...string[]] | undefined> {
  const nsenter = findTool(system.files, "nsenter");
  if (nsenter === undefined) return undefined;
  const user = system.host.uid === 0 ? [] : ["--user", "--preserve-credentials"];
  const enter = [
    nsenter,
    `--target=${pid}`,
    ...user,
    "--mount",
    "--pid",
    "--no-fork",
    `--wd=${folder}`,
    "--",
  ] as const;
  const ran = await system.processes.run({
    command: [...enter, SHELL, "-c", "exit 7"],
    cwd: "/",
    environment: {},
    timeoutMs: 5000,
  });
  return ran.is === "ended" && ran.code === 7 ? enter : undefined;
}
