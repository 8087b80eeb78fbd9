import type { CommandSpec } from "./command.ts";
import { LIVE_FILE, PLACE, PLACE_TARGET } from "./options.ts";

export const EVENTS: CommandSpec = {
  name: "events",
  usage: "[AGENT…]",
  about: "what happened, when, why and by whom: applies, holds, crashes, restarts",
  examples: [
    ["aac events", "the last hundred, oldest first"],
    ["aac events chatbot --since 2h", "one agent, lately"],
    ["aac events -w", "as they happen"],
    ["aac events --since 2026-01-31T03:00:00Z -o jsonl", "for a program, one a line"],
  ],
  options: [
    { flags: "-f, --follow", about: "go on as more happens" },
    { flags: "-w, --watch", about: "the same" },
    { flags: "--since <when>", about: "from then on: 10m, or a time" },
    { flags: "--tail <events>", about: "so many of the last, or all; 100 without it" },
    LIVE_FILE,
    PLACE_TARGET,
    {
      flags: "-o, --output <form>",
      about: "how to print it; when it follows, json is one a line",
      choices: ["text", "json", "jsonl"],
      preset: "text",
    },
    ...PLACE,
  ],
  load: () => import("../commands/events.ts"),
};
