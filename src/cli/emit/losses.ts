import { atPath } from "../../base/at-path.ts";
import type { AgentView } from "../../model/checked.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Emitter, Lost } from "../../model/emit.ts";
import type { Written } from "../../model/resource.ts";
import { type Path, showPath, type Span } from "../../model/source.ts";
import type { Support } from "../../model/target.ts";

export interface Losses {
  readonly lost: readonly Lost[];
  /** Whether a fault of the target is no fault here: its field is left out, and the report says so. */
  readonly covers: (one: Diagnostic) => boolean;
}

/**
 * What the tables of a target and of a format say of the fields that somebody wrote. A field that the target refuses
 * as such is left out; a value that it refuses stays a fault, because without it the agent would be another.
 */
export function lossesOf(
  views: readonly AgentView[],
  { target, support, about }: Emitter,
  lineOf: (span: Span) => Written,
): Losses {
  const lost = new Map<string, Lost>();
  const isAbout = (path: Path): boolean => about === undefined || about.includes(String(path[1]));
  const note = (view: AgentView, path: Path, loss: Pick<Lost, "is" | "how">): void => {
    if (!isAbout(path)) return;
    const field = showPath(path.slice(1));
    const at = lineOf(view.doc.at(path, "key"));
    lost.set(`${view.ir.name}\n${field}`, { agent: view.ir.name, field, ...loss, at });
  };
  const covered = new Set<string>();
  for (const one of target.check(views)) {
    const found = fieldOf(one, views);
    if (found === undefined) continue;
    const { view, path } = found;
    const field = path
      .slice(1)
      .filter((step) => typeof step === "string")
      .join(".");
    const carried = support[field] ?? target.support[field];
    if (one.code === "AAC2304") {
      note(view, path, { is: "dropped", how: wordsOf(carried) ?? one.message });
    } else if (one.level === "error" && carried?.is === "refused") {
      note(view, path, { is: "dropped", how: carried.why });
      covered.add(keyOf(one));
    } else if (!isAbout(path)) covered.add(keyOf(one));
  }
  for (const view of views)
    for (const [field, how] of Object.entries({ ...target.support, ...support }))
      for (const path of written(view.doc.value, ["spec"], field.split("."))) {
        if (how.is === "emulated") note(view, path, { is: "approximated", how: how.how });
        // What the target alone does not carry was told by its check, which knows what asks for nothing.
        else if (how.is !== "enforced" && Object.hasOwn(support, field))
          note(view, path, { is: "dropped", how: how.why });
      }
  return { lost: [...lost.values()], covers: (one) => covered.has(keyOf(one)) };
}

/** Why not; undefined where the table knows no reason, because it depends on the value. */
const wordsOf = (how: Support | undefined): string | undefined =>
  how?.is === "refused" || how?.is === "not for this target" ? how.why : undefined;

const keyOf = ({ code, at }: Diagnostic): string => `${code} ${at?.file ?? ""} ${at?.start ?? 0}`;

/** Which field a target speaks of: a diagnostic has only its place in the text. */
function fieldOf(
  { at }: Diagnostic,
  views: readonly AgentView[],
): { view: AgentView; path: Path } | undefined {
  if (at === undefined) return undefined;
  for (const view of views) {
    if (view.doc.file !== at.file) continue;
    const path = find(view, ["spec"], at);
    if (path !== undefined) return { view, path };
  }
  return undefined;
}

function find(view: AgentView, path: Path, at: Span): Path | undefined {
  const isThere = (part: "key" | "value"): boolean => {
    const span = view.doc.at(path, part);
    return span.start === at.start && span.end === at.end;
  };
  if (path.length > 1 && (isThere("key") || isThere("value"))) return path;
  const value = atPath(view.doc.value, path);
  if (typeof value !== "object" || value === null) return undefined;
  const steps = Array.isArray(value) ? value.map((_, i) => i) : Object.keys(value);
  for (const step of steps) {
    const found = find(view, [...path, step], at);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Where a field stands, in each item of a list by itself. */
function written(whole: unknown, path: Path, [step, ...more]: readonly string[]): readonly Path[] {
  const value = atPath(whole, path);
  if (isEmpty(value)) return [];
  if (step === undefined) return [path];
  if (Array.isArray(value)) return value.flatMap((_, i) => written(whole, [...path, i], [step, ...more]));
  return written(whole, [...path, step], more);
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined || (typeof value === "object" && value !== null && Object.keys(value).length === 0)
  );
}
