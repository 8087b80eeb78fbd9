import { list, word } from "../commands/request.ts";
import type { Context } from "../table.ts";

const NAMED = ["project", "context", "namespace", "kubeconfig", "env"] as const;

/** `-t docker --project desk`: what a command line needs to mean the place that this one means. */
export function optionsOf({ options }: Pick<Context, "options">): string {
  const target = word(options["target"]);
  return [
    ...(target === undefined ? [] : [`-t ${quoted(target)}`]),
    ...NAMED.flatMap((name) => {
      const value = word(options[name]);
      return value === undefined ? [] : [`--${name} ${quoted(value)}`];
    }),
    ...list(options["file"]).map((path) => `--file ${quoted(path)}`),
  ].join(" ");
}

const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
