import { describe, expect, test } from "vitest";
import type { ReadResult, System } from "../../../src/model/system.ts";
import { system as real } from "../../../src/system/system.ts";
import type { Placement } from "../../../targets/local-process/runner/folder.ts";
import { bytesIn, timeIn, usedBy } from "../../../targets/local-process/runner/used.ts";

/** A machine that has these files, and processes of two mebibytes each. */
function machine(files: Readonly<Record<string, string>>): System {
  const read = (path: string): ReadResult => {
    const text = files[path];
    return text === undefined ? { is: "absent" } : { is: "read", bytes: new TextEncoder().encode(text) };
  };
  const me = real.processes.look(process.pid);
  if (me === undefined) throw new Error("this process cannot see itself");
  const look = (pid: number): typeof me | undefined =>
    files[`/proc/${pid}/stat`] === undefined ? undefined : { ...me, pid, memory: 2_097_152 };
  return { ...real, files: { ...real.files, read }, processes: { ...real.processes, look } };
}

const stat = (pid: number, name: string, ...ticks: readonly number[]): string =>
  `${pid} (${name}) S 1 ${pid} ${pid} 0 -1 4194560 100 200 0 0 ${ticks.join(" ")} 20 0 1 0 5000 1000 100\n`;
const io = (read: number, written: number): string =>
  `rchar: 9\nwchar: 9\nsyscr: 1\nsyscw: 1\nread_bytes: ${read}\nwrite_bytes: ${written}\ncancelled_write_bytes: 7\n`;

const PROCESSES = {
  "/proc/10/stat": stat(10, "sh", 1, 2, 30, 40),
  "/proc/11/stat": stat(11, "a) S 1 (b", 5, 0, 0, 0),
  "/proc/10/io": io(4096, 0),
  "/proc/11/io": io(0, 100),
};
const PIDS = [10, 11, 12];

describe("what a run uses", () => {
  test("without control groups is the sum over its processes, and what they collected of ended ones", () => {
    const placement: Placement = { tree: "group", limits: {} };
    expect(usedBy(machine(PROCESSES), placement, PIDS)).toEqual({
      cpu: { is: "sum", ms: 780 },
      memory: 4_194_304,
      processes: 3,
      disk: { read: 4096, written: 100 },
    });
  });

  test("in groups of version 2 is what the groups say", () => {
    const group = "/cg/run";
    const limits: Placement["limits"] = {
      cpu: { folder: group, version: 2 },
      memory: { folder: group, version: 2 },
      pids: { folder: group, version: 2 },
    };
    const files = {
      ...PROCESSES,
      "/cg/run/cpu.stat": "usage_usec 1500250\nuser_usec 1\nsystem_usec 2\n",
      "/cg/run/memory.current": "1000000\n",
      "/cg/run/memory.stat": "anon 5\ninactive_file 200000\nactive_file 1\n",
      "/cg/run/pids.current": "17\n",
    };
    const whole = { cpu: { is: "sum", ms: 1500.25 }, memory: 800_000, processes: 17 };
    expect(usedBy(machine(files), { tree: "cgroup", group, limits }, PIDS)).toMatchObject(whole);
    // A run that has no group for its end may have one for its limits.
    expect(usedBy(machine(files), { tree: "group", limits }, PIDS)).toMatchObject(whole);
    // And one without limits has only that for its end, in which time is counted all the same.
    expect(usedBy(machine(files), { tree: "cgroup", group, limits: {} }, PIDS)).toMatchObject({
      cpu: { is: "sum", ms: 1500.25 },
      memory: 4_194_304,
      processes: 3,
    });
  });

  test("in groups of version 1 is what they say, and time is summed where they do not count it", () => {
    const limits: Placement["limits"] = {
      cpu: { folder: "/cpu/run", version: 1 },
      memory: { folder: "/memory/run", version: 1 },
      pids: { folder: "/pids/run", version: 1 },
    };
    const files = {
      ...PROCESSES,
      "/memory/run/memory.usage_in_bytes": "1000000\n",
      "/memory/run/memory.stat": "inactive_file 300000\ntotal_inactive_file 300000\n",
      "/pids/run/pids.current": "4\n",
    };
    const placement: Placement = { tree: "namespace", limits };
    expect(usedBy(machine(files), placement, PIDS)).toMatchObject({
      cpu: { is: "sum", ms: 780 },
      memory: 700_000,
      processes: 4,
    });
    const joined = { ...files, "/cpu/run/cpuacct.usage": "2500000\n" };
    expect(usedBy(machine(joined), placement, PIDS).cpu).toEqual({ is: "sum", ms: 2.5 });
  });

  test("is not told where its processes are gone or belong to somebody else", () => {
    expect(usedBy(machine({}), { tree: "group", limits: {} }, PIDS)).toEqual({ processes: 3 });
  });
});

test("files of the kernel that are cut short or strange are no amounts", () => {
  expect(timeIn("")).toBeUndefined();
  expect(timeIn("12 (sh) S 1 2 3")).toBeUndefined();
  expect(timeIn(stat(1, "x", 1, 2, 3).replace("1 2 3", "one 2 3"))).toBeUndefined();
  expect(bytesIn("read_bytes: much\n", "read_bytes")).toBeUndefined();
  expect(bytesIn(io(5, 6), "write_bytes")).toBe(6);
});
