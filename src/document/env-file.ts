import { type Diagnostic, diagnostic } from "../model/diagnostic.ts";

export interface EnvFile {
  readonly values: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
}

const LINE = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*(.*)$/;

/** `NAME=value` lines; quotes are taken off, nothing inside is replaced. Values are never shown in a message. */
export function parseEnvFile(file: string, text: string): EnvFile {
  const values = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];
  let offset = 0;
  let number = 0;
  for (const raw of text.split("\n")) {
    number++;
    const line = raw.replace(/\r$/, "");
    const start = offset;
    offset += raw.length + 1;
    if (/^\s*(?:#|$)/.test(line)) continue;
    const match = LINE.exec(line);
    if (match === null) {
      const at = { file, start, end: start };
      diagnostics.push(
        diagnostic("AAC1055", at, `line ${number} is not written \`NAME=value\``, {
          notes: ["comments start with #"],
        }),
      );
      continue;
    }
    const [, name = "", value = ""] = match;
    values.set(name, unquote(value));
  }
  return { values, diagnostics };
}

function unquote(value: string): string {
  const quoted = /^(["'])((?:(?!\1).)*)\1\s*(?:#.*)?$/.exec(value);
  if (quoted !== null)
    return quoted[1] === '"' ? (quoted[2] ?? "").replaceAll("\\n", "\n") : (quoted[2] ?? "");
  return value.replace(/\s+#.*$/, "").trimEnd();
}
