import { err, ok, type Result } from "../../src/base/result.ts";
import type { Fields, Resource } from "../../src/model/resource.ts";
import type { System } from "../../src/model/system.ts";
import type { Failure, Place, StepContext } from "../../src/model/target.ts";
import { install } from "./environment/install.ts";
import { commandsOf, installed, variables } from "./environment/installed.ts";
import { findProgram } from "./environment/programs.ts";
import { linkModules } from "./environment/link.ts";
import type { Environment } from "./environment/wanted.ts";

/** An environment as a plan compares it; undefined where it is not there whole. */
export function lookAtEnvironment(system: System, place: Place, key: string): Fields | undefined {
  const found = installed(system, place.cache, key);
  if (found === undefined) return undefined;
  const { runtime, version, packages, from } = found;
  return { content: key, runtime, version, packages, from };
}

export async function installEnvironment(
  system: System,
  place: Place,
  { fields }: Resource,
  context: StepContext,
): Promise<Result<void, Failure>> {
  const environment = environmentIn(fields);
  const { folder } = fields;
  // One that is wanted again has no folder that asks for it: whoever starts in it leads there himself.
  if (typeof folder !== "string")
    return installed(system, place.cache, environment.key) === undefined
      ? err({
          message: `the environment ${environment.key} of then is not there any more: ${environment.packages.join(", ")}`,
          lines: ["apply files that ask for these packages, and it is installed again"],
          passing: false,
        })
      : ok(undefined);
  const made = await install(
    system,
    {
      environment,
      program: String(fields["interpreter"]),
      folder,
      path: system.host.environment["PATH"] ?? "/usr/bin:/bin",
      dev: false,
      cache: place.cache,
      hash: system.digests.sha256,
    },
    context,
  );
  if (!made.ok) return made;
  const linked = await linkModules(system, made.value, { folder, cache: place.cache });
  if (!linked.ok) return err(linked.error);
  if (linked.value !== undefined) context.report(linked.value);
  return ok(undefined);
}

function environmentIn(fields: Fields): Environment {
  const { content: key, runtime, version, packages, from } = fields;
  return {
    key: String(key),
    runtime: runtime === "python" ? "python" : "nodejs",
    version: String(version),
    packages: Array.isArray(packages) ? packages.map(String) : [],
    from: String(from),
  };
}

const PLANNED = "environment:";

/** How a plan names a program of an environment that may not be installed yet. */
export const plannedProgram = (name: string): string => `${PLANNED}${name}`;
export const isPlanned = (program: string): boolean => program.startsWith(PLANNED);

/** Where a planned program really is: what the environment brings along comes first, as on the agent's own PATH. */
export function realProgram(system: System, place: Place, program: string, key: unknown): string {
  if (!isPlanned(program) || typeof key !== "string") return program;
  const name = program.slice(PLANNED.length);
  const environment = installed(system, place.cache, key);
  const own = environment === undefined ? undefined : `${commandsOf(environment)}/${name}`;
  if (own !== undefined && system.files.kind(own) === "file") return own;
  return findProgram(system, name, system.host.environment["PATH"] ?? "/usr/bin:/bin") ?? own ?? name;
}

/** What an agent gets besides, so that it finds the packages of its environment. */
export function environmentVariables(
  system: System,
  place: Place,
  key: unknown,
): Readonly<Record<string, string>> {
  const found = typeof key === "string" ? installed(system, place.cache, key) : undefined;
  return found === undefined ? {} : variables(found);
}

/** The folder of its commands leads the PATH. */
export function commandsFolder(system: System, place: Place, key: unknown): string | undefined {
  const found = typeof key === "string" ? installed(system, place.cache, key) : undefined;
  return found === undefined ? undefined : commandsOf(found);
}
