import type { Json } from "../base/canonical.ts";
import { err, ok, type Result } from "../base/result.ts";
import {
  type CallOptions,
  type Connection,
  type Hello,
  PROTOCOL,
  type Speaker,
  type Unreachable,
} from "../model/control.ts";
import type { ConnectRefusal, Sockets, Wire } from "../model/sockets.ts";
import type { Failure } from "../model/target.ts";
import { encode, FRAME_LIMIT, frameReader, readSpeaker, readTold } from "./frames.ts";

/** Finds a supervisor and makes sure that both speak the same, within this time each. */
export async function connect(
  sockets: Sockets,
  path: string,
  version: string,
  timeoutMs: number,
): Promise<Result<Connection, Unreachable>> {
  const wire = await sockets.connect(path, timeoutMs);
  if (!wire.ok) return err(wordsFor(wire.error, path));
  return greet(wire.value, path, version, timeoutMs);
}

interface Call {
  readonly event?: (event: Json) => void;
  readonly end: (result: Result<Json, Failure>) => void;
}

function greet(
  wire: Wire,
  path: string,
  version: string,
  timeoutMs: number,
): Promise<Result<Connection, Unreachable>> {
  return new Promise((resolve) => {
    const read = frameReader();
    const calls = new Map<number, Call>();
    const over = Promise.withResolvers<void>();
    let hello: Hello | undefined;
    let ended: Failure | undefined;
    const end = (message: string): void => {
      if (ended !== undefined) return;
      ended = { message, lines: [], passing: true };
      wire.destroy();
      for (const call of calls.values()) call.end(err(ended));
      calls.clear();
    };
    const leave = (why: Unreachable): void => {
      resolve(err(why));
      end(why.why);
    };
    const impatient = wire.quiet(timeoutMs, () => leave(silent(path, timeoutMs)));

    const first = (value: Json): void => {
      const speaker = readSpeaker(value);
      if (speaker !== undefined && speaker.protocol !== PROTOCOL) {
        leave(otherProtocol(speaker, version));
        return;
      }
      const told = readTold(value);
      if (told !== undefined && ("error" in told || "cut" in told)) {
        const why = "cut" in told ? told.cut : told.error.message;
        leave({ is: "turned away", why, repair: "try again later" });
      } else if (told === undefined || !("hello" in told)) {
        leave(stranger(path));
      } else {
        impatient();
        hello = told.hello;
        resolve(ok(connectionOf(told.hello)));
      }
    };
    const later = (value: Json): void => {
      const told = readTold(value);
      if (told === undefined || "hello" in told) end("the supervisor said what no supervisor says");
      else if ("cut" in told) end(`the supervisor cut the connection: ${told.cut}`);
      else if ("event" in told) calls.get(told.id)?.event?.(told.event);
      else if ("error" in told && told.id === null) {
        end(`the supervisor did not understand: ${told.error.message}`);
      } else {
        // Nothing is there where the call was cancelled on this side: its answer comes all the same.
        const call = told.id === null ? undefined : calls.get(told.id);
        if (told.id !== null) calls.delete(told.id);
        call?.end("done" in told ? ok(told.done) : err(told.error));
      }
    };

    let next = 0;
    const call = (verb: string, body: Json, options: CallOptions = {}): Promise<Result<Json, Failure>> => {
      const { event, signal } = options;
      if (signal?.aborted === true) return Promise.resolve(err(cancelled(verb)));
      if (ended !== undefined) return Promise.resolve(err(ended));
      if (wire.waiting() > FRAME_LIMIT) {
        return Promise.resolve(
          err({ message: "the supervisor takes no more requests for now", lines: [], passing: true }),
        );
      }
      const id = next++;
      const frame = encode({ id, verb, body });
      if (!frame.ok) {
        return Promise.resolve(
          err({ message: `\`${verb}\` cannot be asked for: ${frame.error}`, lines: [], passing: false }),
        );
      }
      return new Promise((answer) => {
        const cancel = (): void => {
          if (!calls.delete(id)) return;
          const told = encode({ id, cancel: true });
          if (told.ok) wire.write(told.value);
          answer(err(cancelled(verb)));
        };
        signal?.addEventListener("abort", cancel, { once: true });
        calls.set(id, {
          ...(event === undefined ? {} : { event }),
          end: (result) => {
            signal?.removeEventListener("abort", cancel);
            answer(result);
          },
        });
        wire.write(frame.value);
      });
    };
    const connectionOf = (hello: Hello): Connection => ({
      hello,
      call,
      closed: over.promise,
      close: () => end("the connection to the supervisor was closed on this side"),
    });

    wire.listen({
      bytes: (chunk) => {
        for (const one of read(chunk)) {
          if (ended !== undefined) return;
          if (hello === undefined) first(one.is === "frame" ? one.value : null);
          else if (one.is !== "frame") end("the supervisor said what no supervisor says");
          else later(one.value);
        }
      },
      drained: () => undefined,
      closed: () => {
        end("the connection to the supervisor broke");
        resolve(err(gone(path)));
        over.resolve();
      },
    });
    const greeting = encode({ hello: { protocol: PROTOCOL, version } });
    if (greeting.ok) wire.write(greeting.value);
  });
}

function cancelled(verb: string): Failure {
  return { message: `\`${verb}\` was cancelled`, lines: [], passing: false };
}

function wordsFor(refusal: ConnectRefusal, path: string): Unreachable {
  switch (refusal.is) {
    case "absent":
      return { is: "absent", why: "the supervisor does not run", repair: "aac daemon start" };
    case "busy":
      return {
        is: "silent",
        why: `the supervisor at ${path} takes no connections`,
        repair: "aac daemon restart",
      };
    case "refused":
      return refusal;
  }
}

function silent(path: string, millis: number): Unreachable {
  return {
    is: "silent",
    why: `the supervisor at ${path} did not answer within ${millis} ms`,
    repair: "aac daemon restart",
  };
}

function stranger(path: string): Unreachable {
  return {
    is: "refused",
    why: `whoever answers at ${path} is no supervisor`,
    repair: "aac daemon restart",
  };
}

function gone(path: string): Unreachable {
  return {
    is: "silent",
    why: `the supervisor at ${path} closed the connection before it said hello`,
    repair: "aac daemon restart",
  };
}

function otherProtocol(theirs: Speaker & { readonly pid?: number }, version: string): Unreachable {
  return {
    is: "other protocol",
    why: `the supervisor is aac ${theirs.version} with protocol ${theirs.protocol}, this is aac ${version} with protocol ${PROTOCOL}`,
    repair:
      theirs.protocol > PROTOCOL
        ? `use aac ${theirs.version} or newer`
        : "aac daemon restart (agents run on)",
    theirs,
  };
}
