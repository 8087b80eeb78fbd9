import { describe, expect, test } from "vitest";
import { err, ok } from "../../src/base/result.ts";
import { diagnostic } from "../../src/model/diagnostic.ts";
import type { LogLine, LogRequest, Operates, WatchRequest } from "../../src/model/operates.ts";
import { type From, type Hears, readLive } from "../../src/cli/top/reader.ts";
import { pause } from "../../src/model/pause.ts";
import { type VirtualClock, virtualClock } from "../helpers/virtual-clock.ts";

const STOPPED = err(diagnostic("AAC4006", undefined, "the engine does not answer", { notes: [] }));

interface World {
  readonly clock: VirtualClock;
  readonly told: string[];
  /** When each question was asked. */
  readonly asked: Readonly<Record<"status" | "stats" | "logs", number[]>>;
  readonly stop: () => void;
  watch: WatchRequest | undefined;
  logs: LogRequest | undefined;
  /** Ends the connection that lines come by. */
  cut: () => void;
}

/** A target that answers after so long, or not at all. */
function world(options: {
  readonly takes?: number;
  readonly down?: () => boolean;
  readonly watches?: boolean;
}): World {
  const clock = virtualClock(0);
  const stop = new AbortController();
  const told: string[] = [];
  const asked: World["asked"] = { status: [], stats: [], logs: [] };
  const state: World = {
    clock,
    told,
    asked,
    stop: () => stop.abort(),
    watch: undefined,
    logs: undefined,
    cut: () => undefined,
  };
  let under = 0;
  const question = async (name: "status" | "stats"): Promise<void> => {
    asked[name].push(clock.now());
    if (name === "status" && ++under > 1) throw new Error("two questions at once");
    await pause(clock, options.takes ?? 10);
    if (name === "status") under--;
  };
  const untilOver = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
  const operates: From["operates"] = {
    async status() {
      await question("status");
      return options.down?.() === true ? STOPPED : ok({ agents: [], notes: [] });
    },
    async stats() {
      await question("stats");
      return options.down?.() === true ? STOPPED : ok({ replicas: [], notes: [] });
    },
    async watch(request) {
      if (options.watches !== true) return STOPPED;
      state.watch = request;
      await untilOver(request.signal);
      return ok(undefined);
    },
    async logs(request) {
      asked.logs.push(clock.now());
      if (options.down?.() === true) return STOPPED;
      state.logs = request;
      const isCut = new Promise<boolean>((resolve) => {
        state.cut = () => resolve(true);
      });
      return (await Promise.race([untilOver(request.signal), isCut])) === true ? STOPPED : ok(undefined);
    },
  } satisfies Pick<Operates, "status" | "stats" | "watch" | "logs">;
  const hears: Hears = {
    status: () => told.push("status"),
    stats: () => told.push("stats"),
    trouble: (why, nextTry) => told.push(`trouble ${why} ${nextTry.slice(17, 23)}`),
    noStats: () => told.push("no stats"),
    line: ({ text }) => told.push(text),
    logs: (trouble) => told.push(`logs ${trouble ?? "again"}`),
  };
  readLive(
    { operates, clock, redactor: () => (text) => text.replaceAll("walrus", "(secret)") },
    { agents: [], intervalMs: 2000 },
    hears,
    stop.signal,
  );
  return state;
}

const gaps = (times: readonly number[]): readonly number[] =>
  times.slice(1).map((time, i) => time - (times[i] ?? 0));

describe("reading what is live", () => {
  test("where moves are told, it is asked when something moved, and seldom else", async () => {
    const { clock, asked, watch, stop } = await begun({ watches: true });
    expect(asked.status).toHaveLength(1);
    // Many moves in a row are one question.
    for (let i = 0; i < 50; i++) watch?.moved();
    await clock.advance(500);
    expect(asked.status).toHaveLength(2);
    await clock.advance(9000);
    expect(asked.status).toHaveLength(2);
    await clock.advance(2000);
    expect(asked.status).toHaveLength(3);
    stop();
  });

  test("where they are not, it is asked at each interval", async () => {
    const { clock, asked, stop } = await begun({});
    await clock.advance(20_000);
    expect(asked.status.length).toBeGreaterThan(8);
    stop();
  });

  test("use is measured twice soon, then at each interval; whoever is slow is asked less often", async () => {
    const quick = await begun({ watches: true });
    await quick.clock.advance(10_000);
    expect(gaps(quick.asked.stats).slice(0, 4)).toEqual([700, 2000, 2000, 2000]);
    quick.stop();
    const slow = await begun({ watches: true, takes: 5000 });
    await slow.clock.advance(60_000);
    expect(Math.min(...gaps(slow.asked.stats))).toBe(10_000);
    slow.stop();
  });

  test("one that does not answer is asked after 1, 2, 4, 8, 10 s, and each time it is said when", async () => {
    let down = true;
    const { clock, asked, told, stop } = await begun({ down: () => down });
    await clock.advance(40_000);
    const waits = gaps(asked.status).map((gap) => Math.round(gap / 1000));
    expect(waits.slice(0, 6)).toEqual([1, 2, 4, 8, 10, 10]);
    expect(told.filter((one) => one.startsWith("trouble"))[0]).toBe(
      "trouble the engine does not answer 01.010",
    );
    expect(told).toContain("logs the engine does not answer");
    expect(told).toContain("no stats");
    down = false;
    await clock.advance(11_000);
    expect(told).toContain("status");
    expect(told).toContain("stats");
    stop();
  });

  test("lines come without secrets, and what was told is not told again after a broken connection", async () => {
    const made = await begun({ watches: true });
    const line = (second: number, text: string): LogLine => ({
      agent: "ana",
      replica: 0,
      stream: "stdout",
      at: `2026-01-01T00:00:0${second}Z`,
      text,
      partial: false,
    });
    made.logs?.line(line(1, "my walrus"));
    expect(made.told).toContain("my (secret)");
    expect(made.logs).toMatchObject({ follow: true, tail: 200, streams: ["stdout", "stderr"] });
    made.cut();
    await made.clock.advance(1100);
    expect(made.told).toContain("logs the engine does not answer");
    expect(made.logs).toMatchObject({ since: "2026-01-01T00:00:01Z", tail: "all" });
    made.logs?.line(line(1, "my walrus"));
    made.logs?.line(line(2, "and on"));
    expect(made.told.filter((one) => one === "my (secret)")).toHaveLength(1);
    expect(made.told.slice(-2)).toEqual(["logs again", "and on"]);
    made.stop();
    const ended = made.told.length;
    await made.clock.advance(30_000);
    expect(made.told).toHaveLength(ended);
  });
});

/** After the first answers. */
async function begun(options: Parameters<typeof world>[0]): Promise<World> {
  const made = world(options);
  await made.clock.advance(50);
  return made;
}
