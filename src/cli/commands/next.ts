import type { Context } from "../table.ts";
import { list, word } from "./request.ts";

/** The exact next command, with the flags that it needs to mean the same. */
export function nextApply(context: Context, planFile?: string): string {
  if (planFile !== undefined) return `aac apply ${quoted(planFile)}`;
  const { options } = context;
  const verb = options["destroy"] === true ? "destroy" : "apply";
  return ["aac", verb, ...flagsOf(context)].join(" ");
}

export function flagsOf({ options }: Context): readonly string[] {
  const one = (flag: string, key: string): readonly string[] => {
    const value = word(options[key]);
    return value === undefined ? [] : [flag, quoted(value)];
  };
  const many = (flag: string, key: string): readonly string[] =>
    list(options[key]).flatMap((value) => [flag, quoted(value)]);
  return [
    ...many("-f", "file"),
    ...one("-t", "target"),
    ...one("--project", "project"),
    ...CLUSTER.flatMap((name) => one(`--${name}`, name)),
    ...one("--profile", "profile"),
    ...one("--env", "env"),
    ...many("--set", "set"),
    ...many("--env-file", "envFile"),
    ...many("--target-agent", "targetAgent"),
    ...many("--exclude", "exclude"),
    ...many("--replace", "replace"),
    ...(options["prune"] === true ? ["--prune"] : []),
  ];
}

/** For verbs that read no agent file: where the project is, and whose. */
export function liveFlags({ options }: Context): readonly string[] {
  const named = list(options["file"]).slice(0, 1);
  const one = (flag: string, key: string): readonly string[] => {
    const value = word(options[key]);
    return value === undefined ? [] : [flag, quoted(value)];
  };
  return [
    ...named.flatMap((path) => ["--file", quoted(path)]),
    ...one("-t", "target"),
    ...one("--project", "project"),
    ...CLUSTER.flatMap((name) => one(`--${name}`, name)),
    ...one("--env", "env"),
  ];
}

/** Which cluster: each is a flag of that name. */
const CLUSTER = ["context", "namespace", "kubeconfig"];

const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
