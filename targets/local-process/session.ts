import type { Json } from "../../src/base/canonical.ts";
import { err, ok, type Result } from "../../src/base/result.ts";
import type { Secret } from "../../src/base/secret.ts";
import type { Connection } from "../../src/model/control.ts";
import type { Diagnostic } from "../../src/model/diagnostic.ts";
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
  Preflight,
  Session,
  StepContext,
  Supervising,
} from "../../src/model/target.ts";
import { adopt } from "./verbs/adopt.ts";
import { adoptedIn, endAdopted } from "./verbs/adopted.ts";
import { isProcess, processFields } from "./orders/charge.ts";
import { codeNeededBy, keepOnly } from "./code/kept.ts";
import type { CodeMap } from "./code/layout.ts";
import { putConfig } from "./config.ts";
import { processId } from "./desired.ts";
import { ensureDaemon, findDaemon, supervisingOf } from "./daemon.ts";
import { installEnvironment, lookAtEnvironment } from "./environments.ts";
import { type FormerSecrets, formerSecrets } from "./live/former.ts";
import { faultOfHome } from "./home.ts";
import { makeKey, readKey } from "./live/key.ts";
import { conditionWords } from "../../src/wanted/condition.ts";
import { digestOf, keyId } from "../../src/wanted/keyed.ts";
import { gatherLocalFacts } from "./live/gather.ts";
import { lastLines } from "./orders/last-lines.ts";
import { leftoversOf } from "./live/leftovers.ts";
import { observe } from "./live/observe.ts";
import { operatesOn, unreadable } from "./verbs/operates.ts";
import { ordersFor } from "./orders/orders.ts";
import { preflight } from "./preflight/preflight.ts";
import { readSlots } from "./live/records.ts";
import { runnerOf } from "./runner-of.ts";
import { secretsInUse } from "./live/secrets-in-use.ts";
import { exited, untilReady, type Watched, watchStatuses } from "./orders/waiting.ts";

/** One place of this machine. Reading needs no supervisor; the first step starts one. */
export function open(system: System, here: Here): Promise<Result<Session, Diagnostic>> {
  const { host, digests } = system;
  const place = placeAt(here, digests, {
    where: `${host.user}@${host.name}`,
    identity: String(host.uid),
    isOnly: true,
  });
  const fault = faultOfHome(system, place);
  return Promise.resolve(fault === undefined ? ok(new LocalSession(system, place)) : err(fault));
}

/** For one of which nobody says how long it may take to end. */
const GRACE_MS = 10_000;

/** Most programs that cannot run say so within this. */
const SETTLE_MS = 300;

class LocalSession implements Session {
  readonly place: Place;
  readonly #system: System;
  #connection: Connection | undefined;
  #watched: Watched | undefined;
  /** By agent: the code that its folder holds, as it was read for the plan. */
  readonly #today = new Map<string, CodeMap>();
  #asked: ReadonlySet<string> = new Set();
  #former: FormerSecrets = new Map();
  /** By agent: when the first step for its process began, UTC. */
  readonly #begun = new Map<string, string>();
  /** Started in this session, without a check that would say whether they are up. */
  readonly #unproven: { readonly agent: string; readonly at: number }[] = [];

  constructor(system: System, place: Place) {
    this.#system = system;
    this.place = place;
  }

  keyed = (text: string): string | undefined => {
    const key = readKey(this.#system.files, this.place);
    return key === undefined ? undefined : digestOf(this.#system.digests, key, text);
  };

  remembered(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    const { records } = readSlots(this.#system.files, this.place.home);
    return Promise.resolve(
      new Map(
        records.map(({ charge }) => [charge.agent, new Set(Object.keys(processFields(charge.asked).code))]),
      ),
    );
  }

  secretsInUse = (): readonly Secret[] => secretsInUse(this.#system, this.place);

  get operates(): Session["operates"] {
    return operatesOn(this.#system, this.place);
  }

  get supervising(): Supervising {
    return supervisingOf(this.#system, this.place);
  }

  facts: Session["facts"] = (ir, agents) => gatherLocalFacts(this.#system, this.place, ir, agents);

  async observe(desired: readonly Resource[]): Promise<Result<Observation, Diagnostic>> {
    this.#asked = new Set(desired.map(({ agent }) => agent));
    for (const { kind, agent, fields, was } of desired)
      if (kind === "process" && was === undefined && isProcess(fields))
        this.#today.set(agent, processFields(fields).code);
    const daemon = await findDaemon(this.#system, this.place);
    if (!daemon.ok) return daemon;
    const supervised =
      daemon.value !== undefined &&
      daemon.value.hello.home.identity === this.#system.files.stat(this.place.home)?.identity;
    daemon.value?.close();
    const slots = readSlots(this.#system.files, this.place.home);
    const [broken] = slots.unreadable;
    if (broken !== undefined) return err(unreadable(this.#system, broken));
    const objects = observe(desired, {
      system: this.#system,
      place: this.place,
      slots,
      runner: runnerOf(this.#system, this.place),
      supervised,
      environment: (key) => lookAtEnvironment(this.#system, this.place, key),
      key: keyId(this.#system.digests, readKey(this.#system.files, this.place)),
    });
    const alive = objects.filter(({ kind }) => kind === "process").length;
    const failing = [...slots.statuses.values()].filter(({ state }) => state === "backoff");
    return ok({
      objects,
      notes: [
        ...(supervised || alive === 0
          ? []
          : ["no supervisor runs here: nothing is restarted until an apply or `aac daemon start`"]),
        ...adoptedIn(this.#system, this.place.home).map(
          ({ adopted }) =>
            `${adopted.agent} is process ${adopted.pid}, adopted by ${adopted.by}: nobody restarts it until an apply has exchanged it`,
        ),
        ...failing.map(
          (one) => `${one.agent} keeps ending (${exited(one)}) and is tried again: aac logs ${one.agent}`,
        ),
      ],
    });
  }

  preflight(plan: Plan, context: Preflight): Promise<readonly Diagnostic[]> {
    return Promise.resolve(preflight(plan, this.#system, this.place, context));
  }

  async begin(): Promise<Result<void, Diagnostic>> {
    this.#system.files.makePrivateFolder(this.place.home);
    makeKey(this.#system, this.place);
    const connection = await ensureDaemon(this.#system, this.place);
    if (!connection.ok) return connection;
    this.#connection = connection.value;
    this.#former = formerSecrets(this.#system, this.place);
    this.#watched = watchStatuses(connection.value);
    return ok(undefined);
  }

  /** A supervisor that has nothing left to look after ends. */
  async end(): Promise<void> {
    if (readSlots(this.#system.files, this.place.home).records.length > 0) return;
    // One that an apply started which was killed right then has never had anything to look after.
    const connection = this.#connection ?? (await this.#idle());
    if (connection === undefined) return;
    await connection.call("quit", null);
    await connection.closed;
  }

  /** A supervisor of this very folder; one of a folder that is gone may look after agents that nobody knows of. */
  async #idle(): Promise<Connection | undefined> {
    const found = await findDaemon(this.#system, this.place);
    if (!found.ok || found.value === undefined) return undefined;
    if (found.value.hello.home.identity === this.#system.files.stat(this.place.home)?.identity)
      return found.value;
    found.value.close();
    return undefined;
  }

  needs = (resources: readonly Resource[]): readonly string[] =>
    codeNeededBy(resources, this.#system.digests.sha256);

  keep(needed: ReadonlySet<string>): Promise<void> {
    keepOnly(this.#system, this.place, needed);
    return Promise.resolve();
  }

  adopt(request: AdoptRequest): Promise<Result<Adopted, Diagnostic>> {
    this.#system.files.makePrivateFolder(this.place.home);
    return adopt(this.#system, this.place, request);
  }

  leftovers = (): readonly string[] => leftoversOf(this.#system.files, this.place.home);

  close(): void {
    this.#connection?.close();
  }

  #readsAgain(agent: string): boolean {
    return readSlots(this.#system.files, this.place.home).records.some(
      ({ charge }) => charge.agent === agent && charge.asked["configReload"] === "SIGHUP",
    );
  }

  async run(step: Step, change: Change, context: StepContext): Promise<Result<void, Failure>> {
    if (change.is === "keep") return ok(undefined);
    const [, kind] = change.id.split("/");
    if (kind === "environment")
      return change.is === "delete"
        ? ok(undefined)
        : installEnvironment(this.#system, this.place, change.resource, context);
    if (kind === "config") {
      const agent = change.id.split("/")[0] ?? "";
      const rewritten = putConfig(this.#system, this.place, change);
      // A process that nobody told of this signal would end by it, and would not be asked to stop first.
      if (rewritten && this.#readsAgain(agent)) await this.#call("reload", { agent });
      return ok(undefined);
    }
    if (change.is === "delete") {
      const ended = await endAdopted(this.#system, this.place, change.before.agent, GRACE_MS);
      if (!ended.ok) return ended;
      return this.#call("remove", { agent: change.before.agent, by: this.#system.host.user });
    }
    if (step.is !== "await") this.#begun.set(change.resource.agent, this.#system.clock.wall());
    if (step.is === "await" && !isToRun(change.resource)) return ok(undefined);
    if (step.is === "await") return this.#untilReady(step, change.resource, context);
    if (change.is !== "create" && change.before.agent !== change.resource.agent) {
      // The same agent under another name: what runs under the former one ends first, and its record with it.
      const gone = await this.#call("remove", {
        agent: change.before.agent,
        by: this.#system.host.user,
      });
      if (!gone.ok) return gone;
    }
    return this.#put(step.does, change.resource, context);
  }

  async #put(does: string, resource: Resource, context: StepContext): Promise<Result<void, Failure>> {
    const orders = await ordersFor(
      this.#system,
      this.place,
      {
        resource,
        isUpdate: does === "update",
        keyed: this.keyed,
        former: this.#former,
        today: this.#today,
        asked: this.#asked,
      },
      context,
    );
    if (!orders.ok) return orders;
    const { charge, values } = orders.value;
    const ended = await endAdopted(
      this.#system,
      this.place,
      charge.agent,
      charge.supervision.stopGracePeriod.ms,
    );
    if (!ended.ok) return ended;
    const how = !isToRun(resource)
      ? "rest"
      : does === "start"
        ? "start"
        : does === "exchange"
          ? "exchange"
          : "update";
    return this.#call("put", {
      charge: charge as unknown as Json,
      secrets: values,
      how,
      by: this.#system.host.user,
    });
  }

  async #call(verb: string, body: Json): Promise<Result<void, Failure>> {
    if (this.#connection === undefined) throw new Error("a step before the session began");
    const done = await this.#connection.call(verb, body);
    return done.ok ? ok(undefined) : done;
  }

  /** An agent without a check counts as ready as it starts: whether it stayed is asked once, for all together. */
  async settle(): Promise<readonly { readonly id: Id; readonly failure: Failure }[]> {
    const watched = this.#watched;
    const last = this.#unproven.at(-1);
    if (watched === undefined || last === undefined) return [];
    const { clock } = this.#system;
    await new Promise<void>((resolve) => {
      clock.after(Math.max(0, last.at + SETTLE_MS - clock.now()), resolve);
    });
    const failures: { readonly id: Id; readonly failure: Failure }[] = [];
    for (const { agent } of this.#unproven) {
      const status = watched.statuses.get(agent);
      if (status === undefined || (status.state !== "backoff" && status.state !== "failed")) continue;
      const lines = await lastLines(this.#system, this.place, agent, 20, this.#begun.get(agent));
      failures.push({ id: processId(agent), failure: { message: exited(status), lines, passing: false } });
    }
    return failures;
  }

  async #untilReady(
    step: Step & { readonly is: "await" },
    { agent, fields }: Resource,
    context: StepContext,
  ): Promise<Result<void, Failure>> {
    if (this.#watched === undefined) throw new Error("a step before the session began");
    const { health } = processFields(fields);
    const ready = await untilReady(
      this.#watched,
      {
        agent,
        timeoutMs: step.timeoutMs,
        condition: conditionWords(health["startup"] ?? health["readiness"]),
        lastLines: (count) => lastLines(this.#system, this.place, agent, count, this.#begun.get(agent)),
      },
      this.#system.clock,
      context,
    );
    if (ready.ok && health["startup"] === undefined && health["readiness"] === undefined)
      this.#unproven.push({ agent, at: this.#system.clock.now() });
    return ready;
  }
}

/** One that did not run then is put down as it was, and not started. */
const isToRun = ({ was, fields }: Resource): boolean => was === undefined || fields["running"] !== false;
