import { agentFile, scalar } from "./agent-file.ts";
import { readCode } from "./read-code.ts";
import { type InitRequest, type Read, readRequest } from "./request.ts";
import {
  type Health,
  type PlannedFile,
  type Runtime,
  RUNTIMES,
  type Starter,
  type Template,
  TEMPLATES,
  type Variable,
} from "./shapes.ts";
import { go } from "./templates/go.ts";
import { java } from "./templates/java.ts";
import { nodejs } from "./templates/nodejs.ts";
import { python } from "./templates/python.ts";
import { rust } from "./templates/rust.ts";

export type { InitRequest } from "./request.ts";

export interface InitPlan {
  readonly files: readonly PlannedFile[];
  /** Files that would have been written and are there already. */
  readonly kept: readonly string[];
  readonly guesses: readonly string[];
  /** If there are any, nothing is written. */
  readonly errors: readonly string[];
}

interface Seen {
  readonly files: ReadonlyMap<string, string>;
}

const STARTERS: Readonly<Record<Runtime, Starter>> = { python, nodejs, go, rust, java };
const AGENT_FILES = ["agent.yaml", "agent.yml", "Agent.yaml", "Agent.yml"];
/** What a folder may hold and still be empty: nothing of it runs. */
const NO_CODE =
  /^(?:(?:README|LICEN[CS]E|NOTICE|CHANGELOG)[^/]*|\.git[^/]*|\.git\/.*|\.github\/.*|\.vscode\/.*|\.idea\/.*|\.env[^/]*|\.aac\.yaml|\.editorconfig|\.DS_Store)$/i;

/** What `aac init` will write, from what is asked for and what is there. */
export function planInit(request: InitRequest, seen: Seen): InitPlan {
  const read = readRequest(request);
  if (!read.ok) return { files: [], kept: [], guesses: [], errors: read.errors };
  const empty = [...seen.files.keys()].every((path) => NO_CODE.test(path));
  return empty ? fromTemplate(request, read, seen) : fromCode(request, read, seen);
}

const DESCRIPTIONS: Readonly<Record<Template, string>> = {
  http: "Answers questions over HTTP",
  worker: "Does a unit of work every few seconds",
  mcp: "Offers tools to models over MCP",
};

function fromTemplate(request: InitRequest, { language, model }: Read, seen: Seen): InitPlan {
  const runtime = language ?? "python";
  const guesses =
    language === undefined
      ? [`runtime python: none was asked for; --runtime takes ${RUNTIMES.join(", ")}`]
      : [];
  const starter = STARTERS[runtime];
  const code = starter.templates[request.template];
  if (code === undefined) {
    const having = RUNTIMES.filter((one) => STARTERS[one].templates[request.template] !== undefined);
    const offered = TEMPLATES.filter((one) => starter.templates[one] !== undefined);
    const errors = [
      `there is no template ${request.template} for ${runtime}: ${having.join(" and ")} have it, and ${runtime} has ${offered.join(", ")}`,
    ];
    return { files: [], kept: [], guesses: [], errors };
  }
  const worker = request.template === "worker";
  const file = `/tmp/${request.name}.healthy`;
  // One place says where the file is: the agent gets it from there too.
  const variables: readonly Variable[] = worker
    ? [
        { is: "value", name: "WORK_INTERVAL", value: "10" },
        { is: "value", name: "HEALTH_FILE", value: file },
      ]
    : [];
  const health: Health = worker ? { is: "file", path: file } : { is: "http", path: "/health" };
  const text = agentFile({
    name: request.name,
    description: DESCRIPTIONS[request.template],
    runtime: request.runtime ?? runtime,
    command: undefined,
    model,
    port: worker ? undefined : 8080,
    variables,
    health,
  });
  const ignored = gitignore(seen, starter);
  if (ignored?.append === true)
    guesses.push(".gitignore: the line `.aac/` is added; it holds state and secrets");
  const wanted = [{ path: "agent.yaml", text }, ...code(request.name), projectFile(request)];
  return { ...divide(wanted, seen, ignored === undefined ? [] : [ignored]), guesses, errors: [] };
}

function fromCode(request: InitRequest, { language, model }: Read, seen: Seen): InitPlan {
  const facts = readCode(seen.files, language, model !== undefined);
  const { kind, port } = facts;
  const hasAgent = AGENT_FILES.some((path) => seen.files.has(path));
  if (kind === undefined && !hasAgent) {
    const errors = [
      `this folder holds files, but none tells what runs it: say --runtime ${RUNTIMES.join("|")}, or choose an empty folder`,
    ];
    return { files: [], kept: [], guesses: [], errors };
  }
  const runtime = kind === undefined || kind === "dockerfile" ? undefined : (request.runtime ?? kind);
  const health: Health =
    port === undefined
      ? { is: "none" }
      : facts.health === undefined
        ? { is: "tcp" }
        : { is: "http", path: facts.health.value };
  const { name } = request;
  const { command, variables } = facts;
  const text = agentFile({
    name,
    description: `The agent ${name}`,
    runtime,
    command,
    model,
    port: port?.value,
    variables,
    health,
  });
  const planned = divide([{ path: "agent.yaml", text }, projectFile(request)], seen, []);
  const guesses = planned.files.some(({ path }) => path === "agent.yaml")
    ? [...facts.guesses, ...guessed(facts, health)]
    : [];
  if (request.template !== "http")
    guesses.push(`the template ${request.template} is not used: this folder has its own code`);
  if (ignoredNowhere(seen)) guesses.push("put `.aac/` into .gitignore: it will hold state and secrets");
  return { ...planned, guesses, errors: [] };
}

function guessed({ port, health, variables }: ReturnType<typeof readCode>, check: Health): readonly string[] {
  const lines: string[] = [];
  lines.push(
    port === undefined
      ? "no port found, and so no health check: write `ports` and `healthCheck` if the agent listens"
      : `port ${port.value}: ${port.where}`,
  );
  if (check.is === "http" && health !== undefined)
    lines.push(`health check GET ${check.path}: ${health.where}`);
  if (check.is === "tcp")
    lines.push("health check by connecting to the port: no route such as /health was found");
  const names = (is: Variable["is"]): string =>
    variables
      .filter((one) => one.is === is)
      .map(({ name }) => name)
      .join(", ");
  if (names("secret") !== "") lines.push(`secrets that the code reads: ${names("secret")}`);
  if (names("env") !== "") lines.push(`variables that the code reads: ${names("env")}`);
  return lines;
}

const projectFile = ({ project }: InitRequest): PlannedFile => ({
  path: ".aac.yaml",
  text: `# Settings of the project: every agent.yaml below this folder belongs to it.\nproject: ${scalar(project)}\n`,
});

const ignores = (text: string): boolean => text.split("\n").some((line) => /^\/?\.aac\/?\s*$/.test(line));
const ignoredNowhere = (seen: Seen): boolean => !ignores(seen.files.get(".gitignore") ?? "");

function gitignore(seen: Seen, starter: Starter): PlannedFile | undefined {
  const there = seen.files.get(".gitignore");
  if (there === undefined)
    return { path: ".gitignore", text: `${[".aac/", ".env", ...starter.ignore].join("\n")}\n` };
  if (ignores(there)) return undefined;
  return {
    path: ".gitignore",
    text: there === "" || there.endsWith("\n") ? ".aac/\n" : "\n.aac/\n",
    append: true,
  };
}

/** What is there stays: only what is not is written. */
function divide(
  wanted: readonly PlannedFile[],
  seen: Seen,
  also: readonly PlannedFile[],
): Pick<InitPlan, "files" | "kept"> {
  const files: PlannedFile[] = [];
  const kept: string[] = [];
  for (const file of wanted) {
    // Two agent files in one folder are an error, so any spelling of the name counts.
    const names = file.path === "agent.yaml" ? AGENT_FILES : [file.path];
    const there = names.find((name) => seen.files.has(name));
    if (there === undefined) files.push(file);
    else kept.push(there);
  }
  return { files: [...files, ...also], kept };
}
