import { diffLines, diffWordsWithSpace } from "diff";

/** What two texts have in common, and what is only in one of them. */
export interface Part {
  readonly is: "same" | "removed" | "added";
  readonly text: string;
}

/** Longer texts are not compared word by word: nobody reads them so, and it takes as long as their length squared. */
const MOST_CHARACTERS = 4000;
const MOST_EDITS = 400;

/** The former value and the next one, each as parts; undefined where they share too little for marks to help. */
export function wordParts(
  from: string,
  to: string,
): { readonly from: readonly Part[]; readonly to: readonly Part[] } | undefined {
  if (from.length + to.length > MOST_CHARACTERS) return undefined;
  const changes = diffWordsWithSpace(from, to, { maxEditLength: MOST_EDITS });
  if (changes === undefined) return undefined;
  const parts = changes.map(
    ({ added, removed, value }): Part => ({
      is: added ? "added" : removed ? "removed" : "same",
      text: value,
    }),
  );
  // Spaces and dashes in common are no likeness.
  const alike = parts.filter(({ is, text }) => is === "same" && /[\p{L}\p{N}]/u.test(text));
  const shared = alike.reduce((sum, { text }) => sum + text.length, 0);
  if (shared * 4 < Math.min(from.length, to.length)) return undefined;
  return {
    from: parts.filter(({ is }) => is !== "added"),
    to: parts.filter(({ is }) => is !== "removed"),
  };
}

/** Line by line: what a text of several lines becomes. Undefined where they are too different to follow. */
export function lineParts(from: string, to: string): readonly Part[] | undefined {
  if (from.length + to.length > MOST_CHARACTERS * 50) return undefined;
  const changes = diffLines(from, to, { maxEditLength: MOST_EDITS });
  return changes?.map(({ added, removed, value }) => ({
    is: added ? "added" : removed ? "removed" : "same",
    text: value,
  }));
}
