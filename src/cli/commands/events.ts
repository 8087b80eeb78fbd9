import { nearest } from "../../base/nearest.ts";
import type { AgentEvent } from "../../model/operates.ts";
import { system } from "../../system/system.ts";
import { beginEvents, type LocalTime } from "../../ui/events/table.ts";
import { eventJsonLine, eventsJson } from "../../ui/events/json.ts";
import { flat } from "../../ui/visible.ts";
import { follow, gather, type Told } from "../events/sources.ts";
import { paintOf, tellFaults } from "../project/checked.ts";
import { type Opened, openOnly } from "../project/place-only.ts";
import { redactorOf } from "../redact.ts";
import type { Context } from "../table.ts";
import { untilLeft } from "../terminal/followed.ts";
import { tailOf, timeOf } from "./logs.ts";
import { word } from "./request.ts";

export async function run(context: Context): Promise<number> {
  const { options } = context;
  const follows = options["follow"] === true || options["watch"] === true;
  const tail = tailOf(word(options["tail"]));
  const when = word(options["since"]);
  const since = when === undefined ? undefined : timeOf(when);
  const opened = await openOnly(context);
  if (opened === undefined) return 2;
  const asked = { agents: [...new Set(context.args)], since, signal: untilLeft(context) };
  const told = await gather(system, opened, asked);
  const shown = tail === "all" ? told.events : told.events.slice(Math.max(0, told.events.length - tail));
  const redact = redactorOf(opened.session);
  const covered = (event: AgentEvent): AgentEvent => ({
    ...event,
    what: redact(event.what),
    ...(event.why === undefined ? {} : { why: redact(event.why) }),
  });
  const say = sayer(context, shown.map(covered), told, follows);
  for (const note of told.notes) context.error(`${flat(note)}\n`);
  await aboutNames(context, opened, told);
  const done = follows
    ? await follow(system, opened, asked, told, (event) => say(covered(event)))
    : { ok: true as const };
  opened.session.close();
  const fault = told.fault ?? (done.ok || asked.signal.aborted ? undefined : done.error);
  if (fault === undefined) return 0;
  await tellFaults(context, [fault]);
  return 1;
}

/** Prints what is known, and gives back how to print what comes. */
function sayer(
  context: Context,
  first: readonly AgentEvent[],
  { notes }: Told,
  follows: boolean,
): (event: AgentEvent) => void {
  const { out, screen } = context;
  const form = word(context.options["output"]);
  if (form === "json" && !follows) {
    out(eventsJson(first, notes));
    return () => undefined;
  }
  if (form === "json" || form === "jsonl") {
    const line = (event: AgentEvent): void => out(eventJsonLine(event));
    for (const event of first) line(event);
    return line;
  }
  if (first.length === 0 && !follows) {
    const whom = context.args.length === 0 ? "here" : `to ${context.args.map(flat).join(", ")}`;
    const when = context.options["since"] === undefined ? "as far as is known" : "since then";
    out(`nothing happened ${whom} ${when}\n`);
    return () => undefined;
  }
  const { head, linesOf } = beginEvents(first, {
    paint: paintOf(context),
    ...(screen.terminal ? { width: screen.width } : {}),
    local,
    today: local(system.clock.wall()).day,
  });
  const lines = (event: AgentEvent): void =>
    out(
      linesOf(event)
        .map((line) => `${line}\n`)
        .join(""),
    );
  out(`${head}\n`);
  for (const event of first) lines(event);
  return lines;
}

/** One that was destroyed yesterday has events, and does not live: only what nobody ever heard of is told. */
async function aboutNames(context: Context, { session }: Opened, { events }: Told): Promise<void> {
  const silent = context.args.filter((name) => !events.some(({ agent }) => agent === name));
  if (silent.length === 0) return;
  const status = await session.operates.status();
  const live = status.ok ? status.value.agents.map(({ agent }) => agent) : [];
  for (const name of silent) {
    if (live.includes(name)) continue;
    const near = nearest(name, live);
    context.error(
      `nothing is known of \`${flat(name)}\`${near === undefined ? "" : `: did you mean \`${near}\`?`}\n`,
    );
  }
}

/** As the clock on the wall shows it. */
function local(at: string): LocalTime {
  const time = new Date(at);
  const two = (n: number): string => String(n).padStart(2, "0");
  return {
    day: `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`,
    clock: [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":"),
  };
}
