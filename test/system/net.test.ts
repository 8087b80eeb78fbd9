import { spawnSync } from "node:child_process";
import {
  createServer,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from "node:http";
import { createServer as createTcp, type AddressInfo, type Server } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { net } from "../../src/system/net.ts";
import { conflicts, expand, parseSockets } from "../../src/system/sockets-table.ts";

const servers: (Server | HttpServer)[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    if ("closeAllConnections" in server) server.closeAllConnections();
    server.close();
  }
});

async function listening(server: Server | HttpServer, host = "127.0.0.1"): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, host, resolve);
  });
  const address = server.address();
  return isInfo(address) ? address.port : 0;
}

function isInfo(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === "object" && address !== null;
}

const web = (answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<number> =>
  listening(createServer(answer));

async function closedPort(): Promise<number> {
  const server = createTcp();
  const port = await listening(server);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  return port;
}

describe("asking over http", () => {
  const get = (port: number, path = "/", timeoutMs = 10_000): ReturnType<typeof net.get> =>
    net.get({ host: "127.0.0.1", port, path, timeoutMs });

  test("has the status, and a connection that is not kept", async () => {
    let seen: unknown;
    const port = await web((request, response) => {
      seen = { path: request.url, host: request.headers.host, connection: request.headers.connection };
      response.writeHead(503).end("no");
    });
    expect(await get(port, "/health?a=b")).toEqual({ is: "answer", status: 503 });
    expect(seen).toEqual({ path: "/health?a=b", host: `127.0.0.1:${port}`, connection: "close" });
  });

  test("follows nobody elsewhere", async () => {
    let asked = 0;
    const port = await web((_, response) => {
      asked++;
      response.writeHead(302, { location: "/other" }).end();
    });
    expect(await get(port)).toEqual({ is: "answer", status: 302, location: "/other" });
    expect(asked).toBe(1);
  });

  test("reads no endless body", async () => {
    const port = await web((_, response) => {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write("x".repeat(10_000)));
      };
      response.on("drain", more);
      more();
    });
    expect(await get(port)).toEqual({ is: "answer", status: 200 });
  });

  test("waits no longer than it was told, for an answer or for its end", async () => {
    const silent = await web(() => undefined);
    expect(await get(silent, "/", 50)).toEqual({ is: "failed", why: "no answer within 50 ms" });
    const halting = await web((_, response) => void response.writeHead(200).write("x"));
    expect(await get(halting, "/", 50)).toEqual({ is: "failed", why: "no answer within 50 ms" });
  });

  test("says in words what went wrong", async () => {
    expect(await get(await closedPort())).toEqual({ is: "failed", why: "connection refused" });
    const rude = await listening(createTcp((socket) => socket.destroy()));
    expect(await get(rude)).toEqual({
      is: "failed",
      why: "the connection was closed without an answer",
    });
    const odd = await listening(createTcp((socket) => socket.end("220 smtp here\r\n")));
    expect(await get(odd)).toMatchObject({ is: "failed" });
  });
});

describe("connecting", () => {
  test("tells an open port from a closed one", async () => {
    const port = await listening(createTcp());
    expect(await net.connect("127.0.0.1", port, 10_000)).toEqual({ is: "open" });
    expect(await net.connect("127.0.0.1", await closedPort(), 10_000)).toEqual({
      is: "failed",
      why: "connection refused",
    });
  });
});

describe("who holds a port", () => {
  const onLinux = process.platform === "linux";
  const why = onLinux ? "" : " (skipped: only Linux tells)";

  test.skipIf(!onLinux)(`is found with its command${why}`, async () => {
    const port = await listening(createTcp());
    const holder = net.holder(port, "127.0.0.1", "tcp");
    expect(holder).toMatchObject({ is: "taken", pid: process.pid });
    expect(holder.is === "taken" && holder.command).toBeTruthy();
    expect(net.holder(port, "0.0.0.0", "tcp")).toMatchObject({ is: "taken" });
    expect(net.holder(port, "127.0.0.2", "tcp")).toEqual({ is: "free" });
    expect(net.holder(port, "127.0.0.1", "udp")).toEqual({ is: "free" });
    expect(net.holder(await closedPort(), "127.0.0.1", "tcp")).toEqual({ is: "free" });
  });

  test.skipIf(!onLinux)(`of all addresses is found from each${why}`, async () => {
    const port = await listening(createTcp(), "0.0.0.0");
    for (const address of ["127.0.0.1", "0.0.0.0", "localhost", "::"])
      expect(net.holder(port, address, "tcp"), address).toMatchObject({ is: "taken" });
    expect(net.holder(port, "::1", "tcp")).toEqual({ is: "free" });
  });
});

describe("the table of sockets", () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0
   1: 0100007F:1F91 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 20 4 30 10 -1
`;
  test("has who listens, and nobody who is only connected", () => {
    expect(parseSockets(table, "tcp")).toEqual([{ address: expand("127.0.0.1"), port: 8080, inode: "4711" }]);
    expect(parseSockets(table, "udp")).toEqual([]);
    expect(parseSockets("", "tcp")).toEqual([]);
  });

  test("writes addresses as the kernel does", () => {
    const six = "   0: 00000000000000000000000001000000:0050 0:0 0A 0:0 0:0 0 0 0 9 1\n";
    expect(parseSockets(`head\n${six}`, "tcp")[0]?.address).toBe(expand("::1"));
    expect(expand("[fe80::1%eth0]")).toBe("fe800000000000000000000000000001");
    expect(expand("::ffff:10.0.0.1")).toBe(expand("10.0.0.1"));
    expect(expand("1:2:3:4:5:6:7:8")).toBe("00010002000300040005000600070008");
    expect(expand("::")).toBe("0".repeat(32));
  });

  test("knows which addresses are in each other's way", () => {
    const held = (address: string): string => expand(address);
    expect(conflicts(held("127.0.0.1"), "127.0.0.1")).toBe(true);
    expect(conflicts(held("127.0.0.1"), "127.0.0.2")).toBe(false);
    expect(conflicts(held("0.0.0.0"), "10.0.0.1")).toBe(true);
    expect(conflicts(held("10.0.0.1"), "0.0.0.0")).toBe(true);
    expect(conflicts(held("::"), "10.0.0.1")).toBe(true);
    expect(conflicts(held("0.0.0.0"), "::1")).toBe(false);
    expect(conflicts(held("::1"), "localhost")).toBe(true);
  });
});

test("http is loaded by the first who needs it", () => {
  const file = new URL("../../src/system/net.ts", import.meta.url).pathname;
  const script = `await import(${JSON.stringify(file)}); console.log(process.moduleLoadList.filter((one) => one.endsWith("NativeModule http")).length)`;
  const ran = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  expect(ran.stdout).toBe("0\n");
});
