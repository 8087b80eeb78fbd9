import { parseDuration } from "../../base/duration.ts";
import { system } from "../../system/system.ts";
import { tellFaults } from "../project/checked.ts";
import { openOnly } from "../project/place-only.ts";
import type { Context } from "../table.ts";
import { UsageError } from "../usage.ts";
import { word } from "./request.ts";

const HOLDS: Readonly<Record<string, (state: string) => boolean>> = {
  ready: (state) => state === "ready" || state === "completed",
  running: (state) => ["running", "ready", "completed"].includes(state),
  stopped: (state) => state === "stopped",
  completed: (state) => state === "completed",
};

export async function run(context: Context): Promise<number> {
  const condition = word(context.options["for"]) ?? "ready";
  const holds = HOLDS[condition];
  if (holds === undefined)
    throw new UsageError(`\`--for ${condition}\` is no condition`, `one of ${Object.keys(HOLDS).join(", ")}`);
  const text = word(context.options["timeout"]) ?? "5m";
  const timeout = parseDuration(text);
  if (!timeout.ok) throw new UsageError(`\`--timeout ${text}\` is no duration`, "such as 30s or 5m");
  const opened = await openOnly(context);
  if (opened === undefined) return 2;
  const { clock } = system;
  const deadline = clock.now() + timeout.value;
  for (;;) {
    const status = await opened.session.operates.status();
    if (!status.ok) {
      await tellFaults(context, [status.error]);
      return 1;
    }
    const named = new Set(context.args);
    const agents = status.value.agents.filter(({ agent }) => named.size === 0 || named.has(agent));
    const missing = [...named].filter((name) => !agents.some(({ agent }) => agent === name));
    const open = agents.filter(({ state }) => !holds(state));
    if (open.length === 0 && missing.length === 0 && agents.length > 0) {
      if (context.options["quiet"] !== true)
        context.out(`${agents.map(({ agent }) => agent).join(", ")}: ${condition}\n`);
      return 0;
    }
    // Nobody mends what has given up.
    const lost =
      condition === "ready" || condition === "running"
        ? open.filter(({ state, nextTry }) => state === "failed" && nextTry === undefined)
        : [];
    if (clock.now() >= deadline || lost.length > 0) {
      const why = [
        ...open.map(
          ({ agent, state, detail }) => `${agent} is ${state}${detail === undefined ? "" : ` (${detail})`}`,
        ),
        ...missing.map((name) => `${name} is not applied`),
        ...(agents.length === 0 && missing.length === 0 ? ["nothing is applied"] : []),
      ];
      context.error(`error: waited in vain for ${condition}: ${why.join("; ")}\n`);
      return 1;
    }
    await new Promise<void>((resolve) => void clock.after(200, resolve));
  }
}
