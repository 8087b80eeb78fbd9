import type { CommandSpec } from "./command.ts";
import { LIVE_FILE, PLACE, PLACE_TARGET } from "./options.ts";

export const EXEC: CommandSpec = {
  name: "exec",
  usage: "[-i] [-t] AGENT [--] [COMMAND…]",
  about: "a command inside an agent; its exit code is the command's",
  examples: [
    ["aac exec chatbot", "a shell, in a terminal"],
    ["aac exec chatbot -- ls -l /app", "one command; what stands behind the agent's name is its own"],
    ["aac exec -i store -- sh -c 'cat > notes.txt' < notes.txt", "with input from a file or a pipe"],
    ["aac exec -it --replica 1 chatbot python", "in a terminal, in one of several replicas"],
  ],
  options: [
    { flags: "-i, --interactive", about: "pass on standard input" },
    { flags: "-t, --tty", about: "in a terminal; without a command both are meant" },
    { flags: "--replica <number>", about: "in this one; the first that runs without it" },
    LIVE_FILE,
    // Here -t is what it is elsewhere in such a command.
    { ...PLACE_TARGET, flags: "--target <name>" },
    ...PLACE,
  ],
  passThrough: true,
  load: () => import("../commands/exec.ts"),
};
