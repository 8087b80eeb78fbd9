import * as validate from "./commands/validate.ts";

/**
 * Every command, as data: parsing, help, documentation and completion all read this table. A command without
 * `load` is not built yet and says so.
 */
export interface CommandSpec {
  readonly name: string;
  readonly usage: string;
  readonly about: string;
  readonly examples: readonly (readonly [command: string, about: string])[];
  readonly options: readonly OptionSpec[];
  readonly load?: () => Promise<{ readonly run: Run }>;
}

export interface OptionSpec {
  readonly flags: string;
  readonly about: string;
  readonly repeats?: true;
  readonly choices?: readonly string[];
  readonly preset?: string;
}

export type Run = (context: Context) => Promise<number>;

export interface Context {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly started: number;
  readonly version: string;
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  readonly screen: Screen;
}

export interface Screen {
  readonly colour: boolean;
  readonly width: number;
  readonly terminal: boolean;
  readonly ci: boolean;
}

const FILE: OptionSpec = {
  flags: "-f, --file <path>",
  about: "file, folder, pattern or - for standard input; repeats",
  repeats: true,
};
const READING: readonly OptionSpec[] = [
  { flags: "--profile <name>", about: "merge this profile over spec" },
  { flags: "--env <name>", about: "an environment of .aac.yaml" },
  { flags: "--set <name=value>", about: "value of a variable; repeats", repeats: true },
  { flags: "--env-file <path>", about: "variables from a file; repeats", repeats: true },
];
const TARGET: OptionSpec = {
  flags: "-t, --target <name>",
  about: "also check what this target can carry: docker, kubernetes or local-process",
};

/** Understood everywhere. */
export const COMMON: readonly OptionSpec[] = [
  { flags: "-q, --quiet", about: "only results and errors" },
  { flags: "-v, --verbose", about: "say more" },
  {
    flags: "--color <when>",
    about: "colour in the output",
    choices: ["auto", "always", "never"],
    preset: "auto",
  },
  { flags: "--no-color", about: "the same as --color never" },
  {
    flags: "--log-level <level>",
    about: "what the program says about itself",
    choices: ["error", "warn", "info", "debug"],
  },
];

const FORMAT_NAMES = ["human", "json", "sarif", "github", "junit"] as const;

const BUILT: readonly CommandSpec[] = [
  {
    name: "init",
    usage: "[NAME]",
    about: "start an agent that works: its file, its code and a health check",
    examples: [
      ["aac init weather-desk", "a Python agent in a new folder"],
      ["aac init weather-desk --runtime nodejs --template worker", "another language, another shape"],
      ["aac init", "describe the code in this folder; nothing is overwritten"],
    ],
    options: [
      { flags: "--runtime <name>", about: "python, nodejs, go, rust or java" },
      { flags: "--model <provider/name>", about: "the model that it talks to, such as openai/gpt-4o" },
      { flags: "--template <name>", about: "what it is", choices: ["http", "worker", "mcp"], preset: "http" },
    ],
    load: () => import("./commands/init.ts"),
  },
  {
    name: "validate",
    usage: "[PATH…]",
    about: "find every fault of every file in one run; offline",
    examples: [
      ["aac validate", "the project"],
      ["aac validate agents/chatbot", "one folder, checked against the whole project"],
      ["aac validate --format sarif > aac.sarif", "for code scanning"],
      ["aac validate --fail-on warning", "stricter, for a pull request"],
    ],
    options: [
      FILE,
      { flags: "--format <name>", about: "how to report", choices: [...FORMAT_NAMES, "markdown"] },
      {
        flags: "--fail-on <level>",
        about: "end with 1 from this level on",
        choices: ["error", "warning", "info", "never"],
        preset: "error",
      },
      { flags: "--changed-since <ref>", about: "only files changed since a git revision" },
      TARGET,
      ...READING,
    ],
    // Not lazy: the command that runs most gets all of its code in one read.
    load: () => Promise.resolve(validate),
  },
  {
    name: "fmt",
    usage: "[PATH…]",
    about: "lay files out alike; comments and values stay",
    examples: [
      ["aac fmt", "the project's files, in place"],
      ["aac fmt --check", "only say which would change; ends with 1 if one would"],
      ["aac fmt --fix", "and rewrite other spellings to ours"],
    ],
    options: [
      FILE,
      { flags: "--check", about: "change nothing, name the files that would change" },
      { flags: "--fix", about: "rewrite other spellings too" },
    ],
    load: () => import("./commands/fmt.ts"),
  },
  {
    name: "schema",
    usage: "[agent|project|common|canonical|report]",
    about: "print a JSON Schema: agent.yaml's, or another",
    examples: [
      ["aac schema > agent.schema.json", "for an editor or another validator"],
      ["aac schema project", "that of .aac.yaml"],
    ],
    options: [],
    load: () => import("./commands/schema.ts"),
  },
  {
    name: "explain",
    usage: "[FIELD|CODE|runtimes]",
    about: "what a field means, or why a code is reported",
    examples: [
      ["aac explain healthCheck.interval", "a field: its type, default, examples"],
      ["aac explain AAC2103", "a code: why, a wrong and a right example"],
      ["aac explain runtimes", "what each runtime brings along"],
    ],
    options: [],
    load: () => import("./commands/explain.ts"),
  },
  {
    name: "config",
    usage: "",
    about: "the files as aac reads them: profiles merged, variables filled in, with each value's origin",
    examples: [
      ["aac config", "the merged file"],
      ["aac config --profile production", "with a profile over it"],
      ["aac config -o ir", "what every target works from, as JSON"],
    ],
    options: [
      FILE,
      { flags: "-o, --output <form>", about: "how to print it", choices: ["yaml", "ir"], preset: "yaml" },
      TARGET,
      ...READING,
    ],
    load: () => import("./commands/config.ts"),
  },
  {
    name: "version",
    usage: "",
    about: "what this is",
    examples: [["aac version -o json", "for a bug report"]],
    options: [
      { flags: "-o, --output <form>", about: "how to print it", choices: ["text", "json"], preset: "text" },
    ],
    load: () => import("./commands/version.ts"),
  },
];

const COMING: readonly (readonly [name: string, about: string])[] = [
  ["plan", "what would change against what is live"],
  ["show", "a saved plan again"],
  ["apply", "plan, ask, apply, wait until ready"],
  ["destroy", "take the project down"],
  ["drift", "what differs from what was applied"],
  ["adopt", "take over an object that is there"],
  ["rollback", "back to an earlier revision"],
  ["history", "the revisions of this project"],
  ["build", "build images or environments"],
  ["status", "agents, their state and health"],
  ["inspect", "everything about one agent"],
  ["events", "what happened, when and why"],
  ["logs", "what agents print"],
  ["stats", "processor and memory"],
  ["wait", "until a condition holds"],
  ["stop", "stop agents and hold them stopped"],
  ["start", "start them again"],
  ["restart", "stop and start"],
  ["scale", "another number of replicas"],
  ["pause", "freeze agents"],
  ["resume", "thaw them"],
  ["exec", "a command inside an agent"],
  ["run", "one agent, quickly"],
  ["emit", "manifests for other tools"],
  ["import", "files of other tools to agent.yaml"],
  ["graph", "who waits for whom"],
  ["top", "a live view of the project"],
  ["doctor", "what is missing on this machine"],
  ["daemon", "the supervisor of local processes"],
  ["service", "start the supervisor with the machine"],
  ["clean", "remove what is left over"],
  ["completion", "completion for a shell"],
];

export const COMMANDS: readonly CommandSpec[] = [
  ...BUILT,
  ...COMING.map(([name, about]): CommandSpec => ({ name, usage: "", about, examples: [], options: [] })),
];

/** Words of other tools, answered with ours. */
export const OTHER_WORDS: Readonly<Record<string, string>> = {
  up: "aac apply",
  down: "aac destroy",
  ps: "aac status",
  ls: "aac status",
  list: "aac status",
  diff: "aac plan",
  preview: "aac plan",
  deploy: "aac apply",
  delete: "aac destroy",
  remove: "aac destroy",
  rm: "aac destroy",
  lint: "aac validate",
  check: "aac validate",
  test: "aac validate",
  format: "aac fmt",
  convert: "aac emit",
  render: "aac emit",
  template: "aac emit",
  generate: "aac emit",
  undo: "aac rollback",
  top: "aac top",
  kill: "aac stop",
  create: "aac init",
  new: "aac init",
  describe: "aac inspect",
  get: "aac status",
  refresh: "aac drift",
  output: "aac inspect",
  watch: "aac apply --watch",
};

export const OTHER_FLAGS: Readonly<Record<string, string>> = {
  "-auto-approve": "--yes",
  "--auto-approve": "--yes",
  "--assume-yes": "--yes",
  "-target": "--target-agent",
  "-out": "--out",
  "-var": "--set",
  "--var": "--set",
  "--values": "--set",
  "-var-file": "--env-file",
  "--dry-run": "aac plan",
  "-destroy": "--destroy",
  "--json": "-o json, or --format json",
  "-json": "-o json, or --format json",
  "--filename": "--file",
  "--detach": "nothing: aac apply ends when the agents are ready",
};
