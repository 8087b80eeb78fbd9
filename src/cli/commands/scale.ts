import { ok } from "../../base/result.ts";
import type { Outcome } from "../../model/operates.ts";
import { agentsOf, openOnly } from "../project/place-only.ts";
import type { Context } from "../table.ts";
import { UsageError } from "../usage.ts";
import { decisionOf, reasonOf, told } from "./stop.ts";

interface Wish {
  readonly agent: string;
  readonly replicas: number;
}

/** Each agent by itself: those before one that cannot be scaled stay scaled, and that is told. */
export async function run(context: Context): Promise<number> {
  const wishes = wishesOf(context.args);
  const opened = await openOnly(context);
  if (opened === undefined) return 2;
  const { place, session } = opened;
  if (session.operates.scale === undefined) {
    session.close();
    throw new UsageError(
      `${place.target} cannot be told another number of replicas by hand`,
      "write `replicas` into the agent's file: aac explain replicas",
    );
  }
  const known = await agentsOf({ ...context, args: wishes.map(({ agent }) => agent) }, opened);
  if (known === undefined) return 1;
  const wanted = new Map(wishes.map(({ agent, replicas }) => [agent, replicas]));
  const hand = {
    what: (agent: string) => `scaled to ${wanted.get(agent) ?? "another number"}`,
    reason: reasonOf(context),
  };
  const done: Outcome[] = [];
  for (const { agent, replicas } of wishes) {
    const one = await session.operates.scale(agent, replicas, decisionOf(context));
    if (one.ok) done.push(...one.value);
    // What was done before it is told all the same.
    else done.push({ agent, ok: false, text: [one.error.message, ...one.error.notes].join("; ") });
  }
  return told(context, opened, hand, ok(done));
}

/** `chatbot=5 store=2`, or `chatbot 5` for one alone. */
function wishesOf(args: readonly string[]): readonly Wish[] {
  const [first, second, third] = args;
  const words =
    first !== undefined && second !== undefined && third === undefined && !args.join("").includes("=")
      ? [`${first}=${second}`]
      : args;
  const wishes = words.map((text): Wish => {
    const [, agent, number] = /^([^=]+)=(\d{1,4})$/.exec(text) ?? [];
    if (agent === undefined || number === undefined)
      throw new UsageError(`\`${text}\` says no agent and number`, "aac scale chatbot=3");
    return { agent, replicas: Number(number) };
  });
  if (wishes.length === 0) throw new UsageError("name an agent and a number", "aac scale chatbot=3");
  const twice = wishes.find(({ agent }, i) => wishes.findIndex((one) => one.agent === agent) !== i);
  if (twice !== undefined) throw new UsageError(`\`${twice.agent}\` is named twice`, "once for each agent");
  return wishes;
}
