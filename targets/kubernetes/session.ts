import type { Json } from "../../src/base/canonical.ts";
import { err, ok, type Result } from "../../src/base/result.ts";
import type { Diagnostic } from "../../src/model/diagnostic.ts";
import type { Facts } from "../../src/model/facts.ts";
import type { Holder } from "../../src/model/holder.ts";
import type { Ir } from "../../src/model/ir.ts";
import { placeAt } from "../../src/model/place.ts";
import type { Change, Plan } from "../../src/model/plan.ts";
import type { Id, Resource } from "../../src/model/resource.ts";
import type { Step } from "../../src/model/step.ts";
import type { System } from "../../src/model/system.ts";
import type {
  Adopted,
  AdoptRequest,
  Failure,
  Here,
  Observation,
  Place,
  Session,
  SharedLock,
  StepContext,
} from "../../src/model/target.ts";
import {
  applyObject,
  type PutContext,
  type Putting,
  releaseObject,
  removeObject,
  replaceObject,
} from "./does/apply.ts";
import { connect } from "./client.ts";
import type { Judged } from "./live/dry-run.ts";
import { askedIn } from "./manifest/asked.ts";
import { askedDigest } from "./manifest/fields.ts";
import { filled } from "./manifest/fill.ts";
import { ANNOTATION, ROLLED_OUT } from "./names.ts";
import { type ClusterRevisions, revisionsOn } from "./revisions/store.ts";
import { type Formerly, formerly } from "./live/formerly.ts";
import { gatherSecrets, hasNamespace } from "./live/gather.ts";
import { imageNotes } from "./live/image-notes.ts";
import { type Keys, keysOn } from "./live/keys.ts";
import { whatIsLeft } from "./live/left.ts";
import type { On } from "./live/lists.ts";
import { beginLists, CLAIMS, compare, LISTED, listed, type Listing } from "./live/observe.ts";
import { operatesOn } from "./verbs/operates.ts";
import { type Lock, lockOn } from "./lock/lock.ts";
import { preflight } from "./does/preflight.ts";
import { untilGone, untilRolledOut } from "./does/rollout.ts";
import { type SecretLooks, secretLooks } from "./live/secrets.ts";
import { hasCheck, type Started, stillUp } from "./does/settle.ts";
import type { KubernetesFacts } from "./shapes.ts";
import { adopt } from "./verbs/adopt.ts";
import { rollPods } from "./verbs/start.ts";

/** One namespace of a cluster. Nothing is asked of it before something is wanted. */
export async function open(system: System, here: Here): Promise<Result<Session, Diagnostic>> {
  const cluster = await connect(here.chosen, system.host.environment, system.files);
  if (!cluster.ok) return cluster;
  const { server, context, namespace } = cluster.value;
  const place = placeAt(here, system.digests, {
    where: `${context || server}/${namespace}`,
    identity: `${server}\n${namespace}`,
    isOnly: false,
  });
  return ok(new ClusterSession({ cluster: cluster.value, system, place, namespace }));
}

class ClusterSession implements Session {
  readonly place: Place;
  readonly #on: On;
  /** Begun before they are needed: facts and lists come at the same time. */
  #listing: Listing | undefined;
  readonly #keys: Keys;
  #looks: SecretLooks;
  #judged: ReadonlyMap<Id, Judged> = new Map();
  /** Made or changed in this session, without a check that would say whether they are up. */
  readonly #unproven: Started[] = [];
  #hasRemoved = false;
  /** Of an apply: what is seen from then on is no plan's any more. */
  #hasBegun = false;
  #former: Formerly = new Map();
  #lock: Lock | undefined;
  #left: readonly string[] = [];

  readonly revisions: ClusterRevisions;

  constructor(on: On) {
    this.#on = on;
    this.#keys = keysOn(on);
    this.revisions = revisionsOn(on);
    this.place = on.place;
    this.#looks = this.#freshLooks();
  }

  /** Values are in the cluster: nothing of this machine is compared. */
  keyed = (): undefined => undefined;

  /** A Deployment knows its code by one digest. */
  remembered(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    return Promise.resolve(new Map());
  }

  get operates(): Session["operates"] {
    return operatesOn(this.#on);
  }

  async facts(ir: Ir, agents: Facts["agents"]): Promise<Result<Json, readonly Diagnostic[]>> {
    const hasClaims = Object.values(ir.agents).some(({ volumes }) =>
      Object.values(volumes).some(({ type }) => type === "volume"),
    );
    this.#listing ??= beginLists(this.#on, hasClaims ? [...LISTED, CLAIMS] : LISTED);
    this.#keys.forget();
    this.#looks = this.#freshLooks();
    const [there, secrets] = await Promise.all([
      this.#hasNamespace(this.#listing),
      gatherSecrets(this.#on, ir, agents, this.#looks),
    ]);
    const faults = [there, secrets].flatMap((one) => (one.ok ? [] : [one.error]));
    // One that does not answer is told once, not for each question.
    if (!there.ok || !secrets.ok) return err(faults.slice(0, 1));
    const { namespace } = this.#on;
    const facts: KubernetesFacts = { namespace, hasNamespace: there.value, secrets: secrets.value };
    return ok({ ...facts });
  }

  async observe(desired: readonly Resource[]): Promise<Result<Observation, Diagnostic>> {
    const wantsClaims = desired.some(({ kind }) => kind === CLAIMS);
    const begun = this.#listing;
    this.#listing = undefined;
    const listing =
      begun !== undefined && (begun.has(CLAIMS) || !wantsClaims)
        ? begun
        : beginLists(this.#on, wantsClaims ? [...LISTED, CLAIMS] : LISTED);
    const manifests = await listed(this.#on, listing);
    if (!manifests.ok) return manifests;
    const hasSecrets = manifests.value.some(({ kind }) => kind === "Deployment") && desired.some(usesSecrets);
    const seen = await compare(
      this.#on,
      manifests.value,
      desired,
      await this.#keys.id(hasSecrets),
      this.#hasBegun ? this.#former : undefined,
    );
    if (!seen.ok) return seen;
    const { objects, judged, notes } = seen.value;
    this.#judged = judged;
    if (!this.#hasBegun) this.#former = formerly(manifests.value, objects);
    const namespace = desired.find(({ kind }) => kind === "Namespace");
    return ok({
      objects,
      notes: [
        ...notes,
        ...imageNotes(desired, objects),
        ...(namespace === undefined
          ? []
          : [`not checked by the server: the namespace ${namespace.name} is yet to be made`]),
      ],
    });
  }

  preflight(plan: Plan): Promise<readonly Diagnostic[]> {
    return preflight(this.#on, plan, { judged: this.#judged, looks: this.#looks });
  }

  begin(): Promise<Result<void, Diagnostic>> {
    // Lists that were asked for before the first change say nothing of what comes after it.
    this.#listing = undefined;
    return Promise.resolve(ok(undefined));
  }

  /** With the last object of the project goes the key, which nothing can be compared with any more. */
  async end(): Promise<void> {
    if (this.#hasRemoved) this.#left = await whatIsLeft(this.#on);
  }

  leftovers = (): readonly string[] => this.#left;

  close(): void {
    this.#lock?.close();
    this.#on.cluster.close();
  }

  async run(step: Step, change: Change, context: StepContext): Promise<Result<void, Failure>> {
    if (change.is === "keep") return ok(undefined);
    this.#hasBegun = true;
    if (step.is === "await") return this.#wait(step, change, context);
    if (this.#lock !== undefined && !(await this.#lock.isOurs())) return err(NOT_OURS);
    if (change.is === "delete") {
      this.#hasRemoved = true;
      const { kind, name, identity } = change.before;
      return removeObject(this.#on, kind, name, identity);
    }
    const done = await this.#put(step.does, change, context);
    if (!done.ok || change.resource.kind !== "Namespace") return done;
    const began = (await this.#lock?.begin()) ?? done;
    if (began.ok) await this.revisions.begin();
    return began;
  }

  /** Others reach the same namespace from other machines. */
  async lock(holder: Holder): Promise<SharedLock> {
    const lock = await lockOn(this.#on, holder);
    if (lock.shared.is === "held") this.#lock = lock;
    return lock.shared;
  }

  async #put(does: string, change: Putting, context: StepContext): Promise<Result<void, Failure>> {
    if (does === "release") return releaseObject(this.#on, change.resource);
    if (does === "roll") return rollPods(this.#on, change.resource.agent);
    const resource = await filled(this.#on, change, () => this.#keys.ensure(context.report));
    if (!resource.ok) return resource;
    const asked = await this.#askedThen(change);
    const put = { ...context, ...(asked === undefined ? {} : { asked }) };
    if (does === "apply") return applyObject(this.#on, change, resource.value, put);
    if (does === "replace" && change.is === "replace")
      return replaceObject(this.#on, change, resource.value, put);
    throw new Error(`no step does ${does} to ${change.id}`);
  }

  async #wait(
    step: Step & { readonly is: "await" },
    change: Exclude<Change, { readonly is: "keep" }>,
    context: StepContext,
  ): Promise<Result<void, Failure>> {
    const { agent, name } = change.is === "delete" ? change.before : change.resource;
    const wait = { agent, name, timeoutMs: step.timeoutMs };
    if (step.until === "gone") return untilGone(this.#on, wait, context);
    if (change.is !== "delete" && this.#wasDown(change)) return ok(undefined);
    const { clock } = this.#on.system;
    const [began, before] = [clock.wall(), clock.now()];
    const ready = await untilRolledOut(this.#on, wait, context);
    if (ready.ok && change.is !== "delete" && !hasCheck(change.resource.fields))
      this.#unproven.push({ id: change.id, agent, began, took: clock.now() - before, at: clock.now() });
    return ready;
  }

  /** What had been asked for, where something is made again what it was. */
  async #askedThen({ because, resource }: Putting): Promise<PutContext["asked"]> {
    const { was, fields } = resource;
    if (was === undefined) return undefined;
    const isBack = because.some(({ is }) => is === "rolled back");
    const annotations = isBack ? this.#former.get(was.identity)?.annotations : undefined;
    const digest = annotations?.[ANNOTATION.digest];
    if (digest === undefined) return { digest: askedDigest(resource), fields: was.asked ?? fields };
    const kept = await askedIn(annotations);
    return { digest, ...(kept === undefined ? {} : { fields: kept.fields }) };
  }

  /** What had not come up before will not do so for being put back. */
  #wasDown({ because, resource }: Putting): boolean {
    const { was, fields } = resource;
    if (was === undefined || because.every(({ is }) => is !== "rolled back")) return false;
    return fields[ROLLED_OUT] === false || this.#former.get(was.identity)?.isDown === true;
  }

  adopt(request: AdoptRequest): Promise<Result<Adopted, Diagnostic>> {
    return adopt(this.#on, request);
  }

  /** An agent without a check counts as ready as it starts: whether it stayed is asked once, for all together. */
  settle(): Promise<readonly { readonly id: Id; readonly failure: Failure }[]> {
    return stillUp(this.#on, this.#unproven);
  }

  /** What is listed says that its namespace is there; only where nothing is, that is asked. */
  async #hasNamespace(listing: Listing): Promise<Result<boolean, Diagnostic>> {
    const manifests = await listed(this.#on, listing);
    return manifests.ok && manifests.value.length > 0 ? ok(true) : hasNamespace(this.#on);
  }

  #freshLooks(): SecretLooks {
    return secretLooks(this.#on, () => this.#keys.look());
  }
}

const NOT_OURS: Failure = {
  message: "another apply may be at work: the lock of this one could not be kept",
  lines: ["nothing more was begun: see what is there with aac plan"],
  passing: false,
};

const usesSecrets = ({ fields }: Resource): boolean => fields["secrets"] !== undefined;
