import { err, ok, type Result } from "../../base/result.ts";
import type { LogFault } from "../../model/logs.ts";
import type { LogRequest } from "../../model/operates.ts";
import type { System } from "../../model/system.ts";
import { textOf } from "./lines.ts";
import { type Bell, ringable } from "./pause.ts";
import { earliest, isWanted, LINE, openReplica, type Track, TURN } from "./tracks.ts";

/** A hint may be missed: without any it is looked this often, also for replicas that are new. */
const EACH_MS = 1000;
/** A line without an end that has not moved for so long is told as it is: it may be a question. */
const STILL_MS = 1000;

/** Goes on with tracks whose written lines were told, until the signal comes. */
export async function follow(
  system: System,
  folder: string,
  request: LogRequest,
  written: readonly Track[],
  replicas: () => readonly (readonly [string, number])[],
): Promise<Result<void, LogFault>> {
  const { clock, files } = system;
  const { signal } = request;
  const bell = ringable(clock, signal);
  const watched = new Map<string, () => void>();
  let tracks = written;
  for (const track of tracks) track.lines.goOn();

  /** Looks at everything again, and for replicas that were not there before: of those all is told. */
  const refresh = (): Result<void, LogFault> => {
    const known = new Set(tracks.map(({ agent, replica }) => `${agent}/${replica}`));
    const fresh: Track[] = [];
    for (const [agent, replica] of replicas()) {
      if (known.has(`${agent}/${replica}`)) continue;
      const opened = openReplica(files, folder, agent, replica, { ...request, tail: "all" });
      if (!opened.ok) return err(opened.error);
      fresh.push(...opened.value.tracks);
    }
    for (const track of fresh) track.lines.goOn();
    if (fresh.length > 0) tracks = [...tracks, ...fresh].sort(inOrder);
    for (const track of tracks) {
      track.dry = false;
      if (watched.has(track.folder) || files.kind(track.folder) !== "folder") continue;
      watched.set(track.folder, watch(track.folder, bell));
    }
    return ok(undefined);
  };

  const watch = (path: string, bell: Bell): (() => void) =>
    files.watch(path, () => {
      for (const track of tracks) if (track.folder === path) track.dry = false;
      bell.ring();
    });

  try {
    let refreshed = -Infinity;
    for (let spent = 0; !signal.aborted; ) {
      if (clock.now() - refreshed >= EACH_MS) {
        const done = refresh();
        if (!done.ok) return done;
        refreshed = clock.now();
      }
      const first = earliest(tracks, false);
      if (!first.ok) return err(first.error);
      const track = first.value;
      const line = track?.head;
      if (track !== undefined && line !== undefined) {
        track.head = undefined;
        const { agent, replica, stream } = track;
        if (isWanted(line, request))
          request.line({ agent, replica, stream, at: line.at, text: textOf(line), partial: line.partial });
        spent += line.bytes.length + LINE;
        if (spent <= TURN) continue;
        spent = 0;
        await bell.wait(0);
        continue;
      }
      const told = tellStill(tracks, clock.now());
      if (!told.ok) return err(told.error);
      if (tracks.some(({ head }) => head !== undefined)) continue;
      const left = refreshed + EACH_MS - clock.now();
      await bell.wait(Math.max(1, Math.min(left, told.value)));
    }
    return ok(undefined);
  } finally {
    for (const unwatch of watched.values()) unwatch();
  }
}

/** Makes heads of unended lines that have stood still; the time until the next one may be. */
function tellStill(tracks: readonly Track[], now: number): Result<number, LogFault> {
  let next = STILL_MS;
  for (const track of tracks) {
    const end = track.lines.unended();
    if (end === undefined) track.still = undefined;
    else if (track.still?.end !== end) track.still = { end, since: now };
    else if (now - track.still.since < STILL_MS) next = Math.min(next, track.still.since + STILL_MS - now);
    else {
      const line = track.lines.next(true);
      if (!line.ok) return line;
      track.head = line.value;
      track.still = undefined;
    }
  }
  return ok(next);
}

function inOrder(a: Track, b: Track): number {
  if (a.agent !== b.agent) return a.agent < b.agent ? -1 : 1;
  if (a.replica !== b.replica) return a.replica - b.replica;
  return a.stream === b.stream ? 0 : a.stream === "stdout" ? -1 : 1;
}
