import type { System } from "../../../src/model/system.ts";
import { buildsIn, environmentsIn, type Installed, installed, MANIFEST, manifestText } from "./installed.ts";
import type { Hash } from "./wanted.ts";

/**
 * The name of a build says who makes it: `<key>.<host>.<boot>.<pid>.<random>`. A cache may lie on a disk that other
 * machines and containers use, where the same pid is somebody else.
 */
export function buildName(system: System, key: string, hash: Hash): string {
  const random = Math.random().toString(36).slice(2, 8).padEnd(6, "0");
  return `${key}.${hostDigits(system, hash)}.${bootDigits(system, hash)}.${system.host.pid}.${random}`;
}

/** Removes what dead installers have left. A build that is whole stays: something may run in it. */
export function removeLeftovers(system: System, cache: string, hash: Hash): void {
  for (const { name, is } of system.files.list(buildsIn(cache))) {
    const [, host, boot, pid] = /^[^.]+\.(\w+)\.(\w+)\.(\d+)\.\w+(?:\.made)?$/.exec(name) ?? [];
    // What has no such name is not ours, and of another machine's installers nobody here can tell.
    if (is !== "folder" || host !== hostDigits(system, hash)) continue;
    if (boot === bootDigits(system, hash) && lives(system, Number(pid))) continue;
    const path = `${buildsIn(cache)}/${name}`;
    if (name.endsWith(".made") || system.files.kind(`${path}/${MANIFEST}`) !== "file")
      removeQuietly(system, path);
  }
}

/**
 * What a killed installer had started may still write there: then the folder is never empty long enough. It counts
 * for nobody, and the next installer removes it.
 */
export function removeQuietly({ files }: System, path: string): void {
  try {
    files.remove(path);
  } catch {
    // Left for the next one.
  }
}

/** Makes a build count, unless another one does already; returns the one that counts. */
export function publish(system: System, cache: string, made: Installed): Installed | undefined {
  const { files } = system;
  const text = manifestText(made);
  files.replace(`${made.folder}/${MANIFEST}`, text);
  const staged = `${made.folder}.made`;
  files.makeFolder(staged);
  files.replace(`${staged}/${MANIFEST}`, text);
  const place = `${environmentsIn(cache)}/${made.key}`;
  try {
    // Onto a folder that holds something this fails: of two installers the first one wins.
    files.rename(staged, place);
  } catch {
    removeQuietly(system, staged);
    // What stands there and is not whole is healed: somebody has swept the cache, or the interpreter went away.
    if (installed(system, cache, made.key) === undefined) files.replace(`${place}/${MANIFEST}`, text);
  }
  return installed(system, cache, made.key);
}

function lives({ processes }: System, pid: number): boolean {
  const facts = processes.look(pid);
  return facts !== undefined && !facts.zombie;
}

const hostDigits = ({ host }: System, hash: Hash): string => digits(host.name, hash);
const bootDigits = ({ host }: System, hash: Hash): string => digits(host.bootId, hash);
const digits = (text: string, hash: Hash): string => hash(new TextEncoder().encode(text)).slice(0, 6);
