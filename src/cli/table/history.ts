import type { CommandSpec } from "./command.ts";
import { LIVE_FILE, PLACE, PLACE_TARGET } from "./options.ts";

export const HISTORY: CommandSpec = {
  name: "history",
  usage: "[REV]",
  about: "what was applied, by whom and how it ended: the last ten",
  examples: [
    ["aac history", "the newest first"],
    ["aac history 7", "one of them: its agents, their versions, and what differs from the one before"],
    ["aac rollback 7", "to have it again"],
  ],
  options: [
    LIVE_FILE,
    PLACE_TARGET,
    { flags: "--limit <n>", about: "so many of the newest" },
    {
      flags: "-o, --output <form>",
      about: "how to print it",
      choices: ["table", "json"],
      preset: "table",
    },
    ...PLACE,
  ],
  paged: true,
  load: () => import("../commands/history.ts"),
};
