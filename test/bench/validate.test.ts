import { expect, test } from "vitest";
import { loadedBy, packagesOf, sourcesIn } from "../helpers/loaded-files.ts";
import { folderOf, GOOD } from "../helpers/run-aac.ts";
import { ratio } from "./measure.ts";
import { buildFloor, oneFile } from "./one-file.ts";

test("validate of a good file loads two files, and none of the heavy packages", () => {
  const cwd = folderOf({ "agent.yaml": GOOD });
  const loaded = loadedBy(["validate"], cwd);
  expect(loaded).toEqual(["src/cli/aac.cjs", "dist/main.js"]);
  expect(packagesOf(sourcesIn(loaded))).toEqual(["commander", "yaml"]);
});

test("validate of a wrong file loads the words for it, and nothing that compiles schemas", () => {
  const cwd = folderOf({ "agent.yaml": GOOD.replace("runtime: python", "runtime: pyhton") });
  const loaded = loadedBy(["validate"], cwd);
  expect(loaded.length).toBeGreaterThan(2);
  expect(
    sourcesIn(loaded).filter((source) =>
      /node_modules\/(?:ajv|ink|react|dockerode|@kubernetes)\//.test(source),
    ),
  ).toEqual([]);
});

test("validate of one file costs at most 1.3 times the floor, with 1.5 times slack for a busy machine", () => {
  const best = oneFile(5, buildFloor());
  const toFloor = ratio(best, "aac validate", "floor-validate");
  process.stdout.write(
    `validate / floor-validate ${toFloor.toFixed(2)}, validate / node -e 0 ${ratio(best, "aac validate", "node -e 0").toFixed(2)}\n`,
  );
  expect(toFloor).toBeLessThanOrEqual(1.3 * 1.5);
}, 60_000);
