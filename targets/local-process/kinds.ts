import type { KindRules } from "../../src/model/resource.ts";

const STARTED = "a running process keeps what it was started with";

/** How the objects of this target compare, and what a living one cannot change. */
export const kinds = {
  environment: {
    replaceOn: { "**": "an environment is keyed by what is in it" },
    ignore: ["interpreter", "folder"],
    secret: [],
    code: [],
    volatile: [],
    rolls: {},
  },
  config: { replaceOn: {}, ignore: [], secret: [], code: [], volatile: [], rolls: {} },
  process: {
    replaceOn: {
      command: "a running process cannot change its arguments",
      program: "a running process cannot change its program",
      version: "a running process cannot change its program",
      environment: "a running process cannot change its variables",
      secrets: "a running process cannot change its variables",
      // It has the path of it in a variable.
      config: "a running process cannot change its variables",
      inheritEnv: "a running process cannot change its variables",
      cwd: STARTED,
      code: "a running process keeps the code that it has loaded",
      ports: "a running process keeps its ports",
      priority: STARTED,
      "limits/files": STARTED,
      adopted: "a process that was adopted is ended, and one of ours is started in its place",
      recorded: "its record is gone: nobody can tell what it was started with",
    },
    // Its environment is an object of its own, and says itself when it is another.
    ignore: ["environmentKey"],
    secret: ["secrets"],
    code: ["code"],
    volatile: ["running"],
    rolls: { running: "it is started anew" },
  },
} as const satisfies Readonly<Record<string, KindRules>>;
