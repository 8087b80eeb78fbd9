import type { Json } from "../../src/base/canonical.ts";
import { err, ok, type Result } from "../../src/base/result.ts";
import type { Secret } from "../../src/base/secret.ts";
import type { Diagnostic } from "../../src/model/diagnostic.ts";
import type { Facts } from "../../src/model/facts.ts";
import type { Ir } from "../../src/model/ir.ts";
import { placeAt } from "../../src/model/place.ts";
import type { Change, Plan } from "../../src/model/plan.ts";
import type { Observed, Resource } from "../../src/model/resource.ts";
import type { Step } from "../../src/model/step.ts";
import type { System } from "../../src/model/system.ts";
import type {
  Adopted,
  AdoptRequest,
  Failure,
  Here,
  Mark,
  Observation,
  Place,
  Preflight,
  Session,
  StepContext,
} from "../../src/model/target.ts";
import { digestOf } from "../../src/wanted/keyed.ts";
import { type Began, beganWith } from "./back/began.ts";
import { imageNeeds, keepImages } from "./back/kept-images.ts";
import { type Rivals, rivalsOn } from "./back/rivals.ts";
import { connect, type Docker } from "./client.ts";
import { attempt, type Engine } from "./engine.ts";
import { faultOf } from "./verbs/fault.ts";
import { gather } from "./live/gather.ts";
import { keyIn, makeKey } from "./live/key.ts";
import { isOurs } from "./labels.ts";
import { codeIn } from "./image/live-image.ts";
import { type Look, lookAt } from "./live/look.ts";
import { LABEL } from "./names.ts";
import { notesOf } from "./live/notes.ts";
import { observe } from "./live/observe.ts";
import { adopt } from "./verbs/adopt.ts";
import { operatesOn } from "./verbs/operates.ts";
import { preflight } from "./preflight/preflight.ts";
import { secretNames, secretsIn } from "./container/secrets.ts";
import { tidy } from "./tidy.ts";
import { type Work, workOn } from "./work.ts";

/** Connects, and reads what a session has to know before anything else: its key, and the secrets in use. */
export async function open(system: System, here: Here): Promise<Result<Session, Diagnostic>> {
  let begun: Promise<Look> | undefined;
  const unwanted = new AbortController();
  const connected = await connect(system.host.environment, system.files, (docker) => {
    begun = lookAt({ docker, place: here, signal: unwanted.signal });
    // Of an engine that says nothing the first answer tells it.
    begun.catch(() => undefined);
  });
  if (!connected.ok) {
    unwanted.abort();
    return connected;
  }
  const { id, where } = connected.value;
  const place = placeAt(here, system.digests, { where, identity: id, isOnly: false });
  const engine: Engine = { ...connected.value, system, place };
  const read = await attempt(async () => {
    const look = await (begun ?? lookAt(engine));
    const secretive = look.containers.filter(({ Labels }) => secretNames(Labels).length > 0);
    return { look, secrets: secretsIn(await look.inspect(secretive.map(({ Id }) => Id))) };
  });
  if (!read.ok) return err(listingFault(engine, read.error));
  return ok(new DockerSession(engine, read.value.look, read.value.secrets));
}

const listingFault = (engine: Engine, failed: Parameters<typeof faultOf>[2]): Diagnostic =>
  faultOf(engine, "what is on the engine cannot be read", failed);

class DockerSession implements Session {
  readonly place: Place;
  readonly operates: Session["operates"];
  readonly #engine: Engine;
  readonly #secrets: readonly Secret[];
  readonly #work: Work;
  readonly #rivals: Rivals;
  #look: Look;
  /** Nothing was decided from the last look yet, so that it need not be taken again. */
  #isFresh = true;
  /** What was observed last, until an apply begins. */
  #seen: readonly Observed[] = [];
  #began: Began | undefined;
  #key: string | undefined;
  #left: readonly string[] = [];
  /** The last that was compared with what is live wants an agent to run. */
  #wantsAgents = false;

  constructor(engine: Engine, look: Look, secrets: readonly Secret[]) {
    this.#engine = engine;
    this.#look = look;
    this.#secrets = secrets;
    this.#key = keyIn(engine, look.volumes);
    this.place = engine.place;
    this.operates = operatesOn(engine);
    this.#rivals = rivalsOn(engine);
    this.#work = workOn({
      engine,
      keyed: this.keyed,
      look: () => this.#look,
      began: () => this.#began,
    });
  }

  keyed = (text: string): string | undefined =>
    this.#key === undefined ? undefined : digestOf(this.#engine.system.digests, this.#key, text);

  secretsInUse = (): readonly Secret[] => this.#secrets;

  async remembered(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    const { project } = this.place;
    this.#begin();
    const images = await attempt(() => this.#images());
    // An engine that does not answer any more says so to whoever asks for more than advice.
    if (!images.ok) return new Map();
    const byId = new Map(images.value.map((image) => [image.Id, image]));
    return new Map(
      this.#look.containers.flatMap(({ ImageID, Labels }) => {
        const image = byId.get(ImageID);
        const code =
          image !== undefined && isOurs(image.Labels, project, "image") ? codeIn(image) : undefined;
        return code === undefined ? [] : [[Labels[LABEL.agent] ?? "", code] as const];
      }),
    );
  }

  async facts(ir: Ir, agents: Facts["agents"]): Promise<Result<Json, readonly Diagnostic[]>> {
    const images = await attempt(() => this.#images());
    if (!images.ok) return err([listingFault(this.#engine, images.error)]);
    return ok({ ...gather(this.#engine, ir, agents, this.#look, images.value) });
  }

  async observe(desired: readonly Resource[]): Promise<Result<Observation, Diagnostic>> {
    const engine = this.#engine;
    const seen = await attempt(async () => {
      if (!this.#isFresh) this.#look = await lookAt(engine);
      this.#isFresh = false;
      const look = this.#look;
      const [networks, images] = await Promise.all([look.networks(), look.images()]);
      const { keyed } = this;
      const { done } = this.#work;
      const former = this.#began?.counting ?? new Map();
      const objects = await observe(desired, { engine, look, networks, images, keyed, former, done });
      return { objects, containers: await look.inspect(look.containers.map(({ Id }) => Id)) };
    });
    if (!seen.ok) return err(listingFault(engine, seen.error));
    const { objects, containers } = seen.value;
    if (this.#began === undefined) this.#seen = objects;
    this.#work.wants(desired);
    this.#wantsAgents = desired.some(({ kind }) => kind === "container");
    const now = engine.system.clock.wall();
    return ok({ objects, notes: notesOf(objects, containers, { hasKey: this.#key !== undefined, now }) });
  }

  /** What is compared in the end is on its way while the files are read. */
  #begin(): void {
    if (!this.#isFresh) return;
    const look = this.#look;
    // Whoever waits for them hears of what fails.
    for (const asked of [look.networks(), look.inspect(look.containers.map(({ Id }) => Id))])
      asked.catch(() => undefined);
  }

  /** Those of the last look, for as long as nothing was decided from it. */
  #images(): Promise<readonly Docker.ImageInfo[]> {
    return this.#isFresh ? this.#look.images() : this.#engine.docker.listImages();
  }

  preflight(plan: Plan, context: Preflight): Promise<readonly Diagnostic[]> {
    return preflight(this.#engine, plan, context);
  }

  async begin(): Promise<Result<void, Diagnostic>> {
    const key = await makeKey(this.#engine);
    if (!key.ok) return key;
    this.#key = key.value;
    this.#began ??= beganWith(this.#look, this.#seen);
    return ok(undefined);
  }

  needs = imageNeeds;

  keep(needed: ReadonlySet<string>): Promise<void> {
    return keepImages(this.#engine, needed);
  }

  async adopt(request: AdoptRequest): Promise<Result<Adopted, Diagnostic>> {
    // What was looked at before is no more how it is.
    this.#isFresh = false;
    return adopt(this.#engine, request);
  }

  rival(mark: Mark): Promise<string | undefined> {
    return this.#rivals(mark, this.#look);
  }

  run(step: Step, change: Change, context: StepContext): Promise<Result<void, Failure>> {
    return this.#work.run(step, change, context);
  }

  async end(): Promise<void> {
    this.#left = await tidy(this.#engine, this.#wantsAgents, this.#work.done.configs);
  }

  leftovers(): readonly string[] {
    return this.#left;
  }

  /** Each request has a connection of its own: none is left open. */
  close(): void {}
}
