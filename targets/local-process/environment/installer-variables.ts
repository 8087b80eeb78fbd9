import { looksSecret } from "../../../src/base/secret-words.ts";
import type { System } from "../../../src/model/system.ts";
import { variablesOf } from "./programs.ts";

/** Their secrets are for installing: a private index, a proxy, a repository. */
const INSTALLERS = /^(?:PIP|UV|POETRY|NPM|NODE_AUTH|GIT|SSH)_/i;
const LIMIT = 1 << 20;

/**
 * The caller's variables as an installer gets them. Some packages run code of theirs while they are built, so keys
 * that only the agent needs stay out, unless a file that installers read names them.
 */
export function installerVariables(
  system: System,
  folder: string,
  without: (name: string) => boolean,
): Readonly<Record<string, string>> {
  const all = Object.entries(variablesOf(system)).filter(([name]) => !without(name));
  const kept = (name: string): boolean => !looksSecret(name) || INSTALLERS.test(name) || named.has(name);
  const named = new Set(
    [
      `${folder}/.npmrc`,
      `${system.host.environment["HOME"] ?? ""}/.npmrc`,
      `${folder}/requirements.txt`,
    ].flatMap((path) => {
      const read = system.files.read(path, LIMIT);
      if (read.is !== "read") return [];
      return [...new TextDecoder().decode(read.bytes).matchAll(/\$\{(\w+)\??\}/g)].map(
        ([, name = ""]) => name,
      );
    }),
  );
  return Object.fromEntries(all.filter(([name]) => kept(name)));
}
