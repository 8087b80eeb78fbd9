import { err, ok, type Result } from "../../../src/base/result.ts";
import type { Change } from "../../../src/model/plan.ts";
import type { Failure } from "../../../src/model/target.ts";
import { exchange, takeDown, update, wake } from "../container/containers.ts";
import { fixedLimits } from "../container/limits.ts";
import type { Making, Rest } from "../container/make-container.ts";
import { asFailure, attempt, type Engine } from "../engine.ts";
import { type Container, inspect, type Look } from "../live/look.ts";
import { LABEL } from "../names.ts";
import { containerFields } from "../shapes.ts";
import type { Began } from "./began.ts";

type Exchange = Change & { readonly is: "update" | "replace" };

/**
 * The former container is still there: it comes back as it was. What an exchange put beside it goes first, for it may
 * hold the port, or write into the same place.
 */
export async function takeBack(
  making: Making,
  change: Exchange,
  look: Look,
): Promise<Result<string, Failure>> {
  const { engine } = making;
  const { resource, before } = change;
  for (const { Id, Labels } of look.containers) {
    const isBeside = Labels[LABEL.agent] === resource.agent && Labels[LABEL.replica] === resource.name;
    if (!isBeside || Id === before.identity) continue;
    const gone = await takeDown(engine, Id, look.volumes);
    if (!gone.ok) return gone;
  }
  const [live, wanted] = [containerFields(before.fields), containerFields(resource.fields)];
  if (Object.keys(fixedLimits(live.limits, wanted.limits)).length === 0)
    return update(engine, change, look.volumes, making);
  // A limit that the apply put on it cannot be taken off again: only another one is without it.
  const made = await exchange(making, change);
  if (!made.ok) return made;
  const gone = await takeDown(engine, before.identity, look.volumes);
  return gone.ok ? made : gone;
}

/** How it was at rest, and shall be again: what ended by itself and is started anew was not. */
export function restOf(former: Container | undefined, running: boolean): Rest | undefined {
  if (running) return undefined;
  if (former === undefined) return "stopped";
  if (former.State.Paused) return "paused";
  return isTried(former) ? undefined : "stopped";
}

/** What an exchange put beside the former one is gone: where that had been tried again and again, it is tried again. */
export async function triedAgain(
  engine: Engine,
  began: Began | undefined,
  place: string,
): Promise<Result<void, Failure>> {
  const id = began?.counting.get(place);
  const former = id === undefined ? undefined : await began?.container(id);
  if (id === undefined || former === undefined || !isTried(former)) return ok(undefined);
  const now = await attempt(() => inspect(engine, id));
  if (!now.ok) return err(asFailure(now.error));
  return now.value?.State.Status === "exited" ? wake(engine, id) : ok(undefined);
}

const isTried = ({ State }: Container): boolean => (State.Running && !State.Paused) || State.Restarting;
