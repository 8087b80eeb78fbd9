import { describe, expect, test } from "vitest";
import { type Drift, isDrifting } from "../../src/model/drift.ts";
import type { KindRules } from "../../src/model/resource.ts";
import { driftOf, type DriftRequest } from "../../src/plan/drift.ts";
import { lives, wants } from "./objects.ts";

const PLAIN: KindRules = { replaceOn: {}, ignore: [], secret: [], code: [], volatile: [], rolls: {} };
const RULES: Readonly<Record<string, KindRules>> = {
  process: { ...PLAIN, secret: ["secrets"], code: ["code"], ignore: ["folder"] },
  volume: PLAIN,
  network: PLAIN,
};

const look = (request: Partial<DriftRequest>): Drift => {
  const compared = request.stood ?? request.wanted ?? [];
  return driftOf({ observed: [], compared, rules: RULES, agents: new Set(), ...request });
};

/** One line a finding. */
const said = (drift: Drift): readonly string[] => [
  ...drift.changed.flatMap(({ id, fields }) =>
    fields.map(
      ({ path, was, is, by, next, secret }) =>
        `${id} ${path} ${secret ? "(secret)" : `${JSON.stringify(was)} → ${JSON.stringify(is)}`} by ${by}: ${next}`,
    ),
  ),
  ...drift.gone.map(({ id, next }) => `- ${id}: ${next}`),
  ...drift.extra.map(({ id, identity, next }) => `+ ${id} ${identity}: ${next}`),
  ...drift.held.map(({ id, hold }) => `= ${id} ${hold.by}`),
  ...drift.untold.map((id) => `? ${id}`),
];

describe("a drift", () => {
  const asked = { memory: "96Mi", env: { A: "1", B: "2" } };

  test("is what parts the live object from what the last apply asked for", () => {
    const observed = [lives("ana", "process", { memory: "128Mi", env: { A: "1", C: "3" } }, { asked })];
    expect(said(look({ observed, wanted: [wants("ana", "process", asked)] }))).toEqual([
      `ana/process/main env/B "2" → undefined by outside aac: takes it back`,
      `ana/process/main env/C undefined → "3" by outside aac: takes it back`,
      `ana/process/main memory "96Mi" → "128Mi" by outside aac: takes it back`,
    ]);
  });

  test("is not what was edited in a file alone", () => {
    const wanted = [wants("ana", "process", { ...asked, memory: "1Gi" })];
    const drift = look({ observed: [lives("ana", "process", asked)], wanted });
    expect([said(drift), isDrifting(drift), drift.agents]).toEqual([[], false, 1]);
  });

  test("says what the next apply makes of it", () => {
    const observed = [
      lives("ana", "process", { a: 2, b: 2, c: 2 }, { asked: { a: 1, b: 1, c: 1 } }),
      lives("old", "process", { a: 2 }, { asked: { a: 1 } }),
    ];
    const written = { c: { file: "agent.yaml", line: 7 } };
    const drift = look({ observed, wanted: [wants("ana", "process", { a: 1, b: 2, c: 3 }, { written })] });
    expect(said(drift)).toEqual([
      "ana/process/main a 1 → 2 by outside aac: takes it back",
      "ana/process/main b 1 → 2 by outside aac: agrees since",
      "ana/process/main c 1 → 2 by outside aac: changes it",
      "old/process/main a 1 → 2 by outside aac: changes it",
    ]);
    expect(drift.changed[0]?.fields.map(({ at }) => at?.line)).toEqual([undefined, undefined, 7]);
    expect(said(look({ observed }))[0]).toBe("ana/process/main a 1 → 2 by outside aac: unknown");
    expect([isDrifting(drift), isDrifting(look({ observed }))]).toEqual([true, true]);
  });

  test("is nothing to look at once the files say the same: no apply could ever end it", () => {
    const observed = [lives("ana", "process", { a: 2 }, { asked: { a: 1 } })];
    const stood = [wants("ana", "process", { a: 1 }), wants("old", "process", {})];
    const drift = look({ observed, stood, wanted: [wants("ana", "process", { a: 2 })] });
    expect([said(drift), isDrifting(drift)]).toEqual([
      ["ana/process/main a 1 → 2 by outside aac: agrees since", "- old/process/main: agrees since"],
      false,
    ]);
  });

  test("names who did it: whoever has that field, else whoever changed the object last", () => {
    const observed = [
      lives(
        "ana",
        "process",
        { a: 2, b: 2 },
        { asked: { a: 1, b: 1 }, changedBy: "kubectl-set", others: { b: "helm" } },
      ),
    ];
    expect(said(look({ observed }))).toEqual([
      "ana/process/main a 1 → 2 by kubectl-set: unknown",
      "ana/process/main b 1 → 2 by helm: unknown",
    ]);
  });

  test("says when, of that field or of the one around it, where the platform keeps it", () => {
    const others = { config: "kubectl-edit" };
    const changedAt = { config: "2026-01-31T03:12:00Z" };
    const observed = [
      lives(
        "ana",
        "process",
        { config: { a: 2 }, b: 2 },
        { asked: { config: { a: 1 }, b: 1 }, others, changedAt },
      ),
    ];
    const fields = look({ observed }).changed.flatMap((one) => one.fields);
    expect(fields.map(({ path, by, changedAt: at }) => [path, by, at])).toEqual([
      ["b", "outside aac", undefined],
      ["config/a", "kubectl-edit", "2026-01-31T03:12:00Z"],
    ]);
  });

  test("holds no secret, and none is said to differ that cannot be compared", () => {
    const observed = [
      lives(
        "ana",
        "process",
        { secrets: { KEY: "k:two", LOST: null }, folder: "/b", code: { "a.py": "2" } },
        { asked: { secrets: { KEY: "k:one", LOST: "k:x" }, folder: "/a", code: { "a.py": "1" } } },
      ),
    ];
    const drift = look({ observed });
    expect(said(drift)).toEqual([
      `ana/process/main code/a.py "1" → "2" by outside aac: unknown`,
      "ana/process/main secrets/KEY (secret) by outside aac: unknown",
    ]);
    expect(JSON.stringify(drift)).not.toContain("k:");
  });

  test("is none where the platform only writes the same in other words", () => {
    const then = { memory: "1Gi", cpu: "1" };
    const observed = [
      lives(
        "ana",
        "process",
        { memory: "1024Mi", cpu: "2" },
        { asked: then, becomes: { memory: "1024Mi", cpu: "1" } },
      ),
    ];
    const stood = [wants("ana", "process", then)];
    expect(said(look({ observed, stood, wanted: stood }))).toEqual([
      `ana/process/main cpu "1" → "2" by outside aac: takes it back`,
    ]);
    // It was asked about something else: what it says of that says nothing of this.
    expect(said(look({ observed, compared: [wants("ana", "process", { cpu: "3" })] })).length).toBe(2);
  });

  test("is what stood after the last apply and is gone, an agent that is gone as a whole too", () => {
    const stood = [wants("ana", "process", asked), wants("bob", "process", asked), wants("", "network", {})];
    const observed = [lives("ana", "process", asked)];
    expect(said(look({ observed, stood, wanted: [wants("bob", "process", asked)] }))).toEqual([
      "- /network/main: agrees since",
      "- bob/process/main: takes it back",
    ]);
    expect(said(look({ observed, stood }))).toEqual([
      "- /network/main: unknown",
      "- bob/process/main: unknown",
    ]);
  });

  test("without a record of the last apply only an agent that lives can miss something", () => {
    const wanted = [
      wants("ana", "process", asked),
      wants("ana", "volume", {}),
      wants("new", "process", asked),
    ];
    expect(said(look({ observed: [lives("ana", "process", asked)], wanted }))).toEqual([
      "- ana/volume/main: takes it back",
    ]);
  });

  test("is what came without an apply, and what an interrupted one left beside", () => {
    const observed = [
      lives("ana", "process", asked),
      lives("ana", "process", asked, { id: "ana/process/main~4f", identity: "4f", leftOver: true }),
      lives("eve", "process", asked),
    ];
    const stood = [wants("ana", "process", asked)];
    expect(said(look({ observed, stood, wanted: stood }))).toEqual([
      "+ ana/process/main~4f 4f: takes it back",
      "+ eve/process/main eve-1: takes it back",
    ]);
    expect(said(look({ observed }))).toEqual(["+ ana/process/main~4f 4f: unknown"]);
  });

  test("is not what somebody holds: that is told apart", () => {
    const hold = { by: "ana", since: "2026-01-31T03:12:00Z", what: "stopped" };
    const observed = [lives("ana", "process", { memory: "1" }, { asked, hold })];
    const stood = [wants("ana", "process", asked), wants("ana", "volume", {})];
    const drift = look({ observed, stood });
    expect([said(drift), isDrifting(drift)]).toEqual([["= ana/process/main ana"], false]);
    const more = lives("ana", "process", { memory: "1" }, { id: "ana/process/1", hold });
    expect(isDrifting(look({ observed: [...observed, more], stood }))).toBe(false);
  });

  test("cannot be told of an object that does not know what it was asked for", () => {
    const { asked: _, ...unknown } = lives("ana", "process", asked);
    const drift = look({ observed: [unknown], wanted: [wants("ana", "process", { memory: "1" })] });
    expect([said(drift), isDrifting(drift)]).toEqual([["? ana/process/main"], false]);
  });

  test("is looked for in the agents that were named, and comes in one order", () => {
    const observed = [
      lives("bob", "process", { a: 2 }, { asked: { a: 1 } }),
      lives("ana", "process", { a: 2 }, { asked: { a: 1 } }),
    ];
    expect(look({ observed }).changed.map(({ id }) => id)).toEqual(["ana/process/main", "bob/process/main"]);
    const stood = [wants("bob", "process", { a: 1 }), wants("eve", "process", {})];
    const only = look({ observed, stood, agents: new Set(["bob"]) });
    expect([said(only), only.agents]).toEqual([["bob/process/main a 1 → 2 by outside aac: unknown"], 1]);
  });
});
