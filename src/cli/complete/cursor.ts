import { COMMANDS, COMMON, type CommandSpec, type OptionSpec } from "../table.ts";
import { type Argument, argumentsOf, flagsOf } from "../table/flags.ts";

/** What the word at the cursor may become. */
export type Asked =
  | { readonly is: "command" }
  | { readonly is: "flag"; readonly options: readonly OptionSpec[] }
  | { readonly is: "value"; readonly option: OptionSpec; readonly long: string }
  | { readonly is: "argument"; readonly argument: Argument; readonly options: readonly OptionSpec[] }
  /** A word of another program's command line. */
  | { readonly is: "theirs" }
  | { readonly is: "nothing" };

export interface Cursor {
  readonly asked: Asked;
  /** Stands before what is completed, in the same word: `--format=`. */
  readonly lead: string;
  readonly typed: string;
  /** Values that stand in the words before, by the long name of their flag. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly args: readonly string[];
}

const HELP: OptionSpec = { flags: "-h, --help", about: "examples and options" };
const VERSION: OptionSpec = { flags: "-V, --version", about: "which version this is" };

/** `words` follow `aac`; the last one is that at the cursor, empty where nothing of it is typed yet. */
export function cursorIn(words: readonly string[]): Cursor {
  const word = words.at(-1) ?? "";
  const [command, ...rest] = words.slice(0, -1);
  const nowhere = { lead: "", typed: word, values: new Map(), args: [] };
  if (command === undefined)
    return {
      ...nowhere,
      asked: word.startsWith("-") ? { is: "flag", options: [HELP, VERSION] } : { is: "command" },
    };
  const spec = COMMANDS.find((one) => one.name === command);
  if (spec?.load === undefined) return { ...nowhere, asked: { is: "nothing" } };
  const { values, args, used, open, ended, theirs } = readWords(spec, rest);
  const here = (asked: Asked, lead = ""): Cursor => ({
    asked,
    lead,
    typed: word.slice(lead.length),
    values,
    args,
  });
  if (open !== undefined) return here(valueOf(open));
  if (theirs) return here({ is: "theirs" });
  const options = left(spec, used);
  if (!ended && word.startsWith("-")) {
    const lead = /^--[^=]+=/.exec(word)?.[0];
    if (lead === undefined) return here({ is: "flag", options });
    const option = optionOf(spec, lead.slice(0, -1));
    return here(option === undefined ? { is: "nothing" } : valueOf(option), lead);
  }
  const all = argumentsOf(spec.usage);
  const last = all.at(-1);
  const argument = all[args.length] ?? (last?.repeats === true ? last : undefined);
  if (argument !== undefined) return here({ is: "argument", argument, options: ended ? [] : options });
  return here(ended ? { is: "nothing" } : { is: "flag", options });
}

interface Words {
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly args: readonly string[];
  readonly used: ReadonlySet<OptionSpec>;
  /** Its value is what comes next. */
  readonly open: OptionSpec | undefined;
  /** After `--` nothing is a flag. */
  readonly ended: boolean;
  readonly theirs: boolean;
}

function readWords(spec: CommandSpec, words: readonly string[]): Words {
  const values = new Map<string, string[]>();
  const args: string[] = [];
  const used = new Set<OptionSpec>();
  let open: OptionSpec | undefined;
  let ended = false;
  const take = (option: OptionSpec, value: string): void => {
    const { long } = flagsOf(option);
    values.set(long, [...(values.get(long) ?? []), value]);
  };
  for (const word of words) {
    if (open !== undefined) {
      take(open, word);
      open = undefined;
    } else if (ended || !/^-./.test(word)) {
      args.push(word);
    } else if (word === "--") {
      ended = true;
    } else {
      const [name, value] = splitOnce(word);
      // `-af x`: letters in one word, the last of which may want a value.
      const names = /^-[a-z]{2,}$/i.test(word)
        ? word
            .slice(1)
            .split("")
            .map((one) => `-${one}`)
        : [name];
      for (const one of names) {
        const option = optionOf(spec, one);
        if (option === undefined) continue;
        used.add(option);
        if (flagsOf(option).value === undefined) continue;
        if (value === undefined) open = option;
        else take(option, value);
      }
    }
  }
  // All behind the agent is the command line of a program in it.
  const theirs = spec.passThrough === true && args.length > 0;
  return { values, args, used, open, ended, theirs };
}

function splitOnce(word: string): readonly [string, string | undefined] {
  const at = word.indexOf("=");
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

function optionOf(spec: CommandSpec, name: string): OptionSpec | undefined {
  return [...spec.options, ...COMMON, HELP].find((one) => {
    const { short, long } = flagsOf(one);
    return name === short || name === long;
  });
}

function valueOf(option: OptionSpec): Asked {
  const { long, value } = flagsOf(option);
  return value === undefined ? { is: "nothing" } : { is: "value", option, long };
}

/** What was given once is not offered again, unless it may be. */
function left(spec: CommandSpec, used: ReadonlySet<OptionSpec>): readonly OptionSpec[] {
  return [...spec.options, ...COMMON, HELP].filter((one) => one.repeats === true || !used.has(one));
}
