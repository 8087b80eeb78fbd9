import { err, ok, type Result } from "../../../src/base/result.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import type { LogRequest } from "../../../src/model/operates.ts";
import type { Cancel, Clock } from "../../../src/model/system.ts";
import { attempt, bounded, type Engine } from "../engine.ts";
import { faultOf } from "../verbs/fault.ts";
import {
  batches,
  behind,
  isWanted,
  lineOf,
  type Point,
  saidInside,
  type Source,
  sourceOf,
  unread,
  type Wanted,
} from "./source.ts";
import { type Container, containersOf, inspectListed } from "../live/look.ts";
import { LABEL } from "../names.ts";
import { isUp } from "../verbs/status.ts";

/** So often it is looked for containers that are new, or run again. */
const EACH_MS = 1000;
/** A log that ends at once, again and again, must not make a storm of requests. */
const LEAST_MS = 100;
/** One that has ended is looked at more seldom: it comes back by a person's hand only. */
const SELDOM = 5;
const TRIES = 3;

interface Track {
  readonly source: Source;
  point: Point | undefined;
  isOpen: boolean;
  /** The run that was read last; where it was up, there may be more of it. */
  run: string | undefined;
  wasUp: boolean;
}

/**
 * Goes on behind what was told, until the signal comes. The engine ends a log where a run ends: so it is listed what
 * there is by then, and what runs again, or came in the place of another, is followed too.
 */
export async function followLogs(
  engine: Engine,
  request: LogRequest,
  wanted: Wanted,
  told: ReadonlyMap<string, Point | undefined>,
): Promise<Result<void, Diagnostic>> {
  const own = new AbortController();
  const signal = AbortSignal.any([request.signal, own.signal]);
  const bell = bellOf(engine.system.clock, signal);
  const tracks = new Map<string, Track>();
  const open = new Set<Promise<void>>();
  let broken: Diagnostic | undefined;

  const read = async (track: Track, hasRun: boolean): Promise<void> => {
    const { source } = track;
    const done = await attempt(async () => {
      // While it runs the rest of its last line may come with another look.
      const reading = {
        from: track.point,
        since: wanted.since,
        follow: true,
        tail: "all",
        isLast: !hasRun,
      } as const;
      for await (const { lines, fault } of batches(engine, source, { ...reading, signal })) {
        for (const line of lines) {
          if (signal.aborted) return;
          track.point = behind(track.point, line);
          if (isWanted(line, source, wanted)) request.line(lineOf(source, line));
        }
        if (fault !== undefined) broken ??= unread(engine, source, saidInside(fault));
      }
    });
    track.isOpen = false;
    // Where the connection was cut, the next list tells whether the engine is there.
    if (!done.ok && !signal.aborted && done.error.status !== undefined)
      broken ??= unread(engine, source, done.error);
    bell.ring();
  };

  const begin = (container: Container): void => {
    const { Id, State } = container;
    const fresh = {
      source: sourceOf(container),
      point: told.get(Id),
      isOpen: false,
      run: undefined,
      wasUp: false,
    };
    const track = tracks.get(Id) ?? fresh;
    tracks.set(Id, track);
    const hasRun = isUp(State);
    // An engine may end a log before it has sent the last lines of a run: what has ended is read once more.
    if (!hasRun && !track.wasUp && track.run === State.StartedAt) return;
    [track.isOpen, track.run, track.wasUp] = [true, State.StartedAt, hasRun];
    const reading = read(track, hasRun).finally(() => open.delete(reading));
    open.add(reading);
  };

  const look = async (isSeldom: boolean): Promise<void> => {
    const listed = (await containersOf(engine)).filter(
      ({ Labels }) => request.agents.length === 0 || request.agents.includes(Labels[LABEL.agent] ?? ""),
    );
    for (const [id, track] of tracks)
      if (!track.isOpen && !listed.some(({ Id }) => Id === id)) tracks.delete(id);
    const idle = listed.filter(({ Id, State }) => {
      const track = tracks.get(Id);
      if (track === undefined) return true;
      return !track.isOpen && (isSeldom || track.wasUp || State === "restarting" || State === "running");
    });
    for (const container of await bounded(idle, (one) => inspectListed(engine, one)))
      if (container !== undefined && !signal.aborted) begin(container);
  };

  let failures = 0;
  for (let looks = 0; !signal.aborted && broken === undefined; looks++) {
    const looked = await attempt(() => look(looks % SELDOM === 0));
    failures = looked.ok ? 0 : failures + 1;
    if (!looked.ok && failures >= TRIES && !signal.aborted)
      broken = faultOf(engine, "containers cannot be listed", looked.error);
    else await bell.wait(LEAST_MS, EACH_MS);
  }
  own.abort();
  await Promise.all(open);
  return broken === undefined || request.signal.aborted ? ok(undefined) : err(broken);
}

interface Bell {
  ring(): void;
  /** Until it rings, but for some time at least and at most. */
  wait(least: number, most: number): Promise<void>;
}

function bellOf(clock: Clock, signal: AbortSignal): Bell {
  let rung = false;
  let wake: (() => void) | undefined;
  const pause = (millis: number): Promise<void> =>
    new Promise((resolve) => {
      let cancel: Cancel = () => undefined;
      const end = (): void => {
        cancel();
        signal.removeEventListener("abort", end);
        wake = undefined;
        resolve();
      };
      if (signal.aborted) return end();
      wake = end;
      signal.addEventListener("abort", end);
      cancel = clock.after(millis, end);
    });
  return {
    ring() {
      rung = true;
      wake?.();
    },
    async wait(least, most) {
      const until = clock.now() + least;
      for (let left = least; left > 0 && !signal.aborted; left = until - clock.now()) await pause(left);
      if (!rung) await pause(most - least);
      rung = false;
    },
  };
}
