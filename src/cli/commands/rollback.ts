import type { Change, Plan } from "../../model/plan.ts";
import { type Hold, OF_THE_PROJECT } from "../../model/resource.ts";
import type { Session } from "../../model/target.ts";
import { system } from "../../system/system.ts";
import { names } from "../../ui/plan/words.ts";
import { carryOut } from "../carry-out/carry-out.ts";
import type { Noting } from "../carry-out/noting.ts";
import { planBack, revisionToGoTo } from "../revisions/going-back.ts";
import { numberIn } from "../revisions/named-revision.ts";
import { outputOf } from "../carry-out/telling.ts";
import { exitOf, tellFaults } from "../project/checked.ts";
import { openOnly } from "../project/place-only.ts";
import type { Context } from "../table.ts";
import { warmUp, wayOf } from "../terminal/stage.ts";
import { UsageError } from "../usage.ts";
import { decideOn } from "./apply.ts";
import { liveFlags } from "./next.ts";
import { word } from "./request.ts";

export async function run(given: Context): Promise<number> {
  const context: Context = { ...given, options: { ...given.options, output: outputOf(given) } };
  const [asked, more] = context.args;
  if (more !== undefined) throw new UsageError("`aac rollback` takes at most one revision", "aac rollback 7");
  const number = asked === undefined ? undefined : numberIn(asked, "aac rollback 7");
  const isText = word(context.options["output"]) === "text";
  const way = context.options["yes"] !== true && isText ? wayOf(context) : undefined;
  if (way?.is === "screen") warmUp();
  const opened = await openOnly(context);
  if (opened === undefined) return 2;
  const revision = await revisionToGoTo(opened, number);
  if (!revision.ok) {
    opened.session.close();
    await tellFaults(context, [revision.error]);
    return 1;
  }
  const to = revision.value;
  const command = ["aac rollback", to.number, ...liveFlags(context)].join(" ");
  const back = await planBack(context, opened, to, command);
  if (!back.ok) {
    opened.session.close();
    await tellFaults(context, back.error);
    return exitOf(back.error);
  }
  const { planned, otherwise } = back.value;
  const ordered = await decideOn({ context, doing: "apply", destroy: false, otherwise }, planned, way);
  if ("exit" in ordered) return ordered.exit;
  const verbs = ["aac status", "aac history", "aac events"];
  const next = verbs.map((verb) => [verb, ...liveFlags(context)].join(" ")).join(" · ");
  const { session, plan } = ordered;
  return carryOut(context, {
    ...ordered,
    to: to.number,
    next,
    ...(context.options["hold"] === false
      ? {}
      : { afterwards: (noting) => held(context, session, noting, agentsThatStay(plan), to.number) }),
  });
}

const agentsThatStay = ({ changes }: Plan): readonly string[] =>
  [...new Set(changes.flatMap(agentThatStays))].sort();

/** What somebody went back to on purpose, the next pipeline does not undo. */
async function held(
  context: Context,
  { operates, supervising }: Session,
  noting: Noting,
  agents: readonly string[],
  number: number,
): Promise<readonly string[]> {
  if (agents.length === 0) return [];
  if (operates.hold === undefined) return ["nothing is held here: the next apply does as the files say"];
  const reason = word(context.options["reason"]);
  const what: Hold = {
    by: system.host.user,
    since: system.clock.wall(),
    what: `rolled back to revision ${number}`,
    ...(reason === undefined ? {} : { reason }),
  };
  const done: string[] = [];
  const failed: string[] = [];
  for (const agent of agents) {
    const result = await operates.hold(agent, what);
    if (result.ok) done.push(agent);
    // A supervisor notes it itself.
    if (result.ok && supervising === undefined)
      noting.held(agent, `${what.what}${reason === undefined ? "" : `: ${reason}`}`);
    if (!result.ok)
      failed.push(`${agent} is not held, and the next apply does as the files say: ${result.error.message}`);
  }
  if (done.length === 0) return failed;
  const flags = liveFlags(context);
  const start = ["aac start", ...done, ...flags].join(" ");
  const release = ["aac apply --release", ...flags].join(" ");
  const [are, them] = done.length === 1 ? ["is", "it"] : ["are", "them"];
  return [
    `${names(done)} ${are} held there: a plan leaves ${them} alone until ${start}, or ${release}`,
    ...failed,
  ];
}

const agentThatStays = (change: Change): readonly string[] =>
  change.is === "keep" || change.is === "delete" || change.resource.agent === OF_THE_PROJECT
    ? []
    : [change.resource.agent];
