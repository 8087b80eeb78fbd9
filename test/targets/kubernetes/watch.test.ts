import { describe, expect, test } from "vitest";
import type { Json } from "../../../src/base/canonical.ts";
import { err, ok, type Result } from "../../../src/base/result.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import type { System } from "../../../src/model/system.ts";
import type { Failure, Place } from "../../../src/model/target.ts";
import type { Answer, Cluster } from "../../../targets/kubernetes/client.ts";
import { watchPods } from "../../../targets/kubernetes/live/watch.ts";
import { fakeClock } from "../../helpers/fake-clock.ts";

type Turn = Failure | readonly Json[] | ((stop: () => void) => readonly Json[]);

const event = (type: string, version: string): Json => ({
  type,
  object: { kind: "Pod", metadata: { name: "desk-a", resourceVersion: version } },
});
const TOO_OLD: Json = {
  type: "ERROR",
  object: { kind: "Status", code: 410, reason: "Expired", message: "too old resource version" },
};
const listOf = (version: string): Answer => ({
  is: "answer",
  status: 200,
  body: { metadata: { resourceVersion: version }, items: [] },
});
const LOST: Answer = { is: "lost", why: "connection refused" };
const CUT: Failure = { message: "connection refused", lines: [], passing: true };

interface Told {
  readonly ended: Result<void, Diagnostic>;
  /** What was asked for, and the moves that were told, in their order and with their times. */
  readonly log: readonly string[];
}

/** A server that answers so one after the other; after the last one the watch is ended. */
async function watched(lists: readonly Answer[], turns: readonly Turn[]): Promise<Told> {
  const clock = fakeClock();
  const stop = new AbortController();
  const log: string[] = [];
  const say = (text: string): void => void log.push(`${clock.now()} ${text}`);
  const [nextList, nextTurn] = [lists.values(), turns.values()];
  async function* told(events: readonly Json[]): AsyncGenerator<Uint8Array> {
    for (const one of events)
      yield await Promise.resolve(new TextEncoder().encode(`${JSON.stringify(one)}\n`));
  }
  const cluster: Cluster = {
    server: "https://cluster.test",
    context: "test",
    namespace: "desks",
    request(_, __, options) {
      say(`list ${String(options?.query?.["limit"])}`);
      const { value, done } = nextList.next();
      if (done === true) stop.abort();
      return Promise.resolve(value ?? LOST);
    },
    stream(_, query) {
      say(`watch from ${String(query["resourceVersion"])}`);
      const { value, done } = nextTurn.next();
      if (done === true) stop.abort();
      if (value !== undefined && "message" in value) return Promise.resolve(err(value));
      return Promise.resolve(
        ok(told(typeof value === "function" ? value(() => stop.abort()) : (value ?? []))),
      );
    },
    upgrade: () => Promise.resolve(err({ is: "lost", why: "nothing else is spoken here" })),
    close: () => undefined,
  };
  const ended = await clock.run(
    watchPods(
      {
        cluster,
        system: { clock } as unknown as System,
        place: { project: "office" } as unknown as Place,
        namespace: "desks",
      },
      { signal: stop.signal, moved: () => say("moved") },
    ),
  );
  return { ended, log };
}

describe("a watch of a cluster", () => {
  test("goes on where it was when a server ends it, and counts bookmarks as no move", async () => {
    const { ended, log } = await watched(
      [listOf("10")],
      [[event("ADDED", "11"), event("MODIFIED", "12")], [event("BOOKMARK", "20")], [event("DELETED", "21")]],
    );
    expect(log).toEqual([
      "0 list 1",
      "0 moved",
      "0 watch from 10",
      "0 moved",
      "0 moved",
      "0 watch from 12",
      "0 watch from 20",
      "0 moved",
      "0 watch from 21",
    ]);
    expect(ended).toEqual(ok(undefined));
  });

  test("begins anew where the server has forgotten so much, and says that something may have moved", async () => {
    const { log } = await watched([listOf("10"), listOf("90")], [[event("ADDED", "11"), TOO_OLD]]);
    expect(log).toEqual([
      "0 list 1",
      "0 moved",
      "0 watch from 10",
      "0 moved",
      "0 list 1",
      "0 moved",
      "0 watch from 90",
    ]);
  });

  test("asks a server that is not there more and more seldom", async () => {
    const { log } = await watched([listOf("10"), LOST, LOST, LOST, LOST, LOST, listOf("11")], [CUT]);
    expect(log).toEqual([
      "0 list 1",
      "0 moved",
      "0 watch from 10",
      "1000 list 1",
      "3000 list 1",
      "7000 list 1",
      "15000 list 1",
      "25000 list 1",
      "35000 list 1",
      "35000 moved",
      "35000 watch from 11",
    ]);
  });

  test("does not run in a circle with one that ends at once", async () => {
    const { log } = await watched([listOf("10"), listOf("10")], [[], [], [TOO_OLD]]);
    expect(log.filter((line) => line.includes("watch"))).toEqual([
      "0 watch from 10",
      "1000 watch from 10",
      "3000 watch from 10",
      "7000 watch from 10",
    ]);
  });

  test("says why where it never began, and ends where a right was taken away", async () => {
    const forbidden: Answer = { is: "answer", status: 403, body: { message: "pods is forbidden" } };
    expect((await watched([LOST], [])).ended).toMatchObject({ ok: false, error: { code: "AAC4011" } });
    expect((await watched([listOf("10"), forbidden], [CUT])).ended).toMatchObject({
      ok: false,
      error: { code: "AAC4014", message: expect.stringContaining("watch pods in desks") },
    });
  });

  test("ends in the midst of what it is told", async () => {
    const { ended, log } = await watched(
      [listOf("10")],
      [
        (stop) => {
          stop();
          return [event("ADDED", "11"), event("ADDED", "12")];
        },
      ],
    );
    expect([ended, log]).toEqual([ok(undefined), ["0 list 1", "0 moved", "0 watch from 10"]]);
  });
});
