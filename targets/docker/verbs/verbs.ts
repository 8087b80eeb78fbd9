import { err, ok, type Result } from "../../../src/base/result.ts";
import { wavesAgainst } from "../../../src/base/waves.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import type { Decision, Outcome } from "../../../src/model/operates.ts";
import type { Hold } from "../../../src/model/resource.ts";
import { type Docker, type Failed, failureOf } from "../client.ts";
import { attempt, type Engine } from "../engine.ts";
import { faultOf } from "./fault.ts";
import { releaseHold, setHold } from "./holds.ts";
import { afterIn, isTable } from "../labels.ts";
import { type Live, livesOf } from "../live/lives.ts";
import type { Container } from "../live/look.ts";
import { agentOf, restartOf, whichCounts } from "./status.ts";

/** Who needs another one goes before it. Each agent is held, so that no plan and no engine brings it back. */
export function stopAgents(
  engine: Engine,
  agents: readonly string[],
  decision: Decision,
): Promise<Result<readonly Outcome[], Diagnostic>> {
  return inWaves(engine, agents, "against", async (agent, lives) => {
    const { by, reason } = decision;
    const held = await setHold(engine.docker, engine.place, agent, {
      by,
      since: engine.system.clock.wall(),
      what: "stopped",
      ...(reason === undefined ? {} : { reason }),
    });
    if (!held.ok) return held;
    const wasUp = lives.some(({ container: { State } }) => State.Running);
    const done = await all(lives, async ({ container }) => {
      const handle = engine.docker.getContainer(container.Id);
      // Before the end: or an engine that comes back meanwhile would start it again.
      await setPolicy(engine, handle, container, { policy: "no", retries: 0 });
      await orAlready(handle.stop());
    });
    return done.ok ? ok(wasUp ? "stopped" : "already stopped") : done;
  });
}

/** What others need comes first; nobody waits until it is ready. */
export function startAgents(
  engine: Engine,
  agents: readonly string[],
): Promise<Result<readonly Outcome[], Diagnostic>> {
  return inWaves(engine, agents, "along", async (agent, lives) => {
    const released = await releaseHold(engine.docker, engine.place, agent);
    if (!released.ok) return released;
    const { counting } = whichCounts(lives);
    const done = await all(counting, async ({ container, asked }) => {
      const handle = engine.docker.getContainer(container.Id);
      await setPolicy(engine, handle, container, restartOf(asked));
      switch (container.State.Status) {
        case "running":
          return;
        case "paused":
          await orAlready(handle.unpause());
          return;
        case "restarting":
          // It waits for its next try: somebody who asks for it does not want to.
          await handle.restart();
          return;
        default:
          await orAlready(handle.start());
      }
    });
    if (!done.ok) return done;
    return ok(
      counting.some(({ container: { State } }) => State.Status !== "running")
        ? "started"
        : released.value
          ? "already running, and no longer held"
          : "already running",
    );
  });
}

/** The same containers once more. Somebody who wants that does not want them held. */
export function restartAgents(
  engine: Engine,
  agents: readonly string[],
): Promise<Result<readonly Outcome[], Diagnostic>> {
  return inWaves(engine, agents, "along", async (agent, lives) => {
    const released = await releaseHold(engine.docker, engine.place, agent);
    if (!released.ok) return released;
    const done = await all(whichCounts(lives).counting, async ({ container, asked }) => {
      const handle = engine.docker.getContainer(container.Id);
      await setPolicy(engine, handle, container, restartOf(asked));
      await handle.restart();
    });
    return done.ok ? ok("restarted") : done;
  });
}

type Verb = (
  agent: string,
  lives: readonly Live[],
  hold: Hold | undefined,
) => Promise<Result<string, Pick<Failed, "message">>>;

export async function inWaves(
  engine: Engine,
  agents: readonly string[],
  way: "along" | "against",
  verb: Verb,
): Promise<Result<readonly Outcome[], Diagnostic>> {
  const found = await attempt(() => livesOf(engine));
  if (!found.ok) return err(faultOf(engine, "containers cannot be listed", found.error));
  const own = new Map<string, Live[]>();
  for (const live of found.value.all) {
    const agent = agentOf(live.container);
    own.set(agent, [...(own.get(agent) ?? []), live]);
  }
  const waves = wavesAgainst(needsOf(own), agents);
  const outcomes: Outcome[] = [];
  for (const wave of way === "against" ? waves : waves.toReversed()) {
    const done = await Promise.all(
      wave.map(async (agent): Promise<Outcome> => {
        const lives = own.get(agent);
        if (lives === undefined) return { agent, ok: false, text: "no such agent here" };
        const told = await verb(agent, lives, found.value.holds.get(agent));
        return told.ok
          ? { agent, ok: true, text: told.value }
          : { agent, ok: false, text: told.error.message };
      }),
    );
    outcomes.push(...done);
  }
  return ok(outcomes);
}

function needsOf(own: ReadonlyMap<string, readonly Live[]>): ReadonlyMap<string, ReadonlySet<string>> {
  const needs = new Map<string, ReadonlySet<string>>();
  for (const [agent, lives] of own) {
    const needed = new Set<string>();
    for (const { container, asked } of lives) {
      const dependsOn = asked?.["dependsOn"];
      if (isTable(dependsOn)) for (const name of Object.keys(dependsOn)) needed.add(name);
      // What is too long to be a label is missing; what has to be there before is short.
      for (const id of afterIn(container.Config.Labels)) {
        const [name = "", kind] = id.split("/");
        if (kind === "container") needed.add(name);
      }
    }
    needed.delete(agent);
    needs.set(agent, needed);
  }
  return needs;
}

/** To the end with each of them, whatever becomes of the others; the first failure is told. */
export async function all(
  lives: readonly Live[],
  run: (live: Live) => Promise<void>,
): Promise<Result<void, Failed>> {
  const done = await Promise.all(lives.map((live) => attempt(() => run(live))));
  // One that is gone meanwhile needs nothing any more.
  return done.find((one) => !one.ok && one.error.status !== 404) ?? ok(undefined);
}

/** To be where it shall be is no failure. */
export async function orAlready(asked: Promise<unknown>): Promise<void> {
  try {
    await asked;
  } catch (error) {
    if (failureOf(error).status !== 304) throw error;
  }
}

/** Only where it is another: where nobody knows what was asked for, it stays as it is. */
async function setPolicy(
  { system: { clock } }: Engine,
  handle: Docker.Container,
  { HostConfig }: Container,
  wanted: ReturnType<typeof restartOf>,
): Promise<void> {
  if (wanted === undefined) return;
  const { Name, MaximumRetryCount } = { MaximumRetryCount: 0, ...HostConfig.RestartPolicy };
  // An engine takes a number of tries with one policy alone.
  const retries = wanted.policy === "on-failure" ? wanted.retries : 0;
  if ((Name || "no") === wanted.policy && MaximumRetryCount === retries) return;
  const policy = { Name: wanted.policy, MaximumRetryCount: retries };
  for (let tries = 1; ; tries++) {
    try {
      await handle.update({ RestartPolicy: policy });
      return;
    } catch (error) {
      // One that ends at this very moment refuses, and a moment later it is one that has ended.
      if (tries === TRIES || !/stopped container/i.test(failureOf(error).message)) throw error;
    }
    await new Promise<void>((resolve) => void clock.after(PAUSE_MS, resolve));
  }
}

const PAUSE_MS = 50;
const TRIES = 20;
