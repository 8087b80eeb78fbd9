import { expect, test } from "vitest";
import { noteOf } from "../../../src/ui/top/notes.ts";
import { replica } from "./cases.ts";

const NOW = "2026-08-01T12:00:00Z";

test.each([
  ["CrashLoopBackOff", "exit 3 after 8 s", "next try in 12s · exit 3 after 8 s · CrashLoopBackOff"],
  ["exit 3", "exit 3 after 8 s", "next try in 12s · exit 3"],
  [
    "exit 3 after 8 s, is started again",
    "exit 3 after 8 s",
    "next try in 12s · exit 3 after 8 s, is started again",
  ],
])("one that waits for its next try because of %j says once how it ended", (detail, how, expected) => {
  const one = replica("desk", {
    state: "backoff",
    detail,
    lastExit: `${how}, 2026-08-01T11:59:52Z`,
    nextTry: "2026-08-01T12:00:12Z",
  });
  expect(noteOf(one, NOW, 0)).toBe(expected);
});
