import { expect, test } from "vitest";
import { rounds, seed } from "../../helpers/figure.ts";
import { localPlatform } from "./edits-on-processes.ts";
import { walk } from "./edits-walk.ts";

test(
  "on this machine a plan names exactly what was edited, by file and by hand, and an apply does exactly that",
  async () => {
    const count = rounds(15);
    const platform = await localPlatform();
    try {
      await walk(platform, count, seed(), "edits-local");
    } finally {
      await platform.end();
    }
    expect(platform.left()).toEqual([]);
  },
  60_000 + rounds(15) * 10_000,
);
