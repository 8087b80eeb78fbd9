import { byCodeUnit, canonicalJson } from "../../../src/base/canonical.ts";
import type { AgentFacts } from "../../../src/model/facts.ts";
import type { AgentIr } from "../../../src/model/ir.ts";
import type { RuntimeName, RuntimeProgram } from "./programs.ts";

/** Raised when the same request would be installed otherwise: every environment is then made anew. */
const INSTALLER = 1;

const DESCRIPTIONS = new Set(["package.json", "pyproject.toml"]);

export type Hash = (bytes: Uint8Array) => string;

/** The packages of an agent: a folder that is named by what is in it, so that it never changes. */
export interface Environment {
  /** 24 hexadecimal digits. */
  readonly key: string;
  readonly runtime: RuntimeName;
  readonly version: string;
  /** As they are asked for, sorted; where a file of the folder asks, that file, and what is added to it. */
  readonly packages: readonly string[];
  /** `spec`, or the file of the agent's folder: `requirements.txt`, `package-lock.json` … */
  readonly from: string;
}

/** What the agent's folder says about packages. Plain JSON: part of what is known before a plan. */
export interface FolderFacts {
  /** The file that says what to install; absent where none does. */
  readonly from?: string;
  /** Digest of each thing beside that file that decides what is installed, by its path or name. */
  readonly parts: Readonly<Record<string, string>>;
  /** The same for paths that `spec` names: packages in folders and files of this machine. */
  readonly specParts: Readonly<Record<string, string>>;
  /** Its own, which somebody has installed: it is used as it is. */
  readonly hasNodeModules: boolean;
}

export interface EnvironmentRequest {
  readonly agent: Pick<AgentIr, "program" | "dependencies" | "devDependencies">;
  readonly facts: Pick<AgentFacts, "locks">;
  readonly program: RuntimeProgram;
  readonly folder: FolderFacts;
  /** Also what is needed only while the agent is being developed. */
  readonly dev: boolean;
  readonly hash: Hash;
}

/** What has to be installed for an agent; undefined where nothing has to be. Pure. */
export function environmentOf(request: EnvironmentRequest): Environment | undefined {
  const { agent, facts, program, folder, dev } = request;
  const runtime = packagedRuntime(agent);
  if (runtime === undefined) return undefined;
  if (runtime === "nodejs" && folder.hasNodeModules) return undefined;
  const added = dev ? agent.devDependencies : [];
  // What the spec lists is the whole list: a file beside it would say a second thing about the same.
  const inSpec = agent.dependencies.length > 0 || folder.from === undefined;
  const from = inSpec ? "spec" : (folder.from ?? "spec");
  const packages = inSpec ? [...agent.dependencies, ...added] : [from, ...added];
  if (packages.length === 0) return undefined;
  const sorted = [...new Set(packages)].sort(byCodeUnit);
  const content = canonicalJson({
    installer: INSTALLER,
    runtime,
    version: program.version,
    platform: program.platform,
    // A venv leads back to the interpreter that it was made with.
    program: program.path,
    packages: sorted,
    from,
    dev: !inSpec && dev,
    // Of the files that describe more than packages only some parts count: those stand in `parts`.
    lock: inSpec || DESCRIPTIONS.has(from) ? null : (facts.locks[from] ?? null),
    parts: inSpec ? {} : folder.parts,
    specParts: folder.specParts,
  });
  const key = request.hash(new TextEncoder().encode(content)).slice(0, 24);
  return { key, runtime, version: program.version, packages: sorted, from };
}

/** The other runtimes compile: what they need is part of their build. */
export function packagedRuntime(agent: Pick<AgentIr, "program">): RuntimeName | undefined {
  const name = agent.program.runtime?.name;
  return name === "python" || name === "nodejs" ? name : undefined;
}
