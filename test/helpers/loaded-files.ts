import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const root = new URL("../../", import.meta.url).pathname;

/** The files of ours that a run of the command line loads. */
export function loadedBy(
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string[] {
  const hook = `data:text/javascript,${encodeURIComponent(
    'import {registerHooks} from "node:module"; const seen=[]; registerHooks({load(url,c,next){seen.push(url);return next(url,c)}}); process.on("exit",()=>process.stderr.write("\\nloaded="+JSON.stringify(seen)+"\\n"));',
  )}`;
  const result = spawnSync(process.execPath, ["--import", hook, `${root}src/cli/aac.cjs`, ...args], {
    cwd,
    env: environment,
    encoding: "utf8",
  });
  const seen = JSON.parse(/loaded=(.*)/.exec(result.stderr)?.[1] ?? "[]") as string[];
  return seen.filter((url) => url.startsWith("file:")).map((url) => url.slice(`file://${root}`.length));
}

/** What each built file is made of: sources by the file's name. */
export function builtFiles(): Readonly<Record<string, readonly string[]>> {
  return JSON.parse(readFileSync(`${root}dist/contents.json`, "utf8")) as Record<string, string[]>;
}

export function sourcesIn(files: readonly string[]): string[] {
  const contents = builtFiles();
  return files.flatMap((file) => contents[file.split("/").at(-1) ?? ""] ?? []);
}

/** The packages that sources are of. */
export function packagesOf(sources: readonly string[]): string[] {
  const names = sources.flatMap((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []);
  return [...new Set(names)].toSorted();
}
