import { describe, expect, test } from "vitest";
import type { Change } from "../../src/model/plan.ts";
import type { KindRules, Observed, Resource } from "../../src/model/resource.ts";
import { back, type BackRequest } from "../../src/plan/back.ts";
import { printPlan } from "../helpers/print-plan.ts";
import { lives, planWith, wants } from "./objects.ts";

const RULES: Readonly<Record<string, KindRules>> = {
  process: {
    replaceOn: { command: "a running process cannot change its arguments" },
    ignore: [],
    secret: ["environment/*_KEY"],
    code: ["code"],
    volatile: [],
    rolls: {},
  },
  config: { replaceOn: {}, ignore: [], secret: [], code: [], volatile: [], rolls: {} },
  volume: {
    replaceOn: { size: "a volume cannot shrink" },
    ignore: [],
    secret: [],
    code: [],
    volatile: [],
    rolls: {},
  },
  network: { replaceOn: {}, ignore: [], secret: [], code: [], volatile: [], rolls: {} },
};

const planned = planWith(RULES);
const changesOf = (desired: readonly Resource[], observed: readonly Observed[]): readonly Change[] =>
  planned(desired, observed).changes;

function said(request: Omit<BackRequest, "rules">): string {
  const { plan: planned, lost } = back({ ...request, rules: RULES });
  return [printPlan(planned), ...lost.map((one) => `lost: ${JSON.stringify(one)}`)]
    .filter((one) => one !== "")
    .join("\n");
}

const all = (changes: readonly Change[]): ReadonlySet<string> => new Set(changes.map(({ id }) => id));

describe("the way back", () => {
  test("takes away what was made, and leaves alone what was never begun", () => {
    const changes = changesOf(
      [wants("ana", "process", { command: ["a"] }), wants("bob", "process", { command: ["b"] })],
      [],
    );
    const observed = [lives("ana", "process", { command: ["a"] })];
    expect(said({ changes, begun: new Set(["ana/process/main"]), observed })).toBe(
      "- ana/process/main  (rolled back) gone",
    );
  });

  test("of what never came there is nothing to take away", () => {
    const changes = changesOf([wants("ana", "process", { command: ["a"] })], []);
    expect(said({ changes, begun: all(changes), observed: [] })).toBe("");
  });

  test("goes to what was observed, a drift of then included, and not to what was asked for then", () => {
    const before = lives(
      "ana",
      "process",
      { command: ["old"], limit: 3 },
      { asked: { command: ["old"], limit: 2 } },
    );
    const changes = changesOf([wants("ana", "process", { command: ["new"], limit: 2 })], [before]);
    const observed = [lives("ana", "process", { command: ["new"], limit: 2 }, { identity: "ana-2" })];
    expect(said({ changes, begun: all(changes), observed })).toBe(
      `-/+ ana/process/main  (rolled back) stop first
    command/0: "new" → "old" [edit] forces: a running process cannot change its arguments
    limit: 2 → 3 [edit]`,
    );
  });

  test("makes again what was stopped first and did not come up, and what went", () => {
    const observed = [
      lives("ana", "process", { command: ["old"] }),
      lives("bob", "process", { command: ["b"] }),
    ];
    const changes = changesOf([wants("ana", "process", { command: ["new"] })], observed);
    expect(said({ changes, begun: all(changes), observed: [] })).toBe(
      "+ ana/process/main  (rolled back)\n+ bob/process/main  (rolled back)",
    );
  });

  test("changes nothing where the old one still stands", () => {
    const observed = [lives("ana", "process", { command: ["old"] })];
    const changes = changesOf([wants("ana", "process", { command: ["new"] })], observed);
    expect(said({ changes, begun: all(changes), observed })).toBe("= ana/process/main");
  });

  test("takes away the new one that stands beside the old one", () => {
    const old = lives("ana", "process", { command: ["old"] });
    const changes = changesOf([wants("ana", "process", { command: ["new"] })], [old]);
    const beside = lives(
      "ana",
      "process",
      { command: ["new"] },
      { id: "ana/process/main#2", leftOver: true },
    );
    expect(said({ changes, begun: all(changes), observed: [old, beside] })).toBe(
      "- ana/process/main#2  (rolled back) gone\n= ana/process/main",
    );
  });

  test("makes a program anew that was made from a configuration which goes back", () => {
    const before = [lives("ana", "config", { topic: "rain" }), lives("ana", "process", { command: ["a"] })];
    const follows = { follows: ["ana/config/main"], after: ["ana/config/main"] };
    const changes = changesOf(
      [wants("ana", "config", { topic: "snow" }), wants("ana", "process", { command: ["a"] }, follows)],
      before,
    );
    const observed = [lives("ana", "config", { topic: "snow" }), lives("ana", "process", { command: ["a"] })];
    expect(said({ changes, begun: all(changes), observed })).toBe(
      `-/+ ana/process/main  (rolled back) stop first
~ ana/config/main  (rolled back) in place
    topic: "snow" → "rain" [edit]`,
    );
  });

  test("a volume that was made stays: something may have been written into it", () => {
    const changes = changesOf([wants("ana", "volume", { size: 1 })], []);
    expect(said({ changes, begun: all(changes), observed: [lives("ana", "volume", { size: 1 })] })).toBe(
      'lost: {"is":"kept","id":"ana/volume/main"}',
    );
  });

  test("data that went with a volume does not come back with it, and that is said", () => {
    const before = lives("ana", "volume", { size: 2 });
    const changes = changesOf([wants("ana", "volume", { size: 1 })], [before]);
    const observed = [lives("ana", "volume", { size: 1 }, { identity: "ana-2" })];
    expect(said({ changes, begun: all(changes), observed })).toBe(
      `-/+ ana/volume/main  (rolled back) stop first, loses data
    size: 1 → 2 [edit] forces: a volume cannot shrink
lost: {"is":"data","id":"ana/volume/main"}`,
    );
  });

  test("a secret keeps its present value, of which only a digest was known, and that is said", () => {
    const before = lives("ana", "process", {
      command: ["old"],
      environment: { API_KEY: "digest-1", MODE: "x" },
    });
    const now = { command: ["new"], environment: { API_KEY: "digest-2", MODE: "x" } };
    const changes = changesOf([wants("ana", "process", now)], [before]);
    expect(said({ changes, begun: all(changes), observed: [lives("ana", "process", now)] })).toBe(
      `-/+ ana/process/main  (rolled back) stop first
    command/0: "new" → "old" [edit] forces: a running process cannot change its arguments
lost: {"is":"secret","id":"ana/process/main","path":"environment/API_KEY"}`,
    );
  });

  test("what all agents share goes where this apply made it, though others are still there", () => {
    const before = [lives("bob", "process", { command: ["b"] })];
    const changes = changesOf(
      [
        wants("", "network", {}),
        wants("ana", "process", { command: ["a"] }),
        wants("bob", "process", { command: ["b"] }),
      ],
      before,
    );
    const observed = [...before, lives("", "network", {}), lives("ana", "process", { command: ["a"] })];
    expect(said({ changes, begun: all(changes), observed })).toBe(
      "- /network/main  (rolled back) gone\n- ana/process/main  (rolled back) gone",
    );
  });
});
