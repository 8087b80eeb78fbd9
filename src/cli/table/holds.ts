import type { CommandSpec, OptionSpec } from "./command.ts";
import { LIVE_FILE, OUTCOME, PLACE, PLACE_TARGET } from "./options.ts";

/** Decisions of a person that a plan leaves alone. */

const HELD = "freeze agents, or run another number of them; held until `aac resume` or `aac start`";
const REASON: OptionSpec = { flags: "--reason <text>", about: "why, for whoever comes next" };

export const PAUSE: CommandSpec = {
  name: "pause",
  usage: "[AGENT…]",
  about: "freeze agents as they are and hold them so: a plan leaves them alone until `aac resume`",
  examples: [["aac pause chatbot --reason 'its memory is looked at'", "whoever plans next is told why"]],
  options: [REASON, LIVE_FILE, PLACE_TARGET, OUTCOME, ...PLACE],
  together: HELD,
  load: () => import("../commands/pause.ts"),
};

export const RESUME: CommandSpec = {
  name: "resume",
  usage: "[AGENT…]",
  about: "thaw agents that were paused; ends that hold",
  examples: [["aac resume chatbot", "it goes on where it was"]],
  options: [LIVE_FILE, PLACE_TARGET, OUTCOME, ...PLACE],
  together: HELD,
  load: () => import("../commands/resume.ts"),
};

export const SCALE: CommandSpec = {
  name: "scale",
  usage: "AGENT=NUMBER…",
  about: "another number of replicas than the files say, held so until `aac start`",
  examples: [
    ["aac scale chatbot=5 --reason 'the fair'", "whoever plans next is told why"],
    ["aac scale chatbot=5 store=2", "several at once"],
    ["aac scale chatbot 5", "the same for one"],
    ["aac start chatbot", "ends that: the next apply brings back what the file says"],
  ],
  options: [REASON, LIVE_FILE, PLACE_TARGET, OUTCOME, ...PLACE],
  together: HELD,
  load: () => import("../commands/scale.ts"),
};
