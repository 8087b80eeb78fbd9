import { nearest } from "../../base/nearest.ts";
import type { Adopted, AdoptRequest } from "../../model/target.ts";
import { system } from "../../system/system.ts";
import { flat } from "../../ui/visible.ts";
import { noteByHand } from "../events/noted.ts";
import { ask } from "../plans/consent.ts";
import { interrupts } from "../carry-out/interrupts.ts";
import { lock } from "../carry-out/locking.ts";
import { type Prepared, prepare } from "../plans/prepare.ts";
import { exitOf, loadChecked, tellFaults } from "../project/checked.ts";
import type { Loaded } from "../project/project.ts";
import { redactorOf } from "../redact.ts";
import type { Context } from "../table.ts";
import { UsageError } from "../usage.ts";
import { nextApply } from "./next.ts";
import { show } from "./plan.ts";
import { word } from "./request.ts";

/** Takes over what is there already, then shows what the next apply would make of it. */
export async function run(given: Context): Promise<number> {
  const { kind, name } = objectOf(given.args);
  // Its argument is an object, and no path.
  const context: Context = { ...given, args: [] };
  const loaded = await loadChecked(context);
  if (loaded === undefined) return 2;
  const agent = agentOf(context, loaded, name);
  const prepared = await prepare({ context, loaded, destroy: false, needsName: context.screen.ci });
  if (!prepared.ok) {
    await tellFaults(context, prepared.error, loaded.texts);
    return exitOf(prepared.error);
  }
  const { session, place, desired } = prepared.value;
  const request = { kind, name, agent, desired };
  if (session.adopt === undefined) {
    session.close();
    throw new UsageError(
      `nothing is adopted on ${place.target}: what runs there is started anew by an apply`,
      "objects of a cluster can be adopted, and containers of an engine: -t kubernetes, -t docker",
    );
  }
  if (!(await isMeant(context, prepared.value, request))) {
    session.close();
    context.out("declined: nothing was changed\n");
    return 1;
  }
  const adopted = await adoptAlone(context, prepared.value, request);
  if (typeof adopted === "number") return adopted;
  const title = `${flat(kind)}/${flat(name)}`;
  context.out(`✓ ${title} is the agent ${flat(agent)} now\n`);
  for (const note of adopted.notes) context.out(`  ${flat(note)}\n`);
  context.out("\n");
  return planOf(context, loaded, agent);
}

function objectOf(args: readonly string[]): { readonly kind: string; readonly name: string } {
  const [text, more] = args;
  const [, kind, name] = /^([^/]+)\/(.+)$/.exec(text ?? "") ?? [];
  if (kind === undefined || name === undefined || more !== undefined)
    throw new UsageError("name one object with its kind", "aac adopt Deployment/chatbot -t kubernetes");
  return { kind, name };
}

function agentOf(context: Context, { compiled }: Loaded, name: string): string {
  const agents = Object.keys(compiled.ir.agents).sort();
  const asked = word(context.options["agent"]);
  const only = agents.length === 1 ? agents[0] : undefined;
  const agent = asked ?? (agents.includes(name) ? name : only);
  if (agent !== undefined && agents.includes(agent)) return agent;
  const near = asked === undefined ? undefined : nearest(asked, agents);
  throw new UsageError(
    asked === undefined
      ? `no agent here is called ${name}: say whose it becomes`
      : `no file here describes ${asked}${near === undefined ? "" : `: did you mean \`${near}\`?`}`,
    `--agent with one of ${agents.slice(0, 10).join(", ")}`,
  );
}

/** Whoever looked after it until now may do so still: a person says yes to that. */
async function isMeant(
  context: Context,
  { place }: Prepared,
  { kind, name, agent }: AdoptRequest,
): Promise<boolean> {
  if (context.options["yes"] === true) return true;
  if (!context.screen.terminal || context.screen.ci)
    throw new UsageError("there is no terminal to ask at", "--yes adopts without asking");
  const typed = await ask(
    `Make ${flat(kind)}/${flat(name)} the agent ${agent} of ${place.project} → ${place.target}? [y/N] `,
  );
  return /^\s*(?:y|yes)\s*$/i.test(typed);
}

/** While nobody applies here. */
async function adoptAlone(
  context: Context,
  { session, place }: Prepared,
  request: AdoptRequest,
): Promise<Adopted | number> {
  const stops = interrupts();
  try {
    const held = await lock({
      place,
      session,
      waitMs: 0,
      apply: system.digests.random(6),
      stops,
      say: context.error,
    });
    if (!("release" in held)) {
      if (held.fault !== undefined) await tellFaults(context, [held.fault]);
      return held.exit;
    }
    try {
      const adopted = await session.adopt?.(request);
      if (adopted?.ok === false) {
        await tellFaults(context, [adopted.error]);
        return exitOf([adopted.error]);
      }
      if (adopted === undefined) throw new Error("a target that adopted a moment ago");
      noteByHand(context, place, { what: () => "adopted", reason: `${request.kind}/${request.name}` }, [
        { agent: request.agent, ok: true },
      ]);
      const redact = redactorOf(session);
      return { ...adopted.value, notes: adopted.value.notes.map(redact) };
    } finally {
      await held.release();
    }
  } finally {
    stops.end();
    session.close();
  }
}

/** As `aac plan --target-agent` shows it. */
async function planOf(given: Context, loaded: Loaded, agent: string): Promise<number> {
  const context: Context = {
    ...given,
    options: { ...given.options, targetAgent: [agent], output: undefined },
  };
  const prepared = await prepare({ context, loaded, destroy: false, needsName: context.screen.ci });
  if (!prepared.ok) {
    await tellFaults(context, prepared.error, loaded.texts);
    return 1;
  }
  const { report, session, plan } = prepared.value;
  session.close();
  const isChanging = plan.changes.some(({ is }) => is !== "keep");
  const next = isChanging ? { next: nextApply(context) } : {};
  context.out(await show({ ...report, ...next }, context, loaded.texts));
  return 0;
}
