import type { Fields, Id } from "../../../src/model/resource.ts";
import type { Failure } from "../../../src/model/target.ts";
import { at, isFine, listAt } from "../answers.ts";
import { atOnce } from "../at-once.ts";
import { lastLinesOf } from "./evidence.ts";
import { PARALLEL } from "../live/gather.ts";
import type { On } from "../live/lists.ts";
import { listPath, ofAgents } from "../manifest/paths.ts";
import { pause } from "../logs/pause.ts";
import { type Container, type Pod, podsOf } from "../verbs/pods.ts";
import { isMap } from "../manifest/shape.ts";
import { endText } from "./troubles.ts";

/** An agent of which nobody says whether it is up: it counts as that as soon as its program runs. */
export interface Started {
  readonly id: Id;
  readonly agent: string;
  /** UTC: when it was begun to wait for it. */
  readonly began: string;
  /** How long the cluster needed to say that it runs, in milliseconds. */
  readonly took: number;
  /** Of the clock: when it counted as ready. */
  readonly at: number;
}

/** Most programs that cannot run say so within this, and the cluster sees it a little later. */
const SETTLE_MS = 2000;
/** A cluster that is slow to say that something runs is slow to say that it ended. */
const LONGEST_MS = 6000;
/** So far may the clocks of two machines be apart. */
const APART_MS = 5000;

/** Whether some check of its containers says when it can be used. */
export function hasCheck(fields: Fields): boolean {
  const containers = at(fields, "spec", "template", "spec", "containers");
  return Object.values(isMap(containers) ? containers : {}).some(
    (one) => at(one, "readinessProbe") !== undefined || at(one, "startupProbe") !== undefined,
  );
}

/** Those that ended at once, asked together. */
export async function stillUp(
  on: On,
  started: readonly Started[],
): Promise<readonly { readonly id: Id; readonly failure: Failure }[]> {
  if (started.length === 0) return [];
  const { cluster, namespace, place, system } = on;
  const settled = Math.max(...started.map(({ at, took }) => at + within(took)));
  const left = Math.max(0, settled - system.clock.now());
  await pause(system.clock, left, AbortSignal.timeout(LONGEST_MS * 2));
  const answer = await cluster.request("GET", listPath(namespace, "Pod"), {
    query: { labelSelector: ofAgents(place.project) },
  });
  if (!isFine(answer)) return [];
  const pods = podsOf(listAt(answer.body, "items"));
  const ended = started.flatMap((one) => {
    for (const pod of pods) {
      const container = pod.agent === one.agent ? endedIn(pod, one.began) : undefined;
      if (container !== undefined) return [{ id: one.id, pod, container }];
    }
    return [];
  });
  return atOnce(ended, PARALLEL, async ({ id, pod, container }) => {
    const isPast = container.state.is !== "ended";
    const lines = await lastLinesOf(on, { pod: pod.name, container: container.name, isPast });
    const how = container.lastEnd === undefined ? "it ended" : endText(container.lastEnd);
    return {
      id,
      failure: { message: `${pod.name}: ${how}; the cluster goes on trying`, lines, passing: false },
    };
  });
}

const within = (took: number): number => Math.min(LONGEST_MS, Math.max(SETTLE_MS, took / 2));

function endedIn(pod: Pod, began: string): Container | undefined {
  if (pod.endingSince !== undefined || pod.isOver) return undefined;
  const { main } = pod;
  const end = main.lastEnd?.at;
  return end !== undefined && Date.parse(end) >= Date.parse(began) - APART_MS ? main : undefined;
}
