import type { Collection, Item, Part, Value } from "./layout.ts";

/** The canonical text of a layout: two spaces a level, list items under their key, one blank line at the most. */
export function printLayout(parts: readonly Part[]): string {
  const out: string[] = [];
  for (const part of parts) {
    lines(out, part.before, 0, out.length === 0);
    // The root stands one level out, so that what is in it comes to stand at the margin.
    item(out, part.mark ?? "", part.root, -2, false);
  }
  return `${out.join("\n")}\n`;
}

const pad = (indent: number): string => " ".repeat(indent);

function lines(out: string[], texts: readonly string[], indent: number, first: boolean): void {
  let begun = !first;
  for (const text of texts) {
    if (text !== "") out.push(pad(indent) + text);
    else if (begun && out.at(-1) !== "") out.push("");
    begun ||= text !== "";
  }
}

function block(out: string[], collection: Collection, indent: number): void {
  const dash = collection.is === "list";
  collection.items.forEach((one, i) => {
    lines(out, one.before, indent, i === 0);
    item(out, `${pad(indent)}${dash ? "-" : `${one.key ?? ""}:`}`, one, indent, dash);
  });
  lines(out, collection.after, indent, collection.items.length === 0);
}

function item(out: string[], head: string, one: Item, indent: number, dash: boolean): void {
  const { value } = one;
  const opened = join(head, value.props);
  const comment = one.comment ?? "";
  if (!("items" in value) || isFlow(value)) {
    const [first = "", ...rest] = valueLines(value, Math.max(0, indent));
    if (value.is === "block" || rest.length === 0) out.push(join(opened, first, comment), ...rest);
    else out.push(join(opened, first), ...rest.slice(0, -1), join(rest.at(-1) ?? "", comment));
    if ("items" in value && !value.flow) lines(out, value.after, indent + 2, true);
    return;
  }
  if (dash && opened === head && comment === "" && value.items[0]?.before.length === 0) {
    const inner: string[] = [];
    block(inner, value, indent + 2);
    const [first = "", ...rest] = inner;
    out.push(join(head, first.slice(indent + 2)), ...rest);
    return;
  }
  const line = join(opened, comment);
  if (line !== "") out.push(line);
  block(out, value, indent + 2);
}

const join = (...parts: readonly string[]): string => parts.filter((part) => part !== "").join(" ");

function valueLines(value: Value, indent: number): string[] {
  switch (value.is) {
    case "nothing":
      return [""];
    case "text":
      return value.lines.map((line, i) => (i === 0 || line === "" ? line : pad(indent + 2) + line));
    case "block":
      return [value.header, ...value.lines.map((line) => (line === "" ? "" : pad(indent + 2) + line))];
    case "map":
    case "list":
      return flowLines(value, indent);
  }
}

/** Whether it can be written with brackets: what came in from elsewhere may not stand within them. */
function isFlow(collection: Collection): boolean {
  if (collection.items.length === 0 && !(collection.flow && collection.after.length > 0)) return true;
  return (
    collection.flow &&
    collection.items.every(({ key, value }) => !/[,[\]{}]/.test(bare(key ?? "")) && fitsFlow(value))
  );
}

function fitsFlow(value: Value): boolean {
  if ("items" in value) return isFlow(value);
  return value.is === "nothing" || (value.is === "text" && !/[,[\]{}]/.test(bare(value.lines.join(" "))));
}

/** What of a text is not in quotes. */
const bare = (text: string): string => (/^["']/.test(text) ? "" : text);

function flowLines(collection: Collection, indent: number): string[] {
  const [open, close] = collection.is === "map" ? ["{", "}"] : ["[", "]"];
  const inner = collection.items.map((one) => ({ one, lines: flowItem(one, indent + 2) }));
  const commented = (one: Item): boolean =>
    one.comment !== undefined || one.before.some((line) => line !== "");
  const broken =
    collection.broken || inner.some(({ one, lines: texts }) => commented(one) || texts.length > 1);
  if (!broken || (inner.length === 0 && collection.after.length === 0)) {
    return [open + inner.map(({ lines: texts }) => texts.join("\n")).join(", ") + close];
  }
  const out: string[] = [open];
  inner.forEach(({ one, lines: texts }, i) => {
    lines(out, one.before, indent + 2, i === 0);
    const [first = "", ...rest] = texts;
    out.push(pad(indent + 2) + first, ...rest);
    const end = (i < inner.length - 1 ? "," : "") + (one.comment === undefined ? "" : ` ${one.comment}`);
    out[out.length - 1] += end;
  });
  lines(out, collection.after, indent + 2, inner.length === 0);
  return [...out, pad(indent) + close];
}

function flowItem(one: Item, indent: number): string[] {
  const { key, value } = one;
  const [first = "", ...rest] = valueLines(value, indent);
  const parts = join(value.props, first);
  if (key === undefined) return [parts, ...rest];
  return [parts === "" ? key : `${key}: ${parts}`, ...rest];
}
