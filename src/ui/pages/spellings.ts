import type { Code } from "../../model/codes.ts";
import { agent, type Page } from "./page.ts";

/** 11xx and 12xx: other spellings, and what YAML makes of values. */
export const spellings = {
  AAC1101: {
    why: [
      "This is another way to write something: of an older file, or of another tool.",
      "It is read all the same, but one spelling for one thing is easier to search and to compare.",
      "aac fmt --fix writes the usual one and keeps comments.",
    ],
    wrong: agent("replicas: 2"),
    right: agent("scaling: {replicas: 2}"),
  },
  AAC1102: {
    why: [
      "The block is described in a guide, but no tool ever carried it out.",
      "Leaving it in place looks as if, say, backups were made.",
      "Remove it, or keep it as a note under `spec.config`: aac fmt --fix moves it there.",
    ],
    wrong: agent("backup: {schedule: daily}"),
    right: agent("config:", "  backup: {schedule: daily}"),
  },
  AAC1103: {
    why: [
      "The same setting is written in two spellings, with two values.",
      "Nobody could tell which of them holds.",
      "Keep the one that is meant.",
    ],
    wrong: agent("replicas: 2", "scaling: {replicas: 3}"),
    right: agent("scaling: {replicas: 3}"),
  },
  AAC1104: {
    why: [
      "A short form, such as a volume in one line, does not have the parts that it needs.",
      "It is not guessed at.",
      "Mend it, or write the long form, which says what each part is.",
    ],
    wrong: agent('volumes: ["./data:/data:readonly"]'),
    right: agent("volumes:", "  - source: ./data", "    target: /data", "    readOnly: true"),
  },
  AAC1201: {
    why: [
      "The value is read as text here, just as it is written.",
      "Other YAML readers make something else of it: 1.10 becomes 1.1, `no` becomes false, 22:30 becomes 1350.",
      "Write quotes, and it is the same everywhere.",
    ],
    wrong: agent("environment:", "  - name: API_VERSION", "    value: 1.10"),
    right: agent("environment:", "  - name: API_VERSION", '    value: "1.10"'),
  },
} as const satisfies Readonly<Partial<Record<Code, Page>>>;
