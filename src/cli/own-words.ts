import type { CommandSpec, OptionSpec } from "./table.ts";
import { flagsOf } from "./table/flags.ts";

/** Those that are meant for us: `aac exec desk ls --help` asks for the help of `ls`. */
export function ownWords(
  spec: Pick<CommandSpec, "passThrough">,
  options: readonly OptionSpec[],
  argv: readonly string[],
): readonly string[] {
  if (spec.passThrough !== true) return argv;
  const valued = options.map(flagsOf).filter(({ value }) => value !== undefined);
  const takesNext = (word: string): boolean => {
    if (word.startsWith("--")) return valued.some(({ long }) => long === word);
    // Of several letters in one the first that takes a value has the rest of them, where there is one.
    const letters = word.slice(1).split("");
    const at = letters.findIndex((letter) => valued.some(({ short }) => short === `-${letter}`));
    return at >= 0 && at === letters.length - 1;
  };
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? "";
    if (word === "--" || !word.startsWith("-") || word === "-") return argv.slice(0, i);
    if (takesNext(word)) i++;
  }
  return argv;
}
