import { err, ok, type Result } from "../../src/base/result.ts";
import type { Change } from "../../src/model/plan.ts";
import type { Id, Resource } from "../../src/model/resource.ts";
import type { Step } from "../../src/model/step.ts";
import type { Failure, StepContext } from "../../src/model/target.ts";
import { configVolumeFor, configVolumesOf, fillConfig, writeConfig } from "./container/config-volume.ts";
import { exchange, startNew, takeDown, update } from "./container/containers.ts";
import { asFailure, attempt, type Engine, failure } from "./engine.ts";
import { holdsOf, releaseHold } from "./verbs/holds.ts";
import { buildImage, pullImage } from "./image/images.ts";
import { askedIn } from "./labels.ts";
import { containersOf, type Look, volumesOf } from "./live/look.ts";
import type { Making } from "./container/make-container.ts";
import { removeVolumes } from "./live/memo.ts";
import { CONFIG_FOLDER, configId, LABEL } from "./names.ts";
import { runNetwork } from "./container/networks.ts";
import { newest } from "./live/observe.ts";
import { untilReady } from "./ready/ready.ts";
import { containerFields, imageFields } from "./shapes.ts";
import { createVolume } from "./container/volumes.ts";

/** What one session does to an engine. It obeys; all that it remembers is what it made itself. */
export interface Work {
  /** What the files want, where somebody compared it with what is live. */
  wants(desired: readonly Resource[]): void;
  run(step: Step, change: Change, context: StepContext): Promise<Result<void, Failure>>;
}

interface Around extends Pick<Making, "engine" | "keyed"> {
  /** The last look there was. */
  readonly look: () => Look;
}

type Changing = Exclude<Change, { readonly is: "keep" }>;

export function workOn({ engine, keyed, look }: Around): Work {
  const made = new Map<Id, string>();
  /** By agent: the volume that its configuration was written to. */
  const written = new Map<string, string>();
  let wanted: ReadonlyMap<Id, Resource> = new Map();

  /** What a container has is in use, and stays; so does what one of this apply is to have. */
  const removeUnused = async (agent: string): Promise<Result<void, Failure>> => {
    const config = wanted.get(configId(agent))?.fields["config"];
    const next = config === undefined ? undefined : configVolumeFor(engine, agent, config);
    const volumes = configVolumesOf(engine, agent, await volumesOf(engine));
    const unused = volumes.filter(({ Name }) => Name !== next && Name !== written.get(agent));
    const gone = await removeVolumes(engine, unused);
    return gone.ok ? gone : err(asFailure(gone.error));
  };

  const runConfig = async (change: Changing): Promise<Result<void, Failure>> => {
    if (change.is === "delete") return removeUnused(change.before.agent);
    const name = await writeConfig(engine, change.resource);
    if (!name.ok) return name;
    written.set(change.resource.agent, name.value);
    return ok(undefined);
  };

  const runImage = (change: Changing, context: StepContext): Promise<Result<void, Failure>> => {
    if (change.is === "delete") return Promise.resolve(ok(undefined));
    const fields = imageFields(change.resource.fields);
    if (fields.from === "build") return buildImage(engine, change.resource, context);
    const isAnew = change.because.some(({ is }) => is === "asked for");
    return pullImage(engine, fields.reference, isAnew, context);
  };

  /** Written by this apply, or what the files ask for, or what the former container has, which then is the same. */
  const configOf = async (
    { agent, fields }: Resource,
    before: string | undefined,
  ): Promise<Result<string | undefined, Failure>> => {
    if (containerFields(fields).mounts[CONFIG_FOLDER]?.type !== "config") return ok(undefined);
    const { volumes } = look();
    const all = configVolumesOf(engine, agent, volumes);
    const config = wanted.get(configId(agent))?.fields["config"];
    const asked = config === undefined ? undefined : configVolumeFor(engine, agent, config);
    const old = before === undefined ? [] : await look().inspect([before]);
    const mounted = old.flatMap(({ HostConfig }) => HostConfig.Mounts ?? []).map(({ Source }) => Source);
    const own = written.get(agent);
    if (own !== undefined) return ok(own);
    const found =
      all.find(({ Name }) => Name === asked) ?? all.find(({ Name }) => mounted.includes(Name)) ?? newest(all);
    if (found === undefined) return err(failure("its configuration is not there: plan again"));
    // One that no container has was seen by nobody: an apply that was killed may have left it empty.
    const isUsed = look().containers.some(({ Mounts }) => Mounts.some(({ Name }) => Name === found.Name));
    if (isUsed) return ok(found.Name);
    const filled = await fillConfig(engine, found.Name, config ?? askedIn(found.Labels)?.["config"] ?? null);
    return filled.ok ? ok(found.Name) : filled;
  };

  const makingOf = async (
    resource: Resource,
    before: string | undefined,
    { secret }: StepContext,
  ): Promise<Result<Making, Failure>> => {
    const config = await configOf(resource, before);
    if (!config.ok) return config;
    const known = new Set(look().containers.map(({ Id }) => Id));
    return ok({ engine, keyed, secret, config: config.value, before: known });
  };

  const runContainer = async (
    does: string,
    change: Changing,
    context: StepContext,
  ): Promise<Result<void, Failure>> => {
    const { volumes } = look();
    if (change.is === "delete") {
      const gone = await removeForGood(engine, change, look());
      return gone.ok ? removeUnused(change.before.agent) : gone;
    }
    if (does === "retire") {
      if (change.is !== "replace") return ok(undefined);
      const gone = await takeDown(engine, change.before.identity, volumes);
      return gone.ok ? removeUnused(change.resource.agent) : gone;
    }
    const before = change.is === "create" ? undefined : change.before.identity;
    const making = await makingOf(change.resource, before, context);
    if (!making.ok) return making;
    const id =
      change.is === "update"
        ? await update(engine, change, volumes)
        : does === "exchange" && change.is === "replace"
          ? await exchange(making.value, change)
          : await startNew(making.value, change.resource);
    if (!id.ok) return id;
    made.set(change.id, id.value);
    return released(engine, change.resource.agent, look());
  };

  const awaitReady = async (
    step: Step & { readonly is: "await" },
    change: Changing,
    context: StepContext,
  ): Promise<Result<void, Failure>> => {
    if (change.is === "delete") return ok(undefined);
    const id = made.get(change.id) ?? (change.is === "create" ? undefined : change.before.identity);
    if (id === undefined) return err(failure("it was not started"));
    const fields = containerFields(change.resource.fields);
    const isOld = change.is === "update";
    return untilReady(engine, { id, fields, timeoutMs: step.timeoutMs, isOld }, context);
  };

  const run = async (step: Step, change: Changing, context: StepContext): Promise<Result<void, Failure>> => {
    if (step.is === "await") return awaitReady(step, change, context);
    const kind = change.is === "delete" ? change.before.kind : change.resource.kind;
    switch (kind) {
      case "container":
        return runContainer(step.does, change, context);
      case "config":
        return runConfig(change);
      case "image":
        return runImage(change, context);
      case "network":
        return runNetwork(engine, step.does, change);
      case "volume":
        return change.is === "create" ? createVolume(engine, change.resource) : ok(undefined);
      default:
        throw new Error(`nothing is known of ${change.id}`);
    }
  };

  return {
    wants(desired) {
      wanted = new Map(desired.map((one) => [one.id, one]));
    },
    async run(step, change, context) {
      if (change.is === "keep") return ok(undefined);
      const done = await attempt(() => run(step, change, context));
      return done.ok ? done.value : err(asFailure(done.error));
    },
  };
}

/** A hold on an agent ends with what was done to it all the same. */
async function released(
  { docker, place }: Engine,
  agent: string,
  { volumes }: Look,
): Promise<Result<void, Failure>> {
  if (!holdsOf(volumes).has(agent)) return ok(undefined);
  const done = await releaseHold(docker, place, agent);
  return done.ok ? done : err(asFailure(done.error));
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
