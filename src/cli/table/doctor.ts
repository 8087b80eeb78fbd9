import type { CommandSpec } from "./command.ts";
import { FILE, OUTCOME, PLACE, PLACE_TARGET, READING } from "./options.ts";

export const DOCTOR: CommandSpec = {
  name: "doctor",
  usage: "[AGENT]",
  about: "what this machine and the target have and lack, each with its repair; changes nothing",
  examples: [
    ["aac doctor", "all that this project needs here"],
    ["aac doctor -t kubernetes --context prod", "whether a cluster answers, and what you may do there"],
    ["aac doctor chatbot", "what stands in the way of one agent"],
  ],
  options: [
    FILE,
    OUTCOME,
    PLACE_TARGET,
    ...PLACE,
    // `--env` is one of those already.
    ...READING.filter(({ flags }) => !PLACE.some((one) => one.flags === flags)),
  ],
  load: () => import("../commands/doctor.ts"),
};
