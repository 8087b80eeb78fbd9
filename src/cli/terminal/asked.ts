import { parseDuration } from "../../base/duration.ts";
import { word } from "../commands/request.ts";
import { type Way, wayOf } from "./stage.ts";
import type { Context } from "../table.ts";
import { UsageError } from "../usage.ts";

/** How an apply is to be carried out, as the command line says it. Read before anything is begun. */
export interface Asked {
  readonly way: Way;
  readonly parallel: number;
  readonly retries: number;
  readonly keepGoing: boolean;
  /** What a failed apply changed goes back to what it was. */
  readonly rollback: boolean;
  readonly lockTimeoutMs: number;
  readonly timeoutMs?: number;
}

export function askedOf(context: Context): Asked {
  const timeout = word(context.options["timeout"]);
  return {
    way: wayOf(context),
    parallel: Math.max(1, number(context, "parallelism", 10)),
    retries: number(context, "retries", 3),
    keepGoing: context.options["keepGoing"] === true,
    // Its own parser turns `--no-…` round.
    rollback: context.options["rollback"] !== false,
    lockTimeoutMs: millis(word(context.options["lockTimeout"]) ?? "0s", "--lock-timeout"),
    ...(timeout === undefined ? {} : { timeoutMs: millis(timeout, "--timeout") }),
  };
}

function millis(text: string, flag: string): number {
  const parsed = parseDuration(text);
  if (!parsed.ok) throw new UsageError(`\`${flag} ${text}\` is no duration`, "such as 30s or 5m");
  return parsed.value;
}

function number(context: Context, key: string, preset: number): number {
  const text = word(context.options[key]);
  if (text === undefined) return preset;
  if (!/^\d{1,4}$/.test(text)) throw new UsageError(`\`${text}\` is no number`, `such as ${preset}`);
  return Number(text);
}
