import { describe, expect, test } from "vitest";
import type { ReplicaStats } from "../../../src/model/operates.ts";
import { bytesOf, cores } from "../../../src/ui/top/amounts.ts";
import { changesBetween } from "../../../src/ui/top/changes.ts";
import { KEPT, NO_HISTORY, remembered } from "../../../src/ui/top/history.ts";
import { changeLine } from "../../../src/ui/top/lines.ts";
import { fullOf, spark } from "../../../src/ui/top/spark.ts";
import { clockWords, withClock } from "../../../src/ui/top/times.ts";
import { plainPaint } from "../../../src/ui/paint.ts";
import { NOW, reading, replica } from "./cases.ts";

const over = (readings: readonly ReplicaStats[]) =>
  readings
    .reduce((history, one) => remembered(history, { replicas: [one], notes: [] }), NO_HISTORY)
    .get("chatbot.0");

describe("readings", () => {
  test("two sums are a rate; one alone is none; a platform's own rate is taken as it is", () => {
    expect(over([reading("chatbot", 0), reading("chatbot", 2), reading("chatbot", 4)])?.cpu).toEqual([
      undefined,
      250,
      250,
    ]);
    expect(over([reading("chatbot", 0, { cpu: { is: "rate", milli: 40 } })])?.cpu).toEqual([40]);
  });

  test("one that was started anew begins anew, with a gap", () => {
    const anew = reading("chatbot", 4, { id: "chatbot-2", cpu: { is: "sum", ms: 5 } });
    const next = reading("chatbot", 6, { id: "chatbot-2", cpu: { is: "sum", ms: 1005 } });
    expect(over([reading("chatbot", 0), reading("chatbot", 2), anew, next])?.cpu).toEqual([
      undefined,
      250,
      undefined,
      500,
    ]);
  });

  test("the same reading told twice counts once, and only the last sixty are kept", () => {
    expect(over([reading("chatbot", 0), reading("chatbot", 0)])?.memory).toHaveLength(1);
    const many = Array.from({ length: 100 }, (_, i) =>
      reading("chatbot", 0, {
        at: `2026-08-01T12:${String(Math.floor(i / 60)).padStart(2, "0")}:${String(i % 60).padStart(2, "0")}Z`,
      }),
    );
    expect(over(many)?.memory).toHaveLength(KEPT);
  });

  test("bars go from the lowest to the highest, against the limit where there is one", () => {
    expect(spark([0, 125, 250, 500, 750, 875, 1000, 2000], 1000, 8)).toBe("▁▁▂▄▆▇██");
    expect(spark([1, undefined, 2], 2, 5)).toBe("  ▄ █");
    expect(spark([1, 2], 2, 0)).toBe("");
    expect(fullOf([1, 5, undefined], undefined, 3)).toBe(5);
    expect(fullOf([1], undefined, 3)).toBe(3);
    expect(fullOf([500], 200, 3)).toBe(200);
  });

  test("amounts are short, and both sides of a limit are in one unit", () => {
    expect([5, 420, 1000, 1250, 12_400].map(cores)).toEqual(["0.01", "0.42", "1", "1.3", "12"]);
    expect(bytesOf(1.3 * 1024 ** 3, 3 * 1024 ** 3)).toBe("1.3 of 3 GiB");
    expect(bytesOf(46 * 1024 ** 2, 512 * 1024 ** 2)).toBe("46 of 512 MiB");
  });

  test("times are those of the clock here", () => {
    expect(clockWords("2026-08-01T23:30:05Z", 120)).toBe("01:30:05");
    expect(clockWords("2026-08-01T00:30:05.25Z", -60)).toBe("23:30:05");
    expect(clockWords("nonsense", 0)).toBe("--:--:--");
    expect(withClock("since 2026-08-01T02:14:00.5Z: stopped", NOW, 60)).toBe("since 03:14:00: stopped");
    expect(withClock("since 2026-07-31T02:14:00Z", NOW, 0)).toBe("since 2026-07-31T02:14:00Z");
  });
});

describe("changes", () => {
  const of = (...agents: readonly ReturnType<typeof replica>[]) => ({ agents, notes: [] });
  const told = (before: ReturnType<typeof of>, after: ReturnType<typeof of>): readonly string[] =>
    changesBetween(before, after, NOW).map((one) =>
      changeLine(one, { offsetMinutes: 0, isSpoken: false, paint: plainPaint }),
    );

  test("each is one line: who, from what to what, and why", () => {
    expect(
      told(
        of(replica("a"), replica("b"), replica("c"), replica("e", { health: "unhealthy" })),
        of(
          replica("a", {
            state: "backoff",
            restarts: 1,
            lastExit: "exit 3 after 6 s, 2026-08-01T11:59:50Z",
            nextTry: "2026-08-01T12:00:04Z",
            breaker: "open",
          }),
          replica("b", { health: "unhealthy", lastProbe: "503 in 2 ms" }),
          replica("d"),
          replica("e", { held: "held by ana since 2026-08-01T11:59:50Z: stopped" }),
        ),
      ),
    ).toEqual([
      "12:00:00 a: ready → backoff, restart 1, exit 3 after 6 s, next try in 4s, breaker open",
      "12:00:00 b: unhealthy (503 in 2 ms)",
      "12:00:00 c: gone",
      "12:00:00 d: new: ready",
      "12:00:00 e: healthy again, held by ana: stopped",
    ]);
    expect(told(of(replica("a")), of(replica("a", { memory: 5, since: NOW })))).toEqual([]);
  });

  test("read aloud, an arrow is a word", () => {
    const [one] = changesBetween(of(replica("a")), of(replica("a", { state: "stopped" })), NOW);
    if (one === undefined) throw new Error("no change");
    expect(changeLine(one, { offsetMinutes: 0, isSpoken: true, paint: plainPaint })).toBe(
      "12:00:00 a: ready to stopped",
    );
  });
});
