import type { Files } from "../../../src/model/system.ts";

const FOLDERS = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin", "/run/current-system/sw/bin"];

/** A program of the system, absolute: never what an agent's PATH would find. */
export function findTool(files: Files, name: string): string | undefined {
  return FOLDERS.map((folder) => `${folder}/${name}`).find((path) => files.kind(path) === "file");
}
