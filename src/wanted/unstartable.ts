/** A program that a runtime of containers could not start. */
export interface Unstartable {
  /** As a shell says it: 127 for what is not there, 126 for what cannot be executed. */
  readonly code: 126 | 127;
  /** One line. */
  readonly why: string;
}

/** How runtimes begin what they say about that. */
export const UNSTARTABLE = "OCI runtime exec failed";

const LONGEST = 300;

/** Runtimes of containers say it at length, and none of them by a number. */
export function unstartable(said: string): Unstartable | undefined {
  if (!said.includes(UNSTARTABLE)) return undefined;
  const line = said.slice(said.lastIndexOf(UNSTARTABLE)).split(/[\r\n]/, 1)[0] ?? "";
  const isAbsent = /not found in|no such file or directory/i.test(line);
  const why = line
    .replace(/^.*(?:exec failed|container process|caused): /, "")
    .replace(/^exec: /, "")
    .replace(/: unknown\W*$/, "")
    .slice(0, LONGEST);
  return { code: isAbsent ? 127 : 126, why };
}
