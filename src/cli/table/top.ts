import type { CommandSpec } from "./command.ts";
import { LIVE_FILE, PLACE, PLACE_TARGET } from "./options.ts";

export const TOP: CommandSpec = {
  name: "top",
  usage: "[AGENT…]",
  about: "a live view: states, use, logs, who needs whom; restart, stop, a shell by one key",
  examples: [
    ["aac top", "all agents, where they live; ? shows the keys"],
    ["aac top chatbot -t docker", "one agent, on another target"],
    ["aac top --read-only", "nothing can be changed from it"],
  ],
  options: [
    { flags: "--read-only", about: "without the keys that change something" },
    { flags: "--interval <time>", about: "how often use is measured; 2s without it" },
    {
      flags: "--ui <form>",
      about: "a screen, or a plain line for each change; what fits the terminal without it",
      choices: ["tui", "plain"],
    },
    LIVE_FILE,
    PLACE_TARGET,
    ...PLACE,
  ],
  load: () => import("../commands/top.ts"),
};
