import { isBelow } from "../base/paths.ts";
import { listCode, type Listed, type ListRequest } from "./listing.ts";

/** How much one agent's code may be: more is surely data. */
interface CodeBounds {
  readonly files: number;
  readonly bytes: number;
}

const CODE_BOUNDS: CodeBounds = { files: 20_000, bytes: 200_000_000 };

export interface CodeRequest extends ListRequest {
  readonly hash: (bytes: Uint8Array) => string;
  /** The code paths of the live agent: the list is fixed when it starts. */
  readonly remembered?: ReadonlySet<string> | undefined;
  /** Paths from the folder that git tracks; undefined where there is no git. */
  readonly tracked?: ReadonlySet<string> | undefined;
  readonly bounds?: CodeBounds;
  /** Digests by absolute path: agents that share a folder read it once. */
  readonly known?: Map<string, string>;
}

export interface Code {
  readonly digests: Readonly<Record<string, string>>;
  /** What a person should know of it: one sentence each. */
  readonly notes: readonly string[];
}

/** The code of an agent as digests by path; a path that was there and is not any more is missing from it. */
export function codeOf(request: CodeRequest, listed: Listed = listCode(request)): Code {
  const bounds = request.bounds ?? CODE_BOUNDS;
  const { kept, untracked } = fixed(listed, request.remembered, request.tracked);
  const digests = new Map<string, string>();
  const unread: string[] = [];
  const beyond: string[] = [];
  let bytes = 0;
  for (const entry of kept) {
    const path = `${request.folder}/${entry.path}`;
    const size = entry.is === "file" ? (request.files.stat(path)?.size ?? 0) : 0;
    if (digests.size >= bounds.files || bytes + size > bounds.bytes) {
      beyond.push(entry.path);
      continue;
    }
    const known = request.known?.get(path);
    const looked: Look =
      known === undefined ? lookAt(request, path, entry.is) : { is: "seen", digest: known };
    if (looked.is === "unread") unread.push(entry.path);
    if (looked.is !== "seen") continue;
    bytes += size;
    request.known?.set(path, looked.digest);
    digests.set(entry.path, looked.digest);
  }
  return {
    digests: Object.fromEntries(digests),
    notes: [
      ...tooMuch(beyond, listed.cut, bounds),
      ...(unread.length === 0
        ? []
        : [`${some(unread)} cannot be read, so a change of ${it(unread)} is not seen`]),
      ...(untracked.length === 0
        ? []
        : [
            `${some(untracked)} ${be(untracked)} new and not tracked by git, so not code yet: \`git add\` ${it(untracked)}`,
          ]),
      ...(listed.data.length === 0
        ? []
        : [
            `${some(listed.data)} ${be(listed.data)} taken as data, not as code; \`code: {include: […]}\` says otherwise`,
          ]),
    ],
  };
}

function tooMuch(beyond: readonly string[], cut: boolean, bounds: CodeBounds): readonly string[] {
  if (beyond.length === 0 && !cut) return [];
  const most = `${bounds.files} files or ${Math.ceil(bounds.bytes / 1e6)} MB`;
  const rest = beyond.length === 0 ? "what is beyond that" : some(beyond);
  const way = "name what is no code in .aacignore or under `code: {exclude: […]}`";
  return [`its folder holds more code than ${most}: a change of ${rest} is not seen; ${way}`];
}

/** Later only the remembered paths count, and new ones that somebody meant: an agent may write into its folder. */
function fixed(
  listed: Listed,
  remembered: ReadonlySet<string> | undefined,
  tracked: ReadonlySet<string> | undefined,
): { readonly kept: Listed["entries"]; readonly untracked: readonly string[] } {
  if (remembered === undefined || remembered.size === 0) return { kept: listed.entries, untracked: [] };
  const endings = new Set([...remembered].map(endingOf));
  endings.delete("");
  const looksLikeCode = (path: string): boolean => endings.has(endingOf(path));
  const isNew = (path: string): boolean => (tracked === undefined ? looksLikeCode(path) : tracked.has(path));
  const kept = listed.entries.filter(({ path }) => remembered.has(path) || isNew(path));
  const untracked = listed.entries.flatMap(({ path }) =>
    tracked !== undefined && !remembered.has(path) && !tracked.has(path) && looksLikeCode(path) ? [path] : [],
  );
  return { kept, untracked };
}

function endingOf(path: string): string {
  return /[^/]\.([^./]+)$/.exec(path)?.[1] ?? "";
}

type Look = { readonly is: "seen"; readonly digest: string } | { readonly is: "absent" | "unread" };

function lookAt(request: CodeRequest, path: string, is: "file" | "link"): Look {
  const { files, hash, bounds = CODE_BOUNDS } = request;
  if (is === "link")
    return { is: "seen", digest: hash(new TextEncoder().encode(`link to ${leadsTo(request, path)}`)) };
  const read = files.read(path, bounds.bytes);
  if (read.is === "read") return { is: "seen", digest: hash(read.bytes) };
  return { is: read.is === "absent" ? "absent" : "unread" };
}

/** Where a link leads: inside the project the same in each checkout. What is there is never read through it. */
function leadsTo({ files, root }: CodeRequest, path: string): string {
  const target = files.realPath(path);
  if (target === undefined) return "itself";
  if (!isBelow(target, root)) return target;
  const from = path.split("/").slice(0, -1);
  const to = target.split("/");
  let same = 0;
  while (same < from.length && from[same] === to[same]) same++;
  return [...from.slice(same).map(() => ".."), ...to.slice(same)].join("/");
}

function some(paths: readonly string[]): string {
  const [first = "", second = ""] = paths;
  if (paths.length === 1) return `\`${first}\``;
  return paths.length === 2
    ? `\`${first}\` and \`${second}\``
    : `\`${first}\` and ${paths.length - 1} more files`;
}

const be = (paths: readonly string[]): string => (paths.length === 1 ? "is" : "are");
const it = (paths: readonly string[]): string => (paths.length === 1 ? "it" : "them");
