import type { CommandSpec } from "./command.ts";
import { FILE, PLACE, PLACE_TARGET, READING } from "./options.ts";

export const GRAPH: CommandSpec = {
  name: "graph",
  usage: "[AGENT…]",
  about: "who waits for whom, and what a stop would touch; offline without --status",
  examples: [
    ["aac graph", "the project, as a tree"],
    ["aac graph store --status", "what store needs, what needs it, and how they are now"],
    ["aac graph -o svg > graph.svg", "a picture for light and dark pages"],
    ["aac graph -o mermaid", "for a README: GitHub and others draw it"],
  ],
  options: [
    FILE,
    {
      flags: "-o, --output <form>",
      about: "how to print it",
      choices: ["text", "dot", "mermaid", "svg", "json"],
      preset: "text",
    },
    { flags: "--status", about: "also what each agent does now" },
    PLACE_TARGET,
    ...PLACE,
    // `--env` is one of those already.
    ...READING.filter(({ flags }) => !PLACE.some((one) => one.flags === flags)),
  ],
  paged: true,
  load: () => import("../commands/graph.ts"),
};
