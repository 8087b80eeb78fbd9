import { system } from "../../system/system.ts";
import { statusJson, statusNames } from "../../ui/status/json.ts";
import { statusTable } from "../../ui/status/table.ts";
import { paintOf, tellFaults } from "../project/checked.ts";
import { openOnly } from "../project/place-only.ts";
import { redactorOf, redactStatus } from "../redact.ts";
import type { Context } from "../table.ts";
import { UsageError } from "../usage.ts";
import { word } from "./request.ts";

export async function run(context: Context): Promise<number> {
  const opened = await openOnly(context);
  if (opened === undefined) return 2;
  const status = await opened.session.operates.status();
  if (!status.ok) {
    await tellFaults(context, [status.error]);
    return 1;
  }
  const named = new Set(context.args);
  const known = new Set(status.value.agents.map(({ agent }) => agent));
  for (const name of named)
    if (!known.has(name))
      throw new UsageError(`no agent \`${name}\` lives here`, "aac status lists those that do");
  const all = context.options["all"] === true || named.size > 0;
  const redact = redactorOf(opened.session);
  const agents = status.value.agents
    .filter((one) => (named.size === 0 || named.has(one.agent)) && (all || one.state !== "stopped"))
    .map((one) => redactStatus(one, redact));
  const hidden = status.value.agents.length - agents.length;
  const shown = {
    agents,
    notes: [
      ...status.value.notes,
      ...(hidden > 0 && named.size === 0 ? [`${hidden} stopped: aac status -a`] : []),
    ],
  };
  switch (word(context.options["output"])) {
    case "json":
      context.out(statusJson(shown));
      break;
    case "name":
      context.out(statusNames(shown));
      break;
    default:
      if (agents.length === 0 && shown.notes.length === 0)
        context.out(
          `${opened.place.project} → ${opened.place.target}   nothing is applied\nNext: aac apply\n`,
        );
      else
        context.out(
          statusTable(shown, {
            paint: paintOf(context),
            wide: word(context.options["output"]) === "wide",
            now: system.clock.wall(),
          }),
        );
  }
  if (context.options["exitCode"] !== true) return 0;
  return agents.every((one) => ["ready", "completed", "stopped", "paused"].includes(one.state)) ? 0 : 1;
}
