import { afterEach, beforeEach, expect, test } from "vitest";
import type { LogLine, LogRequest } from "../../../src/model/operates.ts";
import { until } from "../../helpers/until.ts";
import { describeOn } from "../engines.ts";
import { ended, type Scratch, scratch } from "./scratch.ts";

const texts = (lines: readonly LogLine[]): readonly string[] => lines.map(({ text }) => text);

await describeOn("docker", "logs of an engine", (environment) => {
  let world: Scratch;
  beforeEach(async () => {
    world = await scratch(environment);
  });
  afterEach(() => world.clean());

  /** A follow that goes on until it is stopped, with what it has told so far. */
  function follow(asked: Partial<LogRequest> = {}): {
    readonly told: readonly LogLine[];
    stop(): Promise<void>;
  } {
    const told: LogLine[] = [];
    const end = new AbortController();
    const read = world.lines({
      follow: true,
      signal: end.signal,
      line: (line) => told.push(line),
      ...asked,
    });
    return {
      told,
      async stop() {
        end.abort();
        await read;
      },
    };
  }

  test("of several agents are told in the order of their times", { timeout: 30_000 }, async () => {
    const script = (name: string): string =>
      `for i in 1 2 3 4 5; do echo ${name}$i; sleep 0.05; done; echo bad >&2`;
    await Promise.all([
      world.start({ agent: "b", script: script("b") }).then(ended),
      world.start({ agent: "a", script: script("a") }).then(ended),
      world.start({ agent: "a", replica: 1, script: script("r") }).then(ended),
    ]);
    const lines = await world.lines();
    expect(lines.map(({ at }) => at)).toEqual(lines.map(({ at }) => at).sort());
    expect(lines.map(({ at }) => at).every((at) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(at))).toBe(
      true,
    );
    expect(texts(lines.filter(({ agent, replica }) => agent === "a" && replica === 1))).toEqual([
      "r1",
      "r2",
      "r3",
      "r4",
      "r5",
      "bad",
    ]);
    expect(lines.length).toBe(18);
    expect(texts(await world.lines({ agents: ["b"] }))).toEqual(["b1", "b2", "b3", "b4", "b5", "bad"]);
    expect(lines.filter(({ stream }) => stream === "stderr").length).toBe(3);
  });

  test("are the last lines of the streams that are asked for", { timeout: 30_000 }, async () => {
    const script =
      "for i in $(seq 200); do echo o$i; done; echo e1 >&2; echo e2 >&2; sleep 0.1; for i in $(seq 201 300); do echo o$i; done";
    await ended(await world.start({ agent: "a", script }));
    expect(texts(await world.lines({ tail: 3 }))).toEqual(["o298", "o299", "o300"]);
    expect(texts(await world.lines({ tail: 0 }))).toEqual([]);
    // A hundred lines of the other stream come after these.
    expect(texts(await world.lines({ tail: 1, streams: ["stderr"] }))).toEqual(["e2"]);
    expect(texts(await world.lines({ tail: 5, streams: ["stderr"] }))).toEqual(["e1", "e2"]);
    expect((await world.lines({ tail: 1000 })).length).toBe(302);
    const all = await world.lines();
    const since = all.find(({ text }) => text === "o201")?.at ?? "";
    expect(texts(await world.lines({ since }))).toEqual(texts(all.filter(({ at }) => at >= since)));
    expect(texts(await world.lines({ since, tail: 2 }))).toEqual(["o299", "o300"]);
    expect(texts(await world.lines({ since, tail: 2, streams: ["stderr"] }))).toEqual([]);
  });

  test("have long lines whole, and cut those of more than 64 KiB", { timeout: 30_000 }, async () => {
    const script =
      "x() { head -c $1 /dev/zero | tr '\\0' x; }; x 40000; echo; x 100000; echo; printf 'grüße 🙂\\n'; printf 'no end'";
    await ended(await world.start({ agent: "a", script }));
    const shapes = (lines: readonly LogLine[]) => lines.map(({ text, partial }) => [text.length, partial]);
    const expected = [
      [40_000, false],
      [65_536, true],
      [34_464, false],
      [8, false],
      [6, false],
    ];
    const lines = await world.lines();
    expect(shapes(lines)).toEqual(expected);
    expect(texts(lines).slice(-2)).toEqual(["grüße 🙂", "no end"]);
    expect(shapes(await world.lines({ tail: 5 }))).toEqual(expected);
    expect(shapes(await world.lines({ tail: 4 }))).toEqual(expected.slice(1));
  });

  test("of one that prints while it is read are as many as asked for", { timeout: 60_000 }, async () => {
    await world.start({ agent: "a", script: "while :; do echo line; usleep 500; done" });
    await until("it prints", async () => (await world.lines({ tail: 2 })).length === 2);
    for (let round = 0; round < 5; round++) expect(await world.lines({ tail: 2 })).toHaveLength(2);
  });

  test("of a terminal are one stream without times in it", { timeout: 30_000 }, async () => {
    const script = "head -c 40000 /dev/zero | tr '\\0' x; echo; echo out; echo err >&2";
    await ended(await world.start({ agent: "a", script, config: { Tty: true } }));
    const lines = await world.lines();
    expect(lines.map(({ stream, text }) => [stream, text.length < 10 ? text : text.length])).toEqual([
      ["stdout", 40_000],
      ["stdout", "out"],
      ["stdout", "err"],
    ]);
    expect(texts(await world.lines({ tail: 2 }))).toEqual(["out", "err"]);
  });

  test("of the run before end where this run began", { timeout: 60_000 }, async () => {
    const first = await world.start({
      agent: "a",
      script:
        "echo begin $HOSTNAME; [ -e /ran ] && { touch /ran2; exec sleep 1000; }; touch /ran; echo last words; exit 1",
      host: { RestartPolicy: { Name: "always" } },
    });
    await until("it runs again", async () => {
      const { RestartCount, State } = await first.inspect();
      return RestartCount === 1 && State.Status === "running";
    });
    await until("it has begun", async () => (await world.lines()).length === 3);
    const previous = texts(await world.lines({ previous: true, tail: 100 }));
    expect(previous).toEqual([expect.stringMatching(/^begin/), "last words"]);
    expect(texts(await world.lines({ previous: true, tail: 1 }))).toEqual(["last words"]);
    // It ends by itself: what is over does not go on.
    expect(texts(await world.lines({ previous: true, follow: true }))).toEqual(previous);
    await ended(await world.start({ agent: "once", script: "echo only" }));
    expect(texts(await world.lines({ agents: ["once"], previous: true }))).toEqual([]);
  });

  test("go on where what was there ended, each line once", { timeout: 60_000 }, async () => {
    await world.start({ agent: "a", script: "i=0; while :; do i=$((i+1)); echo $i; usleep 2000; done" });
    await until("it prints", async () => (await world.lines()).length > 20);
    const one = follow({ tail: 5 });
    await until("it has gone on for a while", () => one.told.length > 300, 20_000);
    await one.stop();
    const numbers = one.told.map(({ text }) => Number(text));
    const [first = 0] = numbers;
    expect(first).toBeGreaterThan(10);
    expect(numbers).toEqual(numbers.map((_, i) => first + i));
    const count = one.told.length;
    await until(
      "more is printed",
      async () => (await world.lines({ tail: 1 }))[0]?.text !== String(first + count),
    );
    // After the signal nobody is told anything.
    expect(one.told.length).toBe(count);
  });

  test("go on through a restart, and with the one that comes in its place", { timeout: 60_000 }, async () => {
    const old = await world.start({ agent: "a", script: "echo one; sleep 1000" });
    const one = follow();
    await until("it is told", () => one.told.length === 1);
    await old.restart();
    await until("its second run is told", () => one.told.length === 2);
    const next = await world.create({ agent: "a", script: "echo two; sleep 1000" });
    await old.stop();
    await next.start();
    await old.remove();
    await until("the new one is told", () => one.told.length === 3);
    await world.start({ agent: "other", script: "echo three" });
    await until("another agent is told", () => one.told.length === 4);
    await one.stop();
    expect(texts(one.told)).toEqual(["one", "one", "two", "three"]);
  });

  test("of an agent that ends again and again are told to the last line", { timeout: 60_000 }, async () => {
    await world.start({
      agent: "a",
      script:
        "n=$(cat /n 2>/dev/null || echo 0); n=$((n+1)); echo $n > /n; echo run $n; printf end $n; exit 1",
      host: { RestartPolicy: { Name: "on-failure", MaximumRetryCount: 4 } },
    });
    const one = follow({ agents: ["a"] });
    await until("all runs are told", () => one.told.length >= 10, 30_000);
    await one.stop();
    expect(texts(one.told)).toEqual([1, 2, 3, 4, 5].flatMap((n) => [`run ${n}`, "end"]));
  });

  test("wait for the rest of a long line that has begun", { timeout: 60_000 }, async () => {
    // An engine keeps the first 16 KiB of it at once.
    const script =
      "head -c 20000 /dev/zero | tr '\\0' x; while [ ! -e /go ]; do sleep 0.1; done; echo done; sleep 1000";
    const container = await world.start({ agent: "a", script });
    await until("its beginning is kept", async () => (await world.lines()).length === 1);
    const one = follow();
    const exec = await container.exec({ Cmd: ["touch", "/go"] });
    await exec.start({ Detach: true });
    await until("it is told", () => one.told.length === 1);
    await one.stop();
    expect(one.told[0]?.text.length).toBe(20_004);
  });

  test("that an engine does not keep are told to be so", { timeout: 30_000 }, async () => {
    await world.start({ agent: "a", script: "echo a", host: { LogConfig: { Type: "none", Config: {} } } });
    const read = await world.operates.logs({
      agents: [],
      follow: true,
      tail: 10,
      streams: ["stdout", "stderr"],
      previous: false,
      signal: new AbortController().signal,
      line: () => undefined,
    });
    expect(!read.ok && read.error.message).toBe(
      "the log of a cannot be read: configured logging driver does not support reading",
    );
  });
});
