import type { Operates, ReplicaStats, Stats, Status } from "../../model/operates.ts";
import { pause } from "../../model/pause.ts";
import { system } from "../../system/system.ts";
import { needsTwo, ratesOf } from "../../ui/stats/rates.ts";
import { statsTable } from "../../ui/stats/table.ts";
import { statusTable } from "../../ui/status/table.ts";
import { changesBetween } from "../../ui/top/changes.ts";
import { changeLine, troubleLine } from "../../ui/top/lines.ts";
import { paintOf, tellFaults } from "../project/checked.ts";
import { untilLeft } from "../terminal/followed.ts";
import type { Opened } from "../project/place-only.ts";
import { redactorOf } from "../redact.ts";
import type { Context } from "../table.ts";
import { readLive, type Wanted, wantedOf } from "./reader.ts";

/** A rate over less is mostly chance. */
const APART_MS = 500;

/** Nobody is there to press a key: how it is now, and that is all. */
export async function snapshot(context: Context, opened: Opened, wanted: Wanted): Promise<number> {
  return (await tellNow(context, opened, wanted)) === undefined ? 1 : 0;
}

/** How it is now, then a line for each change, until Ctrl-C. */
export async function inLines(
  context: Context,
  opened: Opened,
  wanted: Wanted,
  isSpoken: boolean,
): Promise<number> {
  const { session } = opened;
  let before = await tellNow(context, opened, wanted);
  if (before === undefined) return 1;
  const left = untilLeft(context);
  const look = { offsetMinutes: -new Date().getTimezoneOffset(), isSpoken, paint: paintOf(context) };
  let trouble: string | undefined;
  context.out("\nwhat changes from now on, until Ctrl-C:\n");
  const reader = readLive(
    { operates: session.operates, clock: system.clock, redactor: () => redactorOf(session) },
    wanted,
    {
      status: (status, at) => {
        if (trouble !== undefined) context.out(`${troubleLine("it answers again", at, look)}\n`);
        trouble = undefined;
        for (const one of changesBetween(before ?? status, status, at))
          context.out(`${changeLine(one, look)}\n`);
        before = status;
      },
      trouble: (why) => {
        // Said once, and not at each try.
        if (trouble !== why) context.out(`${troubleLine(`no answer: ${why}`, system.clock.wall(), look)}\n`);
        trouble = why;
      },
      stats: nothing,
      noStats: nothing,
      line: nothing,
      logs: nothing,
    },
    left,
  );
  await reader.ended;
  return 0;
}

const nothing = (): void => undefined;

/** Both tables; undefined after it was told why they could not be read. */
async function tellNow(
  context: Context,
  { place, session }: Opened,
  wanted: Wanted,
): Promise<Status | undefined> {
  const { operates } = session;
  const status = await operates.status();
  if (!status.ok) {
    await tellFaults(context, [status.error]);
    return undefined;
  }
  const isWanted = ({ agent }: { readonly agent: string }): boolean =>
    wanted.agents.length === 0 || wanted.agents.includes(agent);
  const shown = wantedOf(status.value, wanted, redactorOf(session));
  const paint = paintOf(context);
  context.out(`${place.project} → ${place.target}\n`);
  if (shown.agents.length === 0 && shown.notes.length === 0) {
    context.out("nothing is applied here: aac apply\n");
    return shown;
  }
  context.out(statusTable(shown, { paint, wide: false, now: system.clock.wall() }));
  if (shown.agents.length === 0) return shown;
  const stats = await operates.stats();
  if (!stats.ok) {
    await tellFaults(context, [stats.error]);
    return shown;
  }
  const used = await twice(() => operates.stats(), stats.value, isWanted);
  context.out(`\n${statsTable(used, stats.value.notes, paint)}`);
  return shown;
}

async function twice(
  again: () => ReturnType<Operates["stats"]>,
  first: Stats,
  isWanted: (one: ReplicaStats) => boolean,
): Promise<ReturnType<typeof ratesOf>> {
  const before = first.replicas.filter(isWanted);
  if (!needsTwo(before)) return ratesOf([], before);
  await pause(system.clock, APART_MS);
  const second = await again();
  return second.ok ? ratesOf(before, second.value.replicas.filter(isWanted)) : ratesOf([], before);
}
