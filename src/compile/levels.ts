import { type Code, CODES, isCode } from "../model/codes.ts";
import { arrange, type Diagnostic, diagnostic } from "../model/diagnostic.ts";
import type { Span, Texts } from "../model/source.ts";

const SILENT = /#\s*aac-ignore:?\s+((?:AAC\d{4}[\s,]*)+)/;

/** Faults of the text itself cannot be talked away: nothing could be read without them. */
function mayBeSet(code: Code): boolean {
  return (
    !/^AAC(?:10|9)/.test(code) &&
    !["AAC1103", "AAC1104", "AAC2010", "AAC2011", "AAC2020", "AAC2101"].includes(code)
  );
}

export function checkLevels(
  rules: Readonly<Record<string, string>>,
  at: (rule: string) => Span,
): Diagnostic[] {
  return Object.keys(rules).flatMap((rule) => {
    if (!isCode(rule)) {
      return [
        diagnostic("AAC1025", at(rule), `there is no rule \`${rule}\``, {
          notes: ["rules are named by their code, such as AAC2404: aac explain lists them"],
        }),
      ];
    }
    if (mayBeSet(rule) && rule !== "AAC2201") return [];
    return [
      diagnostic("AAC1025", at(rule), `the level of \`${rule}\` cannot be set`, {
        notes: [
          rule === "AAC2201"
            ? "a text that is no secret is marked on its own line: `# aac-ignore: AAC2201`"
            : `${CODES[rule][1]}: a file with it cannot be read at all`,
        ],
      }),
    ];
  });
}

/** Levels of the project, comments that silence a line, and the order in which people read. */
export function applyLevels(
  diagnostics: readonly Diagnostic[],
  rules: Readonly<Record<string, string>>,
  texts: Texts,
): Diagnostic[] {
  const kept = diagnostics.flatMap((one): Diagnostic[] => {
    if (!mayBeSet(one.code)) return [one];
    const level = rules[one.code];
    if (level === "off" || isSilenced(one, texts)) return [];
    return level === "error" || level === "warning" || level === "info" ? [{ ...one, level }] : [one];
  });
  return capped(arrange(withoutEchoes(kept)));
}

/** Enough to begin with; how many more there are is said, and errors are not crowded out by warnings. */
const MOST_IN_A_FILE = 100;

function capped(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const byFile = Map.groupBy(diagnostics, (one) => one.at?.file ?? "");
  if (![...byFile.values()].some((list) => list.length > MOST_IN_A_FILE)) return [...diagnostics];
  const kept = new Set<Diagnostic>();
  const more: Diagnostic[] = [];
  for (const [file, list] of byFile) {
    const worst = [
      ...list.filter((one) => one.level === "error"),
      ...list.filter((one) => one.level === "warning"),
      ...list.filter((one) => one.level === "info"),
    ];
    for (const one of worst.slice(0, MOST_IN_A_FILE)) kept.add(one);
    const rest = worst.slice(MOST_IN_A_FILE);
    const at = list.findLast((one) => one.at !== undefined)?.at;
    const level = rest[0]?.level;
    if (level === undefined) continue;
    const message = `${rest.length} more in ${file === "" ? "this project" : file} ${rest.length === 1 ? "is" : "are"} not shown`;
    more.push(
      diagnostic("AAC1060", at, message, {
        level,
        notes: ["mend those that are shown first: many may have one cause"],
      }),
    );
  }
  return arrange([...diagnostics.filter((one) => kept.has(one)), ...more]);
}

/** A short form that could not be read is told once, not again as a value of the wrong type. */
function withoutEchoes(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const told = new Set(
    diagnostics.filter((one) => one.code === "AAC1104" || one.code === "AAC1103").map((one) => place(one)),
  );
  if (told.size === 0) return diagnostics;
  return diagnostics.filter(
    (one) => !(["AAC1004", "AAC1005", "AAC1006"].includes(one.code) && told.has(place(one))),
  );
}

const place = (one: Diagnostic): string => `${one.at?.file ?? ""}:${one.at?.start ?? -1}`;

/** `# aac-ignore: AAC2404` at the end of the line, or alone on the line above. */
function isSilenced(one: Diagnostic, texts: Texts): boolean {
  const text = one.at === undefined ? undefined : texts.get(one.at.file);
  if (one.at === undefined || text === undefined || !text.includes("aac-ignore")) return false;
  const start = text.lastIndexOf("\n", one.at.start - 1) + 1;
  const end = text.indexOf("\n", one.at.start);
  const line = text.slice(start, end < 0 ? undefined : end);
  const above = text.slice(text.lastIndexOf("\n", start - 2) + 1, Math.max(0, start - 1));
  return names(line, one.code) || (/^\s*#/.test(above) && names(above, one.code));
}

function names(line: string, code: Code): boolean {
  return SILENT.exec(line)?.[1]?.includes(code) ?? false;
}
