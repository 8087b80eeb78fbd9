import type { CommandSpec } from "./table/command.ts";
import { ABOUT_FILES } from "./table/files.ts";
import { ABOUT_LIVE } from "./table/live.ts";
import { ABOUT_PLANS } from "./table/plans.ts";
import { ABOUT_SHELL } from "./table/shell.ts";

export type { CommandSpec, Context, OptionSpec, Run, Screen } from "./table/command.ts";
export { COMMON } from "./table/options.ts";
export { OTHER_FLAGS, OTHER_WORDS } from "./table/words.ts";

const COMING: readonly (readonly [name: string, about: string])[] = [
  ["build", "build images or environments"],
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
