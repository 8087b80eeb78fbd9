import { expect, test } from "vitest";
import { sizeFaults } from "../../../targets/local-process/preflight/sizes.ts";

test("one text of 128 KiB, 2 MB together and a NUL are refused with their size, and never shown", () => {
  const faults = (variables: Readonly<Record<string, string>>, command: readonly string[] = ["/bin/true"]) =>
    sizeFaults("desk", { command, variables }).map(({ message }) => message);
  expect(faults({ A: "x".repeat(128 * 1024 - 3) })).toEqual([]);
  expect(faults({ A: "x".repeat(128 * 1024 - 2) })).toEqual([
    "desk: the variable A has 131072 bytes, and the system takes 131071",
  ]);
  expect(faults({ A: "é".repeat(65_536) })).toEqual([
    "desk: the variable A has 131074 bytes, and the system takes 131071",
  ]);
  expect(faults({}, ["/bin/true", "a\0b"])).toEqual([
    "desk: argument 1 holds a NUL, at which every program would stop reading",
  ]);
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`A${i}`, "x".repeat(100_000)]));
  expect(faults(many).join("")).toMatch(/^desk: its arguments and variables have 20\d{5} bytes together/);
});
