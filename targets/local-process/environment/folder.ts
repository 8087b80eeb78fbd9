import { canonicalJson } from "../../../src/base/canonical.ts";
import { isBelow } from "../../../src/base/paths.ts";
import type { AgentFacts } from "../../../src/model/facts.ts";
import type { AgentIr } from "../../../src/model/ir.ts";
import type { System } from "../../../src/model/system.ts";
import { objectOf, parsedObject, textOf, textsOf } from "./json.ts";
import { absolutePath, digestOf, type LocalPackage, readNpmSpec, readRequirement } from "./local-packages.ts";
import { findProgram } from "./programs.ts";
import { installingParts, packagesIn } from "./pyproject.ts";
import { type FolderFacts, type Hash, packagedRuntime } from "./wanted.ts";

export interface FolderRequest {
  readonly agent: Pick<AgentIr, "program" | "dependencies" | "devDependencies">;
  readonly facts: Pick<AgentFacts, "folder" | "locks">;
  /** PATH: which installers there are decides which file can be asked. */
  readonly path: string;
  readonly cache: string;
  readonly dev: boolean;
  readonly hash: Hash;
}

const LIMIT = 64 << 20;
/** Stands for the folder itself among the parts: what is used where it is belongs to one folder only. */
const PLACE = "./";

/** What the agent's folder says about packages. Reads only. */
export function seeFolder(system: System, request: FolderRequest): FolderFacts {
  const { agent, facts, cache, dev } = request;
  const runtime = packagedRuntime(agent);
  const hasNodeModules = hasOwnModules(system, cache, facts.folder);
  if (runtime === undefined) return { parts: {}, specParts: {}, hasNodeModules };
  const listed = [...agent.dependencies, ...(dev ? agent.devDependencies : [])];
  const spec =
    runtime === "python"
      ? fromRequirements(system, request, listed.join("\n"))
      : fromSpecs(system, request, listed);
  const seen = runtime === "python" ? seePython(system, request) : seeNode(system, request);
  return {
    ...(seen === undefined ? {} : { from: seen.from }),
    parts: seen?.parts ?? {},
    specParts: spec,
    hasNodeModules,
  };
}

/** Whether somebody has installed packages there himself. A link of ours into the cache is nobody's. */
export function hasOwnModules({ files }: System, cache: string, folder: string): boolean {
  const path = `${folder}/node_modules`;
  return files.stat(path) !== undefined && !leadsToCache(files, cache, path);
}

export function leadsToCache(files: System["files"], cache: string, path: string): boolean {
  if (files.stat(path)?.is !== "link") return false;
  const real = files.realPath(path);
  const home = `${cache}/environments`;
  return real !== undefined && isBelow(real, files.realPath(home) ?? home);
}

interface Seen {
  readonly from: string;
  readonly parts: Readonly<Record<string, string>>;
}

/** A lock is a promise: it is left aside only where nobody can read it and another file says what to install. */
function seePython(system: System, request: FolderRequest): Seen | undefined {
  const has = (name: string): boolean => Object.hasOwn(request.facts.locks, name);
  const project = has("pyproject.toml") ? text(system, request, "pyproject.toml") : "";
  const requirements = has("requirements.txt") ? text(system, request, "requirements.txt") : "";
  const asks = /^\s*[^\s#]/m.test(requirements);
  const list = (): Seen => ({
    from: "requirements.txt",
    parts: fromRequirements(system, request, requirements),
  });
  const locks = [
    { from: "uv.lock", tool: "uv", local: /\bsource = \{ (editable|directory) = "([^"]+)"/g },
    { from: "poetry.lock", tool: "poetry", local: /^type = "(directory)"\r?\nurl = "([^"]+)"/gm },
  ].filter(({ from }) => has(from));
  const lock =
    locks.find(({ tool }) => findProgram(system, tool, request.path) !== undefined) ??
    (asks ? undefined : locks[0]);
  if (lock !== undefined) {
    const local = [...text(system, request, lock.from).matchAll(lock.local)]
      .map(([, how, path = ""]): LocalPackage => ({ path, linked: how === "editable" }))
      .filter(({ path }) => path !== ".");
    return {
      from: lock.from,
      parts: {
        ...digest(request, "pyproject.toml", installingParts(project)),
        ...localParts(system, request, local),
      },
    };
  }
  const holds = packagesIn(project);
  if (asks && (locks.length > 0 || holds !== "dependencies")) return list();
  if (holds === "nothing") return undefined;
  const files = [...project.matchAll(/["']([^"']*@\s*file:[^"']+)["']/g)].map(([, line = ""]) => line);
  return {
    from: "pyproject.toml",
    parts: {
      ...digest(request, "pyproject.toml", installingParts(project)),
      ...fromRequirements(system, request, files.join("\n")),
    },
  };
}

/** The fields of a package.json that decide what is installed: an edit of its scripts installs nothing. */
const FIELDS = ["dependencies", "optionalDependencies", "peerDependencies", "overrides", "devDependencies"];

function seeNode(system: System, request: FolderRequest): Seen | undefined {
  const has = (name: string): boolean => Object.hasOwn(request.facts.locks, name);
  const written = has("package.json") ? parsedObject(text(system, request, "package.json")) : undefined;
  const used = FIELDS.filter((name) => request.dev || name !== "devDependencies");
  const wanted = used.map((name) => textsOf(written?.[name]));
  if (written !== undefined && wanted.every((one) => Object.keys(one).length === 0)) return undefined;
  const fields = digest(
    request,
    "package.json",
    canonicalJson(wanted) + JSON.stringify(written?.["overrides"] ?? {}),
  );
  if (has("package-lock.json")) {
    const linked = localInLock(text(system, request, "package-lock.json")).length > 0;
    return {
      from: "package-lock.json",
      parts: linked ? { ...fields, [PLACE]: request.facts.folder } : fields,
    };
  }
  const foreign = ["pnpm-lock.yaml", "yarn.lock"].find(has);
  if (foreign !== undefined) return { from: foreign, parts: fields };
  if (written === undefined) return undefined;
  const specs = wanted.flatMap((one) => Object.values(one));
  return { from: "package.json", parts: { ...fields, ...fromSpecs(system, request, specs) } };
}

/** Paths from the agent's folder that a lock of npm names instead of packages of an index. */
export function localInLock(lock: string): string[] {
  const packages = objectOf(parsedObject(lock)?.["packages"]) ?? {};
  return [
    ...new Set(
      Object.entries(packages).flatMap(([name, value]) => {
        const one = objectOf(value);
        const resolved = textOf(one?.["resolved"]) ?? "";
        if (one?.["link"] === true) return [resolved];
        if (resolved.startsWith("file:")) return [resolved.slice("file:".length)];
        return name === "" || /(?:^|\/)node_modules\//.test(name) ? [] : [name];
      }),
    ),
  ].sort();
}

function fromRequirements(system: System, request: FolderRequest, whole: string): Record<string, string> {
  const local: LocalPackage[] = [];
  const more: Record<string, string> = {};
  const open = [{ whole, folder: request.facts.folder }];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    for (const line of one.whole.replaceAll(/\\\r?\n/g, " ").split(/\r?\n/)) {
      const { local: found, file } = readRequirement(line);
      if (found !== undefined) local.push(found);
      // A file of an address is not read here: whoever writes one trusts it to stay.
      if (file === undefined || file.includes("://")) continue;
      const path = absolutePath(one.folder, file, undefined);
      if (more[path] !== undefined) continue;
      const read = system.files.read(path, LIMIT);
      more[path] = read.is === "read" ? request.hash(read.bytes) : read.is;
      if (read.is === "read")
        open.push({
          whole: new TextDecoder().decode(read.bytes),
          folder: path.replace(/\/[^/]*$/, "") || "/",
        });
    }
  }
  return { ...more, ...localParts(system, request, local) };
}

function fromSpecs(system: System, request: FolderRequest, specs: readonly string[]): Record<string, string> {
  const local = specs.flatMap((spec) => {
    const path = readNpmSpec(spec)?.path;
    return path === undefined ? [] : [{ path, linked: false }];
  });
  return localParts(system, request, local);
}

function localParts(
  system: System,
  { facts, hash }: FolderRequest,
  local: readonly LocalPackage[],
): Record<string, string> {
  if (local.length === 0) return {};
  const home = system.host.environment["HOME"];
  return {
    [PLACE]: facts.folder,
    ...Object.fromEntries(
      local.map(({ path, linked }) => [
        path,
        digestOf(system.files, absolutePath(facts.folder, path, home), linked, hash),
      ]),
    ),
  };
}

function digest({ hash }: FolderRequest, name: string, content: string): Record<string, string> {
  return { [name]: hash(new TextEncoder().encode(content)) };
}

function text({ files }: System, { facts }: FolderRequest, name: string): string {
  const read = files.read(`${facts.folder}/${name}`, LIMIT);
  return read.is === "read" ? new TextDecoder().decode(read.bytes) : "";
}
