import type { Result } from "../../base/result.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Decision, Operates, Outcome } from "../../model/operates.ts";
import { system } from "../../system/system.ts";
import { flat, jsonText } from "../../ui/visible.ts";
import { type ByHand, noteByHand } from "../events/noted.ts";
import { tellFaults } from "../project/checked.ts";
import { agentsOf, type Opened, openOnly } from "../project/place-only.ts";
import { redactorOf } from "../redact.ts";
import type { Context } from "../table.ts";
import { word } from "./request.ts";

export const run = (context: Context): Promise<number> =>
  change(context, { what: () => "stopped", reason: reasonOf(context) }, (operates, agents) =>
    operates.stop(agents, decisionOf(context)),
  );

export const reasonOf = ({ options }: Context): string | undefined => word(options["reason"]);

export function decisionOf(context: Context): Decision {
  const reason = reasonOf(context);
  return { by: system.host.user, ...(reason === undefined ? {} : { reason }) };
}

type Did = Result<readonly Outcome[], Diagnostic>;

/** One verb over the agents that were named, or over all: a line each, and 1 where one did not do it. */
export async function change(
  context: Context,
  hand: ByHand,
  does: (operates: Operates, agents: readonly string[], opened: Opened) => Promise<Did>,
): Promise<number> {
  const opened = await openOnly(context);
  if (opened === undefined) return 2;
  const agents = await agentsOf(context, opened);
  if (agents === undefined) return 1;
  if (agents.length === 0) {
    context.out("nothing is applied here: aac apply\n");
    return 0;
  }
  return told(context, opened, hand, await does(opened.session.operates, agents, opened));
}

/** How it came out: printed, and noted for whoever asks later. */
export async function told(context: Context, opened: Opened, hand: ByHand, done: Did): Promise<number> {
  const redact = redactorOf(opened.session);
  opened.session.close();
  if (!done.ok) {
    await tellFaults(context, [done.error]);
    return 1;
  }
  const outcomes = done.value.map((one) => ({ ...one, text: redact(one.text) }));
  noteByHand(context, opened.place, hand, outcomes);
  const width = Math.max(...outcomes.map(({ agent }) => agent.length));
  if (word(context.options["output"]) === "json")
    context.out(`${jsonText({ apiVersion: "agent.dev/v1", kind: "Outcomes", outcomes })}\n`);
  else
    for (const { ok, agent, text } of outcomes)
      context.out(`${ok ? "✓" : "✗"} ${flat(agent).padEnd(width)}  ${flat(text)}\n`);
  return outcomes.every(({ ok }) => ok) ? 0 : 1;
}
