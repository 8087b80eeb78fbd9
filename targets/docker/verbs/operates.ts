import type { Json } from "../../../src/base/canonical.ts";
import { err, ok, type Result } from "../../../src/base/result.ts";
import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import type { AgentStatus, Operates, Status } from "../../../src/model/operates.ts";
import type { System } from "../../../src/model/system.ts";
import type { Place } from "../../../src/model/target.ts";
import { hostOf } from "./addresses.ts";
import { answerOf, PATIENCE_MS } from "../ready/ask-outside.ts";
import type { Docker } from "../client.ts";
import { attempt, bounded, type Engine } from "../engine.ts";
import { askInside } from "../ready/exec-check.ts";
import { eventsOf } from "../events/events.ts";
import { faultOf } from "./fault.ts";
import { holdAgent, pauseAgents, releaseAgents, resumeAgents } from "./held.ts";
import { inspection } from "./inspection.ts";
import { type Live, type Lives, livesOf } from "../live/lives.ts";
import { statsOf } from "../live/stats.ts";
import { watchEngine } from "../live/watch.ts";
import { readLogs } from "../logs/logs.ts";
import { agentOf, checkOf, statusOf, whichCounts } from "./status.ts";
import { execIn } from "../exec/exec.ts";
import { scaleAgent } from "./scale.ts";
import { restartAgents, startAgents, stopAgents } from "./verbs.ts";

interface Context {
  readonly docker: Docker;
  readonly system: System;
  readonly place: Place;
  readonly isLocal: boolean;
}

/** The verbs of the second day. The engine knows all of it: nothing of ours has to run. */
export function operatesOn(context: Context): Operates {
  const engine: Engine = { ...context, where: context.place.where };
  return {
    status: () => status(engine),
    inspect: (agent) => inspect(engine, agent),
    logs: (request) => readLogs(engine, request),
    stop: (agents, decision) => stopAgents(engine, agents, decision),
    start: (agents) => startAgents(engine, agents),
    restart: (agents) => restartAgents(engine, agents),
    hold: (agent, hold) => holdAgent(engine, agent, hold),
    release: (agents) => releaseAgents(engine, agents),
    pause: (agents, decision) => pauseAgents(engine, agents, decision),
    resume: (agents) => resumeAgents(engine, agents),
    scale: (agent, replicas, decision) => scaleAgent(engine, agent, replicas, decision),
    exec: (request) => execIn(engine, request),
    stats: () => statsOf(engine),
    events: (request) => eventsOf(engine, request),
    watch: (request) => watchEngine(engine, request),
  };
}

async function status(engine: Engine): Promise<Result<Status, Diagnostic>> {
  const lives = await look(engine);
  if (!lives.ok) return lives;
  const { counting, others } = whichCounts(lives.value.all);
  return ok({
    agents: await bounded(counting, (live) => statusOfOne(engine, live, lives.value)),
    notes: others.map(
      ({ container }) =>
        `${agentOf(container)} has a container too many, ${container.Id.slice(0, 12)}: aac apply takes it away`,
    ),
  });
}

async function look(engine: Engine): Promise<Result<Lives, Diagnostic>> {
  const lives = await attempt(() => livesOf(engine));
  return lives.ok ? lives : err(faultOf(engine, "containers cannot be listed", lives.error));
}

async function statusOfOne(
  engine: Engine,
  { container, asked, revision }: Live,
  { holds }: Lives,
): Promise<AgentStatus> {
  // An engine tells memory and processor time a second later at the soonest: a status does not wait for that.
  const { Status, StartedAt, Health } = container.State;
  const check = checkOf(asked);
  // An engine asks for the first time after a whole interval, and an apply has not waited for that either.
  const isYetToBeAsked = check.is === "inside" && Health?.Status === "starting";
  const answer =
    Status !== "running"
      ? undefined
      : isYetToBeAsked
        ? await askInside(engine, container, AbortSignal.timeout(PATIENCE_MS))
        : await answerOf(engine, container, asked);
  const now = engine.system.clock.wall();
  const isEarly = check.is === "outside" && Date.parse(now) - Date.parse(StartedAt) < check.startPeriodMs;
  const hold = holds.get(agentOf(container));
  return statusOf({ container, asked, revision, hold, answer, isEarly, now }, hostOf(engine));
}

async function inspect(engine: Engine, agent: string): Promise<Result<Json, Diagnostic>> {
  const lives = await look(engine);
  if (!lives.ok) return lives;
  const own = lives.value.all.filter(({ container }) => agentOf(container) === agent);
  const { counting, others } = whichCounts(own);
  const [first, ...more] = counting;
  if (first === undefined)
    return err(
      diagnostic("AAC4008", undefined, `no agent \`${agent}\` lives here`, {
        notes: ["aac status lists those that do"],
      }),
    );
  const statuses = await bounded(counting, (live) => statusOfOne(engine, live, lives.value));
  return ok(inspection([first, ...more], others, statuses, lives.value.holds.get(agent)));
}
