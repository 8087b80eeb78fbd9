import { canonicalJson } from "../../../src/base/canonical.ts";
import { err, ok, type Result } from "../../../src/base/result.ts";
import type { Change } from "../../../src/model/plan.ts";
import type { Fields, Resource } from "../../../src/model/resource.ts";
import type { Failure, Mark } from "../../../src/model/target.ts";
import { asFailure, attempt, type Engine, failure, unless } from "../engine.ts";
import { askedAnew } from "../back/was.ts";
import { limitsUpdate } from "./limits.ts";
import { containerIn } from "../live/live.ts";
import { inspect, type Volume } from "../live/look.ts";
import { type Making, makeContainer } from "./make-container.ts";
import { askedOf, forget, remember } from "../live/memo.ts";
import { connect } from "./networks.ts";
import { engineMode } from "./recipe.ts";
import { containerFields } from "../shapes.ts";

type Exchange = Change & { readonly is: "update" | "replace" };

/** Makes one and starts it; one that the engine will not start is taken away again, for nothing of it ever ran. */
export async function startNew(making: Making, resource: Resource): Promise<Result<string, Failure>> {
  const made = await makeContainer(making, resource);
  if (!made.ok) return made;
  const started = await begin(making, made.value);
  if (started.ok) return made;
  if (!started.error.passing) await removeContainer(making.engine, made.value);
  return started;
}

/** The old one ends before the new one begins. Where the engine will not start that, the old one is started again. */
export async function exchange(
  making: Making,
  { resource, before }: Exchange,
): Promise<Result<string, Failure>> {
  const { engine } = making;
  const made = await makeContainer(making, resource);
  if (!made.ok) return made;
  const stopped = await stop(engine, before.identity);
  if (!stopped.ok) return stopped;
  const started = await begin(making, made.value);
  if (started.ok || started.error.passing) return started.ok ? made : started;
  await removeContainer(engine, made.value);
  const back = await start(engine, before.identity);
  const came = back.ok
    ? "the former one runs again"
    : `the former one cannot be started either: ${back.error.message}`;
  return err({ ...started.error, lines: [...started.error.lines, came] });
}

/** Started, unless it goes back to being at rest. */
async function begin({ engine, rests }: Making, id: string): Promise<Result<void, Failure>> {
  if (rests === "stopped") return ok(undefined);
  const started = await start(engine, id);
  return started.ok && rests === "paused" ? pause(engine, id) : started;
}

async function start({ docker }: Engine, id: string): Promise<Result<void, Failure>> {
  const started = await unless(304, () => docker.getContainer(id).start());
  return started.ok ? ok(undefined) : err(inOurWords(asFailure(started.error)));
}

/** With its own signal, and as long as it may take: both are the container's. */
async function stop({ docker }: Engine, id: string): Promise<Result<void, Failure>> {
  const stopped = await unless(304, () => docker.getContainer(id).stop());
  if (stopped.ok || stopped.error.status === 404) return ok(undefined);
  return err(asFailure(stopped.error));
}

async function removeContainer(engine: Engine, id: string): Promise<Result<void, Failure>> {
  const { docker, system } = engine;
  const gone = await unless(404, () => docker.getContainer(id).remove({ force: true, v: true }));
  if (gone.ok) return ok(undefined);
  if (gone.error.status !== 409) return err(asFailure(gone.error));
  // Somebody is at it already.
  for (let tries = 0; tries < 100; tries++) {
    const there = await attempt(() => inspect(engine, id));
    if (!there.ok) return err(asFailure(there.error));
    if (there.value === undefined) return ok(undefined);
    await new Promise<void>((resolve) => void system.clock.after(100, resolve));
  }
  return err({ ...asFailure(gone.error), passing: true });
}

export async function takeDown(
  engine: Engine,
  id: string,
  volumes: readonly Volume[],
): Promise<Result<void, Failure>> {
  const stopped = await stop(engine, id);
  if (!stopped.ok) return stopped;
  const gone = await removeContainer(engine, id);
  if (!gone.ok) return gone;
  const forgotten = await forget(engine, id, volumes);
  return forgotten.ok ? forgotten : err(asFailure(forgotten.error));
}

/** What a container can change while it runs. All of it is said, changed or not: so it is safe to repeat. */
export async function update(
  engine: Engine,
  change: Exchange,
  volumes: readonly Volume[],
  { mark, rests = "stopped" }: Pick<Making, "mark" | "rests">,
): Promise<Result<string, Failure>> {
  const { docker, place } = engine;
  const id = change.before.identity;
  const fields = containerFields(change.resource.fields);
  const touches = (field: string): boolean =>
    change.fields.some(({ path }) => path === field || path.startsWith(`${field}/`));
  if (touches("limits") || touches("restart")) {
    const { policy, retries } = fields.restart;
    const told = await attempt(
      (): Promise<unknown> =>
        docker.getContainer(id).update({
          ...limitsUpdate(fields.limits),
          RestartPolicy: { Name: policy, MaximumRetryCount: retries },
        }),
    );
    if (!told.ok) return err(inOurWords(asFailure(told.error)));
    const discarded = /discarded[^"]*/i.exec(JSON.stringify(told.value))?.[0];
    if (discarded !== undefined) return err(failure("the engine would not hold a limit that is asked for"));
  }
  if (touches("network")) {
    const network = engineMode(fields.network.mode, place.project);
    const off = await unless(404, () =>
      docker.getNetwork(network).disconnect({ Container: id, Force: true }),
    );
    // Not connected is what some of them call forbidden, and some an error of their own.
    if (!off.ok && !/not connected/i.test(off.error.message)) return err(asFailure(off.error));
    const on = await connect(engine, network, id, fields.network.aliases);
    if (!on.ok) return on;
  }
  if (touches("running")) {
    // At rest only where it goes back to that.
    const rest = rests === "paused" ? pause : stop;
    const moved = await (fields.running ? wake : rest)(engine, id);
    if (!moved.ok) return moved;
  }
  const noted = await note(engine, change, volumes, mark);
  return noted.ok ? ok(id) : noted;
}

async function pause({ docker }: Engine, id: string): Promise<Result<void, Failure>> {
  const paused = await unless(409, (): Promise<unknown> => docker.getContainer(id).pause());
  return paused.ok ? ok(undefined) : err(asFailure(paused.error));
}

export async function wake(engine: Engine, id: string): Promise<Result<void, Failure>> {
  const there = await attempt(() => inspect(engine, id));
  if (!there.ok) return err(asFailure(there.error));
  if (there.value?.State.Paused !== true) return start(engine, id);
  const woken = await attempt((): Promise<unknown> => engine.docker.getContainer(id).unpause());
  return woken.ok ? ok(undefined) : err(asFailure(woken.error));
}

/** What its labels say was asked of it cannot be changed with it. */
async function note(
  engine: Engine,
  { resource, before }: Exchange,
  volumes: readonly Volume[],
  mark: Mark | undefined,
): Promise<Result<void, Failure>> {
  const there = await attempt(() => inspect(engine, before.identity));
  if (!there.ok) return err(asFailure(there.error));
  if (there.value === undefined) return err(failure("it is gone meanwhile: plan again"));
  const was = askedOf(before.identity, there.value.Config.Labels, volumes);
  const asked = nowAsked(askedAnew(resource), was);
  const isKnown = was !== undefined && canonicalJson(was) === canonicalJson(asked);
  if (isKnown && mark === undefined) return ok(undefined);
  const noted = await remember(engine, { id: before.identity, agent: resource.agent, mark }, asked, volumes);
  return noted.ok ? noted : err(asFailure(noted.error));
}

/** What it was made with stays: its image, and the digests of what was handed over. */
function nowAsked(wanted: Fields, was: Fields | undefined): Fields {
  const made = containerIn(was);
  return {
    ...wanted,
    ...(made?.imageId === undefined ? {} : { imageId: made.imageId }),
    ...(made === undefined ? {} : { secrets: made.secrets }),
  };
}

/** What engines say in half a page, as people know it. */
function inOurWords(failed: Failure): Failure {
  const { message } = failed;
  const port =
    /(?:Bind for|listen \w+) \S*?:(\d+)(?: failed: port is already allocated|: bind: address already in use)/.exec(
      message,
    )?.[1];
  if (port !== undefined)
    return { ...failed, message: `port ${port} is already in use`, lines: [message], passing: false };
  const memory = /cannot allocate memory|insufficient memory/i.test(message);
  return memory ? { ...failed, message: "insufficient memory", lines: [message] } : failed;
}
