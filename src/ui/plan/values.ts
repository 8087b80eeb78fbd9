import { canonicalJson, type Json } from "../../base/canonical.ts";
import { veil } from "../../base/veil.ts";
import type { FieldChange } from "../../model/plan.ts";
import { flat } from "../visible.ts";

/** `environment.LOG_LEVEL`, `command[2]`, `ports.8080/tcp`, `code src/main.py`: as people write what a path means. */
export function showPath(path: string): string {
  const steps = path.split("/");
  if (steps[0] === "code" && steps.length > 1) return flat(`code ${steps.slice(1).join("/")}`);
  let text = "";
  steps.forEach((step, i) => {
    const before = steps[i - 1] ?? "";
    if (/^(?:tcp|udp)$/.test(step) && /^\d+$/.test(before)) text += `/${step}`;
    else if (/^\d+$/.test(step) && i > 0 && !/^(?:tcp|udp)$/.test(steps[i + 1] ?? "")) text += `[${step}]`;
    else text += i === 0 ? step : `.${step}`;
  });
  return flat(text);
}

/** What stands behind these paths is a digest: it tells that a file changed, and nothing to a person. */
export function isCode(path: string): boolean {
  return path === "code" || path.startsWith("code/");
}

/**
 * A value with everything covered that looks like a secret: what somebody put into a live object by hand never
 * went through the checks that files go through.
 */
export function covered(path: string, value: Json): Json {
  const name = path.split("/").at(-1) ?? "";
  if (typeof value === "string") return coveredText(name, value);
  if (isList(value)) return value.map((item) => covered(path, item));
  if (isMap(value))
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, item]) =>
        item === undefined ? [] : [[key, covered(`${path}/${key}`, item)]],
      ),
    );
  return value;
}

function coveredText(name: string, text: string): string {
  const lead = /^[A-Za-z_][\w.-]*$/.test(name) ? `${name}=` : "";
  return text
    .split("\n")
    .map((line) => veil(lead + line, "").slice(lead.length))
    .join("\n");
}

/** Both sides on one line each; told apart also where only their types differ. */
export function showPair(field: FieldChange): {
  readonly from: string | undefined;
  readonly to: string | undefined;
} {
  const from = field.from === undefined ? undefined : covered(field.path, field.from);
  const to = field.to === undefined ? undefined : covered(field.path, field.to);
  if (from === undefined || to === undefined)
    return { from: from === undefined ? from : showValue(from), to: to === undefined ? to : showValue(to) };
  const [a, b] = [showValue(from), showValue(to)];
  return a === b ? { from: flat(canonicalJson(from)), to: flat(canonicalJson(to)) } : { from: a, to: b };
}

/** Text as it is, unless it is empty or ends in space: then quotes show where it is. */
function showValue(value: Json): string {
  const bare = typeof value === "string" && value !== "" && value.trim() === value;
  return flat(bare ? value : canonicalJson(value));
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isMap(value: Json | undefined): value is { readonly [key: string]: Json | undefined } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
