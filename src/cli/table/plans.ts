import type { CommandSpec } from "./command.ts";
import { ADOPT } from "./adopt.ts";
import { DRIFT } from "./drift.ts";
import { HISTORY } from "./history.ts";
import { ROLLBACK } from "./rollback.ts";
import { FILE, READING, PLACE_TARGET, CHOICE, APPLYING, UI } from "./options.ts";

/** Commands that compare the files with what is live. */
export const ABOUT_PLANS: readonly CommandSpec[] = [
  {
    name: "plan",
    usage: "",
    about: "what would change against what is live; changes nothing",
    examples: [
      ["aac plan", "the project of this folder"],
      ["aac plan -f agents/chatbot", "one agent, or one folder of them"],
      ["aac plan --out desk.plan.json", "keep exactly this plan: aac apply desk.plan.json"],
      ["aac plan -i", "on a screen: fold, search, leave parts out, open an editor at the line"],
      [
        "aac plan --detailed-exitcode",
        "ends with 2 where something would change, 1 where something is wrong",
      ],
    ],
    options: [
      FILE,
      PLACE_TARGET,
      { flags: "-i, --interactive", about: "look at it on a screen, leave parts out, keep what is chosen" },
      UI,
      { flags: "--out <file>", about: "keep this plan in a file" },
      { flags: "--detailed-exitcode", about: "0 nothing to do, 1 something is wrong, 2 changes" },
      { flags: "--expect-no-changes", about: "end with 1 where something would change" },
      { flags: "--destroy", about: "what `aac destroy` would do" },
      { flags: "--base <ref>", about: "against another version of the files" },
      {
        flags: "-o, --output <form>",
        about: "how to print it",
        choices: ["text", "json", "markdown"],
        preset: "text",
      },
      ...CHOICE,
      ...READING,
    ],
    paged: true,
    load: () => import("../commands/plan.ts"),
  },
  {
    name: "show",
    usage: "PLANFILE",
    about: "a saved plan again, without looking at what is live",
    examples: [["aac show desk.plan.json -o markdown", "for a pull request"]],
    options: [
      {
        flags: "-o, --output <form>",
        about: "how to print it",
        choices: ["text", "json", "markdown"],
        preset: "text",
      },
    ],
    paged: true,
    load: () => import("../commands/show.ts"),
  },
  {
    name: "apply",
    usage: "[PLANFILE]",
    about: "plan, ask, apply, and wait until the agents are ready",
    examples: [
      ["aac apply", "shows the plan and asks"],
      ["aac apply --yes", "without asking, for a pipeline"],
      ["aac apply desk.plan.json", "exactly a saved plan, or not at all"],
      ["aac apply --exclude chatbot", "everything but one agent and what needs it"],
    ],
    options: [FILE, PLACE_TARGET, ...APPLYING, ...CHOICE, ...READING],
    load: () => import("../commands/apply.ts"),
  },
  {
    name: "destroy",
    usage: "",
    about: "plan to take everything down, ask, and do it",
    examples: [
      ["aac destroy", "the project of this folder"],
      ["aac destroy --target-agent chatbot --yes", "one agent"],
    ],
    options: [
      FILE,
      PLACE_TARGET,
      { flags: "--volumes", about: "named volumes too" },
      ...APPLYING,
      ...CHOICE,
      ...READING,
    ],
    load: () => import("../commands/destroy.ts"),
  },
  DRIFT,
  ADOPT,
  ROLLBACK,
  HISTORY,
];
