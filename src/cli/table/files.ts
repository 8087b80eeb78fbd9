import * as validate from "../commands/validate.ts";
import type { CommandSpec } from "./command.ts";
import { GRAPH } from "./graph.ts";
import { FILE, READING, TARGET } from "./options.ts";

const FORMAT_NAMES = ["human", "json", "sarif", "github", "junit"] as const;

/** Commands that read files and look at nothing that is live. */
export const ABOUT_FILES: readonly CommandSpec[] = [
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
    load: () => import("../commands/init.ts"),
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
    load: () => import("../commands/fmt.ts"),
  },
  {
    name: "schema",
    usage:
      "[agent|project|common|canonical|report|plan|saved-plan|apply-report|status|stats|drift|events|history|graph|doctor]",
    about: "print a JSON Schema: agent.yaml's, or another",
    examples: [
      ["aac schema > agent.schema.json", "for an editor or another validator"],
      ["aac schema project", "that of .aac.yaml"],
      ["aac schema plan", "what `aac plan -o json` prints"],
    ],
    options: [],
    paged: true,
    load: () => import("../commands/schema.ts"),
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
    paged: true,
    load: () => import("../commands/explain.ts"),
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
    paged: true,
    load: () => import("../commands/config.ts"),
  },
  {
    name: "emit",
    usage: "compose|kubernetes|dockerfile",
    about: "agents as files of another tool, and what those cannot carry; offline",
    examples: [
      ["aac emit compose > compose.yaml", "the project; what is lost stands on standard error"],
      ["aac emit kubernetes --profile production --strict", "ends with 1 where something would be lost"],
      ["aac emit dockerfile --target-agent chatbot -o Dockerfile", "how the image of one agent is built"],
    ],
    options: [
      FILE,
      { flags: "-o, --out <file>", about: "write it there; its paths are counted from that folder" },
      { flags: "--strict", about: "end with 1, and write nothing, where something cannot be carried" },
      { flags: "--target-agent <name>", about: "only this agent; repeats", repeats: true },
      { flags: "--project <name>", about: "whose objects, where .aac.yaml does not say it" },
      { flags: "--namespace <name>", about: "where in a cluster; whoever applies it decides without it" },
      ...READING,
    ],
    load: () => import("../commands/emit.ts"),
  },
  GRAPH,
];
