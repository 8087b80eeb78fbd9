import { err, ok, type Result } from "../../../src/base/result.ts";
import type { System } from "../../../src/model/system.ts";
import type { Failure } from "../../../src/model/target.ts";
import { installerVariables } from "./installer-variables.ts";
import { findProgram } from "./programs.ts";
import { packagesIn } from "./pyproject.ts";
import { addedPackages, type Command, countPackages, type Recipe, type RecipeRequest } from "./recipe.ts";

const LISTED = "aac-requirements.txt";
const ADDED = "aac-added.txt";
const LIMIT = 16 << 20;
const LISTING_MS = 120_000;

/** Settings of the caller by which pip would install somewhere else, or Python read from somewhere else. */
const ELSEWHERE = [
  "PIP_TARGET",
  "PIP_PREFIX",
  "PIP_ROOT",
  "PYTHONHOME",
  "PYTHONPATH",
  "VIRTUAL_ENV",
  "UV_PROJECT",
];

/**
 * Only what a project needs is installed, never the project: a copy of the agent's code in its environment would
 * be the one of that day. pip has no such option, so the list is read out of the file by Python itself.
 */
const READ_PYPROJECT = `
import sys
try:
    import tomllib
except ImportError:
    from pip._vendor import tomli as tomllib
with open(sys.argv[1], "rb") as file:
    whole = tomllib.load(file)
wanted = list(whole["project"]["dependencies"])
if sys.argv[3] == "dev":
    wanted += whole["project"].get("optional-dependencies", {}).get("dev", [])
    wanted += [one for one in whole.get("dependency-groups", {}).get("dev", []) if isinstance(one, str)]
with open(sys.argv[2], "w", encoding="utf-8") as file:
    file.writelines(one.replace("\\n", " ") + "\\n" for one in wanted)
`;

export function pythonIn(build: string): string {
  return `${build}/bin/python`;
}

export function pythonRecipe(system: System, request: RecipeRequest, build: string): Result<Recipe, Failure> {
  const { environment, folder } = request;
  const added = addedPackages(environment);
  const list = `${build}/${LISTED}`;
  const venv = {
    // -I, and no folder with code: a `logging.py` beside the agent must not become the installer's.
    ...command(system, request, `making a Python ${environment.version} environment`, [
      request.program,
      "-I",
      "-m",
      "venv",
      build,
    ]),
    cwd: "/",
  };
  const made = (files: Recipe["files"], ...commands: readonly Command[]): Result<Recipe, Failure> =>
    ok({ files, commands: [venv, ...commands] });
  const more =
    added.length === 0 || environment.from === "spec" ? [] : [pip(countPackages(added), `${build}/${ADDED}`)];
  const files = { [environment.from === "spec" ? LISTED : ADDED]: `${added.join("\n")}\n` };

  switch (environment.from) {
    case "spec":
      return made(files, pip(countPackages(added), list));
    case "requirements.txt":
      return made(files, pip("requirements.txt", `${folder}/requirements.txt`), ...more);
    case "pyproject.toml": {
      const read = system.files.read(`${folder}/pyproject.toml`, LIMIT);
      if (read.is !== "read" || packagesIn(new TextDecoder().decode(read.bytes)) !== "dependencies")
        return missing(
          "pyproject.toml does not list its packages where pip could read them",
          'write them into its `[project]` table: `dependencies = ["requests==2.32.3"]`',
        );
      const args = [`${folder}/pyproject.toml`, list, request.dev ? "dev" : "run"];
      return made(
        files,
        command(system, request, "reading pyproject.toml", [
          pythonIn(build),
          "-I",
          "-c",
          READ_PYPROJECT,
          ...args,
        ]),
        pip("the dependencies of pyproject.toml", list),
        ...more,
      );
    }
    case "uv.lock": {
      const uv = findProgram(system, "uv", request.path);
      if (uv === undefined) {
        const way = "or write requirements.txt: uv export --no-emit-project -o requirements.txt";
        return missing("uv.lock can be read by uv only, and uv is not on PATH", "install uv", way);
      }
      // --locked: a lock that pyproject.toml has left behind is told, not followed.
      const asked = [
        "--locked",
        "--no-emit-project",
        "--no-header",
        "--quiet",
        ...(request.dev ? [] : ["--no-dev"]),
      ];
      const own = ["--python", pythonIn(build), "--project", folder];
      const exported = [
        uv,
        "export",
        "--format",
        "requirements-txt",
        ...asked,
        ...own,
        "--output-file",
        list,
      ] as const;
      const install = [uv, "pip", "install", "--python", pythonIn(build), "--requirement", list] as const;
      return made(
        files,
        command(system, request, "reading uv.lock", exported),
        command(system, request, "installing uv.lock with uv", install),
        ...more,
      );
    }
    case "poetry.lock": {
      const poetry = findProgram(system, "poetry", request.path);
      if (poetry === undefined) {
        const way = "or write requirements.txt: poetry export -o requirements.txt (its plugin `export`)";
        return missing(
          "poetry.lock can be read by Poetry only, and poetry is not on PATH",
          "install Poetry",
          way,
        );
      }
      const only = request.dev ? [] : ["--only", "main"];
      const args = ["install", "--no-root", "--no-interaction", "--no-ansi", ...only, "--directory", folder];
      const install = command(system, request, "installing poetry.lock with Poetry", [poetry, ...args]);
      // Poetry installs into the environment that is active.
      const active = { VIRTUAL_ENV: build, PATH: `${build}/bin:${request.path}` };
      return made(files, { ...install, environment: { ...install.environment, ...active } }, ...more);
    }
    default:
      throw new Error(`no way to install ${environment.from} for Python`);
  }

  function pip(what: string, file: string): Command {
    const says = `installing ${what} with pip`;
    const quiet = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"];
    return command(system, request, says, [
      pythonIn(build),
      "-I",
      "-m",
      "pip",
      "install",
      ...quiet,
      "-r",
      file,
    ]);
  }
}

/** Run in the agent's folder: that is where pip counts `./wheels/demo.whl` from. */
function command(
  system: System,
  { folder, path }: RecipeRequest,
  says: string,
  words: readonly [string, ...string[]],
): Command {
  const environment = {
    ...installerVariables(system, folder, (name) => ELSEWHERE.includes(name)),
    PATH: path,
    // Also where the caller's pip.conf says otherwise: a venv has no place for a user's own packages.
    PIP_USER: "0",
    NO_COLOR: "1",
    PYTHONUNBUFFERED: "1",
    // The interpreter that was found is the one: none is downloaded in its stead.
    UV_PYTHON_DOWNLOADS: "never",
  };
  return { says, command: words, cwd: folder, environment };
}

const BY_HAND = "or write the packages into the agent file: `dependencies: [requests==2.32.3]`";

function missing(message: string, ...ways: readonly string[]): Result<Recipe, Failure> {
  return err({ message, lines: [...ways, BY_HAND], passing: false });
}

/** What pip says is there, by name. */
export async function pythonResolved(
  system: System,
  request: RecipeRequest,
  build: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>> | undefined> {
  const found: [string, string][] = [];
  const words = ["-I", "-m", "pip", "list", "--format", "freeze", "--disable-pip-version-check"];
  const { command: asked, cwd, environment } = command(system, request, "", [pythonIn(build), ...words]);
  const line = (text: string): void => {
    const [, name, version] = /^([\w.-]+)==(\S+)$/.exec(text.trim()) ?? [];
    if (name !== undefined && version !== undefined) found.push([name, version]);
  };
  const ran = await system.processes.run({
    command: asked,
    cwd,
    environment,
    timeoutMs: LISTING_MS,
    signal,
    line,
  });
  return ran.is === "ended" && ran.code === 0 ? Object.fromEntries(found) : undefined;
}
