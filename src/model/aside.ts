import type { Files } from "./system.ts";

/** The command that moves a file out of the way and loses nothing, not even what was moved away before. */
export function aside(files: Pick<Files, "stat">, path: string): string {
  let to = `${path}.old`;
  for (let i = 2; files.stat(to) !== undefined; i++) to = `${path}.old${i}`;
  return `mv ${quote(path)} ${quote(to)}`;
}

/** A word of a command that can be copied. */
export const quote = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
