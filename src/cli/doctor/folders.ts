import type { Check, Finding } from "../../model/doctor.ts";
import { asFinding } from "../../model/doctor.ts";
import { quote } from "../../model/aside.ts";
import type { System } from "../../model/system.ts";
import type { Here } from "../../model/target.ts";
import type { Holder } from "../../model/holder.ts";
import { readHolder } from "../../state/holder.ts";
import { faultOfStateFolder } from "../../state/home.ts";

/** Counting more would take longer than the number is worth. */
const MOST_FILES = 5000;

/** Where things are kept, who may change them there, and who writes at the moment. */
export function folderChecks(system: System, here: Here): readonly Check[] {
  const at = (about: string, look: () => readonly Finding[]): Check => ({
    about,
    look: () => Promise.resolve(look()),
  });
  return [
    at("state", () => {
      const fault = faultOfStateFolder(system, here.home);
      return [fault === undefined ? folder(system, "state", here.home) : asFinding("state", fault)];
    }),
    at("cache", () => [folder(system, "cache", here.cache)]),
    at("runtime", () => [folder(system, "runtime", here.runtime)]),
    at("lock", () => locks(system, here)),
  ];
}

function folder(system: System, about: string, path: string): Finding {
  const { files, host } = system;
  if (!path.startsWith("/") && !/^[A-Za-z]:/.test(path))
    return {
      about,
      is: "warn",
      found: `${path} is counted from the current folder, and so another one elsewhere`,
      repair: "write absolute paths into XDG_STATE_HOME, XDG_CACHE_HOME and XDG_RUNTIME_DIR",
    };
  const stat = files.stat(path);
  if (stat === undefined) return { about, is: "ok", found: `${path}, made when it is needed` };
  if (stat.is !== "folder")
    return {
      about,
      is: "fail",
      found: `${path} is no folder`,
      repair: `mv ${quote(path)} ${quote(`${path}.old`)}`,
    };
  const kind = files.fileSystem?.(path);
  const mode = stat.mode.toString(8).padStart(4, "0");
  const words = [path, mode, ...(kind === undefined ? [] : [kind]), sizeWords(system, path)].join(", ");
  if (stat.uid !== host.uid)
    return {
      about,
      is: "fail",
      found: `${words}: it belongs to user ${stat.uid}, and you are user ${host.uid}`,
      repair: "run aac as that user, or name another folder: XDG_STATE_HOME, XDG_CACHE_HOME, XDG_RUNTIME_DIR",
    };
  if ((stat.mode & 0o022) !== 0)
    return {
      about,
      is: "fail",
      found: `${words}: others can change it`,
      repair: `chmod go-w ${quote(path)}`,
    };
  return { about, is: "ok", found: words };
}

function sizeWords({ files }: System, path: string): string {
  let [bytes, seen] = [0, 0];
  const open = [path];
  for (let one = open.pop(); one !== undefined && seen < MOST_FILES; one = open.pop())
    for (const { name, is } of files.list(one)) {
      const below = `${one}/${name}`;
      if (is === "folder") open.push(below);
      else if (is === "file") bytes += files.stat(below)?.size ?? 0;
      if (++seen >= MOST_FILES) break;
    }
  const size =
    bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
  return seen >= MOST_FILES ? `more than ${size}` : size;
}

/** A supervisor holds a lock there for as long as it lives, and keeps nobody from applying. */
const SUPERVISORS = "daemon";

/** Of a platform that may be reached at several places, each has its own. */
function locks(system: System, { home }: Here): readonly Finding[] {
  const { files } = system;
  const places = [
    home,
    ...files
      .list(home)
      .flatMap(({ name, is }) => (is === "folder" && name !== SUPERVISORS ? [`${home}/${name}`] : [])),
  ];
  const held = places.flatMap((path) => {
    const holder = readHolder(files, path);
    return holder === undefined || !mayHold(system, holder) ? [] : [holder];
  });
  if (held.length === 0) return [{ about: "lock", is: "ok", found: "nobody is applying" }];
  return held.map(
    ({ pid, host, command, since }): Finding => ({
      about: "lock",
      is: "warn",
      found: `\`${command}\` on ${host} (pid ${pid}) has been applying since ${since}`,
      repair: "wait for it: aac apply --lock-timeout 5m",
    }),
  );
}

/** Who took it last stays written down: only while that one lives, somebody may be at it. */
function mayHold({ host, processes }: System, { host: name, pid }: Holder): boolean {
  if (name !== host.name) return false;
  return processes.look(pid)?.argv.some((word) => word.includes("aac")) === true;
}
