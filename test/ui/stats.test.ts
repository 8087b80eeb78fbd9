import { describe, expect, test } from "vitest";
import type { ReplicaStats } from "../../src/model/operates.ts";
import { colourPaint, plainPaint } from "../../src/ui/paint.ts";
import { statsJson } from "../../src/ui/stats/json.ts";
import { needsTwo, ratesOf } from "../../src/ui/stats/rates.ts";
import { statsTable } from "../../src/ui/stats/table.ts";

const at = (second: string): string => `2026-08-01T23:59:${second}Z`;

function replica(agent: string, more: Partial<ReplicaStats> = {}): ReplicaStats {
  return { agent, replica: 0, id: "4121", at: at("58"), from: "operating system", ...more };
}
const sum = (ms: number): NonNullable<ReplicaStats["cpu"]> => ({ is: "sum", ms });
const cpuOf = (before: readonly ReplicaStats[], after: readonly ReplicaStats[]): readonly unknown[] =>
  ratesOf(before, after).map(({ cpu }) => cpu);

describe("two readings", () => {
  test("make a rate of what was used between them, over midnight too", () => {
    const before = [replica("a", { cpu: sum(1000) })];
    expect(cpuOf(before, [replica("a", { cpu: sum(1125), at: at("58.5") })])).toEqual([250]);
    expect(cpuOf(before, [replica("a", { cpu: sum(5000), at: "2026-08-02T00:00:00Z" })])).toEqual([2000]);
    expect(cpuOf(before, [replica("a", { cpu: sum(1000), at: at("59") })])).toEqual([0]);
  });

  test("are not compared where they are not of the same run, or of the same moment", () => {
    const before = [replica("a", { cpu: sum(1000) })];
    const cases: readonly (readonly [string, ReplicaStats])[] = [
      ["another process", replica("a", { cpu: sum(2000), at: at("59"), id: "5000" })],
      ["another replica", replica("a", { cpu: sum(2000), at: at("59"), replica: 1 })],
      ["another agent", replica("b", { cpu: sum(2000), at: at("59") })],
      ["begun anew under its old name", replica("a", { cpu: sum(10), at: at("59") })],
      ["the same moment", replica("a", { cpu: sum(1000) })],
      ["an earlier moment", replica("a", { cpu: sum(2000), at: at("57") })],
      ["no time", replica("a", { cpu: sum(2000), at: "soon" })],
      ["no processor", replica("a", { at: at("59") })],
    ];
    for (const [what, after] of cases) expect([what, ...cpuOf(before, [after])]).toEqual([what, undefined]);
    expect(cpuOf([], before)).toEqual([undefined]);
    expect(cpuOf([replica("a", { cpu: { is: "rate", milli: 5 } })], [replica("a", { cpu: sum(1) })])).toEqual(
      [undefined],
    );
  });

  test("are not needed where the platform makes rates itself", () => {
    const rate = replica("a", { cpu: { is: "rate", milli: 12.4 } });
    expect(cpuOf([], [rate])).toEqual([12]);
    expect([needsTwo([rate]), needsTwo([rate, replica("b")])]).toEqual([false, false]);
    expect(needsTwo([rate, replica("b", { cpu: sum(1) })])).toBe(true);
  });

  test("come back by agent and then by number, whatever the platform's order is", () => {
    const all = [replica("b"), replica("a", { replica: 10 }), replica("a", { replica: 2 })];
    expect(ratesOf([], all).map((one) => `${one.agent}.${one.replica}`)).toEqual(["a.2", "a.10", "b.0"]);
  });
});

const Mi = 1024 * 1024;
const USES = ratesOf(
  [],
  [
    replica("researcher", {
      cpu: { is: "rate", milli: 250 },
      cpuLimit: 1000,
      memory: 96 * Mi,
      memoryLimit: 512 * Mi,
      processes: 3,
      processesLimit: 50,
      network: { received: 1_258_291, sent: 3072 },
      disk: { read: 0, written: 12_288 },
    }),
    replica("chatbot", {
      replica: 1,
      cpu: { is: "rate", milli: 1980 },
      cpuLimit: 2000,
      memory: 400 * Mi,
      memoryLimit: 512 * Mi,
    }),
    replica("chatbot", { cpuLimit: 500, memory: 1000 }),
    replica("\u001B[2Jevil\n", { processes: 1 }),
  ],
);

describe("the table of stats", () => {
  test("has a line for each replica, and beside an amount its limit", () => {
    expect(statsTable(USES, ["one thing\u0007"], plainPaint)).toMatchInlineSnapshot(`
      "AGENT          REPLICA  CPU                 MEMORY                PROCESSES  NET IN/OUT   DISK R/W
      \\x1b[2Jevil\\n  0        -                   -                     1          -            -
      chatbot        0        - of 0.50           1000B                 -          -            -
      chatbot        1        1.98 of 2.00 (99%)  400Mi of 512Mi (78%)  -          -            -
      researcher     0        0.25 of 1.00 (25%)  96Mi of 512Mi (19%)   3 of 50    1.2Mi/3.0Ki  0B/12Ki

      one thing\\x07
      "
    `);
  });

  test("says in colour only what its words say", () => {
    const painted = statsTable(USES, [], colourPaint);
    expect(painted).toContain("\u001B[31m1.98 of 2.00 (99%)\u001B[39m");
    expect(painted).toContain("\u001B[33m400Mi of 512Mi (78%)\u001B[39m");
    expect(painted).not.toContain("\u001B[33m96Mi");
    // oxlint-disable-next-line no-control-regex -- what paints
    expect(painted.replaceAll(/\u001B\[\d+m/g, "")).toBe(statsTable(USES, [], plainPaint));
  });

  test("says that nothing runs", () => {
    expect(statsTable([], ["why"], plainPaint)).toBe("no agents run here\nwhy\n");
  });
});

describe("stats as JSON", () => {
  test("are one document, and one line where many follow each other", () => {
    const text = statsJson(USES, ["why"], 0);
    expect(text.trimEnd()).not.toContain("\n");
    expect(JSON.parse(text)).toEqual(JSON.parse(statsJson(USES, ["why"])));
    expect(JSON.parse(text)).toMatchObject({
      apiVersion: "agent.dev/v1",
      kind: "Stats",
      replicas: [{ agent: "\u001B[2Jevil\n" }, { cpuLimit: 500 }, { cpu: 1980 }, { network: { sent: 3072 } }],
      notes: ["why"],
    });
    expect(text).not.toContain("\u001B");
  });
});
