import { byCodeUnit } from "../../../src/base/canonical.ts";

/** What goes into a tar archive: as little as an engine needs, so that the same content gives the same bytes. */
export type Entry =
  | {
      readonly is: "file";
      readonly path: string;
      readonly bytes: Uint8Array;
      readonly mode: number;
    }
  | { readonly is: "link"; readonly path: string; readonly to: string };

const BLOCK = 512;
const text = new TextEncoder();

/** In every archive the same moment; zip files, which packages are made of, know none before 1980. */
const MADE = Date.UTC(2000, 0, 1) / 1000;

/** Sorted by path, and owned by root. */
export function archiveOf(entries: readonly Entry[]): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (const entry of entries.toSorted((a, b) => byCodeUnit(a.path, b.path))) {
    const link = entry.is === "link" ? entry.to : "";
    const more = [...longer("path", entry.path, 100), ...longer("linkpath", link, 100)];
    if (more.length > 0) push(blocks, header("pax", "x", 0o644, text.encode(more.join(""))), more.join(""));
    switch (entry.is) {
      case "file":
        push(blocks, header(entry.path, "0", entry.mode, entry.bytes), entry.bytes);
        break;
      case "link":
        push(blocks, header(entry.path, "2", 0o777, new Uint8Array(), entry.to));
        break;
    }
  }
  blocks.push(new Uint8Array(2 * BLOCK));
  return joined(blocks);
}

function push(blocks: Uint8Array[], head: Uint8Array, content: Uint8Array | string = new Uint8Array()): void {
  const bytes = typeof content === "string" ? text.encode(content) : content;
  blocks.push(head, bytes, new Uint8Array((BLOCK - (bytes.length % BLOCK)) % BLOCK));
}

/** A name that the fields of a header cannot hold stands before it: `LENGTH key=value`, its own length counted too. */
function longer(key: string, value: string, limit: number): readonly string[] {
  const bytes = text.encode(value).length;
  if (bytes <= limit && /^[\x20-\x7e]*$/.test(value)) return [];
  const rest = ` ${key}=${value}\n`;
  const size = text.encode(rest).length;
  let length = size + String(size).length;
  if (size + String(length).length !== length) length = size + String(length).length;
  return [`${length}${rest}`];
}

function header(
  path: string,
  type: string,
  mode: number,
  bytes: Uint8Array = new Uint8Array(),
  to = "",
): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const put = (at: number, length: number, value: string): void => {
    block.set(text.encode(value).subarray(0, length), at);
  };
  put(0, 100, path);
  put(100, 8, octal(mode, 7));
  put(108, 8, octal(0, 7));
  put(116, 8, octal(0, 7));
  put(124, 12, octal(bytes.length, 11));
  put(136, 12, octal(MADE, 11));
  put(148, 8, " ".repeat(8));
  put(156, 1, type);
  put(157, 100, to);
  put(257, 8, "ustar\x0000");
  put(
    148,
    8,
    `${octal(
      block.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
  );
  return block;
}

const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, "0");

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
