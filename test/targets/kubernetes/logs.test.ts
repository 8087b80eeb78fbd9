import { describe, expect, test } from "vitest";
import type { Json } from "../../../src/base/canonical.ts";
import { err, ok, type Result } from "../../../src/base/result.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import type { LogLine, LogRequest } from "../../../src/model/operates.ts";
import type { System } from "../../../src/model/system.ts";
import type { Failure, Place } from "../../../src/model/target.ts";
import type { Cluster, Query } from "../../../targets/kubernetes/client.ts";
import { linesOf, plainTime, type PodLine } from "../../../targets/kubernetes/logs/lines.ts";
import { readLogs } from "../../../targets/kubernetes/logs/logs.ts";
import { type FakeClock, fakeClock } from "../../helpers/fake-clock.ts";

const encoder = new TextEncoder();

async function* inChunks(bytes: Uint8Array, ...cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const ends = [...cuts, bytes.length];
  for (const [i, end] of ends.entries()) yield bytes.slice(ends[i - 1] ?? 0, end);
}

async function linesIn(bytes: Uint8Array, ...cuts: readonly number[]): Promise<readonly PodLine[]> {
  const lines: PodLine[] = [];
  for await (const line of linesOf(inChunks(bytes, ...cuts))) lines.push(line);
  return lines;
}

describe("the lines of a pod's log", () => {
  test("are the same wherever the connection cut them, also in the middle of a character", async () => {
    const text = "2026-01-31T09:00:00.12Z grün 🌧\n2026-01-31T09:00:01Z \n2026-01-31T10:00:02+01:00 a  b\n";
    const bytes = encoder.encode(text);
    const expected = [
      { at: "2026-01-31T09:00:00.120000000Z", text: "grün 🌧", partial: false, ended: true },
      { at: "2026-01-31T09:00:01.000000000Z", text: "", partial: false, ended: true },
      { at: "2026-01-31T09:00:02.000000000Z", text: "a  b", partial: false, ended: true },
    ];
    for (let first = 0; first <= bytes.length; first++) {
      expect(await linesIn(bytes, first)).toEqual(expected);
      expect(await linesIn(bytes, first, Math.min(first + 1, bytes.length))).toEqual(expected);
    }
  });

  test("are cut at 64 KiB, never in a character, and say that more follows", async () => {
    const long = `x${"é".repeat(70_000)}`;
    const [one, two, three, next, ...rest] = await linesIn(
      encoder.encode(`2026-01-31T09:00:00Z ${long}\n2026-01-31T09:00:01Z next\n`),
      100,
      65_600,
    );
    expect(rest).toEqual([]);
    expect([one?.partial, two?.partial, three?.partial]).toEqual([true, true, false]);
    expect([one, two, three].map((line) => line?.text).join("")).toBe(long);
    expect(encoder.encode(one?.text).length).toBe(65_535);
    expect(new Set([one, two, three].map((line) => line?.at)).size).toBe(1);
    expect(next).toMatchObject({ text: "next", partial: false });
  });

  test("of exactly 64 KiB are whole", async () => {
    const lines = await linesIn(encoder.encode(`2026-01-31T09:00:00Z ${"x".repeat(65_536)}\n`));
    expect(lines.map(({ text, partial }) => [text.length, partial])).toEqual([[65_536, false]]);
  });

  test("say where the last one has no end, and where one has no time", async () => {
    const lines = await linesIn(encoder.encode("the log is gone\n2026-01-31T09:00:00Z half"));
    expect(lines).toEqual([
      { at: undefined, text: "the log is gone", partial: false, ended: true },
      { at: "2026-01-31T09:00:00.000000000Z", text: "half", partial: false, ended: false },
    ]);
  });

  test("have times that compare as texts", () => {
    const times = ["09:00:00Z", "09:00:00.000000001Z", "09:00:00.1Z", "09:00:00.12Z", "09:00:01Z"];
    const plain = times.map((time) => plainTime(`2026-01-31T${time}`) ?? "");
    expect(plain.toSorted()).toEqual(plain);
    expect(plainTime("yesterday")).toBeUndefined();
  });
});

interface Asked {
  readonly pod: string;
  readonly query: Query;
}

/** A cluster of texts: what a pod's log is can change between two looks. */
interface World {
  readonly cluster: Cluster;
  readonly clock: FakeClock;
  readonly asked: Asked[];
  readonly told: LogLine[];
  readonly logs: Map<string, string | Failure>;
  /** Called before each answer. */
  meanwhile: (asked: Asked) => void;
  listed: () => void;
  pods: readonly Json[] | "lost";
  read(request?: Partial<LogRequest>): Promise<Result<void, Diagnostic>>;
}

const podOf = (agent: string, name: string, created = "2026-01-31T09:00:00Z"): Json => ({
  metadata: { name, creationTimestamp: created, labels: { "agent.dev/agent": agent } },
  spec: { containers: [{ name: agent }] },
  status: { phase: "Running" },
});

const line = (second: number | string, text: string): string => `2026-01-31T09:00:0${second}Z ${text}\n`;

/** As a server answers: nothing before the second that was asked for, and so many from the end. */
function answerTo(log: string, { sinceTime, tailLines }: Query): string {
  const all = log
    .split(/(?<=\n)/)
    .filter((text) => text !== "" && (sinceTime === undefined || text >= String(sinceTime).slice(0, 19)));
  return (tailLines === undefined ? all : tailLines === 0 ? [] : all.slice(-Number(tailLines))).join("");
}

function worldOf(pods: readonly Json[], logs: Readonly<Record<string, string | Failure>>): World {
  const clock = fakeClock();
  const world: World = {
    clock,
    asked: [],
    told: [],
    logs: new Map(Object.entries(logs)),
    meanwhile: () => undefined,
    listed: () => undefined,
    pods,
    cluster: {
      server: "https://cluster.test",
      context: "test",
      namespace: "desk",
      request() {
        world.listed();
        return Promise.resolve(
          world.pods === "lost"
            ? { is: "lost", why: "connection refused" }
            : { is: "answer", status: 200, body: { items: world.pods } },
        );
      },
      stream(path, query, signal) {
        const pod = path.split("/").at(-2) ?? "";
        world.asked.push({ pod, query });
        world.meanwhile({ pod, query });
        const log = world.logs.get(pod) ?? "";
        if (typeof log !== "string") return Promise.resolve(err(log));
        const bytes = encoder.encode(answerTo(log, query));
        return Promise.resolve(ok(signal.aborted ? inChunks(new Uint8Array()) : inChunks(bytes)));
      },
      upgrade: () => Promise.resolve(err({ is: "lost", why: "only logs are read here" })),
      close: () => undefined,
    },
    read: (request = {}) =>
      readLogs(
        {
          cluster: world.cluster,
          system: { clock } as unknown as System,
          place: { project: "office" } as unknown as Place,
          namespace: "desk",
        },
        {
          agents: [],
          follow: false,
          tail: 100,
          streams: ["stdout", "stderr"],
          previous: false,
          signal: new AbortController().signal,
          line: (one) => world.told.push(one),
          ...request,
        },
      ),
  };
  return world;
}

const textsOf = ({ told }: World): readonly string[] =>
  told.map(({ agent, replica, text }) => `${agent}.${replica} ${text}`);

const early: Failure = {
  message: 'container "desk" in pod "desk-a" is waiting to start: ContainerCreating',
  lines: [],
  passing: false,
};

describe("logs of a cluster", () => {
  test("are told in the order of their times over all pods, and never change places within one", async () => {
    const world = worldOf([podOf("page", "page-a"), podOf("desk", "desk-b"), podOf("desk", "desk-a")], {
      "desk-a": line(1, "one") + line(4, "four") + line(2, "the clock went back"),
      "desk-b": line("2.5", "two"),
      "page-a": line(1, "also one") + line(3, "three"),
    });
    expect(await world.read()).toEqual(ok(undefined));
    expect(textsOf(world)).toEqual([
      "desk.0 one",
      "page.0 also one",
      "desk.1 two",
      "page.0 three",
      "desk.0 four",
      "desk.0 the clock went back",
    ]);
    expect(world.told[2]).toEqual({
      agent: "desk",
      replica: 1,
      stream: "stdout",
      at: "2026-01-31T09:00:02.500Z",
      text: "two",
      partial: false,
    });
  });

  test("are asked for with the number, the time and the run that is wanted", async () => {
    const world = worldOf([podOf("desk", "desk-a")], { "desk-a": line(1, "old") + line(2, "young") });
    await world.read({ since: "2026-01-31T09:00:01.500Z", tail: "all" });
    expect(textsOf(world)).toEqual(["desk.0 young"]);
    expect(world.asked[0]?.query).toEqual({
      container: "desk",
      timestamps: true,
      sinceTime: "2026-01-31T09:00:01Z",
    });
    await world.read({ previous: true, tail: 1, follow: true });
    expect(textsOf(world)).toEqual(["desk.0 young", "desk.0 young"]);
    expect(world.asked.at(-2)?.query).toEqual({
      container: "desk",
      timestamps: true,
      previous: true,
      tailLines: 1,
    });
  });

  test("are whole though the connection was cut, and nothing is told twice", async () => {
    const same = line("1.5", "a") + line("1.5", "b");
    const whole = same + line("1.5", "c") + line(2, "d");
    const world = worldOf([podOf("desk", "desk-a")], { "desk-a": `${same}2026-01-31T09:00:01.5Z c` });
    world.meanwhile = () => {
      if (world.asked.length === 2) world.logs.set("desk-a", whole);
    };
    await world.read();
    expect(textsOf(world)).toEqual(["desk.0 a", "desk.0 b", "desk.0 c", "desk.0 d"]);
  });

  test("tell the last words of a program that wrote no newline", async () => {
    const world = worldOf([podOf("desk", "desk-a")], {
      "desk-a": `${line(1, "a")}2026-01-31T09:00:02Z half`,
    });
    await world.read();
    expect(textsOf(world)).toEqual(["desk.0 a", "desk.0 half"]);
  });

  test("of a pod that has not begun, or is gone, are none, and no fault", async () => {
    const world = worldOf([podOf("desk", "desk-a"), podOf("page", "page-a")], {
      "desk-a": early,
      "page-a": line(1, "one"),
    });
    expect(await world.read()).toEqual(ok(undefined));
    expect(textsOf(world)).toEqual(["page.0 one"]);
    expect(await world.read({ tail: 0 })).toEqual(ok(undefined));
    expect(textsOf(world)).toHaveLength(1);
  });

  test("say nothing of a container that the node took away while it was read", async () => {
    const gone = "rpc error: code = NotFound desc = an error occurred when try to find container: not found";
    const world = worldOf([podOf("desk", "desk-a")], {
      "desk-a": `${line(1, "rpc error: code = NotFound is what an agent may say")}${gone}\n`,
    });
    expect(await world.read()).toEqual(ok(undefined));
    expect(textsOf(world)).toEqual(["desk.0 rpc error: code = NotFound is what an agent may say"]);
  });

  test("that may not be read, or whose node does not answer, are a fault beside what others said", async () => {
    const fault = async (failure: Failure): Promise<readonly unknown[]> => {
      const world = worldOf([podOf("desk", "desk-a"), podOf("page", "page-a")], {
        "desk-a": failure,
        "page-a": line(1, "one"),
      });
      const read = await world.read();
      return [
        textsOf(world),
        read.ok ? undefined : read.error.code,
        read.ok ? undefined : read.error.message,
      ];
    };
    const forbidden = 'pods "desk-a" is forbidden: User "viewer" cannot get resource "pods/log"';
    expect(await fault({ message: forbidden, lines: [], passing: false })).toEqual([
      ["page.0 one"],
      "AAC4014",
      "the cluster does not let this user read logs in desk",
    ]);
    expect(await fault({ message: "dial tcp: i/o timeout", lines: [], passing: true })).toEqual([
      ["page.0 one"],
      "AAC4011",
      "the cluster at https://cluster.test cannot say what is there (read logs in desk): dial tcp: i/o timeout",
    ]);
  });

  test("of stderr alone are refused: a cluster has one stream", async () => {
    const world = worldOf([podOf("desk", "desk-a")], { "desk-a": line(1, "one") });
    expect(await world.read({ streams: ["stderr"] })).toMatchObject({
      ok: false,
      error: { code: "AAC2306" },
    });
    expect(await world.read({ streams: ["stdout"] })).toEqual(ok(undefined));
    expect(textsOf(world)).toEqual(["desk.0 one"]);
  });
});

describe("logs that are followed", () => {
  const follow = (world: World, request: Partial<LogRequest> = {}): Promise<Result<void, Diagnostic>> =>
    world.clock.run(world.read({ follow: true, ...request }));

  test("go on through restarts and through new pods, and tell nothing twice", async () => {
    const world = worldOf([podOf("desk", "desk-a")], { "desk-a": line(1, "one") });
    const stop = new AbortController();
    const turns: readonly (() => void)[] = [
      () => world.logs.set("desk-a", line(1, "one") + line(1, "as early") + line(2, "two")),
      // Its container was started anew: what the former one said is another log.
      () => world.logs.set("desk-a", line(3, "three")),
      () => {
        world.pods = [podOf("desk", "desk-a"), podOf("desk", "desk-b", "2026-01-31T09:00:09Z")];
        world.logs.set("desk-b", line(1, "all of it") + line(4, "four"));
      },
      () => {
        world.pods = [podOf("desk", "desk-b", "2026-01-31T09:00:09Z")];
      },
      // A number that nobody has any more goes to the next; who has one keeps it.
      () => {
        world.pods = [
          podOf("desk", "desk-b", "2026-01-31T09:00:09Z"),
          podOf("desk", "desk-c", "2026-01-31T09:00:10Z"),
        ];
        world.logs.set("desk-c", line(5, "five"));
      },
      () => stop.abort(),
    ];
    let turn = 0;
    world.meanwhile = ({ query }) => {
      if (query["follow"] === true && world.asked.length % 3 === 0) turns[turn++]?.();
    };
    expect(await follow(world, { signal: stop.signal })).toEqual(ok(undefined));
    expect(textsOf(world)).toEqual([
      "desk.0 one",
      "desk.0 as early",
      "desk.0 two",
      "desk.0 three",
      "desk.1 all of it",
      "desk.1 four",
      "desk.0 five",
    ]);
  });

  test("from none on tell what comes, and not what was there", async () => {
    const world = worldOf([podOf("desk", "desk-a"), podOf("page", "page-a")], {
      "desk-a": line(1, "old") + line(2, "old too"),
      "page-a": early,
    });
    const stop = new AbortController();
    world.meanwhile = ({ query }) => {
      if (query["follow"] !== true) return;
      if (world.asked.length > 8) stop.abort();
      world.logs.set("desk-a", line(1, "old") + line(2, "old too") + line(2, "new"));
      world.logs.set("page-a", line(3, "begun"));
    };
    await follow(world, { tail: 0, signal: stop.signal });
    expect(textsOf(world).toSorted()).toEqual(["desk.0 new", "page.0 begun"]);
  });

  test("say the words of a node once, however often they are heard", async () => {
    const world = worldOf([podOf("desk", "desk-a")], { "desk-a": "unable to retrieve container logs\n" });
    const stop = new AbortController();
    world.meanwhile = () => {
      if (world.asked.length > 6) stop.abort();
    };
    await follow(world, { signal: stop.signal });
    expect(textsOf(world)).toEqual(["desk.0 unable to retrieve container logs"]);
  });

  test("end with a fault where the cluster stays away, and not where it is away for a moment", async () => {
    const world = worldOf([podOf("desk", "desk-a")], { "desk-a": line(1, "one") });
    let looks = 0;
    world.listed = () => {
      looks++;
      const isAway = (looks > 1 && looks < 6) || looks > 7;
      world.pods = isAway ? "lost" : [podOf("desk", "desk-a")];
      if (looks === 7) world.logs.set("desk-a", line(2, "back"));
    };
    expect(await follow(world)).toMatchObject({
      ok: false,
      error: {
        code: "AAC4011",
        message: "the cluster at https://cluster.test does not answer: connection refused",
      },
    });
    expect(textsOf(world)).toEqual(["desk.0 one", "desk.0 back"]);
    expect(looks).toBe(12);
  });
});
