import { err, ok, type Result } from "../../../src/base/result.ts";
import type { Change } from "../../../src/model/plan.ts";
import type { Id, Resource } from "../../../src/model/resource.ts";
import type { Step } from "../../../src/model/step.ts";
import type { Failure, StepContext } from "../../../src/model/target.ts";
import { type Began, secretOfFormer } from "../back/began.ts";
import { restOf, takeBack, triedAgain } from "../back/take-back.ts";
import { isWayBack } from "../back/was.ts";
import { asFailure, type Engine, failure } from "../engine.ts";
import { containersOf, type Look } from "../live/look.ts";
import { LABEL } from "../names.ts";
import { untilReady } from "../ready/ready.ts";
import { containerFields } from "../shapes.ts";
import { holdsOf, releaseHold, setHold } from "../verbs/holds.ts";
import { exchange, startNew, takeDown, update } from "./containers.ts";
import type { Making } from "./make-container.ts";

export interface ContainersAround extends Pick<Making, "engine" | "keyed"> {
  readonly look: () => Look;
  /** Undefined before an apply has begun. */
  readonly began: () => Began | undefined;
  /** The volume with its configuration; undefined where it has none. */
  readonly configOf: (
    resource: Resource,
    before: string | undefined,
  ) => Promise<Result<string | undefined, Failure>>;
  readonly removeUnused: (agent: string) => Promise<Result<void, Failure>>;
}

export interface Containers {
  run(does: string, change: Changing, context: StepContext): Promise<Result<void, Failure>>;
  ready(
    step: Step & { readonly is: "await" },
    change: Changing,
    context: StepContext,
  ): Promise<Result<void, Failure>>;
  /** Volumes that a container of this session was made with. */
  readonly mounted: ReadonlySet<string>;
}

type Changing = Exclude<Change, { readonly is: "keep" }>;

/** What an apply does to containers, step by step. */
export function containersIn(around: ContainersAround): Containers {
  const { engine, keyed, look, began, configOf, removeUnused } = around;
  const made = new Map<Id, string>();
  /** On the way back from that. */
  const madeAgain = new Map<Id, string>();
  const madeBy = (change: Changing): Map<Id, string> => (isWayBack(change) ? madeAgain : made);
  const mounted = new Set<string>();

  const makingOf = async (
    change: Changing & { readonly is: "create" | "update" | "replace" },
    { secret, mark }: StepContext,
  ): Promise<Result<Making, Failure>> => {
    const { resource } = change;
    const config = await configOf(resource, change.is === "create" ? undefined : change.before.identity);
    if (!config.ok) return config;
    const { running, mounts } = containerFields(resource.fields);
    for (const { type, source } of Object.values(mounts))
      if (type === "volume" && source !== undefined) mounted.add(source);
    const former = await began()?.container(resource.was?.identity ?? "");
    // To whoever goes back to a revision it is the same how it is by now.
    const tried = isWayBack(change) ? former : undefined;
    const rests = resource.was === undefined ? undefined : restOf(tried, running);
    return ok({
      engine,
      keyed,
      secret: secretOfFormer(former, resource, secret, keyed),
      config: config.value,
      before: new Set(look().containers.map(({ Id }) => Id)),
      mark,
      ...(rests === undefined ? {} : { rests }),
    });
  };

  return {
    mounted,
    async run(does, change, context) {
      const { volumes } = look();
      if (change.is === "delete") {
        const gone = await removeForGood(engine, change, look());
        const unused = gone.ok ? await removeUnused(change.before.agent) : gone;
        if (!unused.ok || !isWayBack(change)) return unused;
        const { agent, id } = change.before;
        const up = await triedAgain(engine, began(), id.replace(/~.*$/, ""));
        return up.ok ? heldAgain(engine, agent, began()) : up;
      }
      if (does === "retire") {
        if (change.is !== "replace") return ok(undefined);
        const gone = await takeDown(engine, change.before.identity, volumes);
        return gone.ok ? removeUnused(change.resource.agent) : gone;
      }
      const making = await makingOf(change, context);
      if (!making.ok) return making;
      const id =
        change.is !== "create" && does === "update"
          ? isWayBack(change)
            ? await takeBack(making.value, change, look())
            : await update(engine, change, volumes, { mark: context.mark })
          : does === "exchange" && change.is === "replace"
            ? await exchange(making.value, change)
            : await startNew(making.value, change.resource);
      if (!id.ok) return id;
      madeBy(change).set(change.id, id.value);
      return ok(undefined);
    },
    async ready(step, change, context) {
      if (change.is === "delete") return ok(undefined);
      const id =
        madeBy(change).get(change.id) ?? (change.is === "create" ? undefined : change.before.identity);
      if (id === undefined) return err(failure("it was not started"));
      const { agent, fields: wanted, was } = change.resource;
      const fields = containerFields(wanted);
      const isOld = change.is !== "create" && id === change.before.identity;
      const wait = { id, fields, timeoutMs: step.timeoutMs, isOld };
      // What was down before is as it was.
      const isDown = was !== undefined && !fields.running;
      const up = isDown ? ok(undefined) : await untilReady(engine, wait, context);
      if (!up.ok) return up;
      // A hold on an agent ends with what was done to it all the same; where that is undone, it is there again.
      return isWayBack(change) ? heldAgain(engine, agent, began()) : released(engine, agent, look());
    },
  };
}

async function heldAgain(
  engine: Engine,
  agent: string,
  began: Began | undefined,
): Promise<Result<void, Failure>> {
  const hold = began?.holds.get(agent);
  if (hold === undefined) return ok(undefined);
  const done = await setHold(engine.docker, engine.place, agent, hold);
  return done.ok ? done : err(asFailure(done.error));
}

async function released(engine: Engine, agent: string, { volumes }: Look): Promise<Result<void, Failure>> {
  if (!holdsOf(volumes).has(agent)) return ok(undefined);
  const done = await releaseHold(engine.docker, engine.place, agent);
  return done.ok ? ok(undefined) : err(asFailure(done.error));
}

async function removeForGood(
  engine: Engine,
  { before }: Changing & { readonly is: "delete" },
  look: Look,
): Promise<Result<void, Failure>> {
  const gone = await takeDown(engine, before.identity, look.volumes);
  if (!gone.ok) return gone;
  const left = await containersOf(engine);
  if (left.some(({ Labels }) => Labels[LABEL.agent] === before.agent)) return ok(undefined);
  return released(engine, before.agent, look);
}
