import { describe, expect, test } from "vitest";
import type { Drift, DriftReport } from "../../src/model/drift.ts";
import { jsonText } from "../../src/ui/visible.ts";
import { driftJson } from "../../src/ui/drift/json.ts";
import { driftMarkdown } from "../../src/ui/drift/markdown.ts";
import { driftText } from "../../src/ui/drift/text.ts";
import { colourPaint, plainPaint } from "../../src/ui/paint.ts";
import { faultsOf } from "../helpers/published-schemas.ts";

const NONE: Drift = { changed: [], gone: [], extra: [], held: [], untold: [], agents: 0 };
const ALL: Drift = {
  agents: 4,
  changed: [
    {
      id: "store/Deployment/store",
      fields: [
        {
          path: "spec/template/spec/containers/store/env/GREETING/value",
          was: "Hi",
          is: "Good morning",
          secret: false,
          by: "kubectl-set",
          changedAt: "2026-01-31T03:12:09Z",
          next: "takes it back",
          at: { file: "agents/store/agent.yaml", line: 15 },
        },
        { path: "replicas", was: 2, is: 3, secret: false, by: "outside aac", next: "agrees since" },
        { path: "secrets/API_KEY", secret: true, by: "outside aac", next: "changes it" },
        { path: "code/main.py", was: "a", is: "b", secret: false, by: "outside aac", next: "unknown" },
        { path: "labels/team", is: "red", secret: false, by: "outside aac", next: "takes it back" },
      ],
    },
  ],
  gone: [
    { id: "desk/container/0", next: "takes it back" },
    { id: "old/volume/data", next: "agrees since" },
  ],
  extra: [{ id: "desk/container/0~4f2a", identity: `4f2a99${"0".repeat(58)}`, next: "takes it back" }],
  held: ["0", "1"].map((name) => ({
    id: `chatbot/container/${name}`,
    hold: { by: "ana", since: "2026-01-31T02:14:00.123Z", what: "stopped", reason: "the leak" },
  })),
  untold: ["desk/config/config"],
};
const report = (drift: Drift, more: Partial<DriftReport> = {}): DriftReport => ({
  project: "desk",
  target: "docker",
  where: "",
  drift,
  notes: [],
  ...more,
});
const full = report(ALL, { notes: ["the supervisor does not run"], next: "aac plan -t docker" });

describe("a drift is shown", () => {
  test("with what it was and is, who did it, and what becomes of it", () => {
    expect(driftText(full, plainPaint, 140)).toBe(
      [
        "desk → docker   4 fields drifted · 1 object gone · 1 object too many · 2 changes by hand that the files agree with · 1 agent held",
        "",
        "! store · Deployment",
        "    ! spec.template.spec.containers.store.env.GREETING.value",
        "                                                         Hi       → Good morning",
        "        changed by kubectl-set, 2026-01-31 03:12:09 UTC; the next apply takes it back (agents/store/agent.yaml:15)",
        "    ! replicas                                           2        → 3",
        "        changed outside aac; the file agrees since",
        "    ! secrets.API_KEY                                    (another secret)",
        "        changed outside aac; the file asks for something else by now",
        "    ! code main.py                                       (changed)",
        "        changed outside aac",
        "    ! labels.team                                        (absent) → red",
        "        changed outside aac; the next apply takes it back",
        "",
        "- desk · container   gone, outside aac; the next apply makes it",
        "- old · volume data  gone, outside aac; no file asks for it",
        "+ desk · container   4f2a99000000: made by no apply that is known of; the next apply takes it away",
        "",
        "= chatbot  held by ana since 2026-01-31 02:14 UTC: stopped (the leak)",
        "",
        "note  nobody can tell what was asked for: desk · config; the next apply writes it down",
        "note  the supervisor does not run",
        "",
        "Next: aac plan -t docker",
        "",
      ].join("\n"),
    );
  });

  test("in one line where there is none", () => {
    const first = (drift: Drift): string => driftText(report(drift), plainPaint, 100).split("\n")[0] ?? "";
    expect(first(NONE)).toBe("desk → docker   no drift: nothing is applied here");
    expect(first({ ...NONE, agents: 1 })).toBe("desk → docker   no drift: 1 agent is as applied");
    expect(first({ ...NONE, agents: 3, held: ALL.held })).toBe(
      "desk → docker   no drift: 2 agents are as applied, 1 agent held",
    );
    const agreed = { path: "a", was: 1, is: 2, secret: false, by: "ana", next: "agrees since" } as const;
    expect(first({ ...NONE, agents: 1, changed: [{ id: "a/b/c", fields: [agreed] }] })).toBe(
      "desk → docker   no drift: 1 agent is as the files say, 1 change by hand that the files agree with",
    );
    expect(first({ ...NONE, agents: 1, held: ALL.held })).toBe("desk → docker   no drift: 1 agent held");
  });

  test("in lines that fit, and with no colour that says more than the words", () => {
    for (const width of [40, 60, 80, 120])
      expect(
        driftText(full, plainPaint, width)
          .split("\n")
          .filter((line) => line.length > width),
      ).toEqual([]);
    const painted = driftText(full, colourPaint, 100);
    // oxlint-disable-next-line no-control-regex -- the escapes are what is looked for
    expect(painted.replaceAll(/\u001B\[\d+m/g, "")).toBe(driftText(full, plainPaint, 100));
  });

  test("in Markdown, where a value cannot end its cell", () => {
    const text = driftMarkdown(full);
    expect(text).toContain(
      "**desk → docker: 4 fields drifted · 1 object gone · 1 object too many · 2 changes by hand that the files agree with · 1 agent held**",
    );
    expect(text).toContain("| `Hi` → `Good morning` |");
    expect(text).toContain("- `=` `chatbot` held by ana");
    expect(text).toContain("Next: `aac plan -t docker`");
    const hostile = {
      ...ALL.changed[0],
      id: "a/b/c",
      fields: [{ path: "x|`y", was: "|", is: "<b>`", secret: false, by: "|\u001B[31m", next: "unknown" }],
    } as const;
    expect(text).toContain("changed by kubectl-set, 2026-01-31 03:12:09 UTC");
    const odd = driftMarkdown(report({ ...NONE, changed: [hostile] }));
    const row = odd.split("\n").find((line) => line.startsWith("| `a")) ?? "";
    expect(row.split(/(?<!\\)\|/).length).toBe(6);
    expect(odd).not.toMatch(/\u001B|<b>/);
  });

  test("as its schema says, and without a byte that a terminal would obey", () => {
    for (const one of [full, report(NONE), report({ ...NONE, untold: ["a/b/\u001B[31m"] })]) {
      const text = jsonText(driftJson(one), 2);
      expect(faultsOf("drift", text)).toEqual([]);
      expect(text).not.toContain("\u001B");
      expect(driftText(one, plainPaint, 80)).not.toContain("\u001B");
    }
    expect(JSON.parse(jsonText(driftJson(full)))).toMatchObject({
      changed: [
        {
          agent: "store",
          kind: "Deployment",
          fields: [
            { was: "Hi", is: "Good morning", changedAt: "2026-01-31T03:12:09Z" },
            { by: "outside aac" },
            {},
            {},
            {},
          ],
        },
      ],
      next: "aac plan -t docker",
    });
  });
});
