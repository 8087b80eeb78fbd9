import { existsSync, mkdtempSync, realpathSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Json } from "../../src/base/canonical.ts";
import { err, ok } from "../../src/base/result.ts";
import { connect } from "../../src/control/client.ts";
import { encode } from "../../src/control/frames.ts";
import {
  LINGER_MS,
  type Server,
  type Serving,
  serve,
  stream,
  unknownVerb,
} from "../../src/control/server.ts";
import { type Connection, type Handle, type Reply, socketPath } from "../../src/model/control.ts";
import type { Sockets, Wire } from "../../src/model/sockets.ts";
import { sockets } from "../../src/system/sockets.ts";
import { until } from "../helpers/until.ts";
import { handClock } from "./hand-clock.ts";

// Longer than any `until` within: on a busy machine the thing that was waited for is named.
vi.setConfig({ testTimeout: 60_000 });

const hello = {
  version: "0.1.0",
  pid: 4121,
  since: "2026-01-01T00:00:00Z",
  home: { path: "/state", identity: "1:2" },
};
const open: { close(): unknown }[] = [];

afterEach(async () => {
  // Clients first: a server waits for its own to go.
  for (const one of open.splice(0).toReversed()) await one.close();
});

const place = (): string =>
  socketPath({
    runtime: join(realpathSync(mkdtempSync(join(tmpdir(), "aac-ctl-"))), "run"),
    key: "0123456789ab",
  });

async function start(path: string, handle: Handle, more: Partial<Serving> = {}): Promise<Server> {
  const server = await serve(sockets, path, { hello, handle, clock: handClock(), ...more });
  if (!server.ok) throw new Error(server.error.why);
  open.push(server.value);
  return server.value;
}

async function reach(path: string): Promise<Connection> {
  const connection = await connect(sockets, path, "0.1.0", 5000);
  if (!connection.ok) throw new Error(connection.error.why);
  open.push(connection.value);
  return connection.value;
}

/** A supervisor of another kind: it answers the first bytes with this. */
async function pretend(path: string, answer: (wire: Wire) => void): Promise<void> {
  const listener = await sockets.listen(path, (wire) => {
    wire.listen({ bytes: () => answer(wire), drained: () => undefined, closed: () => undefined });
  });
  if (!listener.ok) throw new Error(listener.error.why);
  open.push(listener.value);
}

const echo: Handle = (_, body) => Promise.resolve(ok(body));
const refused = (message: string, passing: boolean): unknown => ({
  ok: false,
  error: { message, lines: [], passing },
});

describe("a hello", () => {
  test("tells who the supervisor is", async () => {
    const path = place();
    await start(path, echo);
    const { hello: heard } = await reach(path);
    expect(heard).toEqual({ protocol: 1, ...hello });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("in another protocol is answered with both versions", async () => {
    const path = place();
    for (const [protocol, repair] of [
      [2, "use aac 3.0.0 or newer"],
      [0, "aac daemon restart (agents run on)"],
    ] as const) {
      const theirs = { protocol, version: "3.0.0", pid: 7 };
      const listener = await sockets.listen(path, (wire) => {
        wire.listen({
          bytes: () => wire.write(new TextEncoder().encode(`${JSON.stringify({ hello: theirs })}\n`)),
          drained: () => undefined,
          closed: () => undefined,
        });
      });
      const connection = await connect(sockets, path, "0.1.0", 5000);
      if (listener.ok) listener.value.close();
      expect(connection).toEqual({
        ok: false,
        error: {
          is: "other protocol",
          why: `the supervisor is aac 3.0.0 with protocol ${protocol}, this is aac 0.1.0 with protocol 1`,
          repair,
          theirs,
        },
      });
    }
  });

  test("that does not come is waited for no longer than asked", async () => {
    const path = place();
    await pretend(path, () => undefined);
    const connection = await connect(sockets, path, "0.1.0", 50);
    expect(connection).toMatchObject({ ok: false, error: { is: "silent", repair: "aac daemon restart" } });
  });

  test("that has come is waited for no more: a connection may be quiet for days", async () => {
    const path = place();
    await start(path, echo);
    const quiet = { asked: 0, cancelled: 0 };
    const watched: Sockets = {
      ...sockets,
      connect: async (to, timeoutMs) => {
        const wire = await sockets.connect(to, timeoutMs);
        if (!wire.ok) return wire;
        return ok({
          ...wire.value,
          quiet: () => {
            quiet.asked++;
            return () => {
              quiet.cancelled++;
            };
          },
        });
      },
    };
    const connection = await connect(watched, path, "0.1.0", 5000);
    if (connection.ok) open.push(connection.value);
    expect(connection.ok).toBe(true);
    expect(quiet).toEqual({ asked: 1, cancelled: 1 });
  });

  test("that is none is no supervisor's", async () => {
    for (const text of ["HTTP/1.1 400 Bad Request\r\n", "{}\n", '{"hello":{"protocol":1,"version":"1"}}\n']) {
      const path = place();
      await pretend(path, (wire) => wire.write(new TextEncoder().encode(text)));
      expect(await connect(sockets, path, "0.1.0", 5000)).toMatchObject({
        ok: false,
        error: { is: "refused" },
      });
    }
  });

  test("of a supervisor that goes instead of saying it is not waited for", async () => {
    const path = place();
    await pretend(path, (wire) => wire.destroy());
    expect(await connect(sockets, path, "0.1.0", 60_000)).toMatchObject({
      ok: false,
      error: { is: "silent" },
    });
  });

  test("of nobody is told as a supervisor that does not run", async () => {
    expect(await connect(sockets, place(), "0.1.0", 5000)).toEqual({
      ok: false,
      error: { is: "absent", why: "the supervisor does not run", repair: "aac daemon start" },
    });
  });
});

describe("a call", () => {
  test("gets its events in order, then its result, and nothing of other calls", async () => {
    const path = place();
    await start(path, (verb, body, reply) => {
      for (let i = 0; i < 3; i++) reply.send(`${verb} ${i}`);
      return Promise.resolve(ok({ verb, body }));
    });
    const connection = await reach(path);
    const seen: Json[] = [];
    const [a, b] = await Promise.all([
      connection.call("one", { deep: [1, null, "ü"] }, { event: (event) => seen.push(event) }),
      connection.call("two", null),
    ]);
    expect(a).toEqual({ ok: true, value: { verb: "one", body: { deep: [1, null, "ü"] } } });
    expect(b).toEqual({ ok: true, value: { verb: "two", body: null } });
    expect(seen).toEqual(["one 0", "one 1", "one 2"]);
  });

  test("of a thousand at once is answered once, each by its own", async () => {
    const path = place();
    const waiting: { body: Json; go: () => void }[] = [];
    await start(
      path,
      (_, body) =>
        new Promise((resolve) => {
          waiting.push({ body, go: () => resolve(ok({ body, filler: "x".repeat(3000) })) });
        }),
    );
    const connection = await reach(path);
    const answers: number[] = Array.from({ length: 1000 }, () => 0);
    const all = answers.map((_, i) =>
      connection.call("wait", i).then((result) => {
        answers[i] = (answers[i] ?? 0) + 1;
        return result.ok ? result.value : result.error;
      }),
    );
    await until("all are under way", () => waiting.length === 1000);
    // The last first, and three megabytes in one turn: more than may wait for a client that does not read.
    for (const one of waiting.toReversed()) one.go();
    const results = await Promise.all(all);
    expect(results).toEqual(answers.map((_, body) => ({ body, filler: "x".repeat(3000) })));
    expect(new Set(answers)).toEqual(new Set([1]));
  });

  test("hears nothing after its result", async () => {
    const path = place();
    const frames = [
      { hello: { protocol: 1, ...hello } },
      { id: 0, done: 1 },
      { id: 0, event: 2 },
      { id: 1, done: 3 },
    ];
    const state = { sent: false };
    await pretend(path, (wire) => {
      // The first that comes is the hello, later ones are the calls.
      for (const frame of state.sent ? frames.splice(0) : frames.splice(0, 1)) {
        const bytes = encode(frame);
        if (bytes.ok) wire.write(bytes.value);
      }
      state.sent = true;
    });
    const connection = await reach(path);
    const events: Json[] = [];
    const first = connection.call("first", null, { event: (event) => events.push(event) });
    const second = connection.call("second", null);
    expect(await Promise.all([first, second])).toEqual([ok(1), ok(3)]);
    expect(events).toEqual([]);
  });

  test("carries what went wrong as it was said", async () => {
    const path = place();
    const failure = { message: "no such agent", lines: ["one", "two"], passing: true };
    await start(path, (verb) => Promise.resolve(err(verb === "start" ? failure : unknownVerb(verb))));
    const connection = await reach(path);
    expect(await connection.call("start", null)).toEqual({ ok: false, error: failure });
    expect(await connection.call("dance", null)).toEqual(refused("the supervisor has no `dance`", false));
  });

  test("whose handler throws fails alone, and says nothing of what was thrown", async () => {
    const path = place();
    const bugs: unknown[] = [];
    const handle: Handle = (verb, body) => {
      if (verb === "throw") throw new Error(JSON.stringify(body));
      return verb === "reject" ? Promise.reject(new Error("sk-secret")) : echo(verb, body, never);
    };
    await start(path, handle, { bug: (error) => bugs.push(error) });
    const connection = await reach(path);
    const fault = refused("the supervisor has a fault in this verb", false);
    expect(await connection.call("throw", "sk-secret")).toEqual(fault);
    expect(await connection.call("reject", null)).toEqual(fault);
    expect(await connection.call("echo", 1)).toEqual(ok(1));
    expect(bugs).toHaveLength(2);
  });

  test("that is too large to send fails at once, an answer or event that is too large fails the call", async () => {
    const path = place();
    const large = "x".repeat(9 * 1024 * 1024);
    const signals: AbortSignal[] = [];
    await start(path, (verb, _, reply) => {
      signals.push(reply.signal);
      if (verb === "event" && reply.send(large)) throw new Error("it was taken");
      return Promise.resolve(ok(large));
    });
    const connection = await reach(path);
    expect(await connection.call("put", large)).toMatchObject({
      ok: false,
      error: { message: "`put` cannot be asked for: it is larger than 8388608 bytes" },
    });
    expect(signals).toHaveLength(0);
    expect(await connection.call("get", null)).toEqual(
      refused("its answer cannot be sent: it is larger than 8388608 bytes", false),
    );
    expect(await connection.call("event", null)).toEqual(
      refused("an event cannot be sent: it is larger than 8388608 bytes", false),
    );
    expect(signals.map((signal) => signal.aborted)).toEqual([false, true]);
  });

  test("that is just small enough travels both ways", async () => {
    const path = place();
    await start(path, echo);
    const connection = await reach(path);
    const body = "x".repeat(8 * 1024 * 1024 - 100);
    const answer = await connection.call("echo", body);
    expect(answer.ok && answer.value === body).toBe(true);
  });
});

/** For handlers that do not look at it. */
const never: Reply = {
  send: () => false,
  room: () => Promise.resolve(),
  signal: new AbortController().signal,
};

describe("a cancel", () => {
  test("ends the call on this side at once, aborts its handler, and leaves the others", async () => {
    const path = place();
    const replies = new Map<string, Reply>();
    await start(path, (verb, body, reply) => {
      if (verb === "echo") return echo(verb, body, reply);
      replies.set(verb, reply);
      return new Promise((resolve) => {
        reply.signal.addEventListener("abort", () => resolve(ok("too late")));
      });
    });
    const connection = await reach(path);
    const stop = new AbortController();
    const other = new AbortController();
    const first = connection.call("first", null, { signal: stop.signal });
    const second = connection.call("second", null, { signal: other.signal });
    await until("both run", () => replies.size === 2);
    stop.abort();
    expect(await first).toEqual(refused("`first` was cancelled", false));
    await until("its handler is told", () => replies.get("first")?.signal.aborted === true);
    expect(replies.get("first")?.send(1)).toBe(false);
    expect(replies.get("second")?.signal.aborted).toBe(false);
    // The late answer of the first is nobody's: the connection goes on.
    expect(await connection.call("echo", 1)).toEqual(ok(1));
    other.abort();
    expect(await second).toEqual(refused("`second` was cancelled", false));
  });

  test("that came before the call keeps it from being sent", async () => {
    const path = place();
    const verbs: string[] = [];
    await start(path, (verb, body, reply) => {
      verbs.push(verb);
      return echo(verb, body, reply);
    });
    const connection = await reach(path);
    expect(await connection.call("never", null, { signal: AbortSignal.abort() })).toMatchObject({
      ok: false,
    });
    expect(await connection.call("echo", 1)).toEqual(ok(1));
    expect(verbs).toEqual(["echo"]);
  });

  test("is what a client that goes does to all its calls", async () => {
    const path = place();
    const signals: AbortSignal[] = [];
    await start(path, (_verb, _body, reply) => {
      signals.push(reply.signal);
      return new Promise(() => undefined);
    });
    const connection = await reach(path);
    const calls = [connection.call("a", null), connection.call("b", null)];
    await until("both run", () => signals.length === 2);
    connection.close();
    await connection.closed;
    const closed = refused("the connection to the supervisor was closed on this side", true);
    expect(await Promise.all(calls)).toEqual([closed, closed]);
    expect(await connection.call("c", null)).toEqual(closed);
    await until("both are aborted", () => signals.every((signal) => signal.aborted));
  });
});

describe("an end", () => {
  test("that is sudden fails all calls of the client", async () => {
    const path = place();
    let wire: Wire | undefined;
    await pretend(path, (given) => {
      if (wire !== undefined) return;
      wire = given;
      const frame = encode({ hello: { protocol: 1, ...hello } });
      if (frame.ok) given.write(frame.value);
    });
    const connection = await reach(path);
    const calls = [connection.call("a", null), connection.call("b", null)];
    wire?.destroy();
    const broke = refused("the connection to the supervisor broke", true);
    expect(await Promise.all(calls)).toEqual([broke, broke]);
    await connection.closed;
    expect(await connection.call("c", null)).toEqual(broke);
  });

  test("of the supervisor lets handlers answer, then cuts, and takes the socket away", async () => {
    const path = place();
    const replies: Reply[] = [];
    const server = await start(path, (_verb, _body, reply) => {
      replies.push(reply);
      return new Promise((resolve) => {
        reply.signal.addEventListener("abort", () => resolve(ok("in time")));
      });
    });
    const connection = await reach(path);
    const call = connection.call("wait", null);
    await until("it runs", () => replies.length === 1);
    await server.close();
    expect(await call).toEqual(ok("in time"));
    await connection.closed;
    expect(await connection.call("more", null)).toEqual(
      refused("the supervisor cut the connection: the supervisor ends", true),
    );
    expect(existsSync(path)).toBe(false);
    await server.close();
  });

  test("of the supervisor waits for a handler that does not listen, but not for ever", async () => {
    const path = place();
    const clock = handClock();
    const state = { running: false, closed: false };
    const server = await start(
      path,
      () => {
        state.running = true;
        return new Promise(() => undefined);
      },
      { clock },
    );
    const connection = await reach(path);
    const call = connection.call("deaf", null);
    await until("it runs", () => state.running);
    const closing = server.close().then(() => {
      state.closed = true;
    });
    const late = await connection.call("late", null);
    expect(late).toEqual(refused("the supervisor ends", true));
    expect(state.closed).toBe(false);
    clock.advance(LINGER_MS);
    await closing;
    expect(await call).toEqual(refused("the supervisor cut the connection: the supervisor ends", true));
  });

  test("can be asked for by a call, which is answered", async () => {
    const path = place();
    const servers: Server[] = [];
    servers.push(
      await start(path, () => {
        void servers[0]?.close();
        return Promise.resolve(ok("ending"));
      }),
    );
    const connection = await reach(path);
    expect(await connection.call("end", null)).toEqual(ok("ending"));
    await connection.closed;
  });
});

describe("a stream", () => {
  test("begins with the snapshot and loses no change, however fast they come", async () => {
    const path = place();
    const state = { value: 0 };
    const followers = new Set<(change: Json) => void>();
    const change = (): void => {
      state.value++;
      for (const tell of followers) tell(state.value);
    };
    await start(path, async (_verb, _body, reply) => {
      await stream(
        reply,
        () => {
          const { value } = state;
          // While the snapshot is taken.
          change();
          return value;
        },
        (tell) => {
          followers.add(tell);
          return () => followers.delete(tell);
        },
      );
      return ok(null);
    });
    const connections = await Promise.all(Array.from({ length: 5 }, () => reach(path)));
    const stop = new AbortController();
    const seen = connections.map((connection) => {
      const events: Json[] = [];
      const event = (one: Json): void => {
        events.push(one);
      };
      void connection.call("follow", null, { event, signal: stop.signal });
      return events;
    });
    await until("all follow", () => {
      change();
      return followers.size === 5;
    });
    for (let i = 0; i < 1000; i++) change();
    await until("all have seen the last", () =>
      seen.every((events) => JSON.stringify(events.at(-1)) === JSON.stringify({ change: state.value })),
    );
    for (const events of seen) {
      const [first, ...rest] = events;
      const { snapshot } = Object(first) as { snapshot: number };
      expect(rest).toEqual(rest.map((_, i) => ({ change: snapshot + 1 + i })));
      expect(rest.length).toBe(state.value - snapshot);
    }
    stop.abort();
    await until("nobody is told any more", () => followers.size === 0);
  });

  test("that is cancelled already, or whose snapshot fails, leaves no follower", async () => {
    const state = { followers: 0 };
    const subscribe = (): (() => void) => {
      state.followers++;
      return () => state.followers--;
    };
    await stream({ ...never, signal: AbortSignal.abort() }, () => 1, subscribe);
    await stream(never, () => 1, subscribe);
    const fails = (): Json => {
      throw new Error("a bug");
    };
    await expect(stream(never, fails, subscribe)).rejects.toThrow("a bug");
    expect(state.followers).toBe(0);
  });
});

describe("one supervisor a place", () => {
  test("a second one is refused, and the first goes on", async () => {
    const path = place();
    await start(path, echo);
    const second = await serve(sockets, path, { hello, handle: echo, clock: handClock() });
    expect(second).toMatchObject({ ok: false, error: { is: "in use" } });
    expect(await (await reach(path)).call("echo", 1)).toEqual(ok(1));
  });

  test("after its end the next one takes the same path", async () => {
    const path = place();
    for (let round = 0; round < 3; round++) {
      const server = await start(path, echo);
      const connection = await reach(path);
      expect(await connection.call("echo", round)).toEqual(ok(round));
      await server.close();
    }
  });
});
