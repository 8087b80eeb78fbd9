import { parseDuration } from "../../base/duration.ts";
import { system } from "../../system/system.ts";
import { logLine, logPrefix } from "../../ui/status/log-line.ts";
import { jsonText } from "../../ui/visible.ts";
import { paintOf, tellFaults } from "../project/checked.ts";
import { untilLeft } from "../terminal/followed.ts";
import { openOnly } from "../project/place-only.ts";
import { redactLine, redactorOf } from "../redact.ts";
import type { Context } from "../table.ts";
import { UsageError } from "../usage.ts";
import { list, word } from "./request.ts";

export async function run(context: Context): Promise<number> {
  const { options } = context;
  if (options["revision"] !== undefined)
    throw new UsageError("`--revision` is not built yet", "--previous shows the run before");
  // Here -f follows, as everywhere else where logs are read; a file is named with --file.
  const opened = await openOnly({ ...context, options: { ...options, file: list(options["file"]) } });
  if (opened === undefined) return 2;
  const { session } = opened;
  const status = await session.operates.status();
  if (!status.ok) {
    await tellFaults(context, [status.error]);
    return 1;
  }
  const agents = [...new Set(context.args)];
  const live = status.value.agents;
  for (const name of agents)
    if (!live.some(({ agent }) => agent === name))
      throw new UsageError(`no agent \`${name}\` lives here`, "aac status lists those that do");
  const shown = live.filter(({ agent }) => agents.length === 0 || agents.includes(agent));
  if (shown.length === 0 && options["follow"] !== true) {
    context.error("nothing is applied here: aac apply\n");
    return 0;
  }
  const replicas = shown.some(({ replica }) => replica > 0);
  const prefix = Math.max(0, ...shown.map((one) => logPrefix(one, replicas).length));
  const json = word(options["output"]) === "jsonl" || word(options["output"]) === "json";
  const since = word(options["since"]);
  const streams = (["stdout", "stderr"] as const).filter(
    (stream) => options[stream] === true || (options["stdout"] !== true && options["stderr"] !== true),
  );
  const redact = redactorOf(session);
  const read = await session.operates.logs({
    agents,
    follow: options["follow"] === true,
    tail: tailOf(word(options["tail"])),
    ...(since === undefined ? {} : { since: timeOf(since) }),
    streams,
    previous: options["previous"] === true,
    signal: untilLeft(context),
    line: (printed) => {
      const line = redactLine(printed, redact);
      context.out(
        json
          ? `${jsonText({ ...line })}\n`
          : `${logLine(line, { paint: paintOf(context), prefixWidth: prefix, timestamps: options["timestamps"] === true, replicas })}\n`,
      );
    },
  });
  if (read.ok) return 0;
  await tellFaults(context, [read.error]);
  return 1;
}

export function tailOf(text: string | undefined): number | "all" {
  if (text === undefined) return 100;
  if (text === "all") return "all";
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`\`--tail ${text}\` is no number`, "such as 100, or all");
  return Number(text);
}

/** `10m` ago, or a time. */
export function timeOf(text: string): string {
  const ago = parseDuration(text);
  if (ago.ok) return new Date(Date.parse(system.clock.wall()) - ago.value).toISOString();
  const at = Date.parse(text);
  if (Number.isNaN(at))
    throw new UsageError(`\`--since ${text}\` is no time`, "such as 10m, or 2026-01-31T09:00:00Z");
  return new Date(at).toISOString();
}
