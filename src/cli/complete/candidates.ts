import { relative } from "node:path";
import { flat } from "../../ui/visible.ts";
import { COMMANDS, type OptionSpec } from "../table.ts";
import { flagsOf } from "../table/flags.ts";
import type { Cursor } from "./cursor.ts";
import { pathsFor } from "./paths.ts";
import {
  agentsOf,
  contextsOf,
  environmentsOf,
  profilesOf,
  projectOf,
  type Project,
  type World,
} from "./world.ts";

export interface Candidate {
  readonly value: string;
  /** Empty where there is nothing to say. */
  readonly about: string;
}

export interface Found {
  readonly candidates: readonly Candidate[];
  /** The shell may offer any file where none of these fits. */
  readonly files: boolean;
}

const TARGETS: Readonly<Record<string, string>> = {
  docker: "containers of an engine",
  kubernetes: "Deployments of a cluster",
  "local-process": "processes of this machine",
};
const NOTHING: Found = { candidates: [], files: false };
const ANY_FILE: Found = { candidates: [], files: true };

/** All that fits at the cursor, whatever was typed of it. */
export async function candidatesFor(cursor: Cursor, world: World): Promise<Found> {
  const { asked } = cursor;
  switch (asked.is) {
    case "command":
      return found(commands());
    case "flag":
      return found(flags(asked.options, cursor.typed));
    case "value":
      return valuesOf(asked.option, asked.long, cursor, world);
    case "argument": {
      const all = await Promise.all(asked.argument.names.map((name) => argumentsFor(name, cursor, world)));
      const candidates = all.flatMap((one) => one.candidates);
      const files = all.some((one) => one.files);
      // Where nothing can be said of an argument, the flags are what else there is.
      return candidates.length === 0 && !files && cursor.typed === ""
        ? found(flags(asked.options, ""))
        : { candidates, files };
    }
    case "theirs":
      return ANY_FILE;
    case "nothing":
      return NOTHING;
  }
}

function valuesOf(option: OptionSpec, long: string, cursor: Cursor, world: World): Found {
  if (option.choices !== undefined) return found(option.choices.map(bare));
  switch (long) {
    case "--runtime":
      return found(["python", "nodejs", "go", "rust", "java"].map(bare));
    case "--target":
      return found(Object.entries(TARGETS).map(([value, about]) => ({ value, about })));
    case "--agent":
    case "--target-agent":
    case "--exclude":
    case "--replace":
      return found(agents(cursor, world, cursor.values.get(long) ?? []));
    case "--context":
      return found(unique(contextsOf(world, kubeconfigOf(cursor)).map(({ name }) => name)).map(bare));
    case "--namespace": {
      const chosen = cursor.values.get("--context")?.at(-1);
      const contexts = contextsOf(world, kubeconfigOf(cursor));
      const of = contexts.filter(({ name }) => chosen === undefined || name === chosen);
      return found(unique(of.flatMap(({ namespace }) => namespace ?? [])).map(bare));
    }
    case "--profile":
      return found(unique(profilesOf(project(cursor, world))).map(bare));
    case "--env":
      return found(unique(environmentsOf(project(cursor, world))).map(bare));
    case "--file":
      return { candidates: pathsFor(world, cursor.typed, "agents"), files: true };
  }
  return /<(?:file|folder|path)>/.test(flagsOf(option).value ?? "") ? ANY_FILE : NOTHING;
}

async function argumentsFor(name: string, cursor: Cursor, world: World): Promise<Found> {
  if (/^[a-z]/.test(name)) return found([bare(name)]);
  switch (name) {
    case "AGENT":
    case "AGENT=NUMBER":
      return found(agents(cursor, world, cursor.args));
    case "PATH":
      return { candidates: pathsFor(world, cursor.typed, "agents"), files: true };
    case "PLANFILE":
      return { candidates: pathsFor(world, cursor.typed, "plans"), files: true };
    case "TOPIC":
      return found([...commands(), { value: "exit-codes", about: "what each exit code means" }]);
    case "FIELD":
      return found((await import("./explained.ts")).fields(cursor.typed));
    case "CODE":
      return found((await import("./explained.ts")).codes(cursor.typed));
  }
  return NOTHING;
}

function commands(): readonly Candidate[] {
  return COMMANDS.flatMap(({ name, about, load }) => (load === undefined ? [] : [{ value: name, about }]));
}

function flags(options: readonly OptionSpec[], typed: string): readonly Candidate[] {
  return options.map((option) => {
    const { short, long } = flagsOf(option);
    return { value: typed === short ? short : long, about: option.about };
  });
}

function agents(cursor: Cursor, world: World, given: readonly string[]): readonly Candidate[] {
  const named = cursor.values.get("--project")?.at(-1);
  return [...agentsOf(world, project(cursor, world), named)]
    .filter(([name]) => !given.includes(name))
    .map(([value, path]) => ({
      value,
      about: path === undefined ? "applied earlier" : flat(relative(world.cwd, path)),
    }));
}

const project = ({ values }: Cursor, world: World): Project => projectOf(world, values.get("--file") ?? []);
const kubeconfigOf = ({ values }: Cursor): string | undefined => values.get("--kubeconfig")?.at(-1);
const bare = (value: string): Candidate => ({ value, about: "" });
const found = (candidates: readonly Candidate[]): Found => ({ candidates, files: false });
const unique = (names: readonly string[]): readonly string[] => [...new Set(names)].toSorted();
