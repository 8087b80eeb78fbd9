import { assert, nat, property, record, string } from "fast-check";
import { describe, expect, test } from "vitest";
import type { ProcessFacts } from "../../../src/model/system.ts";
import { parseMounts } from "../../../targets/local-process/runner/cgroups.ts";
import { MARKER, readMarker, writeMarker } from "../../../targets/local-process/runner/marker.ts";
import { wholeLine, wholeNumber } from "../../../targets/local-process/runner/shim.ts";
import { isSignal, readStatus } from "../../../targets/local-process/runner/signals.ts";
import { familyOf } from "../../../targets/local-process/runner/trees/group.ts";

describe("the marker", () => {
  test("is read as it was written, whatever stands in it", () => {
    const text = string({ unit: "grapheme" });
    const marker = record({
      place: text,
      agent: text,
      replica: nat(),
      run: text,
      source: text,
      origin: text,
    });
    assert(
      property(marker, (one) => {
        const written = writeMarker(one);
        expect(written).toMatch(/^v1 [!-~ ]*$/);
        expect(readMarker({ [MARKER]: written })).toEqual(one);
      }),
    );
  });

  test("of somebody else is none", () => {
    expect(readMarker(undefined)).toBeUndefined();
    expect(readMarker({})).toBeUndefined();
    for (const odd of ["", "v1", "v2 place=a agent=b replica=0 run=c", "v1 place=% agent=b replica=0 run=c"])
      expect(readMarker({ [MARKER]: odd })).toBeUndefined();
  });
});

describe("what the shim wrote", () => {
  test("counts from the end of its line on", () => {
    expect(wholeNumber("143\n")).toBe(143);
    expect(wholeNumber("14")).toBeUndefined();
    expect(wholeNumber("")).toBeUndefined();
    expect(wholeNumber(undefined)).toBeUndefined();
    expect(wholeNumber("x\n")).toBeUndefined();
    expect(wholeLine("why it failed\n")).toBe("why it failed");
  });

  test("has both readings of a status above 128 where that is a signal", () => {
    expect(readStatus(0)).toEqual({ code: 0 });
    expect(readStatus(128)).toEqual({ code: 128 });
    expect(readStatus(143)).toEqual({ code: 143, signal: "SIGTERM" });
    expect(readStatus(137)).toEqual({ code: 137, signal: "SIGKILL" });
    expect(readStatus(165)).toEqual({ code: 165, signal: "SIGRTMIN+3" });
    expect(readStatus(255)).toEqual({ code: 255 });
  });
});

test("signals are known by name, real-time ones too", () => {
  expect(["SIGTERM", "SIGUSR1", "SIGRTMIN", "SIGRTMIN+3", "SIGRTMAX-2"].every(isSignal)).toBe(true);
  expect(["", "TERM", "SIGFOO", "SIGRTMIN+99", "SIGRTMIN-1"].some(isSignal)).toBe(false);
});

describe("mounts of control groups", () => {
  test("of both versions side by side are told apart", () => {
    const mountinfo = [
      "33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct",
      "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory",
      "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime shared:1 - cgroup2 cgroup2 rw",
      "42 31 0:39 / /mnt/a\\040b ro,relatime - cgroup cgroup rw,pids",
    ].join("\n");
    expect(parseMounts(mountinfo, "8:pids:/\n4:memory:/a/b\n1:cpu,cpuacct:/\n0::/user")).toEqual([
      { holds: "cpu", candidates: ["/sys/fs/cgroup/cpu,cpuacct"] },
      { holds: "memory", candidates: ["/sys/fs/cgroup/memory/a/b", "/sys/fs/cgroup/memory"] },
      { holds: "unified", candidates: ["/sys/fs/cgroup/unified/user", "/sys/fs/cgroup/unified"] },
    ]);
  });

  test("in a container begin where the container does", () => {
    const mount = "30 23 0:27 /docker/abc /sys/fs/cgroup rw - cgroup2 cgroup rw,nsdelegate";
    const candidates = (own: string): unknown => parseMounts(mount, own)[0]?.candidates;
    expect(candidates("0::/docker/abc/inner")).toEqual(["/sys/fs/cgroup/inner", "/sys/fs/cgroup"]);
    expect(candidates("0::/docker/abc")).toEqual(["/sys/fs/cgroup"]);
    expect(candidates("0::/../other")).toEqual(["/sys/fs/cgroup"]);
    expect(parseMounts("", "")).toEqual([]);
  });
});

describe("a family of processes", () => {
  const one = (pid: number, parent: number, more: Partial<ProcessFacts> = {}): ProcessFacts => ({
    pid,
    parent,
    group: pid,
    session: pid,
    started: "1",
    zombie: false,
    argv: ["x"],
    uid: 0,
    memory: 0,
    cpuMs: 0,
    ...more,
  });
  const of = (run: string): Partial<ProcessFacts> => ({
    environment: {
      [MARKER]: writeMarker({ place: "p", agent: "a", replica: 0, run, source: "", origin: "" }),
    },
  });

  test("is who carries the marker, in any session, and who descends from such a one", () => {
    const all = [
      one(2, 1, { ...of("r"), argv: ["/bin/sh", "-c", "…", "aac-shim"] }),
      one(3, 2, of("r")),
      one(4, 1, of("r")),
      one(5, 4),
      one(6, 5),
      one(7, 1, of("other")),
      one(8, 4, of("other")),
      one(9, 8),
      one(10, 3, { ...of("r"), zombie: true }),
    ];
    const family = familyOf(all, "r");
    expect(family.shim?.pid).toBe(2);
    expect(family.members.map(({ pid }) => pid)).toEqual([3, 4, 5, 6]);
  });

  test("does not take a copy that the shim makes of itself for the shim", () => {
    const argv = ["/bin/sh", "-c", "…", "aac-shim"];
    const family = familyOf(
      [one(2, 1, { ...of("r"), argv }), one(3, 2, { ...of("r"), argv, session: 2 })],
      "r",
    );
    expect(family.shim?.pid).toBe(2);
    expect(family.members.map(({ pid }) => pid)).toEqual([3]);
  });

  test("has an agent that wrote over its environment, where its identity is known", () => {
    const main = one(5, 1, { environment: {} });
    expect(familyOf([main, one(6, 5)], "r", main).members.map(({ pid }) => pid)).toEqual([5, 6]);
    expect(familyOf([main, one(6, 5)], "r").members).toEqual([]);
  });
});
