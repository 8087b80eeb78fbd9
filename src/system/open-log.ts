import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { codeOf, wordsFor } from "./error-words.ts";

/** A file of our own and no other thing: what a program says must not land where somebody else points. */
export function openLog(path: string): number | string {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;
  let handle: number;
  try {
    // Not waiting: to open a pipe that nobody reads would last for ever.
    handle = openSync(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, 0o600);
  } catch (error) {
    const code = codeOf(error);
    if (code === "ELOOP") return `${path} is a link, and logs do not follow links: remove it`;
    if (code === "ENXIO") return `${path} is no file: remove it`;
    return `${path} cannot be opened for logs: ${wordsFor(code)}`;
  }
  const stat = fstatSync(handle);
  const wrong = !stat.isFile()
    ? `${path} is no file: remove it`
    : stat.uid !== process.geteuid?.()
      ? `${path} belongs to another user: remove it`
      : stat.nlink > 1
        ? `${path} has another name elsewhere (a hard link): remove it`
        : undefined;
  if (wrong === undefined) return handle;
  closeSync(handle);
  return wrong;
}
