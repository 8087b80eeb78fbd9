import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folderOf, GOOD } from "../helpers/run-aac.ts";
import { ratio } from "./measure.ts";
import { buildFloor, oneFile } from "./one-file.ts";

const root = new URL("../../", import.meta.url).pathname;

/** The files of ours that a run of the command line loads. */
function loadedBy(args: readonly string[], cwd: string): string[] {
  const hook = `data:text/javascript,${encodeURIComponent(
    'import {registerHooks} from "node:module"; const seen=[]; registerHooks({load(url,c,next){seen.push(url);return next(url,c)}}); process.on("exit",()=>process.stderr.write("\\nloaded="+JSON.stringify(seen)+"\\n"));',
  )}`;
  const result = spawnSync(process.execPath, ["--import", hook, `${root}src/cli/aac.cjs`, ...args], {
    cwd,
    encoding: "utf8",
  });
  const seen = JSON.parse(/loaded=(.*)/.exec(result.stderr)?.[1] ?? "[]") as string[];
  return seen.filter((url) => url.startsWith("file:")).map((url) => url.slice(`file://${root}`.length));
}

function sourcesIn(files: readonly string[]): string[] {
  const contents = JSON.parse(readFileSync(join(root, "dist/contents.json"), "utf8")) as Record<
    string,
    string[]
  >;
  return files.flatMap((file) => contents[file.split("/").at(-1) ?? ""] ?? []);
}

test("validate of a good file loads two files, and none of the heavy packages", () => {
  const cwd = folderOf({ "agent.yaml": GOOD });
  const loaded = loadedBy(["validate"], cwd);
  expect(loaded).toEqual(["src/cli/aac.cjs", "dist/main.js"]);
  const packages = new Set(
    sourcesIn(loaded).flatMap((source) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []),
  );
  expect([...packages].toSorted()).toEqual(["commander", "yaml"]);
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
