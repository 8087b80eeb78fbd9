import { err, ok, type Result } from "../../../src/base/result.ts";
import { veil } from "../../../src/base/veil.ts";
import type { Ran, System } from "../../../src/model/system.ts";
import type { Failure, StepContext } from "../../../src/model/target.ts";
import { buildName, publish, removeLeftovers, removeQuietly } from "./builds.ts";
import { buildsIn, type Installed, installed } from "./installed.ts";
import { nodeRecipe, nodeResolved } from "./nodejs.ts";
import { pythonRecipe, pythonResolved } from "./python.ts";
import type { Command, Recipe, RecipeRequest } from "./recipe.ts";
import type { Hash } from "./wanted.ts";

export interface InstallRequest extends RecipeRequest {
  readonly cache: string;
  readonly hash: Hash;
}

export type InstallContext = Pick<StepContext, "signal" | "report">;

const INSTALL_MS = 30 * 60_000;
const LINES = 20;
const WIDEST = 200;
const STOPPED: Failure = { message: "the installation was stopped", lines: [], passing: true };
const PASSING =
  /temporary failure|timed? ?out|connection (?:reset|refused|aborted|broken)|ECONNRESET|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|ERR_SOCKET|\b(?:429|50[0234]) (?:Too Many|Internal|Bad|Service|Gateway|Server)/i;

/** Agents of one project often share an environment, and their steps run beside each other. */
const underWay = new Map<string, Promise<Result<Installed, Failure>>>();

/** What would keep an installation from beginning, found out without writing anything. */
export function obstacleTo(system: System, request: InstallRequest): Failure | undefined {
  const recipe = recipeOf(system, request, "/-");
  return recipe.ok ? undefined : recipe.error;
}

/** Makes an environment, or finds it made. It is there whole or not at all, however this ends. */
export async function install(
  system: System,
  request: InstallRequest,
  context: InstallContext,
): Promise<Result<Installed, Failure>> {
  const { signal, report } = context;
  const place = `${request.cache}\n${request.environment.key}`;
  for (;;) {
    if (signal.aborted) return err(STOPPED);
    const there = installed(system, request.cache, request.environment.key);
    if (there !== undefined) return ok(there);
    const other = underWay.get(place);
    if (other === undefined) break;
    report("waiting for the same environment, which is being installed for another agent");
    const theirs = await unlessAborted(other, signal);
    // Only they were stopped: this one still wants it.
    if (theirs.ok || theirs.error !== STOPPED) return theirs;
  }
  const own = make(system, request, context);
  underWay.set(place, own);
  try {
    return await own;
  } finally {
    underWay.delete(place);
  }
}

function unlessAborted(
  work: Promise<Result<Installed, Failure>>,
  signal: AbortSignal,
): Promise<Result<Installed, Failure>> {
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve(err(STOPPED));
    signal.addEventListener("abort", stop);
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

async function make(
  system: System,
  request: InstallRequest,
  context: InstallContext,
): Promise<Result<Installed, Failure>> {
  const { cache, environment, hash } = request;
  const build = `${buildsIn(cache)}/${buildName(system, environment.key, hash)}`;
  const recipe = recipeOf(system, request, build);
  if (!recipe.ok) return recipe;
  try {
    system.files.makeFolder(buildsIn(cache));
    removeLeftovers(system, cache, hash);
    const made = await follow(system, request, recipe.value, build, context);
    const counts = made.ok ? publish(system, cache, made.value) : undefined;
    if (counts?.folder !== build) removeQuietly(system, build);
    if (!made.ok) return made;
    return counts === undefined
      ? err({ message: `what was installed cannot run: ${build}`, lines: [], passing: false })
      : ok(counts);
  } catch (error) {
    // A full disk or a folder that may not be written is the world's doing, not ours.
    if (!(error instanceof Error && "code" in error)) throw error;
    removeQuietly(system, build);
    return err({
      message: `the environment cannot be written below ${cache}: ${error.message}`,
      lines: [],
      passing: false,
    });
  }
}

function recipeOf(system: System, request: InstallRequest, build: string): Result<Recipe, Failure> {
  return request.environment.runtime === "python"
    ? pythonRecipe(system, request, build)
    : nodeRecipe(system, request, build);
}

async function follow(
  system: System,
  request: InstallRequest,
  recipe: Recipe,
  build: string,
  { signal, report }: InstallContext,
): Promise<Result<Installed, Failure>> {
  const { runtime, key, version, from, packages } = request.environment;
  system.files.makeFolder(build);
  for (const [name, text] of Object.entries(recipe.files)) system.files.replace(`${build}/${name}`, text);
  for (const command of recipe.commands) {
    const failed = await carryOut(system, command, { signal, report });
    if (failed !== undefined) return err(failed);
  }
  const scripts: string[] = [];
  let resolved: Readonly<Record<string, string>> | undefined;
  if (runtime === "python") resolved = await pythonResolved(system, request, build, signal);
  else {
    const node = nodeResolved(system, build);
    resolved = node?.resolved;
    scripts.push(...(node?.scripts ?? []));
  }
  if (signal.aborted) return err(STOPPED);
  if (resolved === undefined)
    return err({ message: "what was installed cannot be read back", lines: [], passing: false });
  if (scripts.length > 0)
    report(`install scripts are not run, which these packages have: ${scripts.join(", ")}`);
  const { program } = request;
  const at = system.clock.wall();
  return ok({ key, runtime, version, folder: build, program, from, packages, resolved, at });
}

async function carryOut(
  system: System,
  { says, command, cwd, environment }: Command,
  { signal, report }: InstallContext,
): Promise<Failure | undefined> {
  report(says);
  const line = (text: string): void => {
    const shown = shownLine(text);
    if (shown !== "") report(`${says}: ${shown}`);
  };
  const ran = await system.processes.run({ command, cwd, environment, timeoutMs: INSTALL_MS, signal, line });
  if (ran.is === "stopped") return STOPPED;
  const why = whyFailed(ran);
  if (why === undefined) return undefined;
  const output = ran.is === "not started" ? "" : ran.output;
  const lines = tailOf(output);
  return { message: `${says} failed: ${why}`, lines, passing: PASSING.test(lines.join("\n")) };
}

function whyFailed(ran: Ran): string | undefined {
  switch (ran.is) {
    case "ended":
      return ran.code === 0 ? undefined : `it ended with code ${ran.code}`;
    case "signalled":
      return `it was ended by ${ran.signal}`;
    case "timed out":
      return `it was not done after ${INSTALL_MS / 60_000} minutes`;
    case "stopped":
      return "it was stopped";
    case "not started":
      return ran.why;
  }
}

/** npm adds all its flags to some errors: the cause would be long gone from the last lines. */
function tailOf(output: string): readonly string[] {
  const [cause = ""] = output.split(/^npm (?:error|ERR!) Usage:/m);
  const lines = cause.split(/\r?\n/).map(shownLine);
  return lines.filter((one) => !/^(?:npm (?:error|ERR!))?$/.test(one)).slice(-LINES);
}

/** One line as it may be shown: installers print addresses, and addresses may hold a password. */
function shownLine(text: string): string {
  const plain = (text.split("\r").at(-1) ?? "").replaceAll(/\u001b\[[\d;?]*[A-Za-z]/g, "").trimEnd();
  return veil(plain.replaceAll(/:\/\/[^/\s@]+@/g, "://•••@"), "").slice(0, WIDEST);
}
