import { byCodeUnit } from "../base/canonical.ts";
import { arrange, type Diagnostic } from "../model/diagnostic.ts";
import type { AgentFacts } from "../model/facts.ts";
import type { AgentIr, Ir } from "../model/ir.ts";
import { type Code, codeOf } from "./code.ts";
import { type Apart, listCode, type Listed } from "./listing.ts";
import { locksOf } from "./locks.ts";
import { absolute, folderOf, type Outside } from "./outside.ts";
import { textsOf } from "./texts.ts";

export interface FactsRequest extends Outside {
  readonly ir: Ir;
  readonly hash: (bytes: Uint8Array) => string;
  /** A digest that only the holder of the project's key can make; undefined before there is a key. */
  readonly keyed: (text: string) => string | undefined;
  /** Where values are looked up that a file only names: `there` leaves them to the platform. */
  readonly values?: "here" | "there";
  /** Paths from a folder that git tracks; undefined where there is no git. */
  readonly tracked?: (folder: string) => ReadonlySet<string> | undefined;
  /** The code paths of the live agent. */
  readonly remembered?: (agent: string) => ReadonlySet<string> | undefined;
}

export interface Gathered {
  readonly facts: Readonly<Record<string, AgentFacts>>;
  readonly diagnostics: readonly Diagnostic[];
  /** Advice, one sentence each, that stops nothing. */
  readonly notes: readonly string[];
}

/** What the outside world adds to the files before anything is wanted. Reads only. */
export function gatherFacts(request: FactsRequest): Gathered {
  const { ir, files, hash } = request;
  const root = files.realPath(request.root) ?? request.root;
  const agents = Object.values(ir.agents).toSorted((a, b) => byCodeUnit(a.name, b.name));
  const apart = filesApart(request, agents);
  const shared: Shared = { root, apart, listed: new Map(), digests: new Map(), tracked: new Map() };
  const facts: [string, AgentFacts][] = [];
  const diagnostics: Diagnostic[] = [];
  const notes: string[] = [];
  for (const agent of agents) {
    const folder = realFolder(request, agent);
    const code = codeIn(request, agent, folder, shared);
    const { diagnostics: missing, ...texts } = textsOf(
      request,
      agent,
      request.keyed,
      request.values ?? "here",
    );
    const runtime = agent.program.runtime?.name;
    facts.push([
      agent.name,
      { folder, code: code.digests, ...texts, locks: locksOf({ runtime, folder, root, files, hash }) },
    ]);
    diagnostics.push(...missing);
    notes.push(...code.notes.map((note) => `\`${agent.name}\`: ${note}`));
    notes.push(
      ...texts.absent.map((name) => `\`${agent.name}\`: nothing was found for ${name}, which is optional`),
    );
  }
  return { facts: Object.fromEntries(facts), diagnostics: arrange(diagnostics), notes };
}

/** What agents in one folder have in common, so that it is read once. */
interface Shared {
  readonly root: string;
  readonly apart: Apart;
  readonly listed: Map<string, Listed>;
  readonly digests: Map<string, string>;
  readonly tracked: Map<string, ReadonlySet<string> | undefined>;
}

/** A folder that is mounted for the agent to write into holds its data; one that it may only read is code like all else. */
function dataFolders(agent: AgentIr): readonly string[] {
  const { file } = agent.source;
  const own = file.includes("/") ? `${file.slice(0, file.lastIndexOf("/"))}/` : "";
  return Object.values(agent.volumes).flatMap(({ type, source, readOnly }) =>
    type === "bind" && !readOnly && source?.startsWith(own) === true && source.length > own.length
      ? [source.slice(own.length)]
      : [],
  );
}

function codeIn(request: FactsRequest, agent: AgentIr, folder: string, shared: Shared): Code {
  const { files, hash } = request;
  if (!runsCode(request, agent, folder)) return { digests: {}, notes: [] };
  const { include } = agent.code;
  const exclude = [...agent.code.exclude, ...dataFolders(agent)];
  const { root, apart } = shared;
  const listing = { folder, root, include, exclude, files, apart };
  const key = JSON.stringify([folder, include, exclude]);
  const listed = shared.listed.get(key) ?? listCode(listing);
  shared.listed.set(key, listed);
  const remembered = request.remembered?.(agent.name);
  // Only a live agent needs to know what git tracks, and asking git takes time.
  if (remembered !== undefined && !shared.tracked.has(folder))
    shared.tracked.set(folder, request.tracked?.(folder));
  const tracked = shared.tracked.get(folder);
  return codeOf({ ...listing, hash, remembered, tracked, known: shared.digests }, listed);
}

/** An image alone brings its own code. A command beside it may still be a file of the folder. */
function runsCode({ files }: FactsRequest, { program }: AgentIr, folder: string): boolean {
  if (program.image === undefined || program.build !== undefined) return true;
  if (program.runtime !== undefined && program.runtime.name !== "container") return true;
  return [...(program.command ?? []), ...program.args]
    .flatMap((word) => (program.shell ? word.split(/\s+/) : [word]))
    .map((word) => word.replace(/^(?:\/app\/|\.\/)+/, ""))
    .some((word) => /^[^/~-]/.test(word) && files.kind(`${folder}/${word}`) === "file");
}

function realFolder({ root, files }: FactsRequest, agent: AgentIr): string {
  const folder = folderOf(root, agent);
  return files.realPath(folder) ?? folder;
}

/** Files that are no code of any agent: those that describe agents, and those that secrets are read from. */
function filesApart(request: FactsRequest, agents: readonly AgentIr[]): Apart {
  const real = (path: string): string => {
    const whole = absolute(request.root, path);
    return request.files.realPath(whole) ?? whole;
  };
  const secrets = agents.flatMap((agent) => [
    ...agent.envFile,
    ...Object.values(agent.environment).flatMap((value) => (value.is === "file" ? [value.path] : [])),
    ...Object.values(agent.secrets).flatMap((source) => (source.from === "file" ? [source.path] : [])),
  ]);
  return {
    agents: new Set(agents.map((agent) => real(agent.source.file))),
    secrets: new Set(secrets.map(real)),
  };
}
