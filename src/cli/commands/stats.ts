import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Operates, ReplicaStats, Stats } from "../../model/operates.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { pause } from "../../model/pause.ts";
import { system } from "../../system/system.ts";
import { statsJson } from "../../ui/stats/json.ts";
import { needsTwo, ratesOf } from "../../ui/stats/rates.ts";
import { statsTable } from "../../ui/stats/table.ts";
import { paintOf, tellFaults } from "../project/checked.ts";
import { untilLeft } from "../terminal/followed.ts";
import { agentsOf, openOnly } from "../project/place-only.ts";
import { isAccessible } from "../terminal/stage.ts";
import type { Context } from "../table.ts";
import { word } from "./request.ts";

/** A rate over less is mostly chance. */
const APART_MS = 500;
const EACH_MS = 2000;

export async function run(context: Context): Promise<number> {
  const opened = await openOnly(context);
  if (opened === undefined) return 2;
  const agents = await agentsOf(context, opened);
  if (agents === undefined) return 1;
  const isJson = word(context.options["output"]) === "json";
  const { session } = opened;
  if (agents.length === 0) {
    const nothing = "nothing is applied here: aac apply";
    context.out(isJson ? statsJson([], [nothing]) : `${nothing}\n`);
    session.close();
    return 0;
  }
  const repeats = context.options["watch"] === true;
  const left = repeats ? untilLeft(context) : new AbortController().signal;
  const told = await tell(context, { operates: session.operates, agents, repeats, isJson }, left);
  session.close();
  if (told.ok || left.aborted) return 0;
  await tellFaults(context, [told.error]);
  return 1;
}

interface Asked {
  readonly operates: Operates;
  readonly agents: readonly string[];
  readonly repeats: boolean;
  readonly isJson: boolean;
}

async function tell(
  context: Context,
  { operates, agents, repeats, isJson }: Asked,
  signal: AbortSignal,
): Promise<Result<void, Diagnostic>> {
  let before: readonly ReplicaStats[] | undefined;
  const frame = framesOf(context, repeats && !isJson);
  while (!signal.aborted) {
    const read = await operates.stats();
    if (!read.ok) return err(read.error);
    const replicas = read.value.replicas.filter(({ agent }) => agents.includes(agent));
    const isFirst = before === undefined;
    if (isFirst && needsTwo(replicas)) {
      before = replicas;
      await pause(system.clock, APART_MS, signal);
      continue;
    }
    const used = ratesOf(before ?? [], replicas);
    const notes = notesOf(context, read.value, agents);
    context.out(
      isJson ? statsJson(used, notes, repeats ? 0 : 2) : frame(statsTable(used, notes, paintOf(context))),
    );
    if (!repeats) break;
    before = replicas;
    await pause(system.clock, EACH_MS, signal);
  }
  return ok(undefined);
}

/** Who was asked for by name and does not run is told: its line would only be missing. */
function notesOf(
  { args }: Context,
  { replicas, notes }: Stats,
  agents: readonly string[],
): readonly string[] {
  const running = new Set(replicas.map(({ agent }) => agent));
  if (args.length === 0) return running.size > 0 ? notes : [...notes, "those that do not run: aac status -a"];
  const down = agents.filter((agent) => !running.has(agent));
  return [...notes, ...down.map((agent) => `${agent} does not run: aac status ${agent}`)];
}

/** In a terminal in the place of the one before; elsewhere, and where a screen is read aloud, below it. */
function framesOf({ screen, environment }: Context, repeats: boolean): (table: string) => string {
  const mayMove =
    screen.terminal && !screen.ci && environment["TERM"] !== "dumb" && !isAccessible(environment);
  let isFirst = true;
  return (table) => {
    const lead = isFirst ? "\u001B[2J\u001B[H" : "\u001B[H";
    const between = isFirst ? "" : "\n";
    isFirst = false;
    if (!repeats) return table;
    // Each line clears what stood behind it, and the last one what stood below.
    return mayMove ? `${lead}${table.replaceAll("\n", "\u001B[K\n")}\u001B[J` : `${between}${table}`;
  };
}
