import { canonicalJson } from "../../../src/base/canonical.ts";
import { showBytes } from "../../../src/base/quantity.ts";
import type { System } from "../../../src/model/system.ts";
import { bytesOf } from "./look.ts";
import {
  CODE,
  CODE_BYTES,
  type CodeMap,
  type CodeModes,
  type FileIs,
  nameOf,
  staysInside,
} from "./layout.ts";

export interface KeepRequest {
  readonly home: string;
  /** The agent's folder, absolute. */
  readonly folder: string;
  readonly root: string;
  readonly code: CodeMap;
  /** What must not make room for it: the code of what lives. */
  readonly inUse: ReadonlySet<string>;
  readonly bound?: number;
}

/**
 * Puts the code of an agent aside before it runs, each file once. Nothing here keeps an agent from starting: what could
 * not be kept is said, one line each.
 */
export function keepCode(system: System, request: KeepRequest): readonly string[] {
  const { home, code } = request;
  if (Object.keys(code).length === 0) return [];
  try {
    system.files.makePrivateFolder(CODE.objects(home));
    system.files.makePrivateFolder(CODE.maps(home));
    writeModes(system, request);
    return keepObjects(system, request);
  } catch (error) {
    return [
      `its code cannot be kept, so nothing can bring it back: ${error instanceof Error ? error.message : String(error)}`,
    ];
  }
}

function keepObjects(system: System, request: KeepRequest): readonly string[] {
  const { files, digests } = system;
  const { home, folder, root, code, bound = CODE_BYTES } = request;
  const names = files.list(CODE.objects(home)).map(({ name }) => name);
  const known = new Set(names);
  // Most starts bring nothing new, and then not even a size is asked for.
  if (Object.values(code).every((digest) => known.has(digest))) return [];
  const sizes = new Map(names.map((name) => [name, files.stat(CODE.object(home, name))?.size ?? 0]));
  let total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const own = new Set([...Object.values(code), ...request.inUse]);
  const tooLarge: string[] = [];
  for (const [path, digest] of Object.entries(code)) {
    if (sizes.has(digest) || !staysInside(path)) continue;
    const bytes = bytesOf(system, { folder, root, path, limit: bound });
    if (bytes === "large") tooLarge.push(path);
    // Edited since the plan was made: what runs now is not what was planned, and the next plan says so.
    if (typeof bytes === "string" || digests.sha256(bytes) !== digest) continue;
    total -= makeRoom(system, home, sizes, own, total + bytes.length - bound);
    if (total + bytes.length > bound) {
      tooLarge.push(path);
      continue;
    }
    put(system, home, digest, bytes);
    sizes.set(digest, bytes.length);
    total += bytes.length;
  }
  const [first, ...more] = tooLarge;
  if (first === undefined) return [];
  const rest = more.length === 0 ? "" : ` and ${more.length} more`;
  return [
    `\`${first}\`${rest} cannot be kept beside the rest: ${showBytes(bound)} of code are kept of a project, so this code cannot be gone back to`,
  ];
}

/** The oldest of what nobody uses goes; back comes how much that was. */
function makeRoom(
  { files }: System,
  home: string,
  sizes: Map<string, number>,
  own: ReadonlySet<string>,
  tooMuch: number,
): number {
  if (tooMuch <= 0) return 0;
  const age = (name: string): string => {
    const read = files.readAt(CODE.object(home, name), 0, 0);
    return read.is === "read" ? read.modified : "";
  };
  const old = [...sizes]
    .filter(([name]) => !own.has(name))
    .map(([name, size]) => ({ name, size, at: age(name) }))
    .toSorted((a, b) => (a.at === b.at ? (a.name < b.name ? -1 : 1) : a.at < b.at ? -1 : 1));
  // What would not be enough is not thrown away for nothing.
  if (old.reduce((sum, { size }) => sum + size, 0) < tooMuch) return 0;
  let freed = 0;
  for (const { name, size } of old) {
    if (freed >= tooMuch) break;
    files.remove(CODE.object(home, name));
    sizes.delete(name);
    freed += size;
  }
  return freed;
}

/** A reader sees the whole file or none: it is named when it is written. */
function put({ files, host }: System, home: string, digest: string, bytes: Uint8Array): void {
  const staged = `${CODE.objects(home)}/.${digest}.${host.pid}`;
  files.remove(staged);
  try {
    files.append(staged, bytes);
    files.rename(staged, CODE.object(home, digest));
  } catch (error) {
    files.remove(staged);
    throw error;
  }
}

function writeModes(system: System, { home, folder, code }: KeepRequest): void {
  const { files, digests } = system;
  const modes: Record<string, FileIs> = {};
  for (const path of Object.keys(code)) {
    const stat = files.stat(`${folder}/${path}`);
    if (stat?.is === "link") modes[path] = "link";
    else if (stat?.is === "file" && (stat.mode & 0o111) !== 0) modes[path] = "executable";
  }
  const path = CODE.map(home, nameOf(code, digests.sha256));
  const text = `${canonicalJson({ modes })}\n`;
  const read = files.read(path, 64 << 20);
  if (read.is === "read" && new TextDecoder().decode(read.bytes) === text) return;
  files.replace(path, text, 0o600);
}

export function readModes({ files, digests }: System, home: string, code: CodeMap): CodeModes | undefined {
  const read = files.read(CODE.map(home, nameOf(code, digests.sha256)), 64 << 20);
  if (read.is !== "read") return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(read.bytes));
    if (typeof value !== "object" || value === null || !("modes" in value)) return undefined;
    const { modes } = value;
    return typeof modes === "object" && modes !== null && Object.values(modes).every(isFileIs)
      ? Object.fromEntries(Object.entries(modes))
      : undefined;
  } catch {
    return undefined;
  }
}

const isFileIs = (value: unknown): value is FileIs =>
  value === "file" || value === "executable" || value === "link";

/** The first of a code that is not kept, as a person is told; undefined where all of it is there. */
export function lackOf({ files }: System, home: string, code: CodeMap): string | undefined {
  const there = new Set(files.list(CODE.objects(home)).map(({ name }) => name));
  const missing = Object.entries(code).filter(([, digest]) => !there.has(digest));
  const [first] = missing;
  if (first === undefined) return undefined;
  const more = missing.length === 1 ? "" : ` and ${missing.length - 1} more`;
  return there.size === 0
    ? "nothing of its code was kept then"
    : `\`${first[0]}\`${more} of then was not kept`;
}
