import { parseDuration } from "../base/duration.ts";
import { parseBytes, parseCpu } from "../base/quantity.ts";
import type { CheckedAgent } from "../model/checked.ts";
import { type Diagnostic, diagnostic, type Extra } from "../model/diagnostic.ts";
import type { Code } from "../model/codes.ts";
import type { Amount, Time } from "../model/ir.ts";
import type { AgentSpec } from "../model/document.gen.ts";
import type { Path } from "../model/source.ts";

/** What lowering reads from, and where it reports to. */
export interface Reader {
  readonly doc: CheckedAgent;
  readonly spec: AgentSpec;
  readonly report: (code: Code, path: Path, message: string, extra?: Extra) => void;
}

export function readerOf(doc: CheckedAgent, diagnostics: Diagnostic[]): Reader {
  return {
    doc,
    spec: doc.value.spec,
    report: (code, path, message, extra) => {
      diagnostics.push(diagnostic(code, doc.at(path), message, extra));
    },
  };
}

/** The same few amounts stand in every agent: each is read, and kept in memory, once. */
const TIMES = new Map<string, Time>();
const AMOUNTS = { cpu: new Map<string, Amount>(), bytes: new Map<string, Amount>() };

function remember<V>(known: Map<string, V>, text: string, value: V): V {
  if (known.size < 1000) known.set(text, value);
  return value;
}

/** A duration, or its default; a wrong one is reported and read as the default. */
export function time(reader: Reader, path: Path, text: string | undefined, preset: string): Time {
  const known = TIMES.get(text ?? preset);
  if (known !== undefined) return known;
  const parsed = parseDuration(text ?? preset);
  if (parsed.ok) return remember(TIMES, text ?? preset, { ms: parsed.value, text: text ?? preset });
  if (!isOpen(reader, path)) reader.report("AAC2011", path, `\`${text ?? ""}\` is not ${parsed.error}`);
  return time(reader, path, undefined, preset);
}

export function amount(
  reader: Reader,
  path: Path,
  text: string | undefined,
  unit: "cpu" | "bytes",
): Amount | undefined {
  if (text === undefined) return undefined;
  const known = AMOUNTS[unit].get(text);
  if (known !== undefined) return known;
  const parsed = unit === "cpu" ? parseCpu(text) : parseBytes(text);
  if (parsed.ok) return remember(AMOUNTS[unit], text, { value: parsed.value, text });
  if (!isOpen(reader, path)) reader.report("AAC2010", path, `\`${text}\` is not ${parsed.error}`);
  return undefined;
}

/** A text that waits for a variable cannot be judged yet. */
function isOpen(reader: Reader, path: Path): boolean {
  return reader.doc.held.has(`/${path.join("/")}`);
}

/** A key only where there is something to say: absent is not the same as undefined in JSON. */
export function present<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}

export function sortedMap<V>(entries: Iterable<readonly [string, V]>): Readonly<Record<string, V>> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** A name that an earlier entry of the same list has: told at the later one, with the place of the first. */
export function repeated(
  reader: Reader,
  list: "environment" | "secrets" | "services",
  i: number,
  message: string,
): void {
  const items: readonly { readonly name: string }[] = reader.spec[list] ?? [];
  const name = items[i]?.name;
  repeatedAt(
    reader,
    ["spec", list],
    i,
    "name",
    items.findIndex((one) => one.name === name),
    message,
  );
}

/** The same where another key than `name` tells entries apart. */
export function repeatedAt(
  reader: Reader,
  list: Path,
  i: number,
  key: string,
  first: number,
  message: string,
): void {
  reader.report("AAC2017", [...list, i, key], message, {
    notes: ["only one of the two could hold", "keep the one that is meant"],
    related: [{ at: reader.doc.at([...list, first, key]), message: "the first one" }],
  });
}
