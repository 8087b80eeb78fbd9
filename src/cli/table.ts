import type { CommandSpec } from "./table/command.ts";
import { ABOUT_FILES } from "./table/files.ts";
import { ABOUT_LIVE } from "./table/live.ts";
import { ABOUT_PLANS } from "./table/plans.ts";
import { ABOUT_SHELL } from "./table/shell.ts";

export type { CommandSpec, Context, OptionSpec, Run, Screen } from "./table/command.ts";
export { COMMON } from "./table/options.ts";
export { OTHER_FLAGS, OTHER_WORDS } from "./table/words.ts";

const COMING: readonly (readonly [name: string, about: string])[] = [
  ["drift", "what differs from what was applied"],
  ["adopt", "take over an object that is there"],
  ["rollback", "back to an earlier revision"],
  ["history", "the revisions of this project"],
  ["build", "build images or environments"],
  ["events", "what happened, when and why"],
  ["scale", "another number of replicas"],
  ["pause", "freeze agents"],
  ["resume", "thaw them"],
  ["run", "one agent, quickly"],
  ["import", "files of other tools to agent.yaml"],
  ["service", "start the supervisor with the machine"],
  ["clean", "remove what is left over"],
];

/** As a person goes from a file to something that runs. */
export const GROUPS: readonly { readonly title: string; readonly commands: readonly CommandSpec[] }[] = [
  { title: "Files", commands: ABOUT_FILES },
  { title: "Plan and apply", commands: ABOUT_PLANS },
  { title: "What is live", commands: ABOUT_LIVE },
];

export const COMMANDS: readonly CommandSpec[] = [
  ...GROUPS.flatMap(({ commands }) => commands),
  ...ABOUT_SHELL,
  ...COMING.map(([name, about]): CommandSpec => ({ name, usage: "", about, examples: [], options: [] })),
];
