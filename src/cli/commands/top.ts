import { parseDuration } from "../../base/duration.ts";
import { tellFaults } from "../project/checked.ts";
import { agentsOf, openOnly } from "../project/place-only.ts";
import { isAccessible, wayOf } from "../terminal/stage.ts";
import type { Context } from "../table.ts";
import { inLines, snapshot } from "../top/lines.ts";
import { onScreen } from "../top/top.ts";
import { UsageError } from "../usage.ts";
import { word } from "./request.ts";

export async function run(context: Context): Promise<number> {
  const intervalMs = intervalOf(word(context.options["interval"]) ?? "2s");
  const way = wayOf(context);
  const opened = await openOnly(context);
  if (opened === undefined) return 2;
  const { session } = opened;
  try {
    // Also tells who was asked for and does not live.
    const agents = context.args.length === 0 ? [] : await agentsOf(context, opened);
    if (agents === undefined) return 1;
    const status = await session.operates.status();
    if (!status.ok) {
      await tellFaults(context, [status.error]);
      return 1;
    }
    const asked = { agents, intervalMs };
    switch (way.is) {
      case "screen":
        return await onScreen(context, opened, asked, status.value);
      case "lines":
        if (way.because !== undefined) context.error(`${way.because}\n`);
        return await inLines(context, opened, asked, isAccessible(context.environment));
      case "alone":
        return await snapshot(context, opened, asked);
      default:
        return way satisfies never;
    }
  } finally {
    session.close();
  }
}

function intervalOf(text: string): number {
  const parsed = parseDuration(text);
  if (!parsed.ok || parsed.value < 200 || parsed.value > 3_600_000)
    throw new UsageError(`\`--interval ${text}\` is no pace`, "from 200ms to 1h, such as 2s");
  return parsed.value;
}
