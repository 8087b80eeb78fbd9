import { err, ok, type Result } from "../../src/base/result.ts";
import type { Change } from "../../src/model/plan.ts";
import type { Id, Resource } from "../../src/model/resource.ts";
import type { Step } from "../../src/model/step.ts";
import type { Failure, StepContext } from "../../src/model/target.ts";
import { type Began, configOfFormer } from "./back/began.ts";
import { isWayBack } from "./back/was.ts";
import { meaningOf, restoreImage } from "./back/restore-image.ts";
import { configVolumeFor, configVolumesOf, fillConfig, writeConfig } from "./container/config-volume.ts";
import type { Making } from "./container/make-container.ts";
import { runNetwork } from "./container/networks.ts";
import { containersIn } from "./container/run-container.ts";
import { createVolume, removeVolume } from "./container/volumes.ts";
import { asFailure, attempt, failure } from "./engine.ts";
import { buildImage, pullImage } from "./image/images.ts";
import { askedIn } from "./labels.ts";
import { type Look, volumesOf } from "./live/look.ts";
import { removeVolumes } from "./live/memo.ts";
import { newest } from "./live/observe.ts";
import { CONFIG_FOLDER, configId } from "./names.ts";
import { containerFields, imageFields } from "./shapes.ts";

/** What one session does to an engine. It obeys; all that it remembers is what it made itself. */
export interface Work {
  /** What the files want, where somebody compared it with what is live. */
  wants(desired: readonly Resource[]): void;
  run(step: Step, change: Change, context: StepContext): Promise<Result<void, Failure>>;
  readonly done: Done;
}

/** What an apply has done so far, as far as its way back has to know. */
export interface Done {
  /** By name: the image that it meant before this apply gave it to another. */
  readonly meant: ReadonlyMap<string, string>;
  /** Named volumes that it made, and that no container had yet. */
  isUntouched(name: string): boolean;
  /** Volumes with configurations that it wrote, by their names on the engine. */
  readonly configs: ReadonlySet<string>;
}

interface Around extends Pick<Making, "engine" | "keyed"> {
  /** The last look there was. */
  readonly look: () => Look;
  readonly began: () => Began | undefined;
}

type Changing = Exclude<Change, { readonly is: "keep" }>;

export function workOn({ engine, keyed, look, began }: Around): Work {
  /** By agent: the volume that its configuration was written to. */
  const written = new Map<string, string>();
  /** The same, of what it was before. */
  const writtenAgain = new Map<string, string>();
  const configs = new Set<string>();
  const meant = new Map<string, string>();
  const volumesMade = new Set<string>();
  let wanted: ReadonlyMap<Id, Resource> = new Map();

  /** What a container has is in use, and stays; so does what one of this apply is to have. */
  const removeUnused = async (
    agent: string,
    by: ReadonlyMap<Id, Resource> = wanted,
  ): Promise<Result<void, Failure>> => {
    const config = by.get(configId(agent))?.fields["config"];
    const next = config === undefined ? undefined : configVolumeFor(engine, agent, config);
    const volumes = configVolumesOf(engine, agent, await volumesOf(engine));
    const unused = volumes.filter(({ Name }) => Name !== next && Name !== written.get(agent));
    const gone = await removeVolumes(engine, unused);
    return gone.ok ? gone : err(asFailure(gone.error));
  };

  const runConfig = async (change: Changing, { mark }: StepContext): Promise<Result<void, Failure>> => {
    if (change.is === "delete") {
      // What this apply wrote is of no use to anybody, where it is to be as before.
      if (isWayBack(change)) written.delete(change.before.agent);
      return removeUnused(change.before.agent, isWayBack(change) ? new Map() : wanted);
    }
    const { agent, fields } = change.resource;
    // Before it is made: an engine that is lost meanwhile may have made it, and nobody hears its name.
    configs.add(configVolumeFor(engine, agent, fields["config"] ?? null));
    const name = await writeConfig(engine, change.resource, mark);
    if (!name.ok) return name;
    written.set(change.resource.agent, name.value);
    if (change.resource.was !== undefined) writtenAgain.set(change.resource.agent, name.value);
    configs.add(name.value);
    return ok(undefined);
  };

  const runImage = async (
    does: string,
    change: Changing,
    context: StepContext,
  ): Promise<Result<void, Failure>> => {
    if (change.is === "delete") return ok(undefined);
    if (does === "tag") return restoreImage(engine, change.resource, context);
    const isUsed = (id: string): boolean => look().containers.some(({ ImageID }) => ImageID === id);
    const before = await meaningOf(engine, change.resource, isUsed);
    if (!before.ok) return before;
    const fields = imageFields(change.resource.fields);
    if (before.value !== undefined && !meant.has(fields.reference)) meant.set(fields.reference, before.value);
    if (fields.from === "build") return buildImage(engine, change.resource, context);
    const isAnew = change.because.some(({ is }) => is === "asked for");
    return pullImage(engine, fields.reference, isAnew, context);
  };

  const runVolume = async (change: Changing, { mark }: StepContext): Promise<Result<void, Failure>> => {
    if (change.is === "delete") return removeVolume(engine, change.before.name);
    if (change.is !== "create") return ok(undefined);
    const made = await createVolume(engine, change.resource, mark);
    if (made.ok) volumesMade.add(change.resource.name);
    return made;
  };

  /** Written by this apply, or what the files ask for, or what the former container has, which then is the same. */
  const configOf = async (
    { agent, fields, was }: Resource,
    before: string | undefined,
  ): Promise<Result<string | undefined, Failure>> => {
    if (containerFields(fields).mounts[CONFIG_FOLDER]?.type !== "config") return ok(undefined);
    if (was !== undefined) {
      // Named by what is in it: it is that of then.
      const former = await began()?.container(was.identity);
      const mounted = configOfFormer(former, former === undefined ? [] : await volumesOf(engine));
      const name = writtenAgain.get(agent) ?? mounted;
      if (name !== undefined) return ok(name);
    }
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

  const containers = containersIn({ engine, keyed, look, began, configOf, removeUnused });

  const run = async (step: Step, change: Changing, context: StepContext): Promise<Result<void, Failure>> => {
    if (step.is === "await") return containers.ready(step, change, context);
    switch (change.is === "delete" ? change.before.kind : change.resource.kind) {
      case "container":
        return containers.run(step.does, change, context);
      case "config":
        return runConfig(change, context);
      case "image":
        return runImage(step.does, change, context);
      case "network":
        return runNetwork(engine, step.does, change, context.mark);
      case "volume":
        return runVolume(change, context);
      default:
        throw new Error(`nothing is known of ${change.id}`);
    }
  };

  return {
    done: {
      meant,
      configs,
      isUntouched: (name) => volumesMade.has(name) && !containers.mounted.has(name),
    },
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
