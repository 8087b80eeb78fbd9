import { homedir } from "node:os";
import { visible } from "../../ui/visible.ts";
import { files } from "../../system/files.ts";
import { output } from "../../system/output.ts";
import { candidatesFor, type Candidate } from "./candidates.ts";
import { cursorIn } from "./cursor.ts";
import type { World } from "./world.ts";

/**
 * What a shell asks at each TAB: `aac __complete WORDS…`, the last word being that at the cursor. A file of its own
 * that is loaded instead of the command line, since people wait for it between two keys.
 */
export async function main(argv: readonly string[] = process.argv.slice(3)): Promise<void> {
  const { env } = process;
  output(1).write(
    await answer(argv, { files, cwd: process.cwd(), environment: env, home: env["HOME"] ?? homedir() }),
  );
}

/** A candidate a line, with a tab and what it is; at the end `:files` where any file may stand. */
export async function answer(words: readonly string[], world: World): Promise<string> {
  // PowerShell passes on no empty word: it sends a blank instead.
  const cursor = cursorIn(words.map((word) => (word === " " ? "" : word)));
  const { candidates, files: any } = await candidatesFor(cursor, world);
  const lines = candidates
    .filter(({ value }) => value.startsWith(cursor.typed) && isPlain(value))
    .map(({ value, about }: Candidate) => `${cursor.lead}${value}${about === "" ? "" : `\t${about}`}\n`);
  return `${lines.join("")}${any ? ":files\n" : ""}`;
}

/** Nothing that a shell takes for more than text, and nothing that cannot be seen; else it is not offered. */
function isPlain(value: string): boolean {
  return /^(?:~\/)?[\p{L}\p{N}._/-][\p{L}\p{N}\p{M}._/@+=:-]*$/u.test(value) && visible(value) === value;
}
