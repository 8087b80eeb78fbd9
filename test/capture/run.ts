/**
 * Makes the pictures of the README from a real run, in a real terminal: `npm run capture`. What they show is what
 * somebody saw at that moment, so they differ a little each time.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { aacIn, type Terminal } from "../helpers/terminal.ts";
import { AFTER, BEFORE } from "./project.ts";
import { svgOf } from "./svg.ts";

const root = mkdtempSync(join(tmpdir(), "aac-pictures-"));
const folder = join(root, "desk");
const environment = {
  HOME: root,
  XDG_STATE_HOME: join(root, "state"),
  XDG_CACHE_HOME: join(root, "cache"),
  XDG_RUNTIME_DIR: join(root, "run"),
};
mkdirSync(environment.XDG_RUNTIME_DIR, { mode: 0o700 });

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

const open = (args: readonly string[], columns = 100, rows = 26): Terminal =>
  aacIn(args, { columns, rows, cwd: folder, environment });

async function well(args: readonly string[]): Promise<void> {
  const terminal = open(args);
  const { code } = await terminal.ended;
  if (code !== 0)
    throw new Error(`aac ${args.join(" ")} ended with ${code}:\n${terminal.scrollback().join("\n")}`);
}

const later = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis));

function picture(terminal: Terminal, name: string, title: string): void {
  const file = new URL(`${name}.svg`, import.meta.url);
  writeFileSync(file, svgOf(terminal.cells(), title));
  process.stdout.write(`test/capture/${name}.svg\n`);
}

try {
  write(BEFORE);
  await well(["apply", "--yes"]);
  write(AFTER);

  const apply = open(["apply"]);
  await apply.shows("researcher");
  apply.type("G");
  apply.press("home", "down");
  await apply.shows("MODEL");
  picture(apply, "review", "aac apply: the review");
  apply.type("y");
  await apply.shows("Apply");
  // A key that comes with the question was typed before anybody read it, and does not count.
  await later(500);
  apply.type("y");
  await apply.shows("what a running apply waits for", (text) => /503/.test(text), 20_000);
  picture(apply, "progress", "aac apply: as it goes");
  await apply.ended;

  const top = open(["top"], 110, 30);
  await top.shows("answered", undefined, 20_000);
  // Sparklines need a while to say something.
  await later(25_000);
  picture(top, "top", "aac top");
  top.type("q");
  await top.ended;
} finally {
  await well(["destroy", "--yes", "--confirm", "desk"]);
  rmSync(root, { recursive: true, force: true });
}
process.exit(0);
