import { describe, expect, test } from "vitest";
import type { Json } from "../../src/base/canonical.ts";
import { verbs } from "../../src/supervisor/verbs.ts";
import { charge, World } from "./world.ts";

const VERBS = ["put", "remove", "stop", "start", "restart", "reload", "status", "watch", "quit"] as const;
const json = (value: unknown): Json => JSON.parse(JSON.stringify(value));
const GOOD = json({
  charge: charge("desk", {
    secrets: { TOKEN: { from: "caller", name: "TOKEN" } },
    hooks: { onStop: { command: ["/bin/true"], timeout: { ms: 1, text: "1ms" } } },
    dependsOn: { store: { condition: "started", restart: true } },
    limits: { memory: 1 },
  }),
  secrets: { TOKEN: "s3" },
  how: "start",
});

class Desk {
  readonly world = new World();
  quits = 0;
  readonly sent: Json[] = [];
  readonly stop = new AbortController();
  readonly #handle = verbs(this.world.supervisor, () => this.quits++);

  async ask(verb: string, body: Json): Promise<unknown> {
    const answer = this.#handle(verb, body, {
      send: (event) => this.sent.push(event) > 0,
      room: () => Promise.resolve(),
      signal: this.stop.signal,
    });
    await this.world.clock.advance(1000);
    const told = await answer;
    return told.ok ? told.value : `refused: ${told.error.message}`;
  }
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** The same with one place taken away or made something else, for each place that there is. */
function* wrongs(value: Json): Generator<Json> {
  for (const other of [null, true, 5, "x", [], {}])
    if (JSON.stringify(other) !== JSON.stringify(value)) yield other;
  if (typeof value !== "object" || value === null) return;
  if (isList(value)) {
    for (const [index, one] of value.entries())
      for (const wrong of wrongs(one)) yield value.with(index, wrong);
    return;
  }
  for (const [key, one] of Object.entries(value)) {
    const { [key]: _, ...rest } = value;
    yield json(rest);
    for (const wrong of wrongs(one ?? null)) yield json({ ...value, [key]: wrong });
  }
}

describe("a body of the wrong shape", () => {
  for (const verb of VERBS)
    test(`of \`${verb}\` is refused, and nothing comes of it`, async () => {
      const desk = new Desk();
      const needsNone = verb === "status" || verb === "watch" || verb === "quit";
      const bodies: readonly Json[] = [
        true,
        5,
        "desk",
        [],
        ["desk"],
        ...(needsNone
          ? [{}, { agent: "desk" }]
          : [null, {}, { agent: 5 }, { agent: null }, { agent: ["desk"] }]),
        ...(needsNone
          ? []
          : [{ agent: "" }, { agent: "../desk" }, { agent: "a/b" }, { agent: "x".repeat(200) }]),
      ];
      for (const body of bodies)
        expect(await desk.ask(verb, body), JSON.stringify(body)).toBe(
          `refused: \`${verb}\` was asked for in a shape that it does not have`,
        );
      expect([desk.world.states, desk.sent, desk.quits, desk.world.paths]).toEqual([{}, [], 0, []]);
    });

  test("of `stop` and `start` is one with a hold or secrets that are none", async () => {
    const desk = new Desk();
    await desk.ask("put", GOOD);
    for (const hold of [
      5,
      "ana",
      [],
      {},
      { by: "ana" },
      { by: "ana", since: 5 },
      { by: "ana", since: "x", reason: 5 },
    ])
      expect(await desk.ask("stop", { agent: "desk", hold })).toContain("refused");
    for (const secrets of [5, "x", [], { TOKEN: 5 }])
      expect(await desk.ask("start", { agent: "desk", secrets })).toContain("refused");
    expect(desk.world.state("desk")).toBe("ready");
  });

  test("of `put` is refused or does no harm, wherever in it the fault is", async () => {
    let tried = 0;
    let refused = 0;
    for (const wrong of wrongs(GOOD)) {
      const desk = new Desk();
      const told = await desk.ask("put", wrong);
      await desk.world.clock.advance(60_000);
      tried++;
      if (typeof told === "string" && told.startsWith("refused")) {
        refused++;
        expect(desk.world.states, JSON.stringify(wrong)).toEqual({});
      }
      // Whatever it was, it can be taken away again.
      expect(await desk.ask("remove", { agent: "desk" })).toBeNull();
      expect(desk.world.machine.processes.filter(({ agent }) => agent === "desk")).toEqual([]);
    }
    expect(tried).toBeGreaterThan(150);
    expect(refused).toBeGreaterThan(tried / 2);
  });

  test("is refused where the key that counts is missing or of another kind", async () => {
    const { charge: whole } = GOOD as { readonly charge: { readonly [key: string]: Json } };
    const { after: _, protect: __, ...needed } = whole;
    for (const key of Object.keys(needed)) {
      const desk = new Desk();
      const { [key]: ___, ...rest } = whole;
      for (const one of [rest, { ...rest, [key]: true }])
        expect(await desk.ask("put", json({ charge: one, secrets: {}, how: "start" })), key).toContain(
          "refused",
        );
    }
    for (const how of ["", "stop", null, 5])
      expect(await new Desk().ask("put", json({ charge: whole, secrets: {}, how }))).toContain("refused");
  });
});

describe("a verb", () => {
  test("that nobody knows is refused by its name", async () => {
    expect(await new Desk().ask("dance", null)).toBe("refused: this supervisor does not know `dance`");
  });

  test("does what it says, and says what came of it", async () => {
    const desk = new Desk();
    expect(await desk.ask("put", GOOD)).toBeNull();
    expect(desk.world.state("desk")).toBe("ready");
    expect(await desk.ask("reload", { agent: "desk" })).toBe(true);
    const hold = { by: "ana", since: "2026-01-01T02:14:00Z", reason: "night" };
    expect(await desk.ask("stop", { agent: "desk", hold })).toEqual({ is: "stopped" });
    expect(desk.world.status("desk")?.hold).toEqual(hold);
    expect(await desk.ask("reload", { agent: "desk" })).toBe(false);
    expect(await desk.ask("start", { agent: "desk" })).toEqual({ is: "started" });
    expect(await desk.ask("start", { agent: "desk" })).toEqual({ is: "already running" });
    expect(await desk.ask("hold", { agent: "desk", hold })).toBeNull();
    expect(await desk.ask("start", { agent: "desk" })).toEqual({ is: "already running, and no longer held" });
    expect(desk.world.status("desk")?.hold).toBeUndefined();
    expect(await desk.ask("restart", { agent: "desk" })).toEqual({ is: "restarted" });
    expect(await desk.ask("restart", { agent: "nobody" })).toEqual({ is: "unknown" });
    expect(await desk.ask("status", null)).toMatchObject([{ agent: "desk", state: "ready" }]);
    expect(await desk.ask("remove", { agent: "desk" })).toBeNull();
    expect(await desk.ask("status", null)).toEqual([]);
    await desk.ask("quit", null);
    expect(desk.quits).toBe(1);
  });

  test("names what could not be ended", async () => {
    const desk = new Desk();
    desk.world.machine.manners.set("desk", { survives: true, members: 1 });
    await desk.ask("put", GOOD);
    const asked = desk.ask("stop", { agent: "desk" });
    await desk.world.clock.advance(30_000);
    const pids = desk.world.machine.of("desk").map(({ pid }) => pid);
    expect(await asked).toEqual({ is: "survivors", pids });
    const removed = desk.ask("remove", { agent: "desk" });
    await desk.world.clock.advance(30_000);
    expect(await removed).toBe(`refused: 2 of its processes could not be ended: ${pids.join(" ")}`);
  });

  test("such as `put` tells why nothing was done where the disk is full", async () => {
    const desk = new Desk();
    desk.world.diskIsFull = true;
    expect(await desk.ask("put", GOOD)).toContain("no space left on device");
    expect(desk.world.states).toEqual({});
  });

  test("such as `watch` begins with all there is, goes on with what changes, and ends when nobody listens", async () => {
    const desk = new Desk();
    await desk.ask("put", GOOD);
    const watching = desk.ask("watch", null);
    await desk.world.clock.settle();
    expect(desk.sent).toEqual([{ all: [json(desk.world.status("desk"))] }]);
    const removed = desk.ask("remove", { agent: "desk" });
    await desk.world.clock.advance(5000);
    await removed;
    expect(desk.sent.at(-1)).toEqual({ gone: "desk" });
    desk.stop.abort();
    expect(await watching).toBeNull();
    const count = desk.sent.length;
    await desk.ask("put", GOOD);
    expect(desk.sent).toHaveLength(count);
  });
});
