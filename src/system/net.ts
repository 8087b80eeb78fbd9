import { readFileSync } from "node:fs";
import type { Connected, GetRequest, Got, Net, PortHolder } from "../model/system.ts";
import { lookAt, nameOf, whoHolds } from "./proc.ts";
import { conflicts, parseSockets } from "./sockets-table.ts";

const BODY_LIMIT = 65_536;

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "the connection was closed without an answer",
  EPIPE: "the connection was closed without an answer",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "the name of the host cannot be looked up now",
  EHOSTUNREACH: "no way to the host",
  ENETUNREACH: "no way to the host",
  ETIMEDOUT: "no answer in time",
  EADDRNOTAVAIL: "no such address here",
};

export const net: Net = {
  /** Only Linux can tell who listens; elsewhere every port counts as free until it is used. */
  holder(port: number, address: string, protocol: "tcp" | "udp"): PortHolder {
    const inodes = [`/proc/net/${protocol}`, `/proc/net/${protocol}6`]
      .flatMap((path) => parseSockets(readTable(path), protocol))
      .filter((one) => one.port === port && conflicts(one.address, address))
      .map((one) => one.inode);
    if (inodes.length === 0) return { is: "free" };
    const pid = whoHolds(new Set(inodes.map((inode) => `socket:[${inode}]`)));
    if (pid === undefined) return { is: "taken" };
    const command = lookAt(pid)?.argv.join(" ") || nameOf(pid);
    return { is: "taken", pid, ...(command === undefined ? {} : { command }) };
  },

  // Sockets and http are loaded by the first who needs them: most commands never do.
  async connect(host: string, port: number, timeoutMs: number): Promise<Connected> {
    const { connect } = await import("node:net");
    return new Promise((resolve) => {
      const socket = connect({ host, port });
      const finish = (result: Connected): void => {
        clearTimeout(timer);
        socket.destroy();
        resolve(result);
      };
      const timer = setTimeout(() => finish({ is: "failed", why: inVain(timeoutMs) }), timeoutMs);
      socket.once("connect", () => finish({ is: "open" }));
      socket.on("error", (error) => finish({ is: "failed", why: wordsFor(error) }));
    });
  },

  async get({ host, port, path, timeoutMs }: GetRequest): Promise<Got> {
    const { request } = await import("node:http");
    return new Promise((resolve) => {
      const finish = (result: Got): void => {
        clearTimeout(timer);
        resolve(result);
        asked.destroy();
      };
      const timer = setTimeout(() => finish({ is: "failed", why: inVain(timeoutMs) }), timeoutMs);
      const asked = request({ host, port, path, agent: false, headers: { connection: "close" } });
      asked.on("error", (error) => finish({ is: "failed", why: wordsFor(error) }));
      asked.on("response", (response) => {
        let size = 0;
        const location = response.headers.location;
        const answer = (): void =>
          finish({
            is: "answer",
            status: response.statusCode ?? 0,
            ...(location === undefined ? {} : { location }),
          });
        response.on("data", (chunk: Uint8Array) => {
          size += chunk.length;
          if (size > BODY_LIMIT) answer();
        });
        response.on("end", answer);
        response.on("error", (error) => finish({ is: "failed", why: wordsFor(error) }));
      });
      asked.end();
    });
  },
};

function inVain(timeoutMs: number): string {
  return `no answer within ${timeoutMs} ms`;
}

function wordsFor(error: Error): string {
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  // Several addresses of one name: each failed, the first says why.
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return wordsFor(error.errors[0]);
  return (code === undefined ? undefined : WORDS[code]) ?? (error.message || (code ?? "it failed"));
}

function readTable(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
