import type { Files } from "../model/system.ts";

const LIMIT = 4 * 1024 * 1024;
/** A line of this version says none. */
const VERSION = 1;

/** Why a journal is none of this version: nothing is read from it then, and nothing is added to it. */
export function faultOfJournal(
  files: Files,
  folder: string,
): { readonly path: string; readonly why: string } | undefined {
  const path = `${folder}/journal.jsonl`;
  const read = files.readAt(path, 0, LIMIT);
  if (read.is === "absent") return undefined;
  if (read.is === "refused") return { path, why: read.why };
  const text = new TextDecoder().decode(read.bytes);
  const lines = text.split("\n").flatMap(parsed);
  // Half a line is what a killed writer leaves; a file of other things was never a journal.
  if (text !== "" && lines.length === 0 && (text.includes("\n") || !text.startsWith("{")))
    return { path, why: "it is no journal" };
  return lines.some((line) => "version" in line && line.version !== VERSION)
    ? { path, why: "it was written by another version of aac" }
    : undefined;
}

function parsed(line: string): readonly object[] {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? [value] : [];
  } catch {
    return [];
  }
}
