/**
 * What a pyproject.toml says about packages, as far as lines tell it: whoever installs reads it properly. Here it
 * only decides which file is asked and when an environment is another one.
 */
export type Pyproject =
  /** A list that can be installed from. */
  | "dependencies"
  /** Only another tool can tell the list: it is in Poetry's own words, or computed. */
  | "poetry"
  | "dynamic"
  /** Settings of tools, or a project that needs nothing. */
  | "nothing";

export function packagesIn(text: string): Pyproject {
  const all = sections(text);
  const project = bodyOf(all, "project");
  if (/^\s*dependencies\s*=(?!\s*\[\s*\])/m.test(project)) return "dependencies";
  if (/^\s*dynamic\s*=\s*\[[^\]]*["']dependencies["']/m.test(project)) return "dynamic";
  if (/^\s*(?!python\b)["'\w]/m.test(bodyOf(all, "tool.poetry.dependencies"))) return "poetry";
  return "nothing";
}

/** The text without the settings of tools that install nothing: their edits are no reason to install again. */
export function installingParts(text: string): string {
  return sections(text)
    .filter(({ name }) => !/^tool\b/.test(name) || /^tool\.(?:uv|poetry|setuptools|hatch|pdm)\b/.test(name))
    .map(({ name, body }) => `[${name}]\n${body}`)
    .join("\n");
}

interface Section {
  readonly name: string;
  readonly body: string;
}

function sections(text: string): Section[] {
  const found: { name: string; lines: string[] }[] = [{ name: "", lines: [] }];
  for (const line of text.split(/\r?\n/)) {
    // A name, not the inner list of a list over many lines.
    const name = /^\s*\[\[?\s*([\w.-]+)\s*\]\]?\s*(?:#.*)?$/.exec(line)?.[1];
    if (name !== undefined) found.push({ name, lines: [] });
    else if (!/^\s*(?:#|$)/.test(line)) found.at(-1)?.lines.push(line);
  }
  return found.map(({ name, lines }) => ({ name, body: lines.join("\n") }));
}

function bodyOf(all: readonly Section[], name: string): string {
  return all
    .filter((one) => one.name === name)
    .map(({ body }) => body)
    .join("\n");
}
