import { isBelow } from "../../../src/base/paths.ts";
import type { System } from "../../../src/model/system.ts";
import { type CodeMap, LINK_TO } from "./layout.ts";

interface LookRequest {
  readonly folder: string;
  readonly root: string;
  readonly path: string;
  readonly limit: number;
}

/** What the digest of a file is made of; of a link that is where it leads, and not what stands there. */
export function bytesOf(
  { files }: System,
  { folder, root, path, limit }: LookRequest,
): Uint8Array | "large" | "absent" {
  const whole = `${folder}/${path}`;
  if (files.stat(whole)?.is === "link") {
    const leads = leadsTo(files, root, whole);
    return leads === undefined ? "absent" : new TextEncoder().encode(`${LINK_TO}${leads}`);
  }
  const read = files.read(whole, limit);
  return read.is === "read" ? read.bytes : read.is === "large" ? "large" : "absent";
}

/** Inside the project counted from the link, as it is in each checkout. */
function leadsTo(files: System["files"], root: string, whole: string): string | undefined {
  const target = files.realPath(whole);
  if (target === undefined || !isBelow(target, root)) return target;
  const from = whole.split("/").slice(0, -1);
  const to = target.split("/");
  let same = 0;
  while (same < from.length && from[same] === to[same]) same++;
  return [...from.slice(same).map(() => ".."), ...to.slice(same)].join("/");
}

const LIMIT = 200_000_000;

/** Whether all of a code lies in a folder as it was. */
export function liesIn(system: System, folder: string, root: string, code: CodeMap): boolean {
  return Object.entries(code).every(([path, digest]) => {
    const bytes = bytesOf(system, { folder, root, path, limit: LIMIT });
    return typeof bytes !== "string" && system.digests.sha256(bytes) === digest;
  });
}
