import type { Rule } from "../rule.ts";

/** How each package manager pins, and what the pins of the others look like. */
const PINS: Readonly<
  Record<string, { readonly join: string; readonly foreign: RegExp; readonly manager: string }>
> = {
  python: { join: "==", foreign: /^@?[\w./-]+@\d/, manager: "pip" },
  nodejs: { join: "@", foreign: /^[\w.-]+(?:\[[\w,]+\])?\s*(?:==|>=|<=|~=)/, manager: "npm" },
  go: { join: "@v", foreign: /==|>=|~=/, manager: "go" },
  rust: { join: "@", foreign: /==|>=|~=/, manager: "cargo" },
};
/** Paths, addresses and anything with a version, a range or coordinates in it. */
const PINNED = /^\.{0,2}\/|:|[@=<>~^]|\s/;

export const dependencyVersions: Rule = {
  agent({ ir, doc }, report) {
    const pins = PINS[ir.program.runtime?.name ?? ""];
    ir.dependencies.forEach((dependency, i) => {
      const at = doc.at(["spec", "dependencies", i]);
      if (pins?.foreign.test(dependency) === true) {
        report("AAC2411", at, `\`${dependency}\` is not how ${pins.manager} names a version`, {
          notes: [
            `write \`${dependency.split(/[=<>~@[ ]/)[0] ?? ""}${pins.join}…\`: runtime \`${ir.program.runtime?.name ?? ""}\` installs with ${pins.manager}`,
          ],
        });
      } else if (!PINNED.test(dependency.replace(/^@/, ""))) {
        const example = pins === undefined ? "it with its version" : `\`${dependency}${pins.join}1.2.3\``;
        report("AAC2405", at, `\`${dependency}\` has no version`, {
          notes: [`the next build may get another one: write ${example}`],
        });
      }
    });
  },
};
