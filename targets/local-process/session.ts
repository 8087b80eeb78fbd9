import { canonicalJson, type Json } from "../../src/base/canonical.ts";
import { err, ok, type Result } from "../../src/base/result.ts";
import type { Secret } from "../../src/base/secret.ts";
import type { Connection } from "../../src/model/control.ts";
import type { Diagnostic } from "../../src/model/diagnostic.ts";
import { placeAt } from "../../src/model/place.ts";
import type { Change, Plan } from "../../src/model/plan.ts";
import type { Id, Resource } from "../../src/model/resource.ts";
import type { Step } from "../../src/model/step.ts";
import { HOME, type SecretOrigin } from "../../src/model/supervision.ts";
import type { System } from "../../src/model/system.ts";
import type {
  Failure,
  Here,
  Observation,
  Place,
  Preflight,
  Session,
  StepContext,
  Supervising,
} from "../../src/model/target.ts";
import { chargeOf, processFields } from "./charge.ts";
import { configId, processId } from "./desired.ts";
import { ensureDaemon, findDaemon, supervisingOf } from "./daemon.ts";
import {
  commandsFolder,
  environmentVariables,
  installEnvironment,
  lookAtEnvironment,
  realProgram,
} from "./environments.ts";
import { faultOfHome } from "./home.ts";
import { makeKey, readKey } from "./key.ts";
import { conditionWords } from "../../src/wanted/condition.ts";
import { digestOf, keyId } from "../../src/wanted/keyed.ts";
import { gatherLocalFacts } from "./gather.ts";
import { lastLines } from "./last-lines.ts";
import { askedConfig, observe } from "./observe.ts";
import { operatesOn, unreadable } from "./operates.ts";
import { preflight } from "./preflight.ts";
import { readSlots } from "./records.ts";
import { runnerOf } from "./runner-of.ts";
import { secretsInUse } from "./secrets-in-use.ts";
import { surroundingsOf } from "./surroundings.ts";
import { exited, untilReady, type Watched, watchStatuses } from "./waiting.ts";

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

/** Most programs that cannot run say so within this. */
const SETTLE_MS = 300;

class LocalSession implements Session {
  readonly place: Place;
  readonly #system: System;
  #connection: Connection | undefined;
  #watched: Watched | undefined;
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
    this.#watched = watchStatuses(connection.value);
    return ok(undefined);
  }

  /** A supervisor that has nothing left to look after ends. */
  async end(): Promise<void> {
    if (this.#connection === undefined) return;
    if (readSlots(this.#system.files, this.place.home).records.length > 0) return;
    await this.#connection.call("quit", null);
    await this.#connection.closed;
  }

  leftovers(): readonly string[] {
    const logs = HOME.logs(this.place.home);
    const bytes = sizeBelow(this.#system.files, logs);
    return bytes === 0 ? [] : [`logs stay: ${logs}, ${Math.ceil(bytes / 1024)} KiB`];
  }

  close(): void {
    this.#connection?.close();
  }

  async run(step: Step, change: Change, context: StepContext): Promise<Result<void, Failure>> {
    if (change.is === "keep") return ok(undefined);
    const [, kind] = change.id.split("/");
    if (kind === "environment")
      return change.is === "delete"
        ? ok(undefined)
        : installEnvironment(this.#system, this.place, change.resource, context);
    if (kind === "config") return this.#config(change);
    if (change.is === "delete") return this.#call("remove", { agent: change.before.agent });
    return step.is === "await"
      ? this.#untilReady(step, change.resource, context)
      : this.#put(step.does, change.resource, context);
  }

  async #config(change: Exclude<Change, { is: "keep" }>): Promise<Result<void, Failure>> {
    const { files } = this.#system;
    if (change.is === "delete") {
      files.remove(HOME.config(this.place.home, change.before.agent));
      files.remove(askedConfig(this.place.home, change.before.agent));
      const folder = `${HOME.agents(this.place.home)}/${change.before.agent}`;
      if (files.list(folder).length === 0) files.remove(folder);
      return ok(undefined);
    }
    const { agent, fields } = change.resource;
    files.makePrivateFolder(HOME.slot(this.place.home, agent, 0));
    const path = HOME.config(this.place.home, agent);
    const text = `${canonicalJson(fields["config"] ?? null, 2)}\n`;
    files.remove(path);
    files.replace(askedConfig(this.place.home, agent), text, 0o600);
    files.replace(path, text, 0o400);
    if (change.is === "update") await this.#call("reload", { agent });
    return ok(undefined);
  }

  async #put(does: string, resource: Resource, context: StepContext): Promise<Result<void, Failure>> {
    const fields = processFields(resource.fields);
    const values: Record<string, string> = {};
    const digests: Record<string, string | null> = {};
    const secrets: Record<string, SecretOrigin> = {};
    for (const variable of Object.keys(fields.secrets)) {
      const found = context.secret(resource.agent, variable);
      if (!found.ok) return err({ message: found.error.message, lines: found.error.notes, passing: false });
      const { origin, value, compared } = found.value;
      secrets[variable] =
        origin.from === "file" ? { from: "file", path: origin.path } : { from: "caller", name: origin.name };
      values[variable] = value.reveal();
      // Of the value that is handed over, not of the one that was there when the plan was made.
      digests[variable] = this.keyed((compared ?? value).reveal()) ?? null;
    }
    const { environmentKey } = resource.fields;
    const program = realProgram(this.#system, this.place, fields.program, environmentKey);
    const hasConfig = resource.after.includes(configId(resource.agent));
    const asked = { ...resource, fields: { ...resource.fields, secrets: digests } };
    const charge = chargeOf(asked, this.place, {
      program,
      surroundings: surroundingsOf(
        this.#system.host.environment,
        fields.inheritEnv ?? [],
        commandsFolder(this.#system, this.place, environmentKey),
      ),
      secrets,
      more: {
        ...environmentVariables(this.#system, this.place, environmentKey),
        ...(hasConfig ? { AAC_CONFIG: HOME.config(this.place.home, resource.agent) } : {}),
      },
    });
    const how = does === "start" ? "start" : does === "exchange" ? "exchange" : "update";
    return this.#call("put", { charge: charge as unknown as Json, secrets: values, how });
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
      const lines = await lastLines(this.#system, this.place, agent, 20);
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
        lastLines: (count) => lastLines(this.#system, this.place, agent, count),
      },
      this.#system.clock,
      context,
    );
    if (ready.ok && health["startup"] === undefined && health["readiness"] === undefined)
      this.#unproven.push({ agent, at: this.#system.clock.now() });
    return ready;
  }
}

function sizeBelow(files: System["files"], folder: string): number {
  return files.list(folder).reduce((sum, { name, is }) => {
    const path = `${folder}/${name}`;
    return sum + (is === "folder" ? sizeBelow(files, path) : (files.stat(path)?.size ?? 0));
  }, 0);
}
