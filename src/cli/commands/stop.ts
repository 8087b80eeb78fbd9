import type { Result } from "../../base/result.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Operates, Outcome } from "../../model/operates.ts";
import { system } from "../../system/system.ts";
import { tellFaults } from "../project/checked.ts";
import { agentsOf, openOnly } from "../project/place-only.ts";
import type { Context } from "../table.ts";
import { word } from "./request.ts";

export const run = (context: Context): Promise<number> =>
  change(context, (operates, agents) => {
    const reason = word(context.options["reason"]);
    return operates.stop(agents, { by: system.host.user, ...(reason === undefined ? {} : { reason }) });
  });

/** One verb over the agents that were named, or over all: a line each, and 1 where one did not do it. */
export async function change(
  context: Context,
  does: (operates: Operates, agents: readonly string[]) => Promise<Result<readonly Outcome[], Diagnostic>>,
): Promise<number> {
  const opened = await openOnly(context);
  if (opened === undefined) return 2;
  const agents = await agentsOf(context, opened);
  if (agents === undefined) return 1;
  if (agents.length === 0) {
    context.out("nothing is applied here: aac apply\n");
    return 0;
  }
  const done = await does(opened.session.operates, agents);
  opened.session.close();
  if (!done.ok) {
    await tellFaults(context, [done.error]);
    return 1;
  }
  const width = Math.max(...agents.map((agent) => agent.length));
  if (word(context.options["output"]) === "json")
    context.out(
      `${JSON.stringify({ apiVersion: "agent.dev/v1", kind: "Outcomes", outcomes: done.value })}\n`,
    );
  else
    for (const one of done.value)
      context.out(`${one.ok ? "✓" : "✗"} ${one.agent.padEnd(width)}  ${one.text}\n`);
  return done.value.every(({ ok }) => ok) ? 0 : 1;
}
