import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { endsWords, holderWords } from "../../src/cli/carry-out/holder-words.ts";
import { type Interrupt, interrupts, orAborted } from "../../src/cli/carry-out/interrupts.ts";
import { type Held, lock, type LockRequest, rivalGuard } from "../../src/cli/carry-out/locking.ts";
import { diagnostic } from "../../src/model/diagnostic.ts";
import type { Holder } from "../../src/model/holder.ts";
import type { SharedLock } from "../../src/model/target.ts";
import { openJournal } from "../../src/state/journal.ts";
import { takeLock } from "../../src/state/lock.ts";
import { files } from "../../src/system/files.ts";
import { NOWHERE } from "../helpers/fake-target.ts";
import { until } from "../helpers/until.ts";

const all = mkdtempSync(join(tmpdir(), "aac-locking-"));
afterAll(() => rmSync(all, { recursive: true }));

const ELSEWHERE: Holder = {
  pid: 7,
  host: "other\u001b[31m",
  command: "aac apply --yes",
  since: "2026-01-01T02:14:00.000Z",
};

interface Trial extends LockRequest {
  readonly home: string;
  readonly said: string[];
  readonly press: (by?: Interrupt) => void;
}

function trial(more: Partial<LockRequest> = {}): Trial {
  const home = join(mkdtempSync(join(all, "place-")), "state");
  const said: string[] = [];
  const stops = interrupts();
  stops.end();
  return {
    place: { ...NOWHERE, home },
    session: {},
    waitMs: 0,
    apply: "mine",
    stops,
    say: (text) => void said.push(text),
    press: (by = "SIGINT") => stops.told(by),
    home,
    said,
    ...more,
  };
}

/** The lock of a cluster, which answers as it is told and remembers whether it was given back. */
function shared(answers: readonly ("free" | "taken")[]): {
  readonly session: LockRequest["session"];
  readonly asked: () => number;
  readonly released: () => number;
  readonly lose: () => void;
} {
  let asked = 0;
  let released = 0;
  const lost = new AbortController();
  return {
    session: {
      lock(): Promise<SharedLock> {
        const answer = answers[Math.min(asked++, answers.length - 1)];
        return Promise.resolve(
          answer === "free"
            ? { is: "held", lost: lost.signal, release: () => Promise.resolve(void released++) }
            : { is: "taken", holder: ELSEWHERE, endsInMs: 11_200 },
        );
      },
    },
    asked: () => asked,
    released: () => released,
    lose: () => lost.abort(),
  };
}

async function held(request: LockRequest): Promise<Held> {
  const got = await lock(request);
  if (!("release" in got)) throw new Error(`not held: ${got.fault?.message ?? got.outcome}`);
  return got;
}

const isFree = (home: string): boolean => {
  const taken = takeLock(files, home, ELSEWHERE);
  if (taken.is === "held") taken.release();
  return taken.is === "held";
};

describe("the lock of a place that one machine has for itself", () => {
  test("is never lost, and free again once it was given back", async () => {
    const one = trial();
    const mine = await held(one);
    expect(isFree(one.home)).toBe(false);
    expect(mine.lost.aborted).toBe(false);
    await mine.release();
    expect(isFree(one.home)).toBe(true);
    expect(one.said).toEqual([]);
  });

  test("keeps a second one out with exit 5, and names who has it", async () => {
    const one = trial();
    const mine = await held(one);
    const second = await lock(one);
    expect(second).toMatchObject({ outcome: "locked", exit: 5, fault: { code: "AAC4001" } });
    const told = JSON.stringify(second);
    expect(told).toContain(`pid ${process.pid} on ${hostname()}, since `);
    expect(told).toMatch(/UTC, (?:just now|\d+ s ago): aac/);
    expect(told).toContain("nothing was changed");
    await mine.release();
  });

  test("is waited for as long as was asked, which is said once", async () => {
    const one = trial({ waitMs: 50_000 });
    const mine = await held(one);
    const second = lock(one);
    await until("it says that it waits", () => one.said.length > 0);
    await mine.release();
    const got = await second;
    expect("release" in got).toBe(true);
    if ("release" in got) await got.release();
    expect(one.said).toHaveLength(1);
    expect(one.said[0]).toMatch(
      /^waiting for pid \d+ on .*\n {2}for at most 50s; Ctrl-C leaves, with nothing changed\n$/,
    );
  });

  test("is waited for in vain no longer than that", async () => {
    const one = trial({ waitMs: 200 });
    const mine = await held(one);
    expect(await lock(one)).toMatchObject({
      exit: 5,
      fault: { notes: ["waited 200ms for it; nothing was changed", expect.stringContaining("its process")] },
    });
    await mine.release();
  });

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("is not waited for any more after %s", async (by, code) => {
    const one = trial({ waitMs: 600_000 });
    const mine = await held(one);
    const second = lock(one);
    await until("it waits", () => one.said.length > 0);
    one.press(by);
    expect(await second).toEqual({ outcome: "interrupted", exit: code });
    expect(one.said[1]).toBe("\nstopped before anything was begun: nothing was changed\n");
    await mine.release();
    expect(isFree(one.home)).toBe(true);
  });
});

describe("a writer that died", () => {
  const dead = spawnSync("true").pid;

  /** It takes the lock, begins, and is gone without a word. */
  function dies(home: string, how: "in the middle" | "after its end" | "before its first step"): void {
    const taken = takeLock(files, home, { ...ELSEWHERE, pid: dead, host: hostname(), apply: "theirs" });
    if (how !== "before its first step") {
      const at = ELSEWHERE.since;
      const journal = openJournal(files, home, { apply: "theirs", at, command: "aac apply", objects: 2 });
      if (how === "after its end") journal.end("failed", at);
    }
    if (taken.is === "held") taken.release();
  }

  test("in the middle of its apply is told of, and its lock is had at once", async () => {
    const one = trial();
    dies(one.home, "in the middle");
    await (await held(one)).release();
    expect(one.said).toEqual([`the apply of pid ${dead} died: its lock is free, going on\n`]);
  });

  test.each(["after its end", "before its first step"] as const)("%s is no news", async (how) => {
    const one = trial();
    dies(one.home, how);
    await (await held(one)).release();
    expect(one.said).toEqual([]);
  });

  test("is told of once: who came after it has taken over", async () => {
    const one = trial();
    dies(one.home, "in the middle");
    await (await held(one)).release();
    await (await held(one)).release();
    expect(one.said).toHaveLength(1);
  });

  test("is not named as the one who has it, while the next one has not yet said its name", async () => {
    const one = trial({ waitMs: 0 });
    const taken = takeLock(files, one.home, { ...ELSEWHERE, pid: dead, host: hostname() });
    const told = await lock(one);
    expect("fault" in told && told.fault?.message).toContain("somebody who has just begun");
    if (taken.is === "held") taken.release();
  });
});

describe("a lock that many machines share", () => {
  test("is had after that of this machine, and given back before it", async () => {
    const cluster = shared(["free"]);
    const one = trial({ session: cluster.session });
    const mine = await held(one);
    expect(isFree(one.home)).toBe(false);
    cluster.lose();
    expect(mine.lost.aborted).toBe(true);
    await mine.release();
    expect([cluster.released(), isFree(one.home)]).toEqual([1, true]);
  });

  test("keeps others out with the name of who has it, and when it ends without them", async () => {
    const cluster = shared(["taken"]);
    const one = trial({ session: cluster.session });
    const told = await lock(one);
    expect(told).toMatchObject({ exit: 5 });
    expect(JSON.stringify(told)).toContain("pid 7 on other");
    expect(JSON.stringify(told)).toContain("it ends by itself in 12 s if its holder is gone");
    expect(JSON.stringify(told)).not.toMatch(/\\u001b|\u001b/);
    expect(isFree(one.home)).toBe(true);
  });

  test("is waited for without keeping that of this machine", async () => {
    const cluster = shared(["taken", "taken", "free"]);
    const one = trial({ session: cluster.session, waitMs: 50_000 });
    const waiting = lock(one);
    await until("it waits", () => one.said.length > 0);
    expect(isFree(one.home)).toBe(true);
    const got = await waiting;
    if ("release" in got) await got.release();
    expect([cluster.asked(), cluster.released(), one.said.length]).toEqual([3, 1, 1]);
  });

  test("that cannot be had at all is a fault, and that of this machine is free again", async () => {
    const fault = diagnostic("AAC4005", undefined, "no lock may be made here");
    const one = trial({ session: { lock: () => Promise.resolve({ is: "refused", fault }) } });
    expect(await lock(one)).toEqual({ fault, outcome: "failed", exit: 1 });
    expect(isFree(one.home)).toBe(true);
  });

  test("that was had while somebody pressed Ctrl-C is given back", async () => {
    const cluster = shared(["free"]);
    const one = trial({ session: cluster.session });
    const waiting = lock(one);
    one.press();
    expect(await waiting).toEqual({ outcome: "interrupted", exit: 130 });
    expect([cluster.released(), isFree(one.home)]).toEqual([1, true]);
  });

  test("whose server does not answer keeps nobody who pressed twice", async () => {
    const one = trial({ session: { lock: () => new Promise(() => undefined) } });
    const waiting = lock(one);
    one.press();
    one.press();
    expect(await waiting).toEqual({ outcome: "interrupted", exit: 130 });
    expect(isFree(one.home)).toBe(true);
  });

  test("that cannot be given back does not keep that of this machine", async () => {
    const session: LockRequest["session"] = {
      lock: () =>
        Promise.resolve({
          is: "held",
          lost: new AbortController().signal,
          release: () => Promise.reject(new Error("no way")),
        }),
    };
    const one = trial({ session });
    const mine = await held(one);
    await expect(mine.release()).rejects.toThrow("no way");
    expect(isFree(one.home)).toBe(true);
  });
});

describe("a guard before each step", () => {
  const mark = { apply: "mine", revision: 1 };
  const never = new AbortController().signal;

  test("asks once for all that begin together, and anew for those who come later", async () => {
    let asked = 0;
    const guard = rivalGuard({ rival: () => Promise.resolve(void asked++) }, mark, never);
    expect(await Promise.all([guard(), guard(), guard()])).toEqual([undefined, undefined, undefined]);
    expect(asked).toBe(1);
    await guard();
    expect(asked).toBe(2);
  });

  test("does not let go of somebody it has found", async () => {
    const answers = [undefined, "ana on desk began after this one", undefined];
    const guard = rivalGuard({ rival: () => Promise.resolve(answers.shift()) }, mark, never);
    expect([await guard(), await guard(), await guard()]).toEqual([
      undefined,
      "ana on desk began after this one",
      "ana on desk began after this one",
    ]);
  });

  test("lets nothing begin once the lock was lost, and needs nobody to be asked for that", async () => {
    const lost = new AbortController();
    const guard = rivalGuard({}, mark, lost.signal);
    expect(await guard()).toBeUndefined();
    lost.abort();
    expect(await guard()).toContain("was lost");
  });
});

describe("what stops an apply", () => {
  const told = (...signals: readonly Interrupt[]): readonly string[] => {
    const said: string[] = [];
    const stops = interrupts((how, by) => void said.push(`${by}: ${how}`));
    for (const one of signals) stops.told(one);
    stops.end();
    return [...said, String(stops.code())];
  };

  test("the first lets end what runs, the second ends that too, and more change nothing", () => {
    expect(told("SIGINT", "SIGINT", "SIGINT")).toEqual(["SIGINT: after what runs", "SIGINT: at once", "130"]);
    expect(told("SIGTERM", "SIGINT")).toEqual(["SIGTERM: after what runs", "SIGINT: at once", "143"]);
  });

  test("a terminal that goes away is told twice, and asks once", () => {
    expect(told("SIGHUP", "SIGHUP")).toEqual(["SIGHUP: after what runs", "130"]);
  });

  test("whoever is told may change, and before anybody is told nothing is lost", () => {
    const said: string[] = [];
    const stops = interrupts();
    stops.told("SIGINT");
    stops.telling((how) => void said.push(how));
    stops.told("SIGINT");
    stops.end();
    expect([stops.stop.aborted, stops.abort.aborted, said]).toEqual([true, true, ["at once"]]);
  });

  test("one more after all is done is forgiven: what the report says stays true", () => {
    const said: string[] = [];
    const stops = interrupts((how) => void said.push(how));
    stops.closing();
    stops.told("SIGINT");
    stops.closing();
    stops.told("SIGHUP");
    stops.end();
    expect([stops.stop.aborted, stops.abort.aborted, said]).toEqual([false, false, []]);
  });

  test.each([
    ["before the report is told leaves as interrupted", "", 130],
    ["after that leaves as the report says", "6", 6],
  ])("who presses twice though all is done %s", async (_, exit, code) => {
    const file = new URL("../../src/cli/carry-out/interrupts.ts", import.meta.url).href;
    const text = `const { interrupts } = await import(${JSON.stringify(file)});
      interrupts().closing(${exit}); setInterval(() => undefined, 1000); console.log("up");`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", text], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const ended = once(child, "exit");
    await once(child.stdout, "data");
    child.kill("SIGINT");
    // Two that come at once are one to whoever is told.
    await until("it has ended", () => child.exitCode !== null || !child.kill("SIGINT"));
    expect(await ended).toEqual([code, null]);
  });

  test("nobody listens any more after the end", () => {
    const before = process.listenerCount("SIGINT");
    const stops = interrupts();
    expect(process.listenerCount("SIGINT")).toBe(before + 1);
    stops.end();
    expect(process.listenerCount("SIGINT")).toBe(before);
  });

  test("what comes after a wait that was left is told to whoever tidies up", async () => {
    const left = new AbortController();
    const told: (number | undefined)[] = [];
    const late = (value: number | undefined): void => void told.push(value);
    let open: (value: number) => void = () => undefined;
    const waiting = orAborted(new Promise<number>((resolve) => (open = resolve)), left.signal, late);
    left.abort();
    expect(await waiting).toEqual({ is: "aborted" });
    expect(told).toEqual([]);
    open(3);
    await until("it is told", () => told.length === 1);
    await orAborted(Promise.reject<number>(new Error("late")), left.signal, late);
    await until("its failure is told too, as nothing", () => told.length === 2);
    expect(await orAborted(Promise.resolve(4), new AbortController().signal, late)).toMatchObject({
      value: 4,
    });
    expect(told).toEqual([3, undefined]);
  });

  test("a wait that is left fails for nobody", async () => {
    const left = new AbortController();
    left.abort();
    expect(await orAborted(Promise.reject(new Error("late")), left.signal)).toEqual({ is: "aborted" });
    expect(await orAborted(Promise.resolve(3), new AbortController().signal)).toEqual({
      is: "over",
      value: 3,
    });
  });
});

describe("who has a lock", () => {
  const words = (since: string, now: string): string =>
    holderWords({ pid: 4121, host: "desk", command: "aac apply", since }, now);

  test.each([
    ["2026-01-02T02:14:00.900Z", "since 02:14 UTC, just now"],
    ["2026-01-02T02:14:05.500Z", "since 02:14 UTC, 5 s ago"],
    ["2026-01-02T02:17:10Z", "since 02:14 UTC, 3 min ago"],
    ["2026-01-02T07:00:00Z", "since 02:14 UTC, 4 h ago"],
    ["2026-01-05T07:00:00Z", "since 2026-01-02 02:14 UTC, 3 days ago"],
    ["2026-01-02T02:10:00Z", "since 02:14 UTC, just now"],
  ])("is told with the age of it: at %s", (now, told) => {
    expect(words("2026-01-02T02:14:00.100Z", now)).toBe(`pid 4121 on desk, ${told}: aac apply`);
  });

  test("shows a time that is none as it is written, and nothing that a terminal would obey", () => {
    expect(words("\u001b[2Jlong ago", "2026-01-02T02:14:05Z")).toBe(
      "pid 4121 on desk, since \\x1b[2Jlong ago: aac apply",
    );
    expect(holderWords(undefined, "2026-01-02T02:14:05Z")).toBe("somebody who has just begun");
  });

  test("and a lock that ends by itself never says zero", () => {
    expect([endsWords(-3), endsWords(11_200)]).toEqual([
      "it ends by itself in 1 s if its holder is gone",
      "it ends by itself in 12 s if its holder is gone",
    ]);
  });
});
