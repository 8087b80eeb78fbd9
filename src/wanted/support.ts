import type { AgentView } from "../model/checked.ts";
import { type Diagnostic, diagnostic } from "../model/diagnostic.ts";
import type { Path, Span } from "../model/source.ts";
import type { FieldSupport, Support } from "../model/target.ts";

/** How a target speaks of itself: "no meaning for a container", "not built for containers yet". */
export interface Words {
  readonly one: string;
  readonly several: string;
}

export const enforced: Support = { is: "enforced" };
export const emulated = (how: string): Support => ({ is: "emulated", how });
export const refused = (why: string, instead: string): Support => ({ is: "refused", why, instead });
export const notForIt = (why: string): Support => ({ is: "not for this target", why });
/** Part of the format, and still to come: refused until it is there. */
export const later = ({ several }: Words, instead: string): Support =>
  refused(`not built for ${several} yet`, instead);

export const isNotBuilt = (how: Support): boolean => how.is === "refused" && how.why.startsWith("not built");

/** Of a field that is written: whether it asks for nothing that is not so anyway, or is told elsewhere in more words. */
export type Harmless = (field: string, value: unknown, view: AgentView) => boolean;

/** Fields as they were written: what nobody wrote is no question. */
export function fieldFaults(
  view: AgentView,
  support: FieldSupport,
  words: Words,
  isHarmless: Harmless,
): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const [field, how] of Object.entries(support)) {
    const path: Path = ["spec", ...field.split(".")];
    const value = valueAt(view.doc.value, path);
    if (value === undefined || isEmpty(value) || isHarmless(field, value, view)) continue;
    const one = faultOf(field, how, view.doc.at(path, "key"), words);
    if (one !== undefined) found.push(one);
  }
  return found;
}

const isEmpty = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).length === 0;

function faultOf(field: string, how: Support, at: Span, words: Words): Diagnostic | undefined {
  switch (how.is) {
    case "enforced":
    case "emulated":
      return undefined;
    case "refused":
      if (isNotBuilt(how)) return notBuilt(at, `\`${field}\``, how.instead, words);
      return diagnostic("AAC2306", at, `\`${field}\` cannot be carried out: ${how.why}`, {
        notes: [how.instead],
      });
    case "not for this target":
      return diagnostic("AAC2304", at, `\`${field}\` has no meaning for ${words.one}: ${how.why}`);
  }
}

export function notBuilt(at: Span, what: string, instead: string, { several }: Words): Diagnostic {
  return diagnostic("AAC2303", at, `${what} is not built for ${several} yet`, { notes: [instead] });
}

function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== "object" || found === null) return undefined;
    found = (found as Readonly<Record<string | number, unknown>>)[step];
  }
  return found;
}
