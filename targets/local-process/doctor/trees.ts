import type { Check, Finding } from "../../../src/model/doctor.ts";
import type { System } from "../../../src/model/system.ts";
import { type Cgroups, findCgroups } from "../runner/cgroups.ts";
import { limitsHeldBy } from "../runner/limits.ts";
import { findTool } from "../runner/tools.ts";
import { tryNamespace } from "../runner/trees/namespace.ts";

/** By what whole trees of processes are ended here, and who holds their limits. */
export function treeChecks(system: System): readonly Check[] {
  if (system.host.platform !== "linux")
    return [
      {
        about: "process trees",
        look: () =>
          Promise.resolve([
            {
              about: "process trees",
              is: "ok",
              found: "ended by group and marker, limits are watched: control groups are Linux's own",
            },
          ]),
      },
    ];
  return [
    { about: "control groups", look: () => Promise.resolve(groups(system, findCgroups(system))) },
    { about: "namespaces", look: () => namespaces(system) },
    { about: "isolation", look: () => Promise.resolve([isolation(system)]) },
  ];
}

function groups(system: System, found: Cgroups): readonly Finding[] {
  const about = "control groups";
  const held = Object.entries(limitsHeldBy(system, found));
  const names = (is: boolean): string =>
    held
      .flatMap(([name, can]) => (can === is ? [name] : []))
      .sort()
      .join(", ");
  const [first] = found.unified;
  const where =
    first === undefined
      ? found.first.memory === undefined && found.first.pids === undefined && found.first.cpu === undefined
        ? "none can be written"
        : "version 1 can be written"
      : `${first} can be written`;
  if (names(false) === "") return [{ about, is: "ok", found: `${where}: limits are held (${names(true)})` }];
  return [
    {
      about,
      is: "warn",
      found: `${where}: ${names(true) === "" ? "no limit is held, they are" : `${names(true)} held, the others`} watched (${names(false)})`,
      repair: hasSystemd(system)
        ? "systemd-run --user --scope -p Delegate=yes aac daemon restart"
        : "start aac in a control group that your user owns, with memory, pids and cpu handed on to it",
    },
  ];
}

/** Tried by doing it, as the supervisor does: a program of a moment that is alone in its namespace. */
async function namespaces(system: System): Promise<readonly Finding[]> {
  const about = "namespaces";
  if ((await tryNamespace(system)) !== undefined)
    return [{ about, is: "ok", found: "can be made: a tree without a control group ends whole" }];
  const has = findTool(system.files, "unshare") !== undefined;
  return [
    {
      about,
      is: "warn",
      found: has
        ? "the system refuses them: without a control group, a tree is found by its marker"
        : "there is no program `unshare`: without a control group, a tree is found by its marker",
      repair: has
        ? "sysctl kernel.unprivileged_userns_clone user.max_user_namespaces kernel.apparmor_restrict_unprivileged_userns"
        : "install util-linux",
    },
  ];
}

/** Nothing here is used yet: a file that asks for isolation is refused before. Said, so that nobody looks for it. */
function isolation(system: System): Finding {
  const bwrap = findTool(system.files, "bwrap");
  const systemd = hasSystemd(system) ? "systemd runs" : "no systemd runs";
  return {
    about: "isolation",
    is: "unneeded",
    found: `bwrap ${bwrap === undefined ? "is not there" : `at ${bwrap}`}, ${systemd}: nothing needs them, \`isolation\` is not built for processes yet`,
  };
}

const hasSystemd = ({ files }: System): boolean => files.kind("/run/systemd/system") === "folder";
