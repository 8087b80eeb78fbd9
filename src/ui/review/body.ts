import type { Written } from "../../model/resource.ts";
import { hang, pad } from "../plan/columns.ts";
import { fieldText, ofOrigin } from "./field-text.ts";
import { type Line, piece } from "./pieces.ts";
import type { Node, Origin } from "./tree.ts";

/** What stands below an object once it is unfolded, and where an editor opens from that line. */
export interface BodyLine {
  readonly line: Line;
  readonly written?: Written;
}

export interface BodyForm {
  readonly width: number;
  readonly indent: number;
  readonly coloured: boolean;
  readonly origin: Origin | "all";
  readonly whole: boolean;
}

export function bodyOf(node: Node, form: BodyForm): readonly BodyLine[] {
  const { width, indent } = form;
  const details = node.details
    // Beside an object of an agent that comes as a whole it is said already.
    .filter(({ label, text }) => form.whole || label !== "runs" || text !== node.why)
    .flatMap(({ label, text }) =>
      hang(`${" ".repeat(indent)}${pad(label, 10)}`, text, width).map(
        (one): BodyLine => ({ line: [label === "loses" ? piece(one, "red", "bold") : { text: one }] }),
      ),
    );
  const fields = fieldText(ofOrigin(node.fields, form.origin), form).flatMap(({ field, lines }) => {
    const at = field.change?.at;
    return lines.map((line): BodyLine => (at === undefined ? { line } : { line, written: at }));
  });
  return [...details, ...fields];
}
