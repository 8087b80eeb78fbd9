import type { Json } from "../base/canonical.ts";
import { err, ok, type Result } from "../base/result.ts";
import { type Handle, type Hello, PROTOCOL, type Reply, type Told } from "../model/control.ts";
import type { ListenRefusal, Sockets, Wire } from "../model/sockets.ts";
import type { Clock } from "../model/system.ts";
import type { Failure } from "../model/target.ts";
import { encode, FRAME_LIMIT, frameReader, readAsked, tooLarge } from "./frames.ts";

/** So much waits for one client at most; one that does not read is cut. */
export const BEHIND_LIMIT = 1024 * 1024;
/** Answers are as many as the questions: a client that asks for much at once may have more of them wait. */
const ANSWERS_LIMIT = FRAME_LIMIT;
export const MOST_CLIENTS = 200;
const MOST_CALLS = 4096;
export const HELLO_MS = 5000;
/** How long a client that is cut may take to read its last frame, and a handler to end when all ends. */
export const LINGER_MS = 2000;

export interface Serving {
  readonly hello: Omit<Hello, "protocol">;
  readonly handle: Handle;
  readonly clock: Clock;
  /** Told what a handler threw: our own bug, which ends the call alone. */
  readonly bug?: (error: unknown) => void;
}

export interface Server {
  /** Removes the socket at once; handlers have a moment to end, then all clients are cut. */
  close(): Promise<void>;
}

/** Answers on a socket. Whoever calls holds the lock of the place, and closes before giving it up. */
export async function serve(
  sockets: Sockets,
  path: string,
  serving: Serving,
): Promise<Result<Server, ListenRefusal>> {
  const clients = new Set<Client>();
  let closing: Promise<void> | undefined;
  const listener = await sockets.listen(path, (wire) => {
    const served = [...clients].filter((one) => one.isServed()).length;
    // One too many is told so; a flood of them is not even told.
    if (closing !== undefined || clients.size >= 2 * MOST_CLIENTS) {
      wire.destroy();
      return;
    }
    const client = attend(wire, serving, () => clients.delete(client));
    clients.add(client);
    if (served >= MOST_CLIENTS) client.dismiss(refusal(`${MOST_CLIENTS} clients are connected already`));
  });
  if (!listener.ok) return listener;
  const close = async (): Promise<void> => {
    listener.value.close();
    await Promise.all([...clients].map((client) => client.finish()));
  };
  return ok({ close: () => (closing ??= close()) });
}

/**
 * The snapshot first, then each change, until nobody listens any more. Listening begins before the snapshot is
 * taken and both happen in one turn, so no change falls between them and none is told twice.
 */
export async function stream(
  reply: Reply,
  snapshot: () => Json,
  subscribe: (tell: (change: Json) => void) => () => void,
): Promise<void> {
  const over = Promise.withResolvers<void>();
  reply.signal.addEventListener("abort", () => over.resolve(), { once: true });
  let early: Json[] | undefined = [];
  const tell = (change: Json): void => {
    if (early !== undefined) early.push(change);
    else if (!reply.send({ change })) over.resolve();
  };
  const unsubscribe = subscribe(tell);
  try {
    if (reply.signal.aborted || !reply.send({ snapshot: snapshot() })) return;
    const held = early;
    early = undefined;
    for (const change of held) tell(change);
    await over.promise;
  } finally {
    unsubscribe();
  }
}

/** What a handler says to a verb that it does not have: a newer command may know more of them. */
export function unknownVerb(verb: string): Failure {
  return failure(`the supervisor has no \`${verb.slice(0, 64)}\``);
}

interface Client {
  isServed(): boolean;
  /** Says this last, and ends. */
  dismiss(last: Told): void;
  /** Lets what runs come to an end, then dismisses; over when the client is gone. */
  finish(): Promise<void>;
}

/** greeting → served → finishing → dismissed; from each of them also at once to dismissed, and gone at any time. */
type Phase = "greeting" | "served" | "finishing" | "dismissed";

function attend(wire: Wire, serving: Serving, gone: () => void): Client {
  const { clock, handle } = serving;
  const read = frameReader();
  const calls = new Map<number, AbortController>();
  const settled = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  let phase: Phase = "greeting";
  let caughtUp: (() => void)[] = [];

  const isOver = (): boolean => phase === "dismissed";
  const stopAll = (): void => {
    for (const call of calls.values()) call.abort();
  };
  const wake = (): void => {
    const woken = caughtUp;
    caughtUp = [];
    for (const one of woken) one();
  };
  const dismiss = (last: Told | undefined): void => {
    if (phase === "dismissed") return;
    phase = "dismissed";
    hurry();
    const frame = last === undefined ? undefined : encode(last);
    if (frame?.ok === true) wire.write(frame.value);
    wire.end();
    hurry = clock.after(LINGER_MS, () => wire.destroy());
    stopAll();
    calls.clear();
    settled.resolve();
    wake();
  };
  let hurry = clock.after(HELLO_MS, () => dismiss(refusal(`no hello within ${HELLO_MS} ms`)));

  /** A frame to whoever takes it; the reason where it cannot be sent at all. */
  const tell = (told: Told, limit: number): "sent" | "cut" | { readonly why: string } => {
    if (phase === "dismissed") return "cut";
    const frame = encode(told);
    if (!frame.ok) return { why: frame.error };
    // A large frame of its own is no sign of a client that does not read.
    if (wire.waiting() > 0 && wire.waiting() + frame.value.length > limit) {
      dismiss({ cut: `more than ${limit} bytes wait that were not read` });
      return "cut";
    }
    wire.write(frame.value);
    // Who does not take answers may not ask for more.
    if (wire.waiting() > BEHIND_LIMIT) wire.pause();
    return "sent";
  };
  const answer = (id: number, call: AbortController, result: Result<Json, Failure>): void => {
    // Answered already, or nobody is left to be answered.
    if (calls.get(id) !== call) return;
    calls.delete(id);
    const told = tell(result.ok ? { id, done: result.value } : { id, error: result.error }, ANSWERS_LIMIT);
    if (typeof told === "object") {
      tell({ id, error: failure(`its answer cannot be sent: ${told.why}`) }, ANSWERS_LIMIT);
    }
    if (calls.size === 0 && phase === "finishing") settled.resolve();
  };
  const carryOut = async (id: number, verb: string, body: Json): Promise<void> => {
    const call = new AbortController();
    calls.set(id, call);
    const reply: Reply = {
      signal: call.signal,
      send: (event) => {
        if (call.signal.aborted || calls.get(id) !== call) return false;
        const told = tell({ id, event }, BEHIND_LIMIT);
        if (typeof told === "string") return told === "sent";
        answer(id, call, err(failure(`an event cannot be sent: ${told.why}`)));
        call.abort();
        return false;
      },
      room: () =>
        new Promise((resolve) => {
          if (phase === "dismissed" || wire.waiting() <= BEHIND_LIMIT / 2) resolve();
          else caughtUp.push(resolve);
        }),
    };
    try {
      answer(id, call, await handle(verb, body, reply));
    } catch (error) {
      // One verb with a bug must not end the supervision of all. What was thrown may quote the body: not sent.
      serving.bug?.(error);
      answer(id, call, err(failure("the supervisor has a fault in this verb")));
    }
  };

  const hear = (value: Json): void => {
    const asked = readAsked(value);
    if (!asked.ok) {
      complain(asked.error.id, asked.error.why);
      return;
    }
    const said = asked.value;
    if ("hello" in said) {
      if (phase !== "greeting") complain(null, "hello was said already");
      else welcome(said.hello.protocol, said.hello.version);
    } else if (phase === "greeting") dismiss(refusal("the first frame has to be a hello"));
    else if ("cancel" in said) calls.get(said.id)?.abort();
    else if (phase !== "served") tell({ id: said.id, error: ending }, ANSWERS_LIMIT);
    else if (calls.has(said.id)) complain(null, `id ${said.id} is in use`);
    else if (calls.size >= MOST_CALLS) {
      const error = { ...failure(`${MOST_CALLS} calls are under way already`), passing: true };
      tell({ id: said.id, error }, ANSWERS_LIMIT);
    } else void carryOut(said.id, said.verb, said.body);
  };
  const complain = (id: number | null, why: string): void => {
    // A stranger to the protocol gets one answer.
    if (phase === "greeting") dismiss(refusal(why));
    // An answer to a call that runs would end it: the complaint is about another frame.
    else tell({ id: id === null || calls.has(id) ? null : id, error: failure(why) }, ANSWERS_LIMIT);
  };
  const welcome = (protocol: number, version: string): void => {
    const hello: Hello = { protocol: PROTOCOL, ...serving.hello };
    if (protocol !== PROTOCOL) {
      const ours = `aac ${hello.version} with protocol ${PROTOCOL}`;
      // Not with what a stranger sent in full: it is shown to people.
      const theirs = `aac ${version.slice(0, 64)} with protocol ${protocol}`;
      dismiss({ hello, refused: `the supervisor is ${ours}, the client ${theirs}` });
      return;
    }
    hurry();
    phase = "served";
    tell({ hello }, BEHIND_LIMIT);
  };

  wire.listen({
    bytes: (chunk) => {
      // Thrown away, but taken: whoever is busy writing would never come to read our last frame.
      if (isOver()) return;
      for (const one of read(chunk)) {
        if (isOver()) return;
        if (one.is === "frame") hear(one.value);
        else if (one.is === "not JSON") complain(null, "a frame is one line of JSON");
        else dismiss(refusal(`a frame cannot be taken: ${tooLarge()}`));
      }
    },
    drained: () => {
      if (wire.waiting() > BEHIND_LIMIT / 2) return;
      wire.resume();
      wake();
    },
    closed: () => {
      dismiss(undefined);
      hurry();
      left.resolve();
      gone();
    },
  });

  return {
    isServed: () => !isOver(),
    dismiss,
    finish: async () => {
      if (phase === "served") phase = "finishing";
      stopAll();
      if (calls.size > 0) {
        const giveUp = clock.after(LINGER_MS, settled.resolve);
        await settled.promise;
        giveUp();
      }
      dismiss({ cut: "the supervisor ends" });
      await left.promise;
    },
  };
}

const ending: Failure = { message: "the supervisor ends", lines: [], passing: true };

function failure(message: string): Failure {
  return { message, lines: [], passing: false };
}

function refusal(message: string): Told {
  return { id: null, error: failure(message) };
}
