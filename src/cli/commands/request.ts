import { files } from "../../system/files.ts";
import type { LoadRequest } from "../project/project.ts";
import type { Context } from "../table.ts";

/** The options that say what to read, the same for each command that reads agents. */
export function loadRequest(context: Context, whole: boolean): LoadRequest {
  const { options } = context;
  return {
    cwd: context.cwd,
    files,
    environment: context.environment,
    named: [...list(options["file"]), ...context.args],
    whole,
    profile: word(options["profile"]),
    env: word(options["env"]),
    target: word(options["target"]) ?? context.environment["AAC_TARGET"],
    set: list(options["set"]),
    envFile: list(options["envFile"]),
  };
}

export const word = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;
export const list = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
