import type { Code } from "../../model/codes.ts";
import type { Page } from "./page.ts";

/** 30xx and up: plan, apply, the command line. */
export const commands = {
  AAC9001: {
    why: ["The command is planned, but not built yet.", "aac --help lists those that are."],
    note: "This is about the command line, so no file shows it.",
  },
} as const satisfies Readonly<Partial<Record<Code, Page>>>;
