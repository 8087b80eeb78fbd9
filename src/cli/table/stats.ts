import type { CommandSpec } from "./command.ts";
import { LIVE_FILE, PLACE, PLACE_TARGET } from "./options.ts";

export const STATS: CommandSpec = {
  name: "stats",
  usage: "[AGENT…]",
  about: "processor, memory and traffic of what runs, against its limits",
  examples: [
    ["aac stats", "all agents, measured over half a second"],
    ["aac stats chatbot --watch", "one agent, again every two seconds"],
    ["aac stats -o json", "for a program"],
  ],
  options: [
    { flags: "-f, --watch", about: "go on, every two seconds" },
    LIVE_FILE,
    PLACE_TARGET,
    {
      flags: "-o, --output <form>",
      about: "how to print it; with --watch json is a line each time",
      choices: ["table", "json"],
      preset: "table",
    },
    ...PLACE,
  ],
  load: () => import("../commands/stats.ts"),
};
