import { files as real } from "../../src/system/files.ts";
import type { Entry, Files, Stat } from "../../src/model/system.ts";

export interface MemoryFile {
  readonly text: string;
  readonly mode?: number;
  readonly uid?: number;
}

export const UID = 1000;

/** Files that stand in memory alone, by absolute path: the owner's own unless it says otherwise. Only reading is stood in for. */
export function memoryFiles(texts: Readonly<Record<string, string | MemoryFile>>): Files {
  const files = new Map(
    Object.entries(texts).map(([path, one]) => [path, typeof one === "string" ? { text: one } : one]),
  );
  const kind = (path: string): "file" | "folder" | "absent" => {
    if (files.has(path)) return "file";
    return [...files.keys()].some((one) => one.startsWith(`${path}/`)) ? "folder" : "absent";
  };
  return {
    ...real,
    read: (path, limit) => {
      const one = files.get(path);
      if (one === undefined)
        return kind(path) === "folder" ? { is: "refused", why: "it is a folder" } : { is: "absent" };
      const bytes = new TextEncoder().encode(one.text);
      return bytes.length > limit ? { is: "large", size: bytes.length } : { is: "read", bytes };
    },
    list: (folder) => {
      const below = [...files.keys()].filter((path) => path.startsWith(`${folder}/`));
      const names = new Set(below.map((path) => path.slice(folder.length + 1).split("/")[0] ?? ""));
      return [...names]
        .sort()
        .map((name): Entry => ({ name, is: kind(`${folder}/${name}`) === "file" ? "file" : "folder" }));
    },
    kind,
    stat: (path): Stat | undefined => {
      const one = files.get(path);
      const is = kind(path);
      if (is === "absent") return undefined;
      const size = new TextEncoder().encode(one?.text ?? "").length;
      return {
        is,
        uid: one?.uid ?? UID,
        mode: one?.mode ?? (is === "file" ? 0o600 : 0o700),
        size,
        identity: path,
        links: 1,
      };
    },
    realPath: (path) => path,
  };
}
