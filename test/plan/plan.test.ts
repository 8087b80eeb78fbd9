import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Fields, KindRules, Observed, Resource } from "../../src/model/resource.ts";
import { type PlanRequest, plan } from "../../src/plan/plan.ts";
import { printPlan } from "../helpers/print-plan.ts";

const ORIGIN = "git@example.org:desk.git";
const RULES: Readonly<Record<string, KindRules>> = {
  process: {
    replaceOn: { command: "a running process cannot change its arguments", environment: "nor its variables" },
    ignore: ["status"],
    secret: ["environment/*_KEY"],
    code: ["code"],
    volatile: [],
    rolls: {},
  },
  volume: {
    replaceOn: { size: "a volume cannot shrink" },
    ignore: [],
    secret: [],
    code: [],
    volatile: [],
    rolls: {},
  },
  listener: { replaceOn: {}, ignore: [], secret: [], code: [], volatile: [], rolls: {} },
};

/** What a resource and a live object have in common. */
function object(agent: string, fields: Fields, kind = "process") {
  return {
    id: `${agent}/${kind}/main`,
    agent,
    kind,
    name: "main",
    after: [],
    fields,
    holdsData: false,
    protect: false,
    source: `${agent}/agent.yaml`,
  };
}

function wants(agent: string, fields: Fields, more: Partial<Resource> = {}): Resource {
  return { ...object(agent, fields, more.kind), exchange: "stop first", follows: [], written: {}, ...more };
}

function lives(agent: string, fields: Fields, more: Partial<Observed> = {}): Observed {
  return {
    ...object(agent, fields, more.kind),
    asked: fields,
    origin: ORIGIN,
    identity: `${agent}-1`,
    ...more,
  };
}

function planned(
  desired: readonly Resource[],
  observed: readonly Observed[],
  more: Partial<PlanRequest> = {},
): string {
  return printPlan(
    plan({
      desired,
      observed,
      rules: RULES,
      scope: { paths: ["."], origin: ORIGIN },
      destroy: false,
      prune: false,
      replace: new Set(),
      release: false,
      ...more,
    }),
  );
}

describe("a plan", () => {
  test("creates what is new, makes again what is missing, keeps what is as it should be", () => {
    const desired = [
      wants("writer", { command: ["run"] }),
      wants("writer", {}, { kind: "listener" }),
      wants("reader", {}),
    ];
    expect(planned(desired, [lives("writer", { command: ["run"] })])).toBe(
      ["+ reader/process/main  (new)", "+ writer/listener/main  (missing)", "= writer/process/main"].join(
        "\n",
      ),
    );
  });

  test("changes in place what a live object can change, and names the line", () => {
    const desired = [
      wants(
        "writer",
        { limits: { memory: 256 } },
        { written: { "limits/memory": { file: "agent.yaml", line: 19 } } },
      ),
    ];
    expect(planned(desired, [lives("writer", { limits: { memory: 128 } })])).toBe(
      [
        "~ writer/process/main  (edited limits/memory) in place",
        "    limits/memory: 128 → 256 [edit] agent.yaml:19",
      ].join("\n"),
    );
  });

  test("replaces where one field cannot change live, says which and why, and who is touched", () => {
    const desired = [wants("writer", { command: ["run", "--fast"], limits: 2 }), wants("reader", {})];
    const observed = [
      lives("writer", { command: ["run", "--slow"], limits: 1 }),
      lives("reader", {}, { after: ["writer/process/main"] }),
    ];
    expect(planned(desired, observed)).toBe(
      [
        "-/+ writer/process/main  (edited command/1, edited limits) stop first, touches reader",
        '    command/1: "--slow" → "--fast" [edit] forces: a running process cannot change its arguments',
        "    limits: 1 → 2 [edit]",
        "= reader/process/main",
      ].join("\n"),
    );
  });

  test("tells apart what was edited, what drifted, and what did both", () => {
    const desired = [wants("writer", { a: 2, b: 1, c: 3 })];
    const observed = [
      lives("writer", { a: 1, b: 9, c: 9 }, { asked: { a: 1, b: 1, c: 1 }, changedBy: "ana" }),
    ];
    expect(planned(desired, observed)).toBe(
      [
        "~ writer/process/main  (edited a, drifted b by ana, edited c) in place",
        "    a: 1 → 2 [edit]",
        "    b: 9 → 1 [drift]",
        "    c: 9 → 3 [both]",
      ].join("\n"),
    );
  });

  test("says that a secret changed, and never what it is", () => {
    const desired = [wants("writer", { environment: { API_KEY: "v1:new-digest" } })];
    const text = planned(desired, [lives("writer", { environment: { API_KEY: "v1:old-digest" } })]);
    expect(text).toContain("environment/API_KEY: (secret changed)");
    expect(text).not.toContain("digest");
  });

  test("says code changed once, however many files it is", () => {
    const desired = [wants("writer", { code: { "main.py": "b", "util.py": "b" } })];
    expect(planned(desired, [lives("writer", { code: { "main.py": "a", "util.py": "a" } })])).toMatch(
      /^~ writer\/process\/main {2}\(code changed\)/,
    );
  });

  test("carries a replace on to what is started anew with it, and to what follows that", () => {
    const desired = [
      wants("base", { command: ["b"] }),
      wants("middle", {}, { follows: ["base/process/main"] }),
      wants("top", {}, { follows: ["middle/process/main"] }),
    ];
    const observed = [lives("base", { command: ["a"] }), lives("middle", {}), lives("top", {})];
    expect(planned(desired, observed)).toContain(
      "-/+ middle/process/main  (follows base/process/main) stop first",
    );
    expect(planned(desired, observed)).toContain(
      "-/+ top/process/main  (follows middle/process/main) stop first",
    );
  });

  test("never compares what is somebody else's", () => {
    expect(planned([wants("writer", { status: "asked" })], [lives("writer", { status: "running" })])).toBe(
      "= writer/process/main",
    );
  });

  test("sorts by risk: data loss, delete, replace, update, create, keep", () => {
    const desired = [
      wants("vault", { size: 1 }, { kind: "volume" }),
      wants("keeper", {}),
      wants("fresh", {}),
      wants("edited", { limits: 2 }),
      wants("moved", { command: ["b"] }),
    ];
    const observed = [
      lives("vault", { size: 2 }, { kind: "volume", holdsData: true }),
      lives("keeper", {}),
      lives("edited", { limits: 1 }),
      lives("moved", { command: ["a"] }),
      lives("gone", {}),
    ];
    expect(
      planned(desired, observed)
        .split("\n")
        .filter((line) => !line.startsWith(" "))
        .map((line) => line.split("  ")[0]),
    ).toEqual([
      "-/+ vault/volume/main",
      "- gone/process/main",
      "-/+ moved/process/main",
      "~ edited/process/main",
      "+ fresh/process/main",
      "= keeper/process/main",
    ]);
  });
});

describe("scope", () => {
  const stray = [lives("old", {}), lives("writer", {})];

  test("what is gone from the scope is a planned delete", () => {
    expect(planned([wants("writer", {})], stray)).toContain(
      "- old/process/main  (no longer in the files) gone",
    );
  });

  test("an object of another file or of another checkout is left alone and counted", () => {
    expect(planned([wants("writer", {})], stray, { scope: { paths: ["writer"], origin: ORIGIN } })).toBe(
      "= writer/process/main\noutside: 1",
    );
    const elsewhere = [lives("old", {}, { origin: "another checkout" }), lives("writer", {})];
    expect(planned([wants("writer", {})], elsewhere)).toBe("= writer/process/main\noutside: 1");
    expect(planned([wants("writer", {})], elsewhere, { prune: true })).toContain("- old/process/main");
  });

  test("what somebody holds is left alone until it is released", () => {
    const hold = { by: "ana", since: "02:14", what: "stopped" };
    const observed = [lives("writer", { limits: 1 }, { hold })];
    expect(planned([wants("writer", { limits: 2 })], observed)).toBe(
      "= writer/process/main held by ana: stopped",
    );
    expect(planned([wants("writer", { limits: 2 })], observed, { release: true })).toContain(
      "~ writer/process/main",
    );
    expect(planned([], observed)).toBe("= writer/process/main held by ana: stopped");
  });

  test("what is protected is refused, and so is more than half going by mistake", () => {
    expect(planned([], [lives("writer", {}, { protect: true })])).toBe(
      [
        "- writer/process/main  (no longer in the files) gone",
        "refused: writer/process/main is protected against delete",
        "refused: 1 of 1 agents would go",
      ].join("\n"),
    );
    expect(planned([], [lives("writer", {})], { destroy: true })).toBe(
      "- writer/process/main  (destroy) gone",
    );
  });
});

describe("whatever is live", () => {
  const fields = fc.dictionary(
    fc.constantFrom("command", "limits", "code", "environment"),
    fc.jsonValue({ maxDepth: 2 }),
  );

  test("what is as it is wanted gives an empty plan; what differs is named, field by field", () => {
    fc.assert(
      fc.property(fields, fields, (before, after) => {
        const live = before as Fields;
        const wanted = after as Fields;
        const same = plan({ ...REQUEST, desired: [wants("a", live)], observed: [lives("a", live)] });
        expect(same.changes.map((change) => change.is)).toEqual(["keep"]);
        const [change] = plan({
          ...REQUEST,
          desired: [wants("a", wanted)],
          observed: [lives("a", live)],
        }).changes;
        const named =
          change?.is === "update" || change?.is === "replace"
            ? change.fields.map((field) => field.path.split("/")[0])
            : [];
        const differing = [...new Set([...Object.keys(live), ...Object.keys(wanted)])].filter(
          (key) => JSON.stringify(sorted(live[key])) !== JSON.stringify(sorted(wanted[key])),
        );
        expect(new Set(named)).toEqual(new Set(differing));
      }),
      { numRuns: 500 },
    );
  });
});

const REQUEST: PlanRequest = {
  desired: [],
  observed: [],
  rules: RULES,
  scope: { paths: ["."], origin: ORIGIN },
  destroy: false,
  prune: false,
  replace: new Set(),
  release: false,
};

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}
