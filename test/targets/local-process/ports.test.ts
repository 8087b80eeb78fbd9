import { assert, constantFrom, dictionary, property, record, subarray, uniqueArray } from "fast-check";
import { describe, expect, test } from "vitest";
import type { AgentIr, PortIr } from "../../../src/model/ir.ts";
import type { SlotRecord } from "../../../src/model/supervision.ts";
import type { System } from "../../../src/model/system.ts";
import type { Place } from "../../../src/model/target.ts";
import { choosePorts } from "../../../targets/local-process/preflight/ports.ts";
import { rounds, seed } from "../../helpers/figure.ts";

type Wished = Readonly<Record<string, readonly Partial<PortIr>[]>>;
type Chosen = Readonly<Record<string, Readonly<Record<string, number>>>>;

const RANGE = [20_000, 20_004] as const;

/** The ports of some agents on a machine where others hold `busy`, and where the agents had `before`. */
function choose(
  wished: Wished,
  busy: readonly string[] = [],
  before: Chosen = {},
  only?: readonly string[],
): Chosen {
  const agents = Object.fromEntries(
    Object.entries(wished).map(([name, ports]) => [name, agentOf(name, ports)]),
  );
  const net = {
    holder: (port: number, _: string, protocol: string) =>
      busy.includes(`${port}/${protocol}`) ? { is: "taken" } : { is: "free" },
  };
  return choosePorts(
    { net } as unknown as System,
    { portRange: RANGE } as unknown as Place,
    { irVersion: 1, project: "p", agents },
    Object.fromEntries((only ?? Object.keys(wished)).map((name) => [name, {}])) as never,
    Object.entries(before).map(([agent, ports]) => recordOf(agent, ports)),
  );
}

function agentOf(name: string, ports: readonly Partial<PortIr>[]): AgentIr {
  const all = ports.map(
    (port): PortIr => ({
      container: 8080,
      host: "free",
      hostIP: "127.0.0.1",
      protocol: "tcp",
      ...port,
    }),
  );
  const byKey = Object.fromEntries(all.map((port) => [`${port.container}/${port.protocol}`, port]));
  return { name, ports: byKey } as unknown as AgentIr;
}

function recordOf(agent: string, ports: Readonly<Record<string, number>>): SlotRecord {
  const fields = Object.entries(ports).map(([key, port]) => [
    key,
    { port, address: "127.0.0.1", inside: false },
  ]);
  const asked = { command: ["x"], program: "/x", ports: Object.fromEntries(fields) };
  return { charge: { agent, asked } } as unknown as SlotRecord;
}

describe("the real port of each agent", () => {
  test("is the written one, whoever holds it", () => {
    expect(choose({ a: [{ host: 8000 }] }, ["8000/tcp"])).toEqual({ a: { "8080/tcp": 8000 } });
  });

  test("is that of the file where it is free, else the first free one of the range", () => {
    expect(choose({ a: [{}] })).toEqual({ a: { "8080/tcp": 8080 } });
    expect(choose({ a: [{}] }, ["8080/tcp", "20000/tcp"])).toEqual({ a: { "8080/tcp": 20_001 } });
  });

  test("is another for each of two that want the same", () => {
    expect(choose({ b: [{}], a: [{}] })).toEqual({ a: { "8080/tcp": 8080 }, b: { "8080/tcp": 20_000 } });
  });

  test("is never one that a file gives to another by name", () => {
    expect(choose({ a: [{}], b: [{ container: 9000, host: 8080 }] })).toEqual({
      a: { "8080/tcp": 20_000 },
      b: { "9000/tcp": 8080 },
    });
  });

  test("stays what it was, also while its own agent holds it", () => {
    const before = { b: { "8080/tcp": 20_003 } };
    expect(choose({ a: [{}], b: [{}] }, ["20003/tcp"], before)).toEqual({
      a: { "8080/tcp": 8080 },
      b: { "8080/tcp": 20_003 },
    });
  });

  test("is given up where a file by now gives it to another by name", () => {
    const before = { a: { "8080/tcp": 8080 } };
    expect(choose({ a: [{}], b: [{ container: 9000, host: 8080 }] }, [], before)).toEqual({
      a: { "8080/tcp": 20_000 },
      b: { "9000/tcp": 8080 },
    });
  });

  test("may be one number for TCP and UDP", () => {
    const both = [{ container: 53 }, { container: 53, protocol: "udp" }] as const;
    expect(choose({ a: both })).toEqual({ a: { "53/tcp": 53, "53/udp": 53 } });
    expect(choose({ a: both }, ["53/udp"])).toEqual({ a: { "53/tcp": 53, "53/udp": 20_000 } });
  });

  test("is that of the file when the range is used up, so that somebody says who holds it", () => {
    const busy = ["8080/tcp", ...[0, 1, 2, 3, 4].map((n) => `${RANGE[0] + n}/tcp`)];
    expect(choose({ a: [{}] }, busy)).toEqual({ a: { "8080/tcp": 8080 } });
  });

  test("of an agent that lives here is known though nobody asks about it", () => {
    const before = { b: { "8080/tcp": 20_002 } };
    expect(choose({ a: [{}], b: [{}], c: [{}] }, [], before, ["a"])).toEqual({
      a: { "8080/tcp": 8080 },
      b: { "8080/tcp": 20_002 },
    });
  });

  test("is nobody else's, and stays over the next time, whatever is wished", () => {
    const from = seed();
    process.stdout.write(`ports: seed ${from}\n`);
    const name = constantFrom("a", "b", "c", "d");
    const port = record({
      container: constantFrom(8080, 8081),
      protocol: constantFrom<"tcp" | "udp">("tcp", "udp"),
    });
    const wish = dictionary(
      name,
      uniqueArray(port, { selector: (one) => JSON.stringify(one), maxLength: 2 }),
    );
    const busy = subarray(["8080/tcp", "8081/udp", "20000/tcp"]);
    assert(
      property(wish, busy, (wished, held) => {
        const first = choose(wished, held);
        const all = Object.values(first).flatMap((ports) =>
          Object.entries(ports).map(([key, real]) => `${real}/${key.split("/")[1] ?? ""}`),
        );
        // Four agents with two ports each can want more than the five of the range.
        const isUsedUp = all.some((one) => held.includes(one)) || all.length > RANGE[1] - RANGE[0] + 1;
        if (!isUsedUp) expect(new Set(all).size).toBe(all.length);
        expect(choose(wished, [...held, ...all], first)).toEqual(first);
      }),
      { seed: from, numRuns: 40 * rounds(10) },
    );
  });
});
