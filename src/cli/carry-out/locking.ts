import { showDuration } from "../../base/duration.ts";
import { aside } from "../../model/aside.ts";
import { type Diagnostic, diagnostic } from "../../model/diagnostic.ts";
import type { Holder } from "../../model/holder.ts";
import type { Mark, Place, Session } from "../../model/target.ts";
import type { Writer } from "../../state/holder.ts";
import { unended } from "../../state/journal.ts";
import { takeLock } from "../../state/lock.ts";
import { system } from "../../system/system.ts";
import { commandOf } from "../revisions/author.ts";
import { isBusy } from "./busy.ts";
import { endsWords, holderWords } from "./holder-words.ts";
import { type Interrupts, NOTHING_BEGUN, orAborted } from "./interrupts.ts";

export interface LockRequest {
  readonly place: Place;
  readonly session: Pick<Session, "lock">;
  /** How long to ask again, where somebody else has it. */
  readonly waitMs: number;
  /** What is to be done with it, so that it is known again should its writer die. */
  readonly apply: string;
  readonly stops: Pick<Interrupts, "stop" | "abort" | "code">;
  /** For a person, beside what the command prints. */
  readonly say: (text: string) => void;
}

/** The lock of this machine, and that of all machines where there is one. */
export interface Held {
  /** Aborted when somebody else may write here too: no step may begin after that. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

export interface NotHeld {
  /** Absent where all that is to be known was said. */
  readonly fault?: Diagnostic;
  readonly outcome: "locked" | "failed" | "interrupted";
  readonly exit: number;
}

/** Of this machine's lock each try costs nothing, of a shared one it is a question to a server. */
const AGAIN_MS = 100;
const AGAIN_SHARED_MS = 500;
/** Whoever has just taken it needs a moment to say so, and until then the one before is named. */
const UNNAMED_MS = 1000;

/** One writer a place. Whoever waits asks again until the time that was given is over. */
export async function lock(request: LockRequest): Promise<Held | NotHeld> {
  const { waitMs, stops, say } = request;
  const { clock } = system;
  const began = clock.now();
  let isTold = false;
  for (;;) {
    const tried = await tryBoth(request);
    // It was given back, should it have been had.
    if (stops.stop.aborted) {
      if (tried.is === "held") await tried.held.release();
      say(NOTHING_BEGUN);
      return { outcome: "interrupted", exit: stops.code() };
    }
    if (tried.is === "held") return tried.held;
    if (tried.is === "refused") return { fault: tried.fault, outcome: "failed", exit: 1 };
    const passed = clock.now() - began;
    const isNamed = tried.holder !== undefined || passed >= UNNAMED_MS;
    if (isNamed && passed >= waitMs) return { fault: lockedBy(request, tried), outcome: "locked", exit: 5 };
    if (isNamed && !isTold) {
      isTold = true;
      say(
        `waiting for ${holderWords(tried.holder, clock.wall())}\n  for at most ${showDuration(waitMs)}; Ctrl-C leaves, with nothing changed\n`,
      );
    }
    await pause(tried.is === "taken" ? AGAIN_MS : AGAIN_SHARED_MS, stops.stop);
  }
}

/** Where a plan cannot be carried out as things are: whether that is so because somebody else is at work there. */
export async function takenBySomebody({ place }: Pick<LockRequest, "place">): Promise<NotHeld | undefined> {
  // To look must leave no trace, neither a folder here nor a Lease in a cluster.
  if (!isBusy(place.home)) return undefined;
  const never = new AbortController().signal;
  const stops = { stop: never, abort: never, code: () => 130 };
  const tried = await lock({ place, session: {}, waitMs: 0, apply: "", stops, say: () => undefined });
  if (!("release" in tried)) return tried;
  await tried.release();
  return undefined;
}

type Tried =
  | { readonly is: "held"; readonly held: Held }
  | { readonly is: "taken"; readonly holder: Holder | undefined }
  | { readonly is: "taken elsewhere"; readonly holder: Holder | undefined; readonly endsInMs?: number }
  | { readonly is: "refused"; readonly fault: Diagnostic };

/** That of this machine first: it is the cheap one. Nobody keeps one of them while they wait for the other. */
async function tryBoth({ place, session, apply, stops, say }: LockRequest): Promise<Tried> {
  const { files, clock, host } = system;
  const holder: Holder = {
    pid: host.pid,
    host: host.name,
    command: commandOf(process.argv.slice(2)),
    since: clock.wall(),
  };
  const own = takeLock(files, place.home, { ...holder, apply });
  if (own.is === "refused") return { is: "refused", fault: unusable(own) };
  if (own.is === "taken") return { is: "taken", holder: alive(own.holder) };
  const { former } = own;
  const isDead = former?.apply !== undefined && unended(files, place.home) === former.apply;
  const free = (): void => {
    if (isDead) say(`the apply of pid ${former.pid} died: its lock is free, going on\n`);
  };
  if (session.lock === undefined) {
    free();
    return {
      is: "held",
      held: { lost: new AbortController().signal, release: () => Promise.resolve(own.release()) },
    };
  }
  let isKept = false;
  try {
    const answer = await orAborted(session.lock(holder), stops.abort, (got) =>
      got?.is === "held" ? got.release() : undefined,
    );
    const shared = answer.is === "over" ? answer.value : ({ is: "taken", holder: undefined } as const);
    if (shared.is === "refused") return shared;
    if (shared.is === "taken") return { ...shared, is: "taken elsewhere" };
    isKept = true;
    free();
    const release = async (): Promise<void> => {
      try {
        await shared.release();
      } finally {
        own.release();
      }
    };
    return { is: "held", held: { lost: shared.lost, release } };
  } finally {
    if (!isKept) own.release();
  }
}

/** Of this machine, one that is gone cannot be the holder: whoever is has not said so yet. */
function alive(writer: Writer | undefined): Writer | undefined {
  const { host, processes } = system;
  return writer === undefined || (writer.host === host.name && processes.look(writer.pid) === undefined)
    ? undefined
    : writer;
}

function lockedBy(
  { place, waitMs }: LockRequest,
  tried: Exclude<Tried, { is: "held" | "refused" }>,
): Diagnostic {
  const who = holderWords(tried.holder, system.clock.wall());
  const ends =
    tried.is === "taken"
      ? "the lock ends with its process"
      : tried.endsInMs === undefined
        ? "the lock ends by itself soon after its holder"
        : endsWords(tried.endsInMs);
  return diagnostic("AAC4001", undefined, `${place.project} is being changed by ${who}`, {
    notes: [
      waitMs === 0 ? "nothing was changed" : `waited ${showDuration(waitMs)} for it; nothing was changed`,
      `wait for it: --lock-timeout 5m; ${ends}`,
    ],
  });
}

function unusable({ path, why }: { readonly path: string; readonly why: string }): Diagnostic {
  return diagnostic("AAC4005", undefined, `${path} ${why}`, {
    notes: [
      "nothing was changed",
      "make room, or take care that you may write there",
      `if it is no lock of ours, move it aside: ${aside(system.files, path)}`,
    ],
  });
}

/** Whoever stops waiting does so at once. */
async function pause(millis: number, stop: AbortSignal): Promise<void> {
  let cancel: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (cancel = system.clock.after(millis, resolve)));
  await orAborted(over, stop);
  cancel();
}

/**
 * Asked before each step: why nothing more may be begun. Of steps that begin together one asks for all, and who was
 * found stays found.
 */
export function rivalGuard(
  session: Pick<Session, "rival">,
  mark: Mark,
  lost: AbortSignal,
): () => Promise<string | undefined> {
  let asking: Promise<string | undefined> | undefined;
  let found: string | undefined;
  return async () => {
    if (lost.aborted) found ??= "the lock on this project was lost: somebody else may be changing it now";
    if (found !== undefined || session.rival === undefined) return found;
    asking ??= session.rival(mark).finally(() => (asking = undefined));
    found ??= await asking;
    return found;
  };
}
