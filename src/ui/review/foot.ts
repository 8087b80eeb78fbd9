import { wrap } from "../plan/columns.ts";
import { count } from "../plan/words.ts";
import { shownField } from "../screen/field.ts";
import { ANSWERS } from "./keys.ts";
import { type Line, piece, widthOf } from "./pieces.ts";
import type { Review } from "./state.ts";

/** What stands above the footer: what is asked, typed, or was said. */
export function footLines(review: Review, columns: number): readonly Line[] {
  const { mode, message } = review;
  const said: readonly Line[] =
    message === undefined
      ? []
      : wrap(message, columns - 2).map((text): Line => [{ text: " " }, piece(text, "yellow")]);
  const width = columns - 1;
  switch (mode.is) {
    case "filter":
      return [[piece(` ${shownField("/", mode.field, width)}`, "bold")]];
    case "search":
      return [[piece(` ${shownField("search: ", mode.field, width)}`, "bold")]];
    case "file":
      return [...said, [piece(` ${shownField("write the plan to: ", mode.field, width)}`, "bold")]];
    case "name":
      return [
        ...wrap(lossWords(review), columns - 2).map(
          (text): Line => [{ text: " " }, piece(text, "red", "bold")],
        ),
        ...said,
        ...(review.checking
          ? [[{ text: " " }, piece("checking what is chosen…", "yellow")]]
          : [
              [
                piece(
                  ` ${shownField(`Type ${review.offer.report.project} to go on: `, mode.field, width)}`,
                  "bold",
                ),
              ],
            ]),
      ];
    case "question":
      return [...said, ...question(review, mode.at, mode.armed, columns)];
    case "list":
    case "palette":
    case "help":
    case "faults":
      return said;
    default:
      return mode satisfies never;
  }
}

/** `Apply 3 changes to desk → docker?  ‹no›  yes  details`: the chosen answer stands in brackets once it can be given. */
function question(review: Review, at: number, armed: boolean, columns: number): readonly Line[] {
  // What somebody says yes to is never cut.
  const asked = wrap(questionWords(review), columns - 2).map((text): Line => [piece(` ${text}`, "bold")]);
  if (review.checking) return [...asked, [piece(" checking what is chosen…", "yellow")]];
  const answers = ANSWERS.flatMap(
    (word, i): Line => [
      { text: "  " },
      armed && i === at ? piece(`‹${word}›`, "inverse", "bold") : piece(` ${word} `),
    ],
  );
  const [first = []] = asked;
  const line: Line = [...first, ...answers];
  return asked.length === 1 && widthOf(line) <= columns ? [line] : [...asked, answers];
}

export function questionWords(review: Review): string {
  const { report } = review.offer;
  const { counts, rows } = review.shape.told;
  const where = `${report.project} → ${report.target}`;
  if (report.destroy) {
    const agents = new Set(rows.map(({ agent }) => agent));
    return `Destroy ${count(agents.size, "agent")} of ${where}?`;
  }
  const changes = counts.create + counts.replace + counts.update + counts.delete;
  return `Apply ${count(changes, "change")} to ${where}?`;
}

/** Why the name has to be typed. */
export function lossWords(review: Review): string {
  const { refusals, verdict } = review.shape.told;
  const [refused] = refusals;
  if (refused !== undefined) return refused.says;
  return verdict.worst ?? verdict.says;
}
