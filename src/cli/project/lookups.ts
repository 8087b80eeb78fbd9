import { join, resolve } from "node:path";
import { parseEnvFile } from "../../document/env-file.ts";
import type { Lookup } from "../../document/variables.ts";
import { system } from "../../system/system.ts";
import { list } from "../commands/request.ts";
import type { Context } from "../table.ts";

const LIMIT = 1024 * 1024;

/** Variables where no agent file is read: `--set`, then `--env-file`, then `.env` of the folder, then the caller's. */
export function lookupsOf(context: Context, folder: string): Lookup {
  const set = new Map(
    list(context.options["set"]).map((one): [string, string] => {
      const at = one.indexOf("=");
      return [one.slice(0, at), one.slice(at + 1)];
    }),
  );
  const given = list(context.options["envFile"])
    .map((path) => valuesIn(resolve(context.cwd, path)))
    .toReversed();
  const own = valuesIn(join(folder, ".env"));
  return (name) =>
    set.get(name) ??
    given.find((one) => one.has(name))?.get(name) ??
    own.get(name) ??
    context.environment[name];
}

function valuesIn(path: string): ReadonlyMap<string, string> {
  const read = system.files.read(path, LIMIT);
  if (read.is !== "read") return new Map();
  return parseEnvFile(path, new TextDecoder().decode(read.bytes)).values;
}
