import { err, ok, type Result } from "../../../src/base/result.ts";
import type { TwoWay } from "../../../src/base/two-way.ts";
import type { Digests } from "../../../src/model/system.ts";
import type { Answer, Cluster } from "../client.ts";
import { frameOf, frameReader, joined, OPCODE } from "./frames.ts";

/** Messages in both directions. */
export interface WebSocketLine {
  readonly protocol: string;
  readonly messages: AsyncIterable<Uint8Array>;
  /** False where nobody takes it any more. */
  send(message: Uint8Array): Promise<boolean>;
  /** Something has to be said now and then, or whoever stands between takes the line for dead. */
  ping(): void;
  destroy(): void;
}

interface Asking {
  readonly cluster: Cluster;
  readonly digests: Digests;
  readonly path: string;
  /** Best first. */
  readonly protocols: readonly string[];
  readonly signal: AbortSignal;
}

/** Fixed by the protocol: whoever answers shows with it that he read the question. */
const SEAL = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const NOTHING = new Uint8Array();

export async function openWebSocket(asking: Asking): Promise<Result<WebSocketLine, Answer>> {
  const { cluster, digests, path, protocols, signal } = asking;
  const key = base64(random(digests, 16));
  const opened = await cluster.upgrade(
    path,
    {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": key,
      "sec-websocket-protocol": protocols.join(", "),
    },
    signal,
  );
  if (!opened.ok) return opened;
  const { line, headers } = opened.value;
  const protocol = headers["sec-websocket-protocol"] ?? "";
  const sealed = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(`${key}${SEAL}`));
  if (headers["sec-websocket-accept"] !== base64(new Uint8Array(sealed)) || !protocols.includes(protocol)) {
    line.destroy();
    return err({ is: "lost", why: "what answers does not speak the protocol of commands" });
  }
  const write = (opcode: number, bytes: Uint8Array): Promise<boolean> =>
    line.write(frameOf(opcode, bytes, random(digests, 4)));
  return ok({
    protocol,
    messages: messagesIn(line, write),
    send: (message) => write(OPCODE.binary, message),
    ping: () => void write(OPCODE.ping, NOTHING),
    destroy: () => line.destroy(),
  });
}

/** Whole ones; it ends when the other side says so, or is gone. */
async function* messagesIn(
  line: TwoWay,
  write: (opcode: number, bytes: Uint8Array) => Promise<boolean>,
): AsyncGenerator<Uint8Array> {
  const reader = frameReader();
  let parts: Uint8Array[] = [];
  for await (const chunk of line.bytes) {
    for (const { opcode, isLast, bytes } of reader.take(chunk)) {
      if (opcode === OPCODE.close) {
        // It waits for the same word before it goes.
        void write(OPCODE.close, bytes.subarray(0, 2));
        line.end();
        return;
      }
      if (opcode === OPCODE.ping) void write(OPCODE.pong, bytes);
      if (opcode !== OPCODE.more && opcode !== OPCODE.text && opcode !== OPCODE.binary) continue;
      parts.push(bytes);
      if (!isLast) continue;
      yield parts.length === 1 ? bytes : joined(parts);
      parts = [];
    }
    if (reader.fault() !== undefined) return;
  }
}

const random = ({ random }: Digests, bytes: number): Uint8Array =>
  Uint8Array.from(random(bytes).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
