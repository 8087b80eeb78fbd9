import { byCodeUnit } from "../base/canonical.ts";
import type { Lost } from "../model/emit.ts";
import type { Paint } from "./paint.ts";
import { pad, widest } from "./plan/columns.ts";
import { flat } from "./visible.ts";

/** What an output does not carry as it was written: a line an agent, and one a field. */
export function lostReport(lost: readonly Lost[], paint: Paint): string {
  const column = Math.min(40, widest(lost.map(({ field }) => flat(field))));
  const lines = [...Map.groupBy(lost, ({ agent }) => agent)]
    .toSorted(([a], [b]) => byCodeUnit(a, b))
    .flatMap(([agent, fields]) => [
      `${paint.bold(flat(agent))}: ${counted(fields)}`,
      ...fields.map((one) => {
        const where = one.at === undefined ? "" : `  ${one.at.file}:${one.at.line}`;
        const mark = one.is === "dropped" ? paint.red("✗") : paint.yellow("≈");
        return `  ${mark} ${pad(flat(one.field), column)}  ${flat(one.how)}${paint.dim(flat(where))}`;
      }),
    ]);
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

function counted(fields: readonly Lost[]): string {
  const count = (is: Lost["is"]): number => fields.filter((one) => one.is === is).length;
  const [dropped, approximated] = [count("dropped"), count("approximated")];
  const words: string[] = [];
  if (approximated > 0)
    words.push(`${approximated} ${approximated === 1 ? "field is" : "fields are"} approximated`);
  if (dropped > 0)
    words.push(`${dropped}${approximated > 0 ? "" : dropped === 1 ? " field" : " fields"} cannot be carried`);
  return words.join(", ");
}
