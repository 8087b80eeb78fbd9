import type { Json } from "../../../src/base/canonical.ts";
import { ok, type Result } from "../../../src/base/result.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import type { AgentFacts, Facts } from "../../../src/model/facts.ts";
import type { AgentIr, Ir } from "../../../src/model/ir.ts";
import type { System } from "../../../src/model/system.ts";
import type { Failure, Place } from "../../../src/model/target.ts";
import { cwdOf } from "../orders/charge.ts";
import { commandOf } from "../../../src/wanted/command.ts";
import { workingFolder } from "../folders.ts";
import { seeFolder } from "../environment/folder.ts";
import {
  findProgram,
  type RuntimeName,
  type RuntimeProgram,
  runtimeProgram,
} from "../environment/programs.ts";
import { type Environment, environmentOf } from "../environment/wanted.ts";
import { plannedProgram } from "../environments.ts";
import type { LocalAgent } from "../local-facts.ts";
import { choosePorts } from "../preflight/ports.ts";
import { readSlots } from "./records.ts";

const NAMES: Readonly<Record<RuntimeName, readonly string[]>> = {
  python: ["python", "python3"],
  nodejs: ["node"],
};

/** What this machine has for each agent: its program, its packages, its ports. Reads only. */
export async function gatherLocalFacts(
  system: System,
  place: Place,
  ir: Ir,
  facts: Facts["agents"],
): Promise<Result<Json, readonly Diagnostic[]>> {
  const path = system.host.environment["PATH"] ?? "/usr/bin:/bin";
  const outside = pathOutside(system, path, place.root);
  const asked = new Map<string, Promise<Result<RuntimeProgram, Failure>>>();
  const runtimeOf = (
    agent: AgentIr,
    folder: string,
  ): Promise<Result<RuntimeProgram, Failure>> | undefined => {
    const { runtime } = agent.program;
    if (runtime?.name !== "python" && runtime?.name !== "nodejs") return undefined;
    const { name, version } = runtime;
    // A folder may choose its own by a version file, so it is asked for each; one answer serves all of a folder.
    const key = JSON.stringify([name, version, folder]);
    const known = asked.get(key) ?? runtimeProgram(system, name, version, outside, folder);
    asked.set(key, known);
    return known;
  };
  const ports = choosePorts(system, place, ir, facts, readSlots(system.files, place.home).records);
  const agents: Record<string, LocalAgent> = {};
  for (const [name, own] of Object.entries(facts)) {
    const agent = ir.agents[name];
    if (agent === undefined) continue;
    agents[name] = await ofAgent(
      system,
      place,
      path,
      agent,
      own,
      await runtimeOf(agent, own.folder),
      ports[name] ?? {},
    );
  }
  const elsewhere = Object.fromEntries(Object.entries(ports).filter(([name]) => facts[name] === undefined));
  return ok({ agents, ...(Object.keys(elsewhere).length === 0 ? {} : { elsewhere }) } as unknown as Json);
}

/** A plan asks runtimes for their version: one that the project brings along would be its code, run unasked. */
function pathOutside({ files }: System, path: string, root: string): string {
  return path
    .split(":")
    .filter((folder) => {
      const real = files.realPath(folder) ?? folder;
      return ![folder, real].some((one) => one === root || one.startsWith(`${root}/`));
    })
    .join(":");
}

async function ofAgent(
  system: System,
  place: Place,
  path: string,
  agent: AgentIr,
  facts: AgentFacts,
  runtime: Result<RuntimeProgram, Failure> | undefined,
  ports: Readonly<Record<string, number>>,
): Promise<LocalAgent> {
  const [name = ""] = commandOf(agent.program);
  const found = runtime?.ok === true ? runtime.value : undefined;
  const folder = seeFolder(system, {
    agent,
    facts,
    path,
    cache: place.cache,
    dev: false,
    hash: system.digests.sha256,
  });
  const wanted =
    found === undefined
      ? undefined
      : environmentOf({ agent, facts, program: found, folder, dev: false, hash: system.digests.sha256 });
  const version =
    found === undefined ? {} : { version: `${String(agent.program.runtime?.name)} ${found.version}` };
  const rest = {
    ports,
    ...(wanted === undefined || found === undefined
      ? {}
      : { environment: { ...wanted, interpreter: found.path, folder: facts.folder } }),
  };
  const failure = runtime?.ok === false ? runtime.error.message : undefined;
  const program = programPath(system, place, {
    agent,
    name,
    path,
    runtime: found,
    failure,
    environment: wanted,
  });
  return { program: { path: program, ...version }, ...rest };
}

interface Wanted {
  readonly agent: AgentIr;
  /** As the command names it. */
  readonly name: string;
  readonly path: string;
  readonly runtime: RuntimeProgram | undefined;
  /** Why the runtime was not found: said by the check before an apply, in the place of a program. */
  readonly failure: string | undefined;
  readonly environment: Environment | undefined;
}

function programPath(system: System, place: Place, wanted: Wanted): string {
  const { agent, name, path, runtime, environment } = wanted;
  const kind = agent.program.runtime?.name;
  const ofPython = kind === "python" && environment !== undefined;
  if ((kind === "python" || kind === "nodejs") && NAMES[kind].includes(name)) {
    if (runtime === undefined) return wanted.failure ?? name;
    return ofPython ? plannedProgram("python") : runtime.path;
  }
  if (name.startsWith("/")) return name;
  // Relative to where it works, as a shell would take it.
  if (name.includes("/")) return `${cwdOf(workingFolder(agent), place.root)}/${name.replace(/^\.\//, "")}`;
  // What a package brings along is in the environment, which may still have to be installed: where the program really
  // is, is found out at the start.
  return environment === undefined ? (findProgram(system, name, path) ?? name) : plannedProgram(name);
}
