import type { Json } from "../../../src/base/canonical.ts";
import type { Check, Finding } from "../../../src/model/doctor.ts";
import type { AgentFacts } from "../../../src/model/facts.ts";
import type { AgentIr, Ir } from "../../../src/model/ir.ts";
import type { System } from "../../../src/model/system.ts";
import type { Place } from "../../../src/model/target.ts";
import { commandOf } from "../../../src/wanted/command.ts";
import { lookAtEnvironment, isPlanned } from "../environments.ts";
import { findProgram } from "../environment/programs.ts";
import { gatherLocalFacts } from "../live/gather.ts";
import { isLocalFacts, type LocalAgent } from "../local-facts.ts";
import { NOT_BUILT_RUNTIMES } from "../support.ts";

/** What builds and runs agents of the runtimes that are still to come: found, so that it can be named in `command`. */
const TOOLS: Readonly<Record<string, string>> = { go: "go", rust: "cargo", java: "java" };

/** The programs that these agents are run with: each once, with who needs it. */
export function programChecks(
  system: System,
  place: Place,
  ir: Ir,
  facts: Readonly<Record<string, AgentFacts>>,
): readonly Check[] {
  if (Object.keys(facts).length === 0) return [];
  return [
    {
      about: "programs",
      async look() {
        const local = await localAgents(system, place, ir, facts);
        if (local === undefined) return [];
        const byWords = new Map<string, { readonly finding: Finding; readonly agents: string[] }>();
        for (const name of Object.keys(facts).sort()) {
          const [agent, own] = [ir.agents[name], local[name]];
          if (agent === undefined || own === undefined) continue;
          for (const finding of programOf(system, agent, own)) {
            const known = byWords.get(finding.found);
            if (known === undefined) byWords.set(finding.found, { finding, agents: [name] });
            else known.agents.push(name);
          }
        }
        return [...byWords.values()].map(({ finding, agents }) => ({
          ...finding,
          found: `${finding.found}, for ${told(agents)}`,
        }));
      },
    },
  ];
}

const MOST = 5;
const told = (agents: readonly string[]): string =>
  agents.length > MOST
    ? `${agents.slice(0, MOST).join(", ")} and ${agents.length - MOST} more`
    : agents.join(", ");

/** What only this machine knows of agents, as a plan finds it out; undefined where nobody can tell. */
export async function localAgents(
  system: System,
  place: Place,
  ir: Ir,
  facts: Readonly<Record<string, AgentFacts>>,
): Promise<Readonly<Record<string, LocalAgent>> | undefined> {
  const gathered = await gatherLocalFacts(system, place, ir, facts);
  if (!gathered.ok) return undefined;
  const value: Json = gathered.value;
  return isLocalFacts(value) ? value.agents : undefined;
}

/** The runtime, and the program where that is another. */
export function programOf(
  system: System,
  agent: AgentIr,
  { program, environment }: LocalAgent,
): readonly Finding[] {
  const runtime = agent.program.runtime?.name;
  const [name = ""] = commandOf(agent.program);
  if (runtime !== undefined && NOT_BUILT_RUNTIMES.has(runtime)) return [toolOf(system, runtime)];
  const about = runtime === "python" || runtime === "nodejs" ? runtime : `program`;
  const path = program.path;
  if (isPlanned(path) && program.version !== undefined)
    return [{ about, is: "ok", found: `${program.version} at ${environment?.interpreter ?? path}` }];
  if (!path.startsWith("/"))
    return [
      path === name
        ? {
            about,
            is: "fail",
            found: `there is no program \`${name}\` on the PATH`,
            repair: "install it, or name it by its path in `command`",
          }
        : { about, is: "fail", found: path, repair: INSTALL[runtime ?? ""] ?? "install it" },
    ];
  const fault = faultOfProgram(system, path);
  if (fault !== undefined) return [{ about, ...fault }];
  return [{ about, is: "ok", found: program.version === undefined ? path : `${program.version} at ${path}` }];
}

const INSTALL: Readonly<Record<string, string>> = {
  python: "install it, or let a version manager do so: uv python install VERSION, pyenv install VERSION",
  nodejs: "install it, or let a version manager do so: nvm install VERSION, fnm install VERSION",
};

function toolOf(system: System, runtime: string): Finding {
  const tool = TOOLS[runtime] ?? runtime;
  const found = findProgram(system, tool, system.host.environment["PATH"] ?? "/usr/bin:/bin");
  return found === undefined
    ? {
        about: runtime,
        is: "warn",
        found: `there is no program \`${tool}\` on the PATH`,
        repair: `install it`,
      }
    : { about: runtime, is: "ok", found };
}

function faultOfProgram({ files }: System, path: string): Omit<Finding, "about"> | undefined {
  const kind = files.kind(path);
  if (kind === "file") {
    const mode = files.stat(files.realPath(path) ?? path)?.mode ?? 0;
    if ((mode & 0o111) !== 0) return undefined;
    return { is: "fail", found: `${path} is not executable`, repair: `chmod +x ${path}` };
  }
  return {
    is: "fail",
    found: kind === "absent" ? `${path} is not there` : `${path} is a folder, not a program`,
    repair: "name another in `command`, or build it",
  };
}

/** Whether what an agent's packages are installed into is there: an apply makes it. */
export function environmentOf(system: System, place: Place, { environment }: LocalAgent): readonly Finding[] {
  if (environment === undefined) return [];
  const { key, packages, from } = environment;
  const what = from === "spec" ? `${packages.length} of \`dependencies\`` : from;
  const isThere = lookAtEnvironment(system, place, key) !== undefined;
  return [
    {
      about: "packages",
      is: "ok",
      found: isThere ? `${what}, installed` : `${what}: the next apply installs them`,
    },
  ];
}
