import { err, ok, type Result } from "../../../src/base/result.ts";
import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import type { Decision, Outcome } from "../../../src/model/operates.ts";
import type { Hold } from "../../../src/model/resource.ts";
import type { Failed } from "../client.ts";
import { attempt, type Engine } from "../engine.ts";
import { livesOf } from "../live/lives.ts";
import { faultOf } from "./fault.ts";
import { releaseHold, setHold } from "./holds.ts";
import { agentOf } from "./status.ts";
import { all, inWaves, orAlready } from "./verbs.ts";

type Done = Promise<Result<readonly Outcome[], Diagnostic>>;

/** Only written down: the agent itself is left as it is. */
export async function holdAgent(
  engine: Engine,
  agent: string,
  hold: Hold,
): Promise<Result<void, Diagnostic>> {
  const found = await attempt(() => livesOf(engine));
  if (!found.ok) return err(faultOf(engine, "containers cannot be listed", found.error));
  if (!found.value.all.some(({ container }) => agentOf(container) === agent))
    return err(
      diagnostic("AAC4008", undefined, `no agent \`${agent}\` lives here`, {
        notes: ["aac status lists those that do"],
      }),
    );
  const held = await setHold(engine.docker, engine.place, agent, hold);
  return held.ok ? held : err(faultOf(engine, `${agent} cannot be held`, held.error));
}

/** One whose containers are gone may be held still. */
export async function releaseAgents(engine: Engine, agents: readonly string[]): Done {
  const found = await attempt(() => livesOf(engine));
  if (!found.ok) return err(faultOf(engine, "containers cannot be listed", found.error));
  const { all: lives, holds } = found.value;
  const outcomes: Outcome[] = [];
  for (const agent of agents) {
    if (!holds.has(agent)) {
      const lived = lives.some(({ container }) => agentOf(container) === agent);
      outcomes.push({ agent, ok: lived, text: lived ? "not held" : "no such agent here" });
      continue;
    }
    const released = await releaseHold(engine.docker, engine.place, agent);
    outcomes.push(
      released.ok
        ? { agent, ok: true, text: "released" }
        : { agent, ok: false, text: released.error.message },
    );
  }
  return ok(outcomes);
}

export const decided = (engine: Engine, agent: string, what: string, { by, reason }: Decision) =>
  setHold(engine.docker, engine.place, agent, {
    by,
    since: engine.system.clock.wall(),
    what,
    ...(reason === undefined ? {} : { reason }),
  });

/** Who needs another one is frozen before it, as with a stop. */
export const pauseAgents = (engine: Engine, agents: readonly string[], decision: Decision): Done =>
  inWaves(engine, agents, "against", async (agent, lives) => {
    const up = lives.filter(({ container: { State } }) => State.Running && !State.Restarting);
    if (up.length === 0) return refused("it does not run");
    const held = await decided(engine, agent, "paused", decision);
    if (!held.ok) return held;
    const moving = up.filter(({ container: { State } }) => !State.Paused);
    const done = await all(moving, ({ container }) =>
      orAlready(engine.docker.getContainer(container.Id).pause()),
    );
    return done.ok ? ok(moving.length === 0 ? "already paused" : "paused") : done;
  });

/** What was stopped is no matter of this: it would be a start. */
export const resumeAgents = (engine: Engine, agents: readonly string[]): Done =>
  inWaves(engine, agents, "along", async (agent, lives, hold) => {
    if (hold !== undefined && hold.what !== "paused")
      return refused(`it is held otherwise: ${hold.what}; aac start ends that`);
    const released = await releaseHold(engine.docker, engine.place, agent);
    if (!released.ok) return released;
    const frozen = lives.filter(({ container: { State } }) => State.Paused);
    const done = await all(frozen, ({ container }) =>
      orAlready(engine.docker.getContainer(container.Id).unpause()),
    );
    return done.ok ? ok(frozen.length === 0 ? "not paused" : "resumed") : done;
  });

const refused = (message: string): Result<never, Failed> => err({ message, passing: false });
