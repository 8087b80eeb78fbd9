import { canonicalJson } from "../../../src/base/canonical.ts";
import { leadsOut, normalise } from "../../../src/base/paths.ts";
import { err, ok, type Result } from "../../../src/base/result.ts";
import type { System } from "../../../src/model/system.ts";
import type { Failure } from "../../../src/model/target.ts";
import { localInLock } from "./folder.ts";
import { objectOf, parsedObject, textOf, textsOf } from "./json.ts";
import { absolutePath, readNpmSpec } from "./local-packages.ts";
import { installerVariables } from "./installer-variables.ts";
import { findProgram } from "./programs.ts";
import { addedPackages, type Command, countPackages, type Recipe, type RecipeRequest } from "./recipe.ts";

const LIMIT = 64 << 20;

/** Settings by which npm would install somewhere else; a caller that npm has started has some of them. */
const ELSEWHERE =
  /^npm_(?:package|lifecycle)_|^npm_config_(?:prefix|global|location|local_prefix|global_prefix|workspaces?|dry_run|package_lock_only|omit|include|only|production|ignore_scripts|install_links|install_strategy)$/i;

/** Of each pair the second becomes a link to the first. */
export const LINK = `
const { mkdirSync, symlinkSync } = require("node:fs");
const { dirname } = require("node:path");
const [, ...paths] = process.argv;
for (let i = 0; i + 1 < paths.length; i += 2) {
  mkdirSync(dirname(paths[i + 1]), { recursive: true });
  symlinkSync(paths[i], paths[i + 1]);
}
`;

export function nodeRecipe(system: System, request: RecipeRequest, build: string): Result<Recipe, Failure> {
  const { environment, folder, program } = request;
  // npm belongs to one Node: that of the runtime comes before whatever else is on PATH.
  const path = `${program.replace(/\/[^/]*$/, "")}:${request.path}`;
  const npm = findProgram(system, "npm", path);
  if (npm === undefined) return failure(`npm is neither beside ${program} nor on PATH`, "install npm");
  const home = system.host.environment["HOME"];
  const absolute = (spec: string): string => {
    const local = readNpmSpec(spec);
    return local === undefined ? spec : local.before + absolutePath(folder, local.path, home);
  };
  const added = addedPackages(environment).map(absolute);
  // Settings of the agent's folder, such as a registry, hold for its environment too. A link: tokens are not copied.
  const settings = system.files.kind(`${folder}/.npmrc`) === "file" ? [".npmrc"] : [];

  switch (environment.from) {
    case "spec": {
      const files = { "package.json": `${canonicalJson({ name: "environment", private: true }, 2)}\n` };
      return ok({ files, commands: [...link(settings), install(countPackages(added), added)] });
    }
    case "package.json": {
      const written = parsedObject(textIn("package.json") ?? "");
      if (written === undefined) return failure("package.json cannot be read as JSON", "correct it");
      if (written["workspaces"] !== undefined) return elsewhere("package.json has workspaces");
      const files = { "package.json": `${JSON.stringify(relocated(written, absolute), undefined, 2)}\n` };
      return ok({ files, commands: [...link(settings), install("package.json", []), ...more()] });
    }
    case "package-lock.json": {
      const [written, lock] = [textIn("package.json"), textIn("package-lock.json")];
      if (written === undefined || lock === undefined)
        return failure("package-lock.json needs package.json beside it", "write package.json: npm init");
      if (parsedObject(written)?.["workspaces"] !== undefined)
        return elsewhere("package.json has workspaces");
      const local = localInLock(lock);
      const out = local.find((one) => leadsOut(normalise(one)));
      if (out !== undefined) return elsewhere(`package-lock.json leads out of the agent's folder, to ${out}`);
      const files = { "package.json": written, "package-lock.json": lock };
      const ci = run("installing package-lock.json with npm", [npm, "ci", ...flags()]);
      return ok({ files, commands: [...link([...settings, ...local]), ci, ...more()] });
    }
    default:
      return elsewhere(`${environment.from} is not npm's, and only npm installs here`);
  }

  function install(what: string, specs: readonly string[], ...extra: readonly string[]): Command {
    // Folders are copied, as any other package: an environment must not change when they do.
    const args = [...flags(), "--install-links", ...extra, "--", ...specs];
    return run(`installing ${what} with npm`, [npm ?? "npm", "install", ...args]);
  }

  function more(): Command[] {
    return added.length === 0 ? [] : [install(countPackages(added), added, "--no-save")];
  }

  /**
   * Scripts of packages are not run: whatever a package brings along would run with all that the caller may do,
   * before anybody has read it. What was left out is told.
   */
  function flags(): string[] {
    const quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--no-progress", "--no-color"];
    return ["--ignore-scripts", ...quiet, request.dev ? "--include=dev" : "--omit=dev"];
  }

  function link(names: readonly string[]): Command[] {
    const pairs = names.flatMap((name) => [`${folder}/${name}`, `${build}/${name}`]);
    return pairs.length === 0 ? [] : [run("linking what is local", [program, "-e", LINK, ...pairs])];
  }

  function run(says: string, words: readonly [string, ...string[]]): Command {
    const caller = installerVariables(system, folder, (name) => ELSEWHERE.test(name));
    return { says, command: words, cwd: build, environment: { ...caller, PATH: path } };
  }

  function textIn(name: string): string | undefined {
    const read = system.files.read(`${folder}/${name}`, LIMIT);
    return read.is === "read" ? new TextDecoder().decode(read.bytes) : undefined;
  }
}

/** The same package.json for another folder: paths in it are counted from the agent's. */
function relocated(written: Readonly<Record<string, unknown>>, absolute: (spec: string) => string): object {
  const moved = ["dependencies", "devDependencies", "optionalDependencies"].flatMap((name) => {
    const specs = Object.entries(textsOf(written[name]));
    return specs.length === 0
      ? []
      : [[name, Object.fromEntries(specs.map(([one, spec]) => [one, absolute(spec)]))]];
  });
  return { ...written, ...Object.fromEntries(moved) };
}

function elsewhere(why: string): Result<Recipe, Failure> {
  return failure(why, "install in the agent's folder: its own node_modules is then used as it is");
}

function failure(message: string, way: string): Result<Recipe, Failure> {
  const byHand = "or write the packages into the agent file: `dependencies: [express@4.19.2]`";
  return err({ message, lines: [way, byHand], passing: false });
}

export interface NodeResolved {
  readonly resolved: Readonly<Record<string, string>>;
  /** Packages that wanted to run a script of their own at their installation. */
  readonly scripts: readonly string[];
}

/** What npm has written down of its own work. Nothing at all: it had nothing to install. */
export function nodeResolved({ files }: System, build: string): NodeResolved | undefined {
  const read = files.read(`${build}/node_modules/.package-lock.json`, LIMIT);
  if (read.is === "absent") return { resolved: {}, scripts: [] };
  if (read.is !== "read") return undefined;
  const packages = objectOf(parsedObject(new TextDecoder().decode(read.bytes))?.["packages"]) ?? {};
  const resolved: [string, string][] = [];
  const scripts: string[] = [];
  for (const [path, value] of Object.entries(packages)) {
    const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1];
    const one = objectOf(value);
    const target = one?.["link"] === true ? objectOf(packages[textOf(one["resolved"]) ?? ""]) : one;
    if (one?.["hasInstallScript"] === true) scripts.push(path.replace(/^.*node_modules\//, ""));
    if (name !== undefined) resolved.push([name, textOf(target?.["version"]) ?? "unknown"]);
  }
  return { resolved: Object.fromEntries(resolved), scripts: scripts.sort() };
}
