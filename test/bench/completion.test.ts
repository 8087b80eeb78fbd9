import { expect, test } from "vitest";
import { loadedBy, packagesOf, sourcesIn } from "../helpers/loaded-files.ts";
import { folderOf, GOOD } from "../helpers/run-aac.ts";
import { TABS, tabs } from "./completion.ts";
import { ratio } from "./measure.ts";
import { buildFloor } from "./one-file.ts";

test.each(Object.values(TABS).slice(0, 3))("TAB after %j loads two files, and no package", (...words) => {
  const cwd = folderOf({ "agent.yaml": GOOD });
  const loaded = loadedBy(["__complete", ...words], cwd);
  expect(loaded).toEqual(["src/cli/aac.cjs", "dist/complete.js"]);
  expect(packagesOf(sourcesIn(loaded))).toEqual([]);
});

test("TAB costs at most 1.5 times the floor, with 1.5 times slack for a busy machine", () => {
  const best = tabs(5, buildFloor());
  const ratios = Object.keys(TABS).map((name) => [name, ratio(best, name, "floor-validate")] as const);
  process.stdout.write(
    `${ratios.map(([name, one]) => `${name} / floor-validate ${one.toFixed(2)}`).join(", ")}\n`,
  );
  for (const [name, one] of ratios) expect(one, name).toBeLessThanOrEqual(1.5 * 1.5);
}, 60_000);
