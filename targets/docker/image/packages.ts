import { byCodeUnit } from "../../../src/base/canonical.ts";
import type { AgentIr } from "../../../src/model/ir.ts";
import { shell } from "./quoted.ts";

/**
 * The lines of a recipe that install packages: those that the agent file lists, else what a file of the folder says,
 * the nearest to exact first. Nothing of an installer stays in the image.
 */

type Agent = Pick<AgentIr, "dependencies">;
type Code = ReadonlySet<string>;

const PIP = "pip install --no-cache-dir --disable-pip-version-check";
const LIST = "/tmp/requirements.txt";
/** Tools that only read a lock stand apart, so that they can go again. */
const TOOLS = "/tmp/tools";

export function pythonPackages({ dependencies }: Agent, code: Code): readonly string[] {
  const listed = lines(dependencies);
  if (listed.length > 0)
    return [
      ...(listed.some(isLocal) ? ["COPY . ."] : []),
      run(`printf '%s\\n' ${listed.map(quoted).join(" ")} > ${LIST}`, `${PIP} -r ${LIST}`, `rm ${LIST}`),
    ];
  if (code.has("uv.lock"))
    return [
      copy(code, ["pyproject.toml", "uv.lock"]),
      run(
        tool("uv"),
        `${TOOLS}/bin/uv export --no-cache --frozen --no-dev --no-emit-project --no-header --quiet --output-file ${LIST}`,
        // It brings certificates of its own; those of the image are the ones that its owner trusts.
        `UV_SYSTEM_CERTS=1 ${TOOLS}/bin/uv pip install --system --no-cache --requirement ${LIST}`,
        `rm -rf ${TOOLS} ${LIST}`,
      ),
    ];
  if (code.has("poetry.lock"))
    return [
      copy(code, ["poetry.lock", "pyproject.toml"]),
      run(
        tool("poetry", "poetry-plugin-export"),
        `${TOOLS}/bin/poetry export --only main --output ${LIST}`,
        `${PIP} -r ${LIST}`,
        `rm -rf ${TOOLS} ${LIST}`,
      ),
    ];
  if (code.has("requirements.txt")) return [...copyRequirements(code), run(`${PIP} -r requirements.txt`)];
  if (code.has("pyproject.toml"))
    return [
      copy(code, ["pyproject.toml"]),
      run(`python -c ${shell(READ_PYPROJECT)} > ${LIST}`, `${PIP} -r ${LIST}`, `rm ${LIST}`),
    ];
  return [];
}

/** Only what a project needs, never the project: a copy of its code beside itself would be the one of that day. */
const READ_PYPROJECT = [
  "import sys, tomllib",
  'whole = tomllib.load(open("pyproject.toml", "rb"))',
  'project = whole.get("project", {})',
  'other = "dependencies" in project.get("dynamic", []) or whole.get("tool", {}).get("poetry", {}).get("dependencies")',
  '"dependencies" in project or not other or sys.exit("pyproject.toml names its packages where only another tool reads them: write requirements.txt beside it")',
  'print(*project.get("dependencies", []), sep="\\n")',
].join("; ");

const tool = (...names: readonly string[]): string =>
  `python -m venv ${TOOLS} && ${TOOLS}/bin/${PIP} ${names.join(" ")}`;

/** A list may take in others beside it, or in a folder of that name. */
function copyRequirements(code: Code): readonly string[] {
  const beside = [...code].filter((path) => /^(?:requirements|constraints)[\w.-]*\.(?:txt|in)$/.test(path));
  const folder = [...code].some((path) => path.startsWith("requirements/"));
  return [copy(code, beside.sort(byCodeUnit)), ...(folder ? ["COPY requirements/ ./requirements/"] : [])];
}

/** Whatever an installer of Node keeps, it keeps here, and it goes. */
const KEPT = "/tmp/npm";

export function nodePackages({ dependencies }: Agent, code: Code): readonly string[] {
  const listed = lines(dependencies);
  const settings = [".npmrc"];
  if (listed.length > 0)
    return [
      ...(listed.some(isLocal) ? ["COPY . ."] : code.has(".npmrc") ? [copy(code, settings)] : []),
      npm("install --no-save --no-package-lock", ...listed.map(quoted)),
    ];
  if (code.has("package-lock.json"))
    return [copy(code, [...settings, "package-lock.json", "package.json"]), npm("ci --omit=dev")];
  if (code.has("pnpm-lock.yaml"))
    return [
      copy(code, [...settings, "package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml"]),
      keeping(`npx --yes --cache ${KEPT} pnpm install --prod --frozen-lockfile --store-dir ${KEPT}/store`),
    ];
  if (code.has("yarn.lock"))
    return [
      copy(code, [...settings, ".yarnrc", "package.json", "yarn.lock"]),
      keeping(
        `npx --yes --cache ${KEPT} yarn@1 install --production --frozen-lockfile --cache-folder ${KEPT}/yarn`,
      ),
    ];
  if (code.has("package.json"))
    return [copy(code, [...settings, "package.json"]), npm("install --omit=dev --no-package-lock")];
  return [];
}

const npm = (...words: readonly string[]): string =>
  keeping(`npm ${words.join(" ")} --no-audit --no-fund --cache ${KEPT}`);

function keeping(command: string): string {
  const places = ["TMPDIR", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"];
  return run(
    `mkdir -p ${KEPT}`,
    `export ${places.map((name) => `${name}=${KEPT}`).join(" ")}`,
    command,
    `rm -rf ${KEPT}`,
  );
}

/** Those of the files that are there. */
function copy(code: Code, names: readonly string[]): string {
  return `COPY ${names.filter((name) => code.has(name)).join(" ")} ./`;
}

function run(...commands: readonly string[]): string {
  return `RUN ${commands.join(" \\\n && ")}`;
}

/** One of many lines is many: a list may have been pasted. A line that is none would end the recipe's own. */
function lines(dependencies: readonly string[]): readonly string[] {
  const all = dependencies.flatMap((one) => one.split(/[\r\n]+/)).map((one) => one.trim());
  return [...new Set(all)].filter((one) => one !== "").sort(byCodeUnit);
}

/** In quotes, always: `>` and `<` are part of most. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A package in a folder of the agent's, or a list that takes in another file: neither is there before the code. */
const isLocal = (line: string): boolean => /^(?:-|\.|\/|file:)|@\s*file:/.test(line);
