import { canonicalJson, type Json } from "../../../src/base/canonical.ts";
import { err, ok, type Result } from "../../../src/base/result.ts";
import type { Part } from "../../../src/model/step.ts";
import type { Failure, StepContext } from "../../../src/model/target.ts";
import { at, failed, isFine, isGone, isMap, isPassing, listAt, saidBy, textAt } from "../answers.ts";
import type { Answer } from "../client.ts";
import { claimTrouble, lastLinesOf, lastWarning } from "./evidence.ts";
import type { On } from "../live/lists.ts";
import { listPath, objectPath, ofAgent } from "../manifest/paths.ts";
import { pause } from "../logs/pause.ts";
import { type Pod, podsOf } from "../verbs/pods.ts";
import { rhythm } from "../rhythm.ts";
import {
  isSeen,
  type Memory,
  readyOf,
  type Trouble,
  troubleOf,
  troubleOfDeployment,
  unfinished,
} from "./troubles.ts";

export interface Wait {
  readonly agent: string;
  readonly name: string;
  readonly timeoutMs: number;
}

/** Until all pods are those that were asked for, and ready. What cannot come up fails in seconds, with its cause. */
export async function untilRolledOut(
  on: On,
  wait: Wait,
  { signal, report }: Pick<StepContext, "signal" | "report">,
): Promise<Result<void, Failure>> {
  const { clock } = on.system;
  const began = clock.now();
  const memory = remembering(() => clock.now());
  const path = objectPath(on.namespace, "Deployment", wait.name);
  let said = "";
  for (const millis of rhythm()) {
    const answer = await on.cluster.request("GET", path, { signal });
    const left = unfinishedText(answer);
    if (left === undefined) return ok(undefined);
    if (isGone(answer)) return stopped("somebody deleted it while it was waited for");
    if (!isFine(answer) && !isPassing(answer)) return err(failed("it cannot be waited for", answer));
    const seen = isFine(answer) ? await look(on, wait, answer.body, memory, left) : { text: left };
    if (seen.stuck !== undefined) return err(await told(on, seen.text, seen.stuck));
    if (signal.aborted) return stopped("interrupted while it waited");
    // Told of every agent: what is said again and again says nothing.
    if (seen.text !== said) report(seen.text, partOf(answer));
    said = seen.text;
    if (clock.now() - began >= wait.timeoutMs)
      return err({
        message: `not ready after ${Math.round(wait.timeoutMs / 1000)} s: ${seen.text}`,
        lines: seen.running === undefined ? [] : await lastLinesOf(on, seen.running),
        passing: false,
      });
    await pause(clock, Math.min(millis, Math.max(0, began + wait.timeoutMs - clock.now())), signal);
  }
  throw new Error("a rhythm has no end");
}

const stopped = (message: string): Result<void, Failure> => err({ message, lines: [], passing: false });

/** A server that is away for a moment says nothing of the agent. */
function unfinishedText(answer: Answer): string | undefined {
  return isFine(answer) ? unfinished(answer.body) : `the cluster does not answer: ${saidBy(answer)}`;
}

/** Of one pod there is nothing to count. */
function partOf(answer: Answer): Part | undefined {
  if (!isFine(answer) || !isSeen(answer.body)) return undefined;
  const part = readyOf(answer.body);
  return part.of > 1 ? part : undefined;
}

interface Seen {
  readonly text: string;
  readonly stuck?: Trouble & { readonly is: "stuck" };
  /** Where lines of a log may say more. */
  readonly running?: { readonly pod: string; readonly container: string; readonly isPast: boolean };
}

async function look(on: On, wait: Wait, deployment: Json, memory: Remembering, left: string): Promise<Seen> {
  const pods = await newPods(on, wait.agent, deployment);
  memory.begin(pods);
  const found = pods.flatMap((pod) => {
    const trouble = troubleOf(pod, memory);
    return trouble === undefined ? [] : [{ pod, trouble, text: `${pod.name}: ${trouble.text}` }];
  });
  const own = isSeen(deployment) ? troubleOfDeployment(deployment, memory) : undefined;
  memory.end();
  const worst = found.find(({ trouble }) => trouble.is === "stuck") ?? found[0];
  const more = found.length > 1 ? ` (and ${found.length - 1} more)` : "";
  const words = (text: string): string => `${left}: ${text}${more}`;
  if (worst?.trouble.is === "stuck") {
    const claim = worst.trouble.unbound === true ? await claimTrouble(on, worst.pod) : undefined;
    return { text: words(claim ?? worst.text), stuck: worst.trouble };
  }
  if (own !== undefined) {
    const text = `${left}: ${[worst?.text, own.text].filter((one) => one !== undefined).join("; ")}`;
    return own.is === "stuck" ? { text, stuck: own } : { text };
  }
  if (worst === undefined) return { text: left };
  const { main } = worst.pod;
  const isRunning = main.state.is === "running";
  const running = { pod: worst.pod.name, container: main.name, isPast: false };
  const event = worst.trouble.asks === "events" ? await lastWarning(on, worst.pod.name) : undefined;
  return {
    text: words(event === undefined ? worst.text : `${worst.text}: ${event}`),
    ...(isRunning ? { running } : {}),
  };
}

/** Those of the template as it is by now. Where nobody may tell them apart, all that are not about to go. */
async function newPods(on: On, agent: string, deployment: Json): Promise<readonly Pod[]> {
  const { cluster, namespace, place } = on;
  const query = { labelSelector: ofAgent(place.project, agent) };
  const [pods, sets] = await Promise.all([
    cluster.request("GET", listPath(namespace, "Pod"), { query }),
    cluster.request("GET", listPath(namespace, "ReplicaSet"), { query }),
  ]);
  const hash = isFine(sets) ? hashOf(sets.body, deployment) : undefined;
  const isNew = ({ manifest }: Pod): boolean =>
    !isFine(sets) || (hash !== undefined && textAt(manifest, "metadata", "labels", HASH) === hash);
  return podsOf(isFine(pods) ? listAt(pods.body, "items") : []).filter(
    (pod) => pod.endingSince === undefined && isNew(pod),
  );
}

const HASH = "pod-template-hash";

/**
 * Numbers of revisions come late, and where the former pods have to go first, nothing is made of the new template for
 * a while: what a former pod died of would be told of the new one. So templates are compared as the controller does it.
 */
function hashOf(sets: Json, deployment: Json): string | undefined {
  const uid = textAt(deployment, "metadata", "uid");
  const wanted = canonicalJson(at(deployment, "spec", "template") ?? null);
  const own = listAt(sets, "items").find(
    (one) =>
      listAt(one, "metadata", "ownerReferences").some((owner) => textAt(owner, "uid") === uid) &&
      canonicalJson(withoutHash(at(one, "spec", "template"))) === wanted,
  );
  return textAt(own, "metadata", "labels", HASH);
}

function withoutHash(template: Json | undefined): Json {
  const [metadata, labels] = [at(template, "metadata"), at(template, "metadata", "labels")];
  if (!isMap(template) || !isMap(metadata) || !isMap(labels)) return null;
  const { [HASH]: _, ...rest } = labels;
  return { ...template, metadata: { ...metadata, labels: rest } };
}

async function told(on: On, text: string, { crashed }: Trouble & { readonly is: "stuck" }): Promise<Failure> {
  const lines = crashed === undefined ? [] : await lastLinesOf(on, crashed);
  return { message: text, lines, passing: false };
}

interface Remembering extends Memory {
  begin(pods: readonly Pod[]): void;
  end(): void;
}

/** What is not seen any more is forgotten: it has to last anew. */
function remembering(now: () => number): Remembering {
  const first = new Map<string, number>();
  const seen = new Set<string>();
  let restarts: Map<string, number> | undefined;
  const keyOf = (pod: string, container: string): string => `${pod}/${container}`;
  return {
    lasted(what) {
      seen.add(what);
      const since = first.get(what) ?? now();
      first.set(what, since);
      return now() - since;
    },
    // A pod that comes later had no restarts before.
    restartsBefore: (pod, container) => restarts?.get(keyOf(pod, container)) ?? 0,
    begin(pods) {
      seen.clear();
      restarts ??= new Map(
        pods.flatMap((pod) =>
          [pod.main, ...pod.others].map((one): [string, number] => [keyOf(pod.name, one.name), one.restarts]),
        ),
      );
    },
    end() {
      for (const what of first.keys()) if (!seen.has(what)) first.delete(what);
    },
  };
}

/** Until nothing of it runs any more: what comes after it may need its place. */
export async function untilGone(
  on: On,
  wait: Wait,
  { signal, report }: Pick<StepContext, "signal" | "report">,
): Promise<Result<void, Failure>> {
  const { cluster, namespace, place, system } = on;
  const began = system.clock.now();
  const query = { labelSelector: ofAgent(place.project, wait.agent) };
  let said = "";
  for (const millis of rhythm()) {
    const [own, pods] = await Promise.all([
      cluster.request("GET", objectPath(namespace, "Deployment", wait.name), { signal }),
      cluster.request("GET", listPath(namespace, "Pod"), { query, signal }),
    ]);
    const left = isFine(pods) ? podsOf(listAt(pods.body, "items")).map(({ name }) => name) : undefined;
    // Where pods may not be seen, the Deployment itself stays until they are gone.
    if (isGone(own) && (left === undefined || left.length === 0) && !isPassing(pods)) return ok(undefined);
    if (signal.aborted) return stopped("interrupted while it waited");
    const text = left === undefined || left.length === 0 ? "it still ends" : `still ends: ${left.join(", ")}`;
    if (text !== said) report(text);
    said = text;
    if (system.clock.now() - began >= wait.timeoutMs)
      return stopped(`not gone after ${Math.round(wait.timeoutMs / 1000)} s: ${text}${held(own)}`);
    await pause(system.clock, millis, signal);
  }
  throw new Error("a rhythm has no end");
}

/** What keeps an object that was deleted is named in it. */
export function held(answer: Answer): string {
  if (!isFine(answer) || !isMap(answer.body)) return "";
  const names = listAt(answer.body, "metadata", "finalizers").filter((one) => one !== "foregroundDeletion");
  return names.length === 0 ? "" : `; it waits for ${names.join(", ")}`;
}
