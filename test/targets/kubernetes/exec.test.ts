import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Duplex } from "node:stream";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import type { ExecRequest } from "../../../src/model/operates.ts";
import type { Place } from "../../../src/model/target.ts";
import { system } from "../../../src/system/system.ts";
import { type Cluster, connect } from "../../../targets/kubernetes/client.ts";
import { execIn } from "../../../targets/kubernetes/exec/exec.ts";
import { LABEL } from "../../../targets/kubernetes/names.ts";
import { folderOf } from "../../helpers/run-aac.ts";

/** The client of a cluster is a large package, and the first test waits until it is read. */
vi.setConfig({ testTimeout: 30_000 });

const open: (Server | Cluster)[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** One connection of a command, as a server sees it. */
interface Line {
  readonly url: URL;
  send(channel: number, text: string): void;
  /** The bytes of a whole frame. */
  frame(...bytes: readonly number[]): void;
  end(): void;
}

interface Script {
  readonly protocol?: string;
  readonly begins?: (line: Line) => void;
  readonly hears?: (line: Line, opcode: number, message: Buffer) => void;
  /** Answered in the place of a connection. */
  readonly refuses?: readonly [status: number, message: string];
}

const labels = { [LABEL.project]: "office", [LABEL.agent]: "desk" };
const POD = {
  metadata: { name: "desk-abc", labels, creationTimestamp: "2026-01-01T00:00:00Z" },
  spec: { containers: [{ name: "beside" }, { name: "desk", image: "desk:1" }] },
  status: {
    phase: "Running",
    containerStatuses: [
      { name: "desk", state: { running: { startedAt: "2026-01-01T00:00:01Z" } }, restartCount: 0 },
    ],
  },
};

async function cluster(script: Script): Promise<Cluster> {
  const server = createServer((request, response) => {
    const [status, message] = script.refuses ?? [404, "not here"];
    const isList = request.url?.includes("/exec?") !== true;
    const items = request.url?.includes("/pods") === true ? [POD] : [];
    response.writeHead(isList ? 200 : status).end(JSON.stringify(isList ? { items } : { message }));
  });
  if (script.refuses === undefined)
    server.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
      const key = String(request.headers["sec-websocket-key"]);
      const seal = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
      const { protocol = "v5.channel.k8s.io" } = script;
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${seal}\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`,
      );
      const frame: Line["frame"] = (...bytes) => void socket.write(Uint8Array.from(bytes));
      const line: Line = {
        url: new URL(request.url ?? "", "http://cluster"),
        frame,
        send: (channel, text) => {
          const bytes = Buffer.from(text);
          frame(0x82, 126, (bytes.length + 1) >> 8, (bytes.length + 1) & 0xff, channel, ...bytes);
        },
        end: () => socket.end(),
      };
      let held = Buffer.alloc(0);
      socket.on("error", () => undefined);
      socket.on("data", (chunk: Buffer) => {
        held = Buffer.concat([held, chunk]);
        for (let whole = uncovered(held); whole !== undefined; whole = uncovered(held)) {
          held = held.subarray(whole.size);
          script.hears?.(line, whole.opcode, whole.message);
        }
      });
      script.begins?.(line);
    });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const folder = folderOf({
    config: JSON.stringify({
      clusters: [{ name: "c", cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: "u", user: {} }],
      contexts: [{ name: "x", context: { cluster: "c", user: "u", namespace: "desks" } }],
      "current-context": "x",
    }),
  });
  const connected = await connect({ kubeconfig: join(folder, "config") }, {}, system.files);
  if (!connected.ok) throw new Error(connected.error.message);
  open.push(server, connected.value);
  return connected.value;
}

/** What a client wrote, its cover taken off. */
function uncovered(bytes: Buffer): { opcode: number; message: Buffer; size: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = (bytes[1] ?? 0) & 0x7f;
  const start = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (bytes.length < start + 4) return undefined;
  const length =
    short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  const size = start + 4 + length;
  if (bytes.length < size) return undefined;
  const mask = bytes.subarray(start, start + 4);
  const message = Buffer.from(bytes.subarray(start + 4, size).map((byte, i) => byte ^ (mask[i & 3] ?? 0)));
  return { opcode: (bytes[0] ?? 0) & 0x0f, message, size };
}

async function run(script: Script, request: Partial<ExecRequest> = {}) {
  const heard = { stdout: "", stderr: "" };
  const place: Partial<Place> = { project: "office" };
  const done = await execIn(
    { cluster: await cluster(script), system, place: place as Place, namespace: "desks" },
    {
      agent: "desk",
      command: ["cat", "a b", "&"],
      output: (bytes, stream) => {
        heard[stream] += Buffer.from(bytes).toString();
        return Promise.resolve();
      },
      signal: new AbortController().signal,
      ...request,
    },
  );
  return { done, ...heard };
}

async function* typed(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Promise.resolve(Buffer.from(text));
}

const SUCCESS = JSON.stringify({ status: "Success" });
const CLOSE = [0x88, 0x02, 0x03, 0xe8] as const;

test("a command is asked for word by word, and its streams and its end come back", async () => {
  let asked: URL | undefined;
  const begins = (line: Line): void => {
    asked = line.url;
    line.send(1, "");
    line.send(2, "");
    line.send(1, "out");
    line.send(2, "wrong");
    line.send(
      3,
      JSON.stringify({
        status: "Failure",
        reason: "NonZeroExitCode",
        details: { causes: [{ reason: "ExitCode", message: "3" }] },
      }),
    );
    line.frame(...CLOSE);
  };
  expect(await run({ begins })).toEqual({ done: { ok: true, value: 3 }, stdout: "out", stderr: "wrong" });
  expect(asked?.pathname).toBe("/api/v1/namespaces/desks/pods/desk-abc/exec");
  expect([...(asked?.searchParams ?? [])]).toEqual([
    ["command", "cat"],
    ["command", "a b"],
    ["command", "&"],
    ["container", "desk"],
    ["stdin", "false"],
    ["stdout", "true"],
    ["stderr", "true"],
    ["tty", "false"],
  ]);
});

test("input goes in with its end, a ping is answered, and a message in parts is one", async () => {
  const pongs: string[] = [];
  const hears: Script["hears"] = (line, opcode, message) => {
    if (opcode === 2 && message[0] === 0) line.send(1, message.subarray(1).toString());
    if (opcode === 2 && message[0] === 255) {
      expect([...message]).toEqual([255, 0]);
      line.frame(0x89, 0x02, 0x68, 0x69);
    }
    if (opcode !== 10) return;
    pongs.push(message.toString());
    const [first, second] = [SUCCESS.slice(0, 5), SUCCESS.slice(5)];
    line.frame(0x02, first.length + 1, 3, ...Buffer.from(first));
    line.frame(0x80, second.length, ...Buffer.from(second));
    line.frame(...CLOSE);
  };
  const { done, stdout } = await run({ hears }, { input: typed("one ", "two", "x".repeat(40_000)) });
  expect(done).toEqual({ ok: true, value: 0 });
  expect(stdout).toBe(`one two${"x".repeat(40_000)}`);
  expect(pongs).toEqual(["hi"]);
});

test("a terminal is raw while the command runs, and as large as it is told to be", async () => {
  const told: string[] = [];
  let size = { columns: 91, rows: 33 };
  let tell = (): void => undefined;
  const hears: Script["hears"] = (line, _, message) => {
    if (message[0] !== 4) return;
    told.push(message.subarray(1).toString());
    if (size.columns === 91) {
      size = { columns: 40, rows: 10 };
      tell();
      return;
    }
    told.push(line.url.search.includes("tty=true") ? "in a terminal" : "in none");
    line.send(3, SUCCESS);
    line.end();
  };
  const { done } = await run(
    { hears },
    {
      input: typed(),
      terminal: {
        kind: "xterm",
        size: () => size,
        resized: (again) => {
          tell = again;
          return () => void told.push("sizes end");
        },
        raw: () => {
          told.push("raw");
          return () => void told.push("as before");
        },
      },
    },
  );
  expect(done).toEqual({ ok: true, value: 0 });
  expect(told).toEqual([
    "raw",
    '{"Width":91,"Height":33}',
    '{"Width":40,"Height":10}',
    "in a terminal",
    "sizes end",
    "as before",
  ]);
});

test("what cannot be is said, and is no end of a command", async () => {
  const refused = { ok: false, error: { code: "AAC4014" } };
  const forbidden = [403, 'pods "desk-abc" is forbidden'] as const;
  expect((await run({ refuses: forbidden })).done).toMatchObject({
    ...refused,
    error: { message: "the cluster does not let this user run commands in pods of desks" },
  });
  expect((await run({ refuses: [404, "gone"] })).done).toMatchObject({ error: { code: "AAC4008" } });
  const old = { protocol: "v4.channel.k8s.io" };
  expect((await run(old, { input: typed("a") })).done).toMatchObject(refused);
  expect((await run({ protocol: "chat" })).done).toMatchObject({ ok: false, error: { code: "AAC4011" } });
  expect((await run({}, { agent: "dsek" })).done).toMatchObject({ error: { code: "AAC4008" } });
  const broken = await run({ begins: (line) => line.end() });
  expect(broken.done).toEqual({ ok: true, value: 1 });
  expect(broken.stderr).toContain("the connection to desk was cut");
});

test("whoever stops it is answered at once", async () => {
  const stop = new AbortController();
  const begins = (): void => stop.abort("SIGINT");
  expect((await run({ begins }, { signal: stop.signal })).done).toEqual({ ok: true, value: 130 });
});
