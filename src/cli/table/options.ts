import type { OptionSpec } from "./command.ts";

/** Options that several commands have, once. */

export const FILE: OptionSpec = {
  flags: "-f, --file <path>",
  about: "file, folder, pattern or - for standard input; repeats",
  repeats: true,
};
export const READING: readonly OptionSpec[] = [
  { flags: "--profile <name>", about: "merge this profile over spec" },
  { flags: "--env <name>", about: "an environment of .aac.yaml" },
  { flags: "--set <name=value>", about: "value of a variable; repeats", repeats: true },
  { flags: "--env-file <path>", about: "variables from a file; repeats", repeats: true },
];
export const TARGET: OptionSpec = {
  flags: "-t, --target <name>",
  about: "also check what this target can carry: docker, kubernetes or local-process",
};

export const PLACE_TARGET: OptionSpec = {
  flags: "-t, --target <name>",
  about: "where agents live: docker, kubernetes or local-process",
};
/** Where `-f` means something else, or no agent is read. */
export const LIVE_FILE: OptionSpec = {
  flags: "--file <path>",
  about: "file or folder of the project",
  repeats: true,
};
const PROJECT: OptionSpec = {
  flags: "--project <name>",
  about: "whose objects, where .aac.yaml does not say it",
};
const CLUSTER: readonly OptionSpec[] = [
  { flags: "--context <name>", about: "which cluster of the kubeconfig" },
  { flags: "--namespace <name>", about: "where in the cluster; the context's own without it" },
  { flags: "--kubeconfig <file>", about: "clusters and who you are there; KUBECONFIG without it" },
];
export const PLACE: readonly OptionSpec[] = [
  PROJECT,
  ...CLUSTER,
  { flags: "--env <name>", about: "an environment of .aac.yaml" },
];
export const OUTCOME: OptionSpec = {
  flags: "-o, --output <form>",
  about: "how to print it",
  choices: ["text", "json"],
  preset: "text",
};
export const UI: OptionSpec = {
  flags: "--ui <form>",
  about: "a screen, plain lines, or events as JSON; what fits where it runs without it",
  choices: ["tui", "plain", "json"],
};
/** A part of the whole. */
export const CHOICE: readonly OptionSpec[] = [
  PROJECT,
  ...CLUSTER,
  { flags: "--target-agent <name>", about: "only this agent, and what it needs; repeats", repeats: true },
  { flags: "--exclude <name>", about: "not this agent or object, nor what needs it; repeats", repeats: true },
  { flags: "--replace <name>", about: "make this anew though nothing changed; repeats", repeats: true },
  { flags: "--prune", about: "also delete what is in none of the files" },
  { flags: "--release", about: "end holds instead of respecting them" },
];
export const APPLYING: readonly OptionSpec[] = [
  UI,
  { flags: "-y, --yes", about: "do not ask" },
  { flags: "--confirm <project>", about: "the project's name, where much or data would be lost" },
  { flags: "--timeout <time>", about: "the longest wait for one agent; 5m without it" },
  { flags: "--lock-timeout <time>", about: "wait so long for another apply; 0s without it" },
  { flags: "--parallelism <n>", about: "so many objects at once; 10 without it" },
  { flags: "--retries <n>", about: "so often a passing failure is tried again; 3 without it" },
  { flags: "--keep-going", about: "after a failure go on with what does not depend on it" },
  { flags: "--no-rollback", about: "a failed apply stops where it is, instead of going back" },
  { flags: "--attach", about: "follow the logs, and stop at Ctrl-C what was started" },
  { flags: "--watch", about: "apply again on each save" },
  {
    flags: "-o, --output <form>",
    about: "how to print it",
    choices: ["text", "json", "jsonl", "markdown"],
    preset: "text",
  },
];

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
  { flags: "--no-pager", about: "print long texts straight to the terminal" },
  {
    flags: "--log-level <level>",
    about: "what the program says about itself",
    choices: ["error", "warn", "info", "debug"],
  },
];
