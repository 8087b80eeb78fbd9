import { isAbsolute, isBelow, normalise } from "../../../src/base/paths.ts";
import { err, ok, type Result } from "../../../src/base/result.ts";
import type { System } from "../../../src/model/system.ts";
import type { Failure } from "../../../src/model/target.ts";
import { findTool } from "../runner/tools.ts";
import { CODE, CODE_BYTES, type CodeMap, type FileIs, LINK_TO, nameOf, staysInside } from "./layout.ts";
import { lackOf, readModes } from "./store.ts";

export interface TreeRequest {
  readonly home: string;
  /** The agent's folder, where the code lay. */
  readonly folder: string;
  readonly root: string;
  readonly code: CodeMap;
}

const TOOL_MS = 60_000;
/** Arguments of one call. */
const AT_ONCE = 200;

/**
 * Lays out what an agent ran once, from what was kept of it. The files are read-only: what runs from there is meant to
 * be what it was, and an edit of them would reach nobody's files.
 */
export async function layOut(system: System, request: TreeRequest): Promise<Result<string, Failure>> {
  const { home, code } = request;
  const lack = lackOf(system, home, code);
  if (lack !== undefined) return failed(`its code of then cannot be brought back: ${lack}`);
  const outside = Object.keys(code).find((path) => !staysInside(path));
  if (outside !== undefined) return failed(`\`${outside}\` is no path of an agent's code`);
  const tree = CODE.tree(home, nameOf(code, system.digests.sha256));
  const modes = readModes(system, home, code) ?? {};
  try {
    return await fill(system, request, tree, modes);
  } catch (error) {
    return failed(
      `its code of then cannot be laid out in ${tree}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

async function fill(
  system: System,
  request: TreeRequest,
  tree: string,
  modes: Readonly<Record<string, FileIs>>,
): Promise<Result<string, Failure>> {
  const { files, digests, host } = system;
  const { home, code } = request;
  files.makePrivateFolder(tree);
  const plain: string[] = [];
  const executable: string[] = [];
  const links: string[] = [];
  for (const [path, digest] of Object.entries(code)) {
    const whole = `${tree}/${path}`;
    const is = modes[path] ?? "file";
    const read = files.read(CODE.object(home, digest), CODE_BYTES);
    if (read.is !== "read" || digests.sha256(read.bytes) !== digest)
      return failed(`its code of then cannot be brought back: what was kept of \`${path}\` is damaged`);
    files.makePrivateFolder(whole.slice(0, whole.lastIndexOf("/")));
    if (is === "link") {
      links.push(leadsTo(new TextDecoder().decode(read.bytes).slice(LINK_TO.length), path, request), whole);
      continue;
    }
    if (!isSame(system, whole, digest)) {
      const staged = `${whole}.${host.pid}.tmp`;
      files.remove(staged);
      files.append(staged, read.bytes);
      files.rename(staged, whole);
    }
    (is === "executable" ? executable : plain).push(whole);
  }
  links.push(...modulesOf(system, request, tree));
  for (const [mode, paths] of [
    ["0400", plain],
    ["0500", executable],
  ] as const) {
    const why = await each(system, "chmod", [mode], paths, AT_ONCE);
    if (why !== undefined) return failed(why);
  }
  const why = await each(system, "ln", ["-s", "-f", "-n"], links, 2);
  return why === undefined ? ok(tree) : failed(why);
}

function isSame({ files, digests }: System, path: string, digest: string): boolean {
  const read = files.readAt(path, 0, CODE_BYTES);
  return read.is === "read" && digests.sha256(read.bytes) === digest;
}

/** A link to a file of the same code leads to that file of then; any other to what is there now. */
function leadsTo(target: string, path: string, { folder, code }: TreeRequest): string {
  if (isAbsolute(target)) return target;
  const from = path.includes("/") ? path.slice(0, path.lastIndexOf("/") + 1) : "";
  const inside = normalise(`${from}${target}`);
  const isOwn = Object.keys(code).some((one) => isBelow(one, inside));
  return isOwn ? target : normalise(`${folder}/${from}${target}`);
}

/** `import` looks for packages beside a file and in the folders above it: those of a tree are not those of the agent. */
function modulesOf({ files }: System, { folder, root }: TreeRequest, tree: string): readonly string[] {
  for (let at = folder; isBelow(at, root) && at !== ""; at = at.slice(0, at.lastIndexOf("/"))) {
    const modules = `${at}/node_modules`;
    if (files.kind(modules) === "folder") return [files.realPath(modules) ?? modules, `${tree}/node_modules`];
  }
  return [];
}

/** Why it could not be done; undefined where it was. */
async function each(
  system: System,
  name: string,
  options: readonly string[],
  paths: readonly string[],
  atOnce: number,
): Promise<string | undefined> {
  if (paths.length === 0) return undefined;
  const tool = findTool(system.files, name);
  if (tool === undefined) return `this machine has no ${name}, by which code of then is laid out`;
  for (let at = 0; at < paths.length; at += atOnce) {
    const ran = await system.processes.run({
      command: [tool, ...options, "--", ...paths.slice(at, at + atOnce)],
      cwd: "/",
      environment: {},
      timeoutMs: TOOL_MS,
    });
    if (ran.is !== "ended" || ran.code !== 0)
      return `${name} failed in the folder of its code: ${ran.is === "ended" ? ran.output.trim().split("\n").at(-1) : ran.is}`;
  }
  return undefined;
}

const failed = (message: string): Result<never, Failure> => err({ message, lines: [], passing: false });
