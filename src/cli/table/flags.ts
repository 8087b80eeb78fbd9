import type { OptionSpec } from "./command.ts";

/** An option as it may be typed. */
export interface Flags {
  readonly short: string | undefined;
  readonly long: string;
  /** What stands behind it, such as `<name>`; undefined where nothing does. */
  readonly value: string | undefined;
}

export function flagsOf({ flags }: OptionSpec): Flags {
  const [, short, long = flags, value] = /^(?:(-\w), )?(--[^ ]+)(?: (.+))?$/.exec(flags) ?? [];
  return { short, long, value };
}

/** One argument of a usage line: `[AGENT…]` repeats, `start|stop` is one of two words. */
export interface Argument {
  readonly names: readonly string[];
  readonly repeats: boolean;
}

export function argumentsOf(usage: string): readonly Argument[] {
  return usage
    .split(" ")
    .filter((word) => /^\[?\w/.test(word))
    .map((word) => ({
      names: word.replaceAll(/[[\]…]/g, "").split("|"),
      repeats: word.includes("…"),
    }));
}
