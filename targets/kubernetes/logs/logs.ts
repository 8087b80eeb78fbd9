import { err, ok, type Result } from "../../../src/base/result.ts";
import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import type { LogRequest } from "../../../src/model/operates.ts";
import type { Failure } from "../../../src/model/target.ts";
import { unanswered } from "../answers.ts";
import { listPods, type On } from "../live/lists.ts";
import { follows, type Look, markEnd, read, readWritten, type Told, type Track } from "./track.ts";
import { pause } from "./pause.ts";
import { type Pod, podsOf, standing } from "../verbs/pods.ts";

/** New pods are looked for so often, and logs that ended are opened again. */
const EACH_MS = 2000;
/** So many looks in a row may fail while a log is followed. */
const PATIENCE = 5;

/** What the pods of a project print: what is there in the order of its times, then what comes as it comes. */
export async function readLogs(on: On, request: LogRequest): Promise<Result<void, Diagnostic>> {
  if (!request.streams.includes("stdout"))
    return err(
      diagnostic("AAC2306", undefined, "a cluster cannot tell stderr from stdout: it keeps both as one log", {
        notes: ["leave `--stderr` out, and all that was printed is shown"],
      }),
    );
  const pods = await listPods(on, request.agents, request.signal);
  if (request.signal.aborted) return ok(undefined);
  if (!pods.ok) return pods;
  const tracks: Track[] = [];
  addNew(tracks, standing(podsOf(pods.value)));
  // Whatever ends this, no connection stays open.
  const stop = new AbortController();
  const signal = AbortSignal.any([request.signal, stop.signal]);
  try {
    const told = await tellWritten(on, request, tracks, signal);
    if (!told.ok || !follows(request) || signal.aborted) return told;
    return await follow(on, request, tracks, signal);
  } finally {
    stop.abort();
  }
}

/** With the lowest number that no living pod of the agent has; one that has a number keeps it. */
function addNew(tracks: Track[], pods: readonly Pod[]): readonly Track[] {
  const living = new Set(pods.map(({ name }) => name));
  const known = new Set(tracks.map(({ pod }) => pod));
  const left = tracks.filter(({ pod }) => living.has(pod));
  for (const pod of pods) {
    if (known.has(pod.name)) continue;
    const taken = new Set(left.filter(({ agent }) => agent === pod.agent).map(({ replica }) => replica));
    let replica = 0;
    while (taken.has(replica)) replica++;
    left.push({
      agent: pod.agent,
      replica,
      pod: pod.name,
      container: pod.main.name,
      seen: undefined,
      unended: undefined,
      note: undefined,
      failure: undefined,
    });
  }
  const fresh = left.filter(({ pod }) => !known.has(pod));
  tracks.splice(0, tracks.length, ...left);
  return fresh;
}

async function tellWritten(
  on: On,
  request: LogRequest,
  tracks: readonly Track[],
  signal: AbortSignal,
): Promise<Result<void, Diagnostic>> {
  const look: Look = { ...lookOf(request), follow: false };
  if (request.tail === 0) {
    if (follows(request)) await Promise.all(tracks.map((track) => markEnd(on, track, look, signal)));
  } else
    await merge(
      tracks.map((track) => readWritten(on, track, look, signal)),
      request,
      signal,
    );
  const failed = tracks.find(({ failure }) => failure !== undefined)?.failure;
  return failed === undefined || signal.aborted ? ok(undefined) : err(unreadable(on, failed));
}

/** Lines of one pod never change places, whatever its clock says. */
async function merge(
  sources: readonly AsyncGenerator<Told>[],
  request: LogRequest,
  signal: AbortSignal,
): Promise<void> {
  const heads = await Promise.all(sources.map((source) => source.next()));
  while (!signal.aborted) {
    let first: { readonly index: number; readonly told: Told } | undefined;
    for (const [index, head] of heads.entries())
      if (head.done !== true && (first === undefined || head.value.order < first.told.order))
        first = { index, told: head.value };
    const source = first === undefined ? undefined : sources[first.index];
    if (first === undefined || source === undefined) return;
    request.line(first.told.line);
    heads[first.index] = await source.next();
  }
}

async function follow(
  on: On,
  request: LogRequest,
  tracks: Track[],
  signal: AbortSignal,
): Promise<Result<void, Diagnostic>> {
  // Where nothing was seen before, all that comes is new.
  const look: Look = { ...lookOf(request), tail: "all", follow: true };
  const open = new Map<string, Promise<void>>();
  let lost = 0;
  while (!signal.aborted) {
    const bell = new AbortController();
    for (const track of tracks) {
      if (open.has(track.pod)) continue;
      open.set(
        track.pod,
        tell(on, request, track, look, signal).then((some) => {
          open.delete(track.pod);
          // One that ended without a word may do so again at once.
          if (some) bell.abort();
        }),
      );
    }
    await pause(on.system.clock, EACH_MS, signal, bell.signal);
    const refused = tracks.find(({ failure }) => failure?.passing === false)?.failure;
    if (refused !== undefined) return err(unreadable(on, refused));
    const pods = await listPods(on, request.agents, signal);
    if (signal.aborted) break;
    lost = pods.ok ? 0 : lost + 1;
    if (!pods.ok && (pods.error.code !== "AAC4011" || lost >= PATIENCE)) return pods;
    if (pods.ok) addNew(tracks, standing(podsOf(pods.value)));
  }
  await Promise.all(open.values());
  return ok(undefined);
}

/** Whether there was anything to tell. */
async function tell(
  on: On,
  request: LogRequest,
  track: Track,
  look: Look,
  signal: AbortSignal,
): Promise<boolean> {
  let some = false;
  for await (const { line } of read(on, track, look, signal)) {
    some = true;
    request.line(line);
  }
  return some;
}

function lookOf({ tail, since, previous }: LogRequest): Omit<Look, "follow"> {
  return { tail, previous, ...(since === undefined ? {} : { since }) };
}

function unreadable({ cluster, namespace }: On, { message, passing }: Failure): Diagnostic {
  const answer = { is: "answer", status: passing ? 500 : 403, body: { message } } as const;
  return unanswered(cluster.server, answer, `read logs in ${namespace}`);
}
