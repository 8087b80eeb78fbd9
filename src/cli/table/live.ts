import type { CommandSpec } from "./command.ts";
import { DOCTOR } from "./doctor.ts";
import { EVENTS } from "./events.ts";
import { PAUSE, RESUME, SCALE } from "./holds.ts";
import { STATS } from "./stats.ts";
import { EXEC } from "./exec.ts";
import { TOP } from "./top.ts";
import { PLACE_TARGET, LIVE_FILE, PLACE, OUTCOME } from "./options.ts";

const BY_HAND = "by hand; what was stopped is held: a plan leaves it alone until `aac start`";

/** Commands about what is live: no agent file is read for them. */
export const ABOUT_LIVE: readonly CommandSpec[] = [
  {
    name: "status",
    usage: "[AGENT…]",
    about: "agents, their state, health and addresses",
    examples: [
      ["aac status", "those that run"],
      ["aac status -a -o wide", "also stopped ones, with more columns"],
      ["aac status --exit-code", "ends with 1 where one is not well"],
    ],
    options: [
      LIVE_FILE,
      PLACE_TARGET,
      { flags: "-a, --all", about: "stopped ones too" },
      {
        flags: "-o, --output <form>",
        about: "how to print it",
        choices: ["table", "wide", "json", "name"],
        preset: "table",
      },
      { flags: "--exit-code", about: "end with 1 where an agent is not well" },
      ...PLACE,
    ],
    load: () => import("../commands/status.ts"),
  },
  {
    name: "inspect",
    usage: "AGENT",
    about: "everything that is known of one agent, as JSON; no secret",
    examples: [["aac inspect chatbot", "its record, its process, where its logs are"]],
    options: [LIVE_FILE, PLACE_TARGET, ...PLACE],
    paged: true,
    load: () => import("../commands/inspect.ts"),
  },
  {
    name: "logs",
    usage: "[AGENT…]",
    about: "what agents print",
    examples: [
      ["aac logs -f", "all agents, as they print"],
      ["aac logs chatbot --since 10m --stderr", "one agent, what it complained about lately"],
      ["aac logs chatbot --previous", "the run before this one"],
    ],
    options: [
      { flags: "-f, --follow", about: "go on as more comes" },
      LIVE_FILE,
      PLACE_TARGET,
      { flags: "--since <when>", about: "from then on: 10m, or a time" },
      { flags: "--tail <lines>", about: "so many of the last lines, or all; 100 without it" },
      { flags: "--timestamps", about: "when each line was seen" },
      { flags: "--stdout", about: "only what was printed" },
      { flags: "--stderr", about: "only what was complained" },
      { flags: "--previous", about: "of the run before this one" },
      { flags: "--revision <number>", about: "of another revision" },
      { flags: "-o, --output <form>", about: "how to print it", choices: ["text", "jsonl"], preset: "text" },
      ...PLACE,
    ],
    load: () => import("../commands/logs.ts"),
  },
  {
    name: "wait",
    usage: "[AGENT…]",
    about: "until agents are ready, running, stopped or completed",
    examples: [["aac wait chatbot --timeout 30s", "ends with 1 if it is not ready by then"]],
    options: [
      {
        flags: "--for <condition>",
        about: "what to wait for",
        choices: ["ready", "running", "stopped", "completed"],
        preset: "ready",
      },
      { flags: "--timeout <time>", about: "5m without it" },
      LIVE_FILE,
      PLACE_TARGET,
      ...PLACE,
    ],
    load: () => import("../commands/wait.ts"),
  },
  EVENTS,
  STATS,
  TOP,
  {
    name: "stop",
    usage: "[AGENT…]",
    about: "stop agents and hold them stopped: a plan leaves them alone until `aac start`",
    examples: [["aac stop chatbot --reason 'looking into the leak'", "whoever plans next is told why"]],
    options: [
      { flags: "--reason <text>", about: "why, for whoever comes next" },
      LIVE_FILE,
      PLACE_TARGET,
      OUTCOME,
      ...PLACE,
    ],
    together: BY_HAND,
    load: () => import("../commands/stop.ts"),
  },
  {
    name: "start",
    usage: "[AGENT…]",
    about: "start agents that were stopped or have given up",
    examples: [["aac start chatbot", "ends its hold, and forgets earlier failures"]],
    options: [LIVE_FILE, PLACE_TARGET, OUTCOME, ...PLACE],
    together: BY_HAND,
    load: () => import("../commands/start.ts"),
  },
  {
    name: "restart",
    usage: "[AGENT…]",
    about: "stop agents and start them again",
    examples: [["aac restart chatbot", "as it is, with the secrets that it has"]],
    options: [LIVE_FILE, PLACE_TARGET, OUTCOME, ...PLACE],
    together: BY_HAND,
    load: () => import("../commands/restart.ts"),
  },
  PAUSE,
  RESUME,
  SCALE,
  EXEC,
  {
    name: "daemon",
    usage: "start|stop|restart|status",
    about: "the supervisor that keeps local processes running",
    examples: [
      ["aac daemon status", "whether it runs, and where its log is"],
      ["aac daemon stop", "agents go on, and nobody restarts them"],
    ],
    options: [
      { flags: "--foreground", about: "stay in this terminal" },
      { flags: "--home <folder>", about: "of a supervisor that starts itself" },
      LIVE_FILE,
      PLACE_TARGET,
      ...PLACE,
    ],
    load: () => import("../commands/daemon.ts"),
  },
  DOCTOR,
];
