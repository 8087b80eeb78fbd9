import type { Json } from "../base/canonical.ts";
import type { Path } from "../model/source.ts";
import { flat, jsonText } from "./visible.ts";

/** A value as YAML, each line of it with the place that it came from as a comment. */
export function originYaml(value: Json, origin: (path: Path) => string): string {
  const lines: { text: string; from: string }[] = [];
  write(value, [], "", "", lines, origin);
  const width = Math.min(
    60,
    Math.max(0, ...lines.filter((line) => line.from !== "").map((line) => line.text.length)),
  );
  return lines
    .map(({ text, from }) => (from === "" ? text : `${text.padEnd(width)}  # ${flat(from)}`))
    .join("\n")
    .concat("\n");
}

type Lines = { text: string; from: string }[];

function write(
  value: Json,
  path: Path,
  indent: string,
  lead: string,
  lines: Lines,
  origin: (path: Path) => string,
): void {
  if (isMap(value)) {
    const keys = Object.keys(value);
    if (keys.length === 0) {
      lines.push({ text: `${lead}{}`, from: origin(path) });
      return;
    }
    keys.forEach((key, i) =>
      child(
        value[key] ?? null,
        [...path, key],
        `${i === 0 ? lead : indent}${scalar(key)}:`,
        indent,
        lines,
        origin,
      ),
    );
    return;
  }
  if (Array.isArray(value)) {
    if (value.length === 0) lines.push({ text: `${lead}[]`, from: origin(path) });
    value.forEach((item: Json, i) => {
      const start = `${i === 0 ? lead : indent}- `;
      if (isMap(item) || Array.isArray(item)) write(item, [...path, i], `${indent}  `, start, lines, origin);
      else lines.push({ text: `${start}${scalar(item)}`, from: origin([...path, i]) });
    });
    return;
  }
  lines.push({ text: `${lead}${scalar(value)}`, from: origin(path) });
}

function child(
  value: Json,
  path: Path,
  head: string,
  indent: string,
  lines: Lines,
  origin: (path: Path) => string,
): void {
  const empty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
  if (typeof value !== "object" || value === null)
    lines.push({ text: `${head} ${scalar(value)}`, from: origin(path) });
  else if (empty) lines.push({ text: `${head} ${Array.isArray(value) ? "[]" : "{}"}`, from: origin(path) });
  else {
    lines.push({ text: head, from: "" });
    write(value, path, `${indent}  `, `${indent}  `, lines, origin);
  }
}

function isMap(value: Json): value is { readonly [key: string]: Json | undefined } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Quoted wherever any YAML could read something else than text. */
function scalar(value: Json): string {
  if (typeof value !== "string") return String(value);
  const plain =
    /^[A-Za-z./][A-Za-z0-9 ._/@+=-]*$/.test(value) &&
    !/^(?:true|false|null|yes|no|on|off|y|n|\.inf|\.nan)$/i.test(value) &&
    !/\s$/.test(value);
  // The escapes of JSON are YAML's too.
  return plain ? value : jsonText(value);
}
