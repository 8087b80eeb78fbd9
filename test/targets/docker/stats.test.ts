import { describe, expect, test } from "vitest";
import { usedIn } from "../../../targets/docker/live/used.ts";

/** As an engine of 2023 writes it, on control groups of version 1. */
const FIRST = {
  read: "2026-11-21T16:52:11.123456789Z",
  preread: "0001-01-01T00:00:00Z",
  pids_stats: { current: 3, limit: 50 },
  blkio_stats: {
    io_service_bytes_recursive: [
      { major: 254, minor: 0, op: "Read", value: 4096 },
      { major: 254, minor: 0, op: "Write", value: 8192 },
      { major: 254, minor: 0, op: "Sync", value: 1 },
      { major: 254, minor: 0, op: "Total", value: 12_288 },
      { major: 254, minor: 16, op: "Read", value: 4 },
    ],
    io_serviced_recursive: [{ major: 254, minor: 0, op: "Read", value: 1 }],
  },
  num_procs: 0,
  storage_stats: {},
  cpu_stats: {
    cpu_usage: {
      total_usage: 1_234_567_890,
      percpu_usage: [1, 2],
      usage_in_kernelmode: 0,
      usage_in_usermode: 1_000_000_000,
    },
    system_cpu_usage: 1_000_000_000_000,
    online_cpus: 2,
    throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
  },
  precpu_stats: { cpu_usage: { total_usage: 5 } },
  memory_stats: {
    usage: 1_000_000,
    max_usage: 2_000_000,
    stats: { inactive_file: 1, total_inactive_file: 250_000, cache: 300_000 },
    limit: 67_108_864,
  },
  name: "/desk",
  id: "abc",
  networks: {
    eth0: { rx_bytes: 1000, rx_packets: 1, tx_bytes: 10 },
    eth1: { rx_bytes: 24, rx_packets: 1, tx_bytes: 5 },
  },
};

/** The same on version 2: other words, and lists that may be null. */
const SECOND = {
  ...FIRST,
  pids_stats: { current: 1 },
  blkio_stats: {
    io_service_bytes_recursive: [
      { major: 8, minor: 0, op: "read", value: 40 },
      { major: 8, minor: 0, op: "write", value: 80 },
    ],
    io_serviced_recursive: null,
  },
  memory_stats: {
    usage: 1_000_000,
    stats: { anon: 1, file: 2, inactive_file: 100_000, active_file: 5 },
    limit: 1,
  },
};

describe("what an engine says of a container", () => {
  test("is read from control groups of version 1", () => {
    expect(usedIn(FIRST)).toEqual({
      at: "2026-11-21T16:52:11.123Z",
      cpu: { is: "sum", ms: 1234.56789 },
      memory: 750_000,
      processes: 3,
      network: { received: 1024, sent: 15 },
      disk: { read: 4100, written: 8192 },
    });
  });

  test("is read from control groups of version 2", () => {
    expect(usedIn(SECOND)).toMatchObject({
      memory: 900_000,
      processes: 1,
      disk: { read: 40, written: 80 },
    });
  });

  test("says nothing of what is not counted, instead of naught", () => {
    const bare = usedIn({
      ...SECOND,
      networks: undefined,
      pids_stats: {},
      blkio_stats: { io_service_bytes_recursive: null },
      memory_stats: {},
    });
    expect(bare).toEqual({ at: "2026-11-21T16:52:11.123Z", cpu: { is: "sum", ms: 1234.56789 } });
  });

  test("never makes less than nothing of memory", () => {
    const { memory_stats: stats } = SECOND;
    const odd = { ...SECOND, memory_stats: { ...stats, stats: { inactive_file: 2_000_000 } } };
    expect(usedIn(odd)?.memory).toBe(1_000_000);
  });

  test.each([
    ["one that has ended", { ...FIRST, read: "0001-01-01T00:00:00Z" }],
    ["no time", { ...FIRST, read: "soon" }],
    ["an empty table", {}],
    ["a text", "no such container"],
    ["nothing", null],
  ])("is nothing where it is %s", (_, told) => {
    expect(usedIn(told)).toBeUndefined();
  });
});
