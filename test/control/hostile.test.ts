import { mkdtempSync, realpathSync } from "node:fs";
import { connect as connectSocket, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ok } from "../../src/base/result.ts";
import { connect } from "../../src/control/client.ts";
import { BEHIND_LIMIT, HELLO_MS, LINGER_MS, MOST_CLIENTS, serve } from "../../src/control/server.ts";
import type { Connection, Handle } from "../../src/model/control.ts";
import type { Clock } from "../../src/model/system.ts";
import { sockets } from "../../src/system/sockets.ts";
import { until } from "../helpers/until.ts";
import { handClock } from "./hand-clock.ts";

// Longer than any `until` within: on a busy machine the thing that was waited for is named.
vi.setConfig({ testTimeout: 60_000 });

const home = { path: "/state", identity: "1:2" };
const open: { close(): unknown }[] = [];
const HELLO = '{"hello":{"protocol":1,"version":"0.1.0"}}\n';

afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

async function start(handle: Handle, clock: Clock = handClock()): Promise<string> {
  const path = join(realpathSync(mkdtempSync(join(tmpdir(), "aac-ctl-"))), "run", "0123456789ab.sock");
  const hello = { version: "0.1.0", pid: 4121, since: "2026-01-01T00:00:00Z", home };
  const server = await serve(sockets, path, { hello, handle, clock });
  if (!server.ok) throw new Error(server.error.why);
  open.push(server.value);
  return path;
}

async function reach(path: string): Promise<Connection> {
  const connection = await connect(sockets, path, "0.1.0", 5000);
  if (!connection.ok) throw new Error(connection.error.why);
  open.push(connection.value);
  return connection.value;
}

interface Raw {
  readonly socket: Socket;
  readonly lines: () => readonly string[];
  readonly closed: () => boolean;
}

/** A client that keeps to no rule. */
async function raw(path: string, first = ""): Promise<Raw> {
  const socket = connectSocket({ path });
  open.push({ close: () => socket.destroy() });
  const state = { text: "", closed: false, connected: false };
  socket.on("error", () => undefined);
  socket.on("close", () => {
    state.closed = true;
  });
  socket.on("connect", () => {
    state.connected = true;
  });
  socket.on("data", (chunk) => {
    state.text += chunk.toString();
  });
  await until("it is connected", () => state.connected || state.closed);
  socket.write(first);
  return {
    socket,
    lines: () => state.text.split("\n").slice(0, -1),
    closed: () => state.closed,
  };
}

const echo: Handle = (_, body) => Promise.resolve(ok(body));
const error = (message: string, id: number | null = null): string =>
  JSON.stringify({ id, error: { message, lines: [], passing: false } });

describe("a client that keeps to no rule", () => {
  test("is answered once and cut where it does not begin with a hello", async () => {
    const path = await start(echo);
    for (const [said, answer] of [
      ["GET / HTTP/1.1\r\n\r\n", "a frame is one line of JSON"],
      ['{"id":1,"verb":"echo","body":1}\n', "the first frame has to be a hello"],
      ['{"hello":{}}\n', "a hello has `protocol` and `version`"],
      ["[]\n[]\n[]\n", "a frame is a map"],
    ] as const) {
      const client = await raw(path, said);
      await until("it is cut", client.closed);
      expect(client.lines()).toEqual([error(answer)]);
    }
  });

  test("of another protocol is told both versions, and who answers", async () => {
    const path = await start(echo);
    const client = await raw(path, '{"hello":{"protocol":2,"version":"9.0.0"}}\n');
    await until("it is cut", client.closed);
    expect(client.lines().map((line): unknown => JSON.parse(line))).toEqual([
      {
        hello: { protocol: 1, version: "0.1.0", pid: 4121, since: "2026-01-01T00:00:00Z", home },
        refused: "the supervisor is aac 0.1.0 with protocol 1, the client aac 9.0.0 with protocol 2",
      },
    ]);
  });

  test("gets an error for each frame that cannot be read, and goes on", async () => {
    const path = await start((verb, body, reply) =>
      verb === "wait" ? new Promise(() => undefined) : echo(verb, body, reply),
    );
    const client = await raw(path, HELLO);
    client.socket.write(
      [
        "{",
        '{"id":1,"verb":7,"body":null}',
        HELLO.trim(),
        '{"id":99,"cancel":true}',
        '{"id":2,"verb":"wait","body":null}',
        '{"id":2,"verb":"echo","body":null}',
        '{"id":2,"verb":5}',
        '{"id":3,"verb":"echo","body":"still here"}',
        "",
      ].join("\n"),
    );
    await until("the last is answered", () => client.lines().some((line) => line.includes("still here")));
    expect(client.lines().slice(1)).toEqual([
      error("a frame is one line of JSON"),
      error("a request has a text as `verb`", 1),
      error("hello was said already"),
      error("id 2 is in use"),
      error("a request has a text as `verb`"),
      JSON.stringify({ id: 3, done: "still here" }),
    ]);
    expect(client.closed()).toBe(false);
  });

  test("is answered once, though an event could not be sent and the handler says more", async () => {
    const path = await start((verb, body, reply) => {
      if (verb === "echo") return echo(verb, body, reply);
      reply.send("x".repeat(9 * 1024 * 1024));
      return Promise.resolve(ok("and a result"));
    });
    const client = await raw(path, HELLO);
    client.socket.write('{"id":1,"verb":"event","body":0}\n');
    await until("it is answered", () => client.lines().length === 2);
    client.socket.write('{"id":2,"verb":"echo","body":0}\n');
    await until("the next is answered", () => client.lines().at(-1) === '{"id":2,"done":0}');
    expect(client.lines().slice(1, -1)).toEqual([
      error("an event cannot be sent: it is larger than 8388608 bytes", 1),
    ]);
  });

  test("is refused a frame that never ends, and is told why though it goes on writing", async () => {
    const path = await start(echo);
    const client = await raw(path, HELLO);
    const other = await reach(path);
    client.socket.write(`"${"x".repeat(20 * 1024 * 1024)}`);
    await until("it is cut", client.closed);
    expect(client.lines().slice(1)).toEqual([
      error("a frame cannot be taken: it is larger than 8388608 bytes"),
    ]);
    expect(await other.call("echo", 1)).toEqual(ok(1));
  });

  test("is closed after five seconds without a hello; one that said it stays", async () => {
    const clock = handClock();
    const path = await start(echo, clock);
    const mute = await raw(path);
    const polite = await reach(path);
    await until("only the mute one is timed", () => clock.timers() === 1);
    clock.advance(HELLO_MS - 1);
    expect(await polite.call("echo", 1)).toEqual(ok(1));
    expect(mute.closed()).toBe(false);
    clock.advance(1);
    await until("it is closed", mute.closed);
    expect(mute.lines()).toEqual([error("no hello within 5000 ms")]);
    expect(await polite.call("echo", 2)).toEqual(ok(2));
  });

  test("crashes nothing with random bytes, before a hello or after it", async () => {
    const path = await start(echo);
    const witness = await reach(path);
    const chunk = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map((text) => new TextEncoder().encode(`${text}\n`)),
      fc
        .record(
          {
            id: fc.oneof(fc.nat(5), fc.anything()),
            verb: fc.oneof(fc.string(), fc.anything()),
            body: fc.jsonValue(),
            cancel: fc.boolean(),
            hello: fc.anything(),
          },
          { requiredKeys: [] },
        )
        .map((frame) => new TextEncoder().encode(`${write(frame)}\n`)),
    );
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(chunk, { maxLength: 10 }), async (polite, chunks) => {
        const client = await raw(path, polite ? HELLO : "");
        for (const one of chunks) client.socket.write(one);
        client.socket.end();
        await until("it is closed", client.closed);
        expect(await witness.call("echo", "alive")).toEqual(ok("alive"));
      }),
      { numRuns: 60 },
    );
  });

  test("that comes when all places are taken is told so; a place that is left can be taken", async () => {
    const path = await start(echo);
    const all = await Promise.all(Array.from({ length: MOST_CLIENTS }, () => reach(path)));
    const last = await connect(sockets, path, "0.1.0", 5000);
    expect(last).toEqual({
      ok: false,
      error: {
        is: "turned away",
        why: "200 clients are connected already",
        repair: "try again later",
      },
    });
    expect(await all[199]?.call("echo", 1)).toEqual(ok(1));
    all[0]?.close();
    await until("its place is free", async () => {
      const next = await connect(sockets, path, "0.1.0", 5000);
      if (next.ok) open.push(next.value);
      return next.ok;
    });
  });
});

/** As far as it can be written at all. */
function write(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return "{";
  }
}

describe("a client that does not read", () => {
  const line = "x".repeat(1000);
  /** Sends as long as it is taken, a bit each turn, so that whoever reads can keep up. */
  const flooding = (): { state: { taken: number; cut: boolean; aborted: boolean }; handle: Handle } => {
    const state = { taken: 0, cut: false, aborted: false };
    const handle: Handle = async (verb, body, reply) => {
      if (verb === "echo") return ok(body);
      reply.signal.addEventListener("abort", () => {
        state.aborted = true;
      });
      while (reply.send(line)) {
        state.taken += line.length;
        if (state.taken % 50_000 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      state.cut = true;
      return ok(null);
    };
    return { state, handle };
  };

  test("is cut with a marker once a megabyte waits; memory stays flat and others go on", async () => {
    const { state, handle } = flooding();
    const path = await start(handle);
    const other = await reach(path);
    const client = await raw(path, HELLO);
    await until("it is greeted", () => client.lines().length === 1);
    client.socket.pause();
    client.socket.write('{"id":1,"verb":"flood","body":null}\n');
    await until("it is cut", () => state.cut);
    // What the kernel and one read of the client hold comes on top of what waits.
    expect(state.taken).toBeGreaterThan(BEHIND_LIMIT / 2);
    expect(state.taken).toBeLessThan(3 * BEHIND_LIMIT);
    expect(state.aborted).toBe(true);
    expect(await other.call("echo", 1)).toEqual(ok(1));
    client.socket.resume();
    await until("it is closed", client.closed);
    expect(client.lines().at(-1)).toBe('{"cut":"more than 1048576 bytes wait that were not read"}');
    // Up to the marker nothing is missing.
    expect(client.lines().length - 2).toBe(state.taken / line.length);
  });

  test("and never comes back is let go of after a while", async () => {
    const clock = handClock();
    const { state, handle } = flooding();
    const path = await start(handle, clock);
    const client = await raw(path, HELLO);
    await until("it is greeted", () => client.lines().length === 1);
    client.socket.pause();
    client.socket.write('{"id":1,"verb":"flood","body":null}\n');
    await until("it is cut", () => state.cut);
    expect(clock.timers()).toBe(1);
    clock.advance(LINGER_MS);
    client.socket.resume();
    await until("it is closed", client.closed);
    expect(client.lines().at(-1)).not.toContain("cut");
  });

  test("is heard no more while megabytes of answers wait, and then gets each of them", async () => {
    const asked = { count: 0 };
    const path = await start((_verb, body) => {
      asked.count++;
      return Promise.resolve(ok(body === "short" ? null : "x".repeat(20_000)));
    });
    const client = await raw(path, HELLO);
    await until("it is greeted", () => client.lines().length === 1);
    client.socket.pause();
    for (let id = 0; id < 1000; id++)
      client.socket.write(`{"id":${id},"verb":"get","body":"${"y".repeat(1000)}"}\n`);
    const other = await reach(path);
    const few = async (): Promise<boolean> => {
      const before = asked.count;
      for (let i = 0; i < 20; i++) await other.call("get", "short");
      return asked.count === before + 20;
    };
    await until("it is heard no more", async () => asked.count > 0 && (await few()));
    expect(asked.count).toBeGreaterThan(20);
    client.socket.resume();
    await until("all is answered", () => client.lines().length === 1001);
    expect(client.lines().every((one) => !one.includes("cut"))).toBe(true);
  });

  test("and asked for too much at once is cut: answers are bounded too", async () => {
    const asked = { count: 0 };
    const path = await start(() => {
      asked.count++;
      return Promise.resolve(ok("x".repeat(100_000)));
    });
    const client = await raw(path, HELLO);
    await until("it is greeted", () => client.lines().length === 1);
    client.socket.pause();
    const requests = Array.from({ length: 20_000 }, (_, id) => `{"id":${id},"verb":"get","body":null}\n`);
    client.socket.write(requests.join(""));
    await until("it is heard", () => asked.count > 0);
    client.socket.resume();
    await until("it is cut", client.closed);
    expect(client.lines().at(-1)).toBe('{"cut":"more than 8388608 bytes wait that were not read"}');
    // Two gigabytes were asked for.
    expect(client.lines().length).toBeLessThan(1000);
  });

  test("but waits for room is slow, not cut, and gets all", async () => {
    const path = await start(async (_verb, _body, reply) => {
      for (let i = 0; i < 20_000; i++) {
        await reply.room();
        if (!reply.send(`${i} ${line}`)) return ok("cut");
      }
      return ok("all");
    });
    const client = await raw(path, HELLO);
    client.socket.pause();
    client.socket.write('{"id":1,"verb":"logs","body":null}\n');
    const other = await reach(path);
    other.close();
    client.socket.resume();
    await until("the answer has come", () => client.lines().at(-1) === '{"id":1,"done":"all"}', 30_000);
    expect(client.lines().length).toBe(20_002);
  });

  test("yet, when one answer of megabytes comes, is not cut for it", async () => {
    const large = "x".repeat(5 * 1024 * 1024);
    const path = await start((_verb, _body, reply) => {
      const sent = [reply.send(large), reply.send("next")];
      return Promise.resolve(ok(sent));
    });
    const connection = await reach(path);
    expect(await connection.call("snapshot", null)).toEqual(ok([true, true]));
  });
});
