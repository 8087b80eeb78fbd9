import type { Diagnostic } from "../../model/diagnostic.ts";
import { positionAt, type Texts } from "../../model/source.ts";
import { flat } from "../visible.ts";

/** A diagnostic in few lines: a plan is no place for code frames. */
export interface Fault {
  readonly code: string;
  readonly level: Diagnostic["level"];
  readonly message: string;
  /** `agent.yaml:14`, or the file alone where its text is not at hand. */
  readonly at?: string;
  readonly notes: readonly string[];
}

export const LEVEL_WORDS: Readonly<Record<Diagnostic["level"], string>> = {
  error: "error",
  warning: "warning",
  info: "advice",
};

export function faultOf(one: Diagnostic, texts: Texts | undefined): Fault {
  const label = one.label === undefined ? [] : [flat(one.label)];
  return {
    code: one.code,
    level: one.level,
    message: flat(one.message),
    ...(one.at === undefined ? {} : { at: placeOf(one.at, texts) }),
    notes: [...label, ...one.notes.map(flat)],
  };
}

function placeOf(at: NonNullable<Diagnostic["at"]>, texts: Texts | undefined): string {
  const text = texts?.get(at.file);
  return flat(text === undefined ? at.file : `${at.file}:${positionAt(text, at.start).line}`);
}
