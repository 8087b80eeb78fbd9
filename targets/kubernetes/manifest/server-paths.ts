import type { Json } from "../../../src/base/canonical.ts";
import { at } from "../answers.ts";
import { below, isList, isMap, LIFTS, type Shape, shapeOf } from "./shape.ts";
import type { Manifest } from "../shapes.ts";

/** Maps whose keys are anybody's, and may hold dots: what follows is one key to the end. */
const FREE = new Set([
  "annotations",
  "binaryData",
  "data",
  "labels",
  "limits",
  "matchLabels",
  "nodeSelector",
  "requests",
  "stringData",
]);

type Step =
  | { readonly is: "name"; readonly name: string }
  | { readonly is: "index"; readonly index: number }
  | { readonly is: "keys"; readonly key: string };

/**
 * A field as the server names it, `spec.template.spec.containers[0].image` where it judges a manifest and
 * `.spec.template.spec.containers[name="desk"].image` where it tells of owners, as a path of fields.
 */
export function fieldPath(manifest: Pick<Manifest, "kind">, text: string): string {
  let value: Json | undefined = manifest;
  let shape: Shape | undefined = shapeOf(manifest.kind);
  const path: string[] = [];
  for (const step of stepsOf(manifest.kind, text)) {
    if (step.is === "name") {
      path.push(step.name);
      value = at(value, step.name);
      shape = below(shape, step.name);
      continue;
    }
    const item = itemOf(value, step, shape);
    path.push(step.is === "keys" ? step.key : (keyOf(item, shape) ?? String(step.index)));
    value = item;
  }
  return lift(manifest.kind, path.join("/"));
}

function itemOf(
  value: Json | undefined,
  step: Exclude<Step, { is: "name" }>,
  shape: Shape | undefined,
): Json | undefined {
  if (!isList(value)) return undefined;
  return step.is === "index" ? value[step.index] : value.find((one) => keyOf(one, shape) === step.key);
}

function keyOf(item: Json | undefined, shape: Shape | undefined): string | undefined {
  return isMap(item) ? shape?.by?.of(item) : undefined;
}

function stepsOf(kind: string, text: string): Step[] {
  const steps: Step[] = [];
  let rest = text.replace(/^\./, "");
  while (rest !== "") {
    const bracket = /^\[((?:[^\]"]|"(?:[^"\\]|\\.)*")*)\]\.?/.exec(rest);
    if (bracket !== null) {
      steps.push(bracketStep(bracket[1] ?? ""));
      rest = rest.slice(bracket[0].length);
      continue;
    }
    const last = steps.at(-1);
    const isFree =
      last?.is === "name" &&
      (FREE.has(last.name) || (kind === "Service" && last.name === "selector" && steps.length === 2));
    const name = isFree ? rest : (/^[^.[]+/.exec(rest)?.[0] ?? rest);
    steps.push({ is: "name", name });
    rest = rest.slice(name.length).replace(/^\./, "");
  }
  return steps;
}

function bracketStep(inside: string): Step {
  if (/^\d+$/.test(inside)) return { is: "index", index: Number(inside) };
  const keys = [...inside.matchAll(/(?:^|,)[A-Za-z]+=("(?:[^"\\]|\\.)*"|[^,]*)/g)].map(([, value = ""]) =>
    value.startsWith('"') ? unquoted(value) : value,
  );
  return { is: "keys", key: keys.length === 0 ? inside : keys.join("/") };
}

function unquoted(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "string" ? value : text;
  } catch {
    return text;
  }
}

/** What is a field of its own has its own place there. */
function lift(kind: string, path: string): string {
  const found = LIFTS.find((one) => one.kind === kind && one.from.join("/") === path);
  return found?.to ?? path;
}

/** Whether one of them holds the other, or they are the same. */
export const overlap = (a: string, b: string): boolean =>
  a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
