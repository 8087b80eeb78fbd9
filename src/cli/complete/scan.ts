/**
 * Names in files, found line by line. A real parser would cost more than all the rest of a TAB; what is written in
 * a rare form is not found, and nothing else happens.
 */

/** Of each agent in a file. */
export function agentNames(text: string): readonly string[] {
  return text.split(/^---.*$/m).flatMap((document) => {
    const name = valueIn(document, "metadata", "name");
    return name !== undefined && /^[a-z0-9](?:[-a-z0-9]{0,51})$/.test(name) ? [name] : [];
  });
}

/** A text at the top of a file: `project: desk`. */
export function valueOf(text: string, key: string): string | undefined {
  const found = new RegExp(`^${key}:[ \\t]+(.*)$`, "m").exec(text);
  return found === null ? undefined : plain(found[1] ?? "");
}

/** The keys right below a key at the top: `environments:`. */
export function keysBelow(text: string, key: string): readonly string[] {
  const { flow, lines } = blockOf(text, key);
  if (flow.startsWith("{")) return flowKeys(flow);
  const indent = indentOf(lines);
  return lines.flatMap((line) => {
    const [, blank = "", name = ""] = /^( *)("[^"]*"|'[^']*'|[^\s#:'"-][^\s:]*)\s*:(?:\s|$)/.exec(line) ?? [];
    return name !== "" && blank.length === indent ? [plain(name) ?? ""] : [];
  });
}

/** A list of texts below a key at the top: `files:`. */
export function listBelow(text: string, key: string): readonly string[] | undefined {
  const { flow, lines } = blockOf(text, key);
  const items = flow.startsWith("[")
    ? flow.slice(1, flow.includes("]") ? flow.lastIndexOf("]") : undefined).split(",")
    : lines.flatMap((line) => /^\s*-\s+(.*)$/.exec(line)?.[1] ?? []);
  const found = items.flatMap((one) => plain(one) ?? []);
  return found.length === 0 ? undefined : found;
}

export interface KubeContext {
  readonly name: string;
  readonly namespace: string | undefined;
}

/** The contexts of a kubeconfig, as kubectl writes it: blocks of YAML, or JSON. */
export function contextsIn(text: string): readonly KubeContext[] {
  if (text.trimStart().startsWith("{")) return jsonContexts(text);
  const found: { name: string | undefined; namespace: string | undefined }[] = [];
  let dash = -1;
  let column = -1;
  for (const line of blockOf(text, "contexts").lines) {
    const [, blank = "", mark = "", key = "", value = ""] =
      /^( *)((?:- +)?)([A-Za-z-]+|"[A-Za-z-]+"): *(.*)$/.exec(line) ?? [];
    if (key === "") continue;
    if (mark !== "" && (dash === -1 || blank.length === dash)) {
      dash = blank.length;
      column = blank.length + mark.length;
      found.push({ name: undefined, namespace: undefined });
    }
    const last = found.at(-1);
    if (last === undefined) continue;
    const at = blank.length + mark.length;
    if (key === "name" && at === column) last.name = plain(value);
    if (key === "namespace" && at > column) last.namespace = plain(value);
  }
  return found.flatMap(({ name, namespace }) => (name === undefined ? [] : [{ name, namespace }]));
}

/** A plan that was kept: its keys are sorted, so that these two come first. */
export const isSavedPlan = (start: string): boolean =>
  /^\{\s*"apiVersion":\s*"agent\.dev\/v1",\s*"desired":/.test(start);

function jsonContexts(text: string): readonly KubeContext[] {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return [];
  }
  const contexts = isMap(read) ? read["contexts"] : undefined;
  return (Array.isArray(contexts) ? contexts : []).flatMap((one: unknown) => {
    if (!isMap(one) || typeof one["name"] !== "string") return [];
    const inner = isMap(one["context"]) ? one["context"]["namespace"] : undefined;
    return [{ name: one["name"], namespace: typeof inner === "string" ? inner : undefined }];
  });
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What stands below a key at the top: on its own line, and on the lines that belong to it. */
function blockOf(text: string, key: string): { readonly flow: string; readonly lines: readonly string[] } {
  const lines = text.split(/\r?\n/);
  const start = lines.findIndex((line) => line.startsWith(`${key}:`));
  if (start < 0) return { flow: "", lines: [] };
  const rest = lines.slice(start + 1);
  // A list may stand in the column of its key.
  const end = rest.findIndex((line) => /^[^\s#-]/.test(line) || line.startsWith("---"));
  const flow = (lines[start] ?? "").slice(key.length + 1).trim();
  return { flow, lines: end < 0 ? rest : rest.slice(0, end) };
}

function valueIn(text: string, key: string, inner: string): string | undefined {
  const { flow, lines } = blockOf(text, key);
  if (flow.startsWith("{")) {
    const found = new RegExp(`[{,]\\s*${inner}\\s*:\\s*([^,}]*)`).exec(flow);
    return found === null ? undefined : plain(found[1] ?? "");
  }
  const indent = indentOf(lines);
  const line = lines.find((one) => one.startsWith(`${" ".repeat(indent)}${inner}:`));
  return line === undefined ? undefined : plain(line.slice(indent + inner.length + 1));
}

const indentOf = (lines: readonly string[]): number =>
  lines.find((line) => /^ +[^\s#]/.test(line))?.search(/\S/) ?? 0;

/** Those of the outermost braces. */
function flowKeys(flow: string): readonly string[] {
  const keys: string[] = [];
  let depth = 0;
  let word = "";
  for (const char of flow) {
    if (char === "{" || char === "[") depth++;
    if (char === "}" || char === "]") depth--;
    if (depth === 1 && char === ":") keys.push(plain(word) ?? "");
    word = depth === 1 && /[{,}:]/.test(char) ? "" : depth === 1 ? word + char : word;
  }
  return keys.filter((key) => key !== "");
}

/** Without quotes and a comment; undefined where nothing is left. */
function plain(value: string): string | undefined {
  const text = value.trim();
  const quoted = /^"([^"\\]*)"|^'([^']*)'/.exec(text);
  const bare = quoted === null ? text.replace(/(?:^|\s)#.*$/, "").trim() : (quoted[1] ?? quoted[2] ?? "");
  return bare === "" || bare === "null" || bare === "~" ? undefined : bare;
}
