import { dirname, join, relative, sep } from "node:path";
import type { Files } from "../../model/system.ts";

const LIMIT = 256 * 1024 * 1024;

/**
 * The paths below a folder that git tracks, from that folder; undefined where there is no git. Read from the index
 * itself: asking git would start a process, and a plan starts none.
 */
export function trackedBelow(files: Files, folder: string): ReadonlySet<string> | undefined {
  for (let root = folder; ; root = dirname(root)) {
    const path = join(root, ".git", "index");
    if (files.kind(path) === "file") {
      const read = files.read(path, LIMIT);
      if (read.is !== "read") return undefined;
      const names = namesIn(read.bytes);
      if (names === undefined) return undefined;
      const prefix = relative(root, folder).split(sep).join("/");
      const below = prefix === "" ? "" : `${prefix}/`;
      return new Set(names.filter((name) => name.startsWith(below)).map((name) => name.slice(below.length)));
    }
    if (dirname(root) === root) return undefined;
  }
}

/** The names in an index of version 2 or 3, or 4 with its shortened names. */
function namesIn(bytes: Uint8Array): readonly string[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = new TextDecoder();
  if (bytes.length < 12 || text.decode(bytes.subarray(0, 4)) !== "DIRC") return undefined;
  const version = view.getUint32(4);
  const count = view.getUint32(8);
  if (version < 2 || version > 4) return undefined;
  const names: string[] = [];
  let at = 12;
  let before = new Uint8Array();
  for (let i = 0; i < count; i++) {
    if (at + 62 > bytes.length) return undefined;
    const flags = view.getUint16(at + 60);
    const extended = version >= 3 && (flags & 0x4000) !== 0;
    let start = at + 62 + (extended ? 2 : 0);
    let name: Uint8Array;
    if (version === 4) {
      let drop = 0;
      for (let shift = true; shift; start++) {
        const byte = bytes[start] ?? 0;
        drop = drop * 128 + (byte & 0x7f);
        shift = (byte & 0x80) !== 0;
        if (shift) drop += 1;
      }
      const end = bytes.indexOf(0, start);
      if (end < 0) return undefined;
      const kept = before.subarray(0, before.length - drop);
      name = new Uint8Array(kept.length + end - start);
      name.set(kept);
      name.set(bytes.subarray(start, end), kept.length);
      at = end + 1;
    } else {
      const end = bytes.indexOf(0, start);
      if (end < 0) return undefined;
      name = bytes.subarray(start, end);
      // Entries are padded with one to eight zeros to a multiple of eight.
      at += Math.ceil((end - at + 1) / 8) * 8;
    }
    before = new Uint8Array(name);
    names.push(text.decode(name));
  }
  return names;
}
