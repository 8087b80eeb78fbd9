import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Listener, Wire } from "../../src/model/sockets.ts";
import { sockets, unixSockets } from "../../src/system/sockets.ts";
import { until } from "../helpers/until.ts";

// Longer than any `until` within: on a busy machine the thing that was waited for is named.
vi.setConfig({ testTimeout: 60_000 });

const uid = process.getuid?.() ?? 0;
const open: { close(): void }[] = [];
const fresh = (): string => realpathSync(mkdtempSync(join(tmpdir(), "aac-sock-")));

afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

async function listen(path: string, accept: (wire: Wire) => void = () => undefined): Promise<Listener> {
  const listener = await sockets.listen(path, accept);
  if (!listener.ok) throw new Error(listener.error.why);
  open.push(listener.value);
  return listener.value;
}

/** What came over a wire so far. */
function hear(wire: Wire): { text: string; closed: boolean } {
  const heard = { text: "", closed: false };
  wire.listen({
    bytes: (chunk) => {
      heard.text += new TextDecoder().decode(chunk);
    },
    drained: () => undefined,
    closed: () => {
      heard.closed = true;
    },
  });
  return heard;
}

async function connected(path: string): Promise<Wire> {
  const wire = await sockets.connect(path, 5000);
  if (!wire.ok) throw new Error(`not connected: ${wire.error.is}`);
  open.push({ close: () => wire.value.destroy() });
  return wire.value;
}

/** A socket whose listener was killed. */
async function stale(path: string): Promise<void> {
  const program = `require("node:net").createServer().listen(${JSON.stringify(path)})`;
  const child = spawn(process.execPath, ["-e", program], { stdio: "ignore" });
  await until("the other process listens", () => existsSync(path));
  child.kill("SIGKILL");
  await until("it is gone", () => child.signalCode !== null);
}

describe("a socket", () => {
  test("is 0600 in a folder of 0700, also under an umask that forbids nothing", async () => {
    const path = join(fresh(), "a", "run", "0123456789ab.sock");
    const before = process.umask(0);
    try {
      const listening = sockets.listen(path, () => undefined);
      // Not awaited yet: it has never been wider.
      expect(statSync(path).mode & 0o777).toBe(0o600);
      const listener = await listening;
      if (listener.ok) open.push(listener.value);
      expect(listener.ok).toBe(true);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(statSync(join(path, "..")).mode & 0o777).toBe(0o700);
      expect(process.umask(0)).toBe(0);
    } finally {
      process.umask(before);
    }
  });

  test("carries bytes in both directions, and its end is told to both", async () => {
    const path = join(fresh(), "s.sock");
    const heard: ReturnType<typeof hear>[] = [];
    const wires: Wire[] = [];
    await listen(path, (wire) => {
      wires.push(wire);
      heard.push(hear(wire));
    });
    const client = await connected(path);
    const answer = hear(client);
    client.write(new TextEncoder().encode("to you"));
    await until("it arrives", () => heard[0]?.text === "to you");
    wires[0]?.write(new TextEncoder().encode("and "));
    wires[0]?.write(new TextEncoder().encode("back"));
    wires[0]?.end();
    await until("both know of the end", () => answer.closed && heard[0]?.closed === true);
    expect(answer.text).toBe("and back");
  });

  test("counts what the other side has not taken, and delivers it whole when it does", async () => {
    const path = join(fresh(), "s.sock");
    const wires: Wire[] = [];
    await listen(path, (wire) => {
      wires.push(wire);
      hear(wire);
    });
    const client = await connected(path);
    const state = { taken: 0, wrong: 0 };
    client.listen({
      bytes: (chunk) => {
        for (const byte of chunk) if (byte !== Math.floor(state.taken++ / 10_000) % 256) state.wrong++;
      },
      drained: () => undefined,
      closed: () => undefined,
    });
    client.pause();
    await until("the other side is there", () => wires.length === 1);
    const [server] = wires;
    for (let i = 0; i < 500; i++) server?.write(new Uint8Array(10_000).fill(i % 256));
    // The kernel takes what it takes, and no more however often it is tried.
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(server?.waiting()).toBeGreaterThan(4_000_000);
    client.resume();
    await until("all has come", () => state.taken === 5_000_000);
    expect(state.wrong).toBe(0);
    expect(server?.waiting()).toBe(0);
  });

  test("is removed when its listener closes", async () => {
    const path = join(fresh(), "s.sock");
    const listener = await listen(path);
    listener.close();
    await until("it is gone", () => !existsSync(path));
    expect(await sockets.connect(path, 5000)).toEqual({ ok: false, error: { is: "absent" } });
  });

  test("that a killed listener left is replaced", async () => {
    const path = join(fresh(), "s.sock");
    await stale(path);
    expect(await sockets.connect(path, 5000)).toEqual({ ok: false, error: { is: "absent" } });
    await listen(path);
    hear(await connected(path));
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
  });

  test("that somebody answers is left alone", async () => {
    const path = join(fresh(), "s.sock");
    const wires: Wire[] = [];
    await listen(path, (wire) => {
      wires.push(wire);
      hear(wire);
    });
    const second = await sockets.listen(path, () => undefined);
    expect(second).toMatchObject({ ok: false, error: { is: "in use" } });
    const before = wires.length;
    hear(await connected(path));
    await until("the first one answers still", () => wires.length > before);
  });

  test("is not put in the place of a file", async () => {
    const path = join(fresh(), "s.sock");
    writeFileSync(path, "notes");
    expect(await sockets.listen(path, () => undefined)).toEqual({
      ok: false,
      error: {
        is: "refused",
        why: `${path} is in the way and is no socket`,
        repair: `move it away: mv ${path} ${path}.old`,
      },
    });
  });

  test("with a path that the system would cut off is refused with advice, at 103 bytes it is not", async () => {
    const folder = fresh();
    const room = 103 - folder.length - 1;
    await listen(join(folder, "x".repeat(room)));
    const long = join(folder, "x".repeat(room + 1));
    const refused = { is: "refused", repair: "set XDG_RUNTIME_DIR to a folder with a shorter path" };
    expect(await sockets.listen(long, () => undefined)).toMatchObject({ ok: false, error: refused });
    expect(await sockets.connect(long, 5000)).toMatchObject({ ok: false, error: refused });
    expect(readdirSync(folder)).toEqual(["x".repeat(room)]);
  });
});

describe("a folder that is not safe is refused, to listen and to connect, with what mends it:", () => {
  const both = async (folder: string, from = sockets): Promise<readonly unknown[]> => {
    const path = join(folder, "s.sock");
    const listened = await from.listen(path, () => undefined);
    const wire = await from.connect(path, 5000);
    return [listened, wire].map((one) => (one.ok ? "open" : one.error));
  };

  test("others may write into it", async () => {
    for (const mode of [0o770, 0o707, 0o777, 0o1777]) {
      const folder = join(fresh(), "wide folder");
      mkdirSync(folder);
      chmodSync(folder, mode);
      const error = {
        is: "refused",
        why: `others can write into ${folder}`,
        repair: `chmod 700 '${folder}'`,
      };
      expect(await both(folder)).toEqual([error, error]);
    }
  });

  test("the repair helps", async () => {
    const folder = fresh();
    chmodSync(folder, 0o777);
    expect((await both(folder)).includes("open")).toBe(false);
    chmodSync(folder, 0o700);
    await listen(join(folder, "s.sock"));
  });

  test("it belongs to somebody else", async () => {
    const folder = fresh();
    const error = {
      is: "refused",
      why: `${folder} belongs to user ${uid}, not to ${uid + 1}`,
      repair: "set XDG_RUNTIME_DIR to a folder of your own",
    };
    expect(await both(folder, unixSockets(uid + 1))).toEqual([error, error]);
  });

  test("it is a link", async () => {
    const folder = join(fresh(), "link");
    symlinkSync(fresh(), folder);
    const error = {
      is: "refused",
      why: `${folder} is a link, and could lead anywhere`,
      repair: `remove it: rm ${folder}`,
    };
    expect(await both(folder)).toEqual([error, error]);
  });

  test("it is a file, or below one", async () => {
    const file = join(fresh(), "file");
    writeFileSync(file, "");
    expect(await both(file)).toMatchObject([{ is: "refused" }, { is: "refused" }]);
    expect(await both(join(file, "below"))).toMatchObject([{ is: "refused" }, { is: "absent" }]);
  });
});
