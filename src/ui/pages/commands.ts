import type { Code } from "../../model/codes.ts";
import type { Page } from "./page.ts";

const LIVE = "This is about what is live, so no file shows it.";

/** 30xx and up: plan, apply, the command line. */
export const commands = {
  AAC3001: {
    why: [
      "A saved plan names what it touches, and one of those things is no longer as it was when the plan was made.",
      "It is carried out exactly or not at all, so nothing was changed.",
      "Look at what moved, then plan again: aac plan --out FILE.",
    ],
    note: LIVE,
  },
  AAC3002: {
    why: [
      "This very plan was carried out before, and what it was to change is changed.",
      "aac plan says whether anything is left to do.",
    ],
    note: LIVE,
  },
  AAC3003: {
    why: [
      "A plan belongs to one project on one target of one machine, engine or cluster: elsewhere its objects are others.",
      "Apply it where it was made, or plan here.",
    ],
    note: LIVE,
  },
  AAC3004: {
    why: ["The file is no plan, or one of a newer aac.", "aac plan --out FILE makes one."],
    note: "This is about a plan file, so no agent file shows it.",
  },
  AAC3005: {
    why: [
      "`metadata.protect` says that this agent is never deleted or replaced by a plan.",
      "Take the line out first, if it is meant: that is a change of its own.",
    ],
    note: LIVE,
  },
  AAC3006: {
    why: [
      "More than half of the agents that live would be deleted, because they are in no file any more.",
      "That is often a wrong folder or a wrong branch. If it is meant: --confirm NAME, with the project's name.",
    ],
    note: LIVE,
  },
  AAC3101: {
    why: [
      "The code of an agent is part of it, and here it is so much that comparing it would take long.",
      "Leave out what is no code: `code: {exclude: [...]}`, or .gitignore.",
    ],
    note: "It takes a folder with very many or very large files.",
  },
  AAC3102: {
    why: [
      "An agent asks for a secret, and none of the places where it may stand has it.",
      "Put it into one of those that the message names, or write `optional: true` if the agent can do without.",
    ],
    note: "Secrets are looked for when a plan is made, not in files.",
  },
  AAC3103: {
    why: [
      "The file that holds a secret is a link, belongs to somebody else, or can be read by others.",
      "Make it yours alone: chmod 600 FILE.",
    ],
    note: "This is about a file beside the agent's.",
  },
  AAC3104: {
    why: [
      "The key with which secrets are compared is gone, so nobody can tell whether their values changed.",
      "Nothing is restarted for it. The next apply makes a new key; aac restart AGENT takes over a new value.",
    ],
    note: LIVE,
  },
  AAC3105: {
    why: [
      "A variable takes its text from the caller or from a file, and nothing is there.",
      "Set it, give it a `defaultValue`, or write `optional: true`.",
    ],
    note: "Values are looked for when a plan is made.",
  },
  AAC4001: {
    why: [
      "One apply at a time may change a project, and another one is at it.",
      "Wait for it: --lock-timeout 5m. Nothing has to be unlocked: the lock ends with its process.",
      "One that many machines share ends at most 15 s after it.",
    ],
    note: LIVE,
  },
  AAC4002: {
    why: [
      "An agent needs a port that somebody listens on already; the message says who, if that can be told.",
      "End that program, or give the agent another port.",
    ],
    note: LIVE,
  },
  AAC4003: {
    why: [
      "The program that an agent runs is not on the PATH, is not executable, or has another version than asked for.",
      "Install it, or name it by its path in `command`.",
    ],
    note: LIVE,
  },
  AAC4004: {
    why: [
      "The folder that an agent works in is not there or may not be entered.",
      "Make it, or change `workingDir`.",
    ],
    note: LIVE,
  },
  AAC4005: {
    why: [
      "The folder with locks, records and logs is a link, belongs to somebody else or can be changed by others.",
      "What stands in it could be anybody's, so nothing is read from it. The message has the repair.",
    ],
    note: LIVE,
  },
  AAC4006: {
    why: [
      "A record of the supervisor cannot be read, or was written by a newer aac.",
      "Nothing was read from it. Move it aside as the message says: what lives is found again by its marker.",
    ],
    note: LIVE,
  },
  AAC4007: {
    why: [
      "The supervisor of this project does not answer, or could not be started.",
      "The message says why; aac daemon status tells more.",
    ],
    note: LIVE,
  },
  AAC4008: {
    why: ["No agent of this name lives in this project on this target.", "aac status lists those that do."],
    note: LIVE,
  },
  AAC4011: {
    why: [
      "The engine or the cluster does not answer, or nothing says where it is. Nothing was changed.",
      "An engine is named by DOCKER_HOST or DOCKER_CONTEXT, a cluster by --kubeconfig, --context or KUBECONFIG.",
    ],
    note: LIVE,
  },
  AAC4012: {
    why: [
      "An image that an agent runs from is not where it is needed, and cannot be had from anywhere.",
      "Build it, load it, or write the name of one that can be pulled.",
    ],
    note: LIVE,
  },
  AAC4013: {
    why: [
      "An object has the name that this project would use, and belongs to somebody else. It is not touched.",
      "The message names its owner. Choose another name for the project or the agent, or let its owner remove it.",
    ],
    note: LIVE,
  },
  AAC4014: {
    why: [
      "The platform was asked beforehand and would refuse this object: the message is its own.",
      "Change what it names, or ask whoever set the rule.",
    ],
    note: LIVE,
  },
  AAC4015: {
    why: [
      "Something that an agent refers to and that nobody here makes is not there, such as a secret of the cluster.",
      "The message has the command that makes it.",
    ],
    note: LIVE,
  },
  AAC4016: {
    why: [
      "`aac rollback` goes to what an earlier apply left, and there is no such revision, or nobody wrote down what stood.",
      "aac history lists those that are kept, and how each of them ended.",
    ],
    note: LIVE,
  },
  AAC4010: {
    why: [
      "A step of an apply failed, so no new one was begun. The report says of each object whether it is changed.",
      "Mend the cause and apply again: it goes on from what is live.",
    ],
    note: LIVE,
  },
  AAC9001: {
    why: ["The command is planned, but not built yet.", "aac --help lists those that are."],
    note: "This is about the command line, so no file shows it.",
  },
} as const satisfies Readonly<Partial<Record<Code, Page>>>;
