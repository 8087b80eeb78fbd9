import type { CommandSpec } from "./command.ts";
import { FILE, PLACE, PLACE_TARGET, READING } from "./options.ts";

export const DRIFT: CommandSpec = {
  name: "drift",
  usage: "[AGENT…]",
  about: "what somebody changed by hand since the last apply, who, and what becomes of it; changes nothing",
  examples: [
    ["aac drift", "each field with what it was and is, and whether the next apply takes it back"],
    ["aac drift chatbot --exit-code", "ends with 1 where there is a drift"],
    ["aac drift -t kubernetes -o json", "for a program"],
  ],
  options: [
    FILE,
    PLACE_TARGET,
    { flags: "--exit-code", about: "end with 1 where something drifted" },
    {
      flags: "-o, --output <form>",
      about: "how to print it",
      choices: ["text", "json", "markdown"],
      preset: "text",
    },
    ...PLACE,
    // `--env` is one of those already.
    ...READING.filter(({ flags }) => !PLACE.some((one) => one.flags === flags)),
  ],
  paged: true,
  load: () => import("../commands/drift.ts"),
};
