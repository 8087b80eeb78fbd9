/**
 * The patterns of ignore files, as git reads them: `*`, `?`, `[a-z]` and `\x` within a step, `**` over steps, a
 * slash that ties a pattern to its folder, a slash at the end for folders alone, `!` to take back. Matching backs
 * up only to the last star, so a hostile pattern costs length × length and never more.
 */
export interface IgnoreRule {
  readonly negated: boolean;
  readonly foldersOnly: boolean;
  readonly steps: readonly Step[];
}

type Step = "**" | readonly Token[];
type Token = { readonly is: "any" } | { readonly is: "star" } | { readonly is: "one"; readonly fits: Fits };
type Fits = (char: string) => boolean;

/** `builder`: every pattern is counted from the folder of its file, with or without a slash. */
export function parseIgnore(text: string, dialect: "git" | "builder"): readonly IgnoreRule[] {
  return text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .flatMap((line) => ruleOf(line, dialect) ?? []);
}

function ruleOf(line: string, dialect: "git" | "builder"): IgnoreRule | undefined {
  if (line.startsWith("#")) return undefined;
  let text = dialect === "builder" ? line.trim() : withoutEnd(line);
  const negated = text.startsWith("!");
  if (negated) text = text.slice(1);
  const foldersOnly = dialect === "git" && text.endsWith("/");
  text = text.replace(/\/+$/, "");
  const tied = dialect === "builder" || text.includes("/");
  text = text.replace(dialect === "builder" ? /^\.?\/+/ : /^\//, "");
  if (text === "") return undefined;
  const steps: Step[] = tied ? [] : ["**"];
  for (const part of text.split("/")) {
    if (part !== "**") {
      const tokens = tokensOf(part);
      // What cannot be read fits nothing, as with git.
      if (tokens === undefined) return undefined;
      steps.push(tokens);
    } else if (steps.at(-1) !== "**") steps.push("**");
  }
  // `a/**` is what is in `a`, not `a` itself.
  if (steps.at(-1) === "**") steps.push([{ is: "star" }]);
  return { negated, foldersOnly, steps };
}

/** Spaces at the end do not count, unless a backslash holds the last of them. */
function withoutEnd(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === " " && line[end - 2] !== "\\") end--;
  return line.slice(0, end);
}

function tokensOf(part: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  for (let i = 0; i < part.length; i++) {
    const char = part[i] ?? "";
    if (char === "*") {
      if (tokens.at(-1)?.is !== "star") tokens.push({ is: "star" });
    } else if (char === "?") tokens.push({ is: "any" });
    else if (char === "[") {
      const set = setAt(part, i);
      if (set === undefined) return undefined;
      tokens.push({ is: "one", fits: set.fits });
      i = set.end;
    } else if (char === "\\") {
      const next = part[++i];
      if (next === undefined) return undefined;
      tokens.push({ is: "one", fits: (one) => one === next });
    } else tokens.push({ is: "one", fits: (one) => one === char });
  }
  return tokens;
}

const CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /[A-Za-z0-9]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  digit: /[0-9]/,
  lower: /[a-z]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /\s/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};

/** `[a-z]`, `[!a-z]`, `[]x]`, `[[:digit:]]`; `end` is the place of the closing bracket. */
function setAt(part: string, start: number): { readonly fits: Fits; readonly end: number } | undefined {
  let i = start + 1;
  const inverted = part[i] === "!" || part[i] === "^";
  if (inverted) i++;
  const fits: Fits[] = [];
  for (let first = true; first || part[i] !== "]"; first = false, i++) {
    const named = /^\[:([a-z]+):\]/.exec(part.slice(i));
    if (named !== null) {
      const known = CLASSES[named[1] ?? ""];
      if (known === undefined) return undefined;
      fits.push((one) => known.test(one));
      i += named[0].length - 1;
      continue;
    }
    if (part[i] === "\\") i++;
    const low = part[i];
    if (low === undefined) return undefined;
    if (part[i + 1] !== "-" || part[i + 2] === undefined || part[i + 2] === "]") {
      fits.push((one) => one === low);
      continue;
    }
    i += part[i + 2] === "\\" ? 3 : 2;
    const high = part[i];
    if (high === undefined) return undefined;
    fits.push((one) => low <= one && one <= high);
  }
  return { fits: (one) => fits.some((fit) => fit(one)) !== inverted, end: i };
}

/** `path`: the steps of a path, counted from the folder of the rule's file. */
export function fitsRule(rule: IgnoreRule, path: readonly string[], folder: boolean): boolean {
  if (rule.foldersOnly && !folder) return false;
  const { steps } = rule;
  let p = 0;
  let s = 0;
  let star = -1;
  let resume = 0;
  while (s < path.length) {
    const want = steps[p];
    if (want === "**") {
      star = p++;
      resume = s;
    } else if (want !== undefined && fitsStep(want, path[s] ?? "")) {
      p++;
      s++;
    } else if (star >= 0) {
      p = star + 1;
      s = ++resume;
    } else return false;
  }
  return p === steps.length;
}

function fitsStep(tokens: readonly Token[], text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    const want = tokens[p];
    if (want?.is === "star") {
      star = p++;
      resume = t;
    } else if (want !== undefined && (want.is === "any" || want.fits(text[t] ?? ""))) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (tokens[p]?.is === "star") p++;
  return p === tokens.length;
}
