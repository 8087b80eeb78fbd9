import { expect, test } from "vitest";
import { memoryOf, shimMemory, sleepers } from "./agents.ts";

test("a supervisor stays under 80 MB, and what stands beside an agent under 2", { timeout: 60_000 }, () => {
  const project = sleepers(10);
  try {
    project.aac("apply", "--yes");
    expect(memoryOf(project.supervisor())).toBeLessThan(80);
    expect(shimMemory(project.key)).toBeLessThan(2);
  } finally {
    project.end();
  }
});
