import type { CommandSpec } from "./command.ts";
import { FILE, PLACE, PLACE_TARGET, READING } from "./options.ts";

export const ADOPT: CommandSpec = {
  name: "adopt",
  usage: "KIND/NAME",
  about: "take over an object that is there already; the plan for it is shown then",
  examples: [
    ["aac adopt Deployment/chatbot -t kubernetes", "as the agent of that name; its pods go on"],
    ["aac adopt container/old-chatbot --agent chatbot -t docker", "as another agent"],
  ],
  options: [
    {
      flags: "--agent <name>",
      about: "whose it becomes; the agent of its name, or the only one, without it",
    },
    { flags: "-y, --yes", about: "do not ask" },
    FILE,
    PLACE_TARGET,
    ...PLACE,
    // `--env` is one of those already.
    ...READING.filter(({ flags }) => !PLACE.some((one) => one.flags === flags)),
  ],
  load: () => import("../commands/adopt.ts"),
};
