import { assertNever } from "../base/assert-never.ts";
import type { FieldSupport, Support } from "../model/target.ts";

/** How each target carries a field, by its path below `spec`: one line a target, and one for each field in it that differs. */
export function carried(
  path: string,
  targets: readonly (readonly [string, FieldSupport])[],
): readonly string[] {
  const widest = Math.max(0, ...targets.map(([name]) => name.length));
  const lines = targets.flatMap(([name, support]) => {
    const own = nearestTo(path, support);
    const inner = Object.entries(support).filter(([field]) => field.startsWith(`${path}.`));
    if (own === undefined && inner.length === 0) return [];
    const says = own === undefined ? "each of its fields by itself:" : words(own);
    const column = Math.max(0, ...inner.map(([field]) => field.length - path.length - 1));
    return [
      `  ${name.padEnd(widest)}  ${says}`,
      ...inner.map(([field, how]) => `    ${field.slice(path.length + 1).padEnd(column)}  ${words(how)}`),
    ];
  });
  return lines.length === 0 ? [] : ["Targets:", ...lines];
}

function nearestTo(path: string, support: FieldSupport): Support | undefined {
  const steps = path.split(".");
  for (let length = steps.length; length > 0; length--) {
    const found = support[steps.slice(0, length).join(".")];
    if (found !== undefined) return found;
  }
  return undefined;
}

function words(how: Support): string {
  switch (how.is) {
    case "enforced":
      return "enforced";
    case "emulated":
      return `emulated: ${how.how}`;
    case "refused":
      return `refused: ${how.why} (${how.instead})`;
    case "not for this target":
      return `not for this target: ${how.why}`;
    default:
      return assertNever(how);
  }
}
