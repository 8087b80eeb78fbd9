import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { agentText } from "./inputs.ts";
import { race } from "./measure.ts";

const root = new URL("../../", import.meta.url).pathname;
export const ONE_FILE = "an agent of 26 lines";

/** The floor is bundled and started as we are: one chunk behind a first file that turns on the compile cache. */
export function buildFloor(of: "validate" | "docker" | "kubernetes" = "validate"): string {
  const folder = mkdtempSync(join(tmpdir(), "aac-floor-"));
  mkdirSync(folder, { recursive: true });
  buildSync({
    entryPoints: [`${root}test/bench/floor-${of}.ts`],
    outfile: `${folder}/floor.js`,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    target: "node24",
    banner: { js: 'import{createRequire as __r}from"node:module";const require=__r(import.meta.url);' },
  });
  writeFileSync(`${folder}/package.json`, '{"type":"module"}');
  writeFileSync(
    `${folder}/floor.cjs`,
    `require("module").enableCompileCache(${JSON.stringify(`${folder}/cache`)});import(${JSON.stringify(`file://${folder}/floor.js`)});`,
  );
  return `${folder}/floor.cjs`;
}

export function oneFile(rounds: number, floor: string): ReadonlyMap<string, number> {
  const folder = mkdtempSync(join(tmpdir(), "aac-one-"));
  writeFileSync(join(folder, "agent.yaml"), agentText(1));
  const node = process.execPath;
  return race(
    [
      { name: "aac validate", argv: [node, `${root}src/cli/aac.cjs`, "validate", "agent.yaml"], cwd: folder },
      { name: "floor-validate", argv: [node, floor, "agent.yaml"], cwd: folder },
      { name: "node -e 0", argv: [node, "-e", "0"], cwd: folder },
    ],
    rounds,
  );
}
