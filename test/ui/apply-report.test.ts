import { describe, expect, test } from "vitest";
import type { ApplyReport, Outcome } from "../../src/model/plan.ts";
import { jsonReport, markdownReport, plainReport } from "../../src/ui/apply/report.ts";
import { plainPaint } from "../../src/ui/paint.ts";

const REPORT: ApplyReport = {
  project: "desk",
  target: "local-process",
  outcome: "applied",
  objects: [
    { id: "old/process/main", does: "delete", came: "changed" },
    { id: "researcher/process/main", does: "replace", came: "changed" },
    { id: "chatbot/listener/main", does: "update", came: "changed" },
    { id: "summarizer/process/main", does: "create", came: "changed" },
  ],
  millis: 14_200,
  urls: {
    researcher: ["http://127.0.0.1:8080"],
    chatbot: ["http://127.0.0.1:8081", "http://127.0.0.1:9000"],
    old: [],
  },
  notes: [],
  revision: 8,
};

test("an apply that only takes something away is not said to have taken the project down", () => {
  const objects = REPORT.objects.slice(0, 1);
  const headOf = (report: ApplyReport): string =>
    plainReport(report, { paint: plainPaint, width: 100 }).trimStart().split("\n")[0] ?? "";
  expect(headOf({ ...REPORT, objects, next: "aac status" })).toContain("applied in 14 s");
  expect(headOf({ ...REPORT, objects })).toContain("taken down in 14 s");
});

const FAILED: ApplyReport = {
  ...REPORT,
  outcome: "failed",
  objects: [
    {
      id: "researcher/process/main",
      does: "replace",
      came: "failed",
      cause: "it ended with exit 1 after 6 s, before it was ready",
      lines: [
        "Traceback (most recent call last):",
        "ModuleNotFoundError: No module named 'fastapi'\u001B[0m",
      ],
    },
    { id: "chatbot/network/main", does: "create", came: "changed" },
    { id: "summarizer/process/main", does: "create", came: "untouched" },
  ],
  urls: {},
  notes: ["the log goes on in aac logs researcher"],
};

const BACK: ApplyReport = {
  ...FAILED,
  outcome: "rolledBack",
  objects: FAILED.objects.map((line) =>
    line.came === "untouched" ? line : { ...line, back: { came: "rolled back" } },
  ),
  notes: [],
};

const HALF_BACK: ApplyReport = {
  ...BACK,
  outcome: "rollbackFailed",
  objects: [
    ...BACK.objects.map((line) =>
      line.came === "failed"
        ? {
            ...line,
            back: {
              came: "failed",
              cause: "the engine does not answer",
              lines: ["connection lost"],
            } as const,
          }
        : line,
    ),
    {
      id: "researcher/volume/data",
      does: "create",
      came: "changed",
      back: { came: "kept", cause: "something may have been written into it" },
    },
  ],
  lost: [
    { is: "data", id: "old/volume/notes" },
    { is: "secret", id: "researcher/process/main", path: "environment/API_KEY" },
    { is: "kept", id: "researcher/volume/data" },
  ],
};

const show = (report: ApplyReport, width = 100): string => plainReport(report, { paint: plainPaint, width });
const ended = (outcome: Outcome): string => show({ ...REPORT, outcome, objects: [], urls: {} });

describe("the report of an apply", () => {
  test("says what it did, where agents can be reached, and what to do next", () => {
    expect(show(REPORT)).toMatchInlineSnapshot(`
      "desk → local-process   applied in 14 s as revision 8   4 objects: 1 created · 1 replaced · 1 updated
      · 1 deleted

        ✓ -   old · process         deleted
        ✓ -/+ researcher · process  replaced
        ✓ ~   chatbot · listener    updated
        ✓ +   summarizer · process  created

        chatbot     http://127.0.0.1:8081  http://127.0.0.1:9000
        researcher  http://127.0.0.1:8080

      Next: aac status · aac logs -f · aac destroy
      "
    `);
  });

  test("that failed says what is changed, what may be, and what is not", () => {
    expect(show(FAILED)).toMatchInlineSnapshot(`
      "desk → local-process   failed after 14 s   3 objects: 1 created · 1 failed · 1 untouched

        ✗ -/+ researcher · process  replace failed: it ended with exit 1 after 6 s, before it was ready
            │ Traceback (most recent call last):
            │ ModuleNotFoundError: No module named 'fastapi'\\x1b[0m
        ✓ +   chatbot · network     created
          +   summarizer · process  not created

      note  the log goes on in aac logs researcher

      What is marked ✓ is changed. What is marked ✗ may be half changed. All else was not touched.
      Next: aac plan
      "
    `);
  });

  test("that was put back says so of each object, and that all is as it was", () => {
    expect(show(BACK)).toMatchInlineSnapshot(`
      "desk → local-process   failed after 14 s, and rolled back   3 objects: 1 created · 1 failed · 1
      untouched · 2 rolled back

        ✗ -/+ researcher · process  replace failed: it ended with exit 1 after 6 s, before it was ready
            │ Traceback (most recent call last):
            │ ModuleNotFoundError: No module named 'fastapi'\\x1b[0m
            ↩ rolled back: as it was
        ✓ +   chatbot · network     created
            ↩ rolled back: removed
          +   summarizer · process  not created

      desk is as it was before.
      Next: aac plan
      "
    `);
  });

  test("that could not be put back names what is not as it was, and what nothing brings back", () => {
    expect(show(HALF_BACK)).toMatchInlineSnapshot(`
      "desk → local-process   failed after 14 s, and not all of it could be put back   4 objects: 2 created
      · 1 failed · 1 untouched · 1 rolled back · 1 not put back · 1 kept

        ✗ -/+ researcher · process      replace failed: it ended with exit 1 after 6 s, before it was
                                        ready
            │ Traceback (most recent call last):
            │ ModuleNotFoundError: No module named 'fastapi'\\x1b[0m
            ✗ not put back: the engine does not answer
            │ connection lost
        ✓ +   chatbot · network         created
            ↩ rolled back: removed
          +   summarizer · process      not created
        ✓ +   researcher · volume data  created
            · kept: something may have been written into it

        not brought back  old · volume notes: what was in it is gone
        not brought back  researcher · process: the former value of environment.API_KEY is kept nowhere:
                          it has the present one

      What is marked ✗ was not put back. All else is as it was before.
      Next: aac plan
      "
    `);
    expect(markdownReport(HALF_BACK)).toMatchInlineSnapshot(`
      "**desk → local-process   failed after 14 s, and not all of it could be put back   4 objects: 2 created · 1 failed · 1 untouched · 1 rolled back · 1 not put back · 1 kept**

      - ✗ \`-/+\` \`researcher · process\` replace failed: it ended with exit 1 after 6 s, before it was ready
        - \`Traceback (most recent call last):\`
        - <code>ModuleNotFoundError&#58; No module named &#39;fastapi&#39;&#92;x1b&#91;0m</code>
        - ✗ not put back: the engine does not answer
          - \`connection lost\`

      - ✓ \`+\` \`chatbot · network\` created
        - ↩ rolled back: removed

      - · \`+\` \`summarizer · process\` not created

      - ✓ \`+\` \`researcher · volume data\` created
        - · kept: something may have been written into it

      - not brought back: old · volume notes: what was in it is gone

      - not brought back: researcher · process: the former value of environment.API\\_KEY is kept nowhere: it has the present one

      What is marked ✗ was not put back. All else is as it was before.

      Next: \`aac plan\`
      "
    `);
  });

  test("of many objects says at the end once more which failed", () => {
    const many = Array.from({ length: 30 }, (_, i): ApplyReport["objects"][number] => ({
      id: `a${String(i).padStart(2, "0")}/process/main`,
      does: "create",
      ...(i % 6 === 1
        ? { came: "failed", cause: "exit 4 after 1 s", lines: ["broken"] }
        : { came: "changed" }),
    }));
    const lines = show({ ...FAILED, objects: many })
      .trimEnd()
      .split("\n");
    expect(lines.slice(-9).join("\n")).toMatchInlineSnapshot(`
      "note  the log goes on in aac logs researcher

        ✗ a01 · process  create failed: exit 4 after 1 s
        ✗ a07 · process  create failed: exit 4 after 1 s
        ✗ a13 · process  create failed: exit 4 after 1 s
        … 2 more, marked ✗ above

      What is marked ✓ is changed. What is marked ✗ may be half changed.
      Next: aac plan"
    `);
    const few = show({ ...FAILED, objects: many.slice(0, 12) });
    expect(few.match(/a01 · process/g)).toHaveLength(1);
  });

  test("tells what was stopped halfway apart from what failed", () => {
    const objects = [{ id: "a/process/main", does: "replace", came: "failed" }] as const;
    expect(show({ ...FAILED, outcome: "interrupted", objects, notes: [] })).toMatchInlineSnapshot(`
      "desk → local-process   interrupted after 14 s   1 object: 1 failed

        ✗ -/+ a · process  replace not finished

      What is marked ✗ may be half changed.
      Next: aac plan
      "
    `);
  });

  test("fits on 60 columns", () => {
    expect(show(FAILED, 60)).toMatchInlineSnapshot(`
      "desk → local-process   failed after 14 s   3 objects: 1
      created · 1 failed · 1 untouched

        ✗ -/+ researcher · process  replace failed: it ended with
                                    exit 1 after 6 s, before it
                                    was ready
            │ Traceback (most recent call last):
            │ ModuleNotFoundError: No module named
            │ 'fastapi'\\x1b[0m
        ✓ +   chatbot · network     created
          +   summarizer · process  not created

      note  the log goes on in aac logs researcher

      What is marked ✓ is changed. What is marked ✗ may be half
      changed. All else was not touched.
      Next: aac plan
      "
    `);
  });

  test("says of each way to end what is true of it", () => {
    const all: readonly Outcome[] = ["unchanged", "declined", "stale", "locked", "interrupted", "failed"];
    expect(all.map(ended).join("---\n")).toMatchInlineSnapshot(`
      "desk → local-process   nothing to do: everything is as planned already

      Next: aac status · aac logs -f · aac destroy
      ---
      desk → local-process   declined: nothing was changed
      ---
      desk → local-process   the world moved since this plan was made: nothing was changed

      Next: aac plan
      ---
      desk → local-process   another apply is at work here: nothing was changed
      ---
      desk → local-process   interrupted after 14 s

      Nothing was changed.
      Next: aac plan
      ---
      desk → local-process   failed after 14 s

      Nothing was changed.
      Next: aac plan
      "
    `);
  });

  test("offers no status of what was all deleted", () => {
    const objects = REPORT.objects.slice(0, 1);
    expect(show({ ...REPORT, objects, urls: {} })).not.toContain("Next:");
  });

  test("is the same in a comment", () => {
    expect(markdownReport(FAILED)).toMatchInlineSnapshot(`
      "**desk → local-process   failed after 14 s   3 objects: 1 created · 1 failed · 1 untouched**

      - ✗ \`-/+\` \`researcher · process\` replace failed: it ended with exit 1 after 6 s, before it was ready
        - \`Traceback (most recent call last):\`
        - <code>ModuleNotFoundError&#58; No module named &#39;fastapi&#39;&#92;x1b&#91;0m</code>

      - ✓ \`+\` \`chatbot · network\` created

      - · \`+\` \`summarizer · process\` not created

      - note: the log goes on in aac logs researcher

      What is marked ✓ is changed. What is marked ✗ may be half changed. All else was not touched.

      Next: \`aac plan\`
      "
    `);
  });

  test("says the same objects in the same order everywhere", () => {
    for (const report of [REPORT, FAILED]) {
      const ids = report.objects.map(({ id }) => id.split("/").slice(0, 2).join(" · "));
      const inOrder = (text: string): string[] =>
        [...text.matchAll(/([a-z]+ · (?:process|listener|network))/g)].map((match) => match[1] ?? "");
      expect(inOrder(show(report))).toEqual(ids);
      expect(inOrder(markdownReport(report))).toEqual(ids);
      const { objects } = JSON.parse(jsonReport(report)) as ApplyReport;
      expect(objects.map(({ id }) => id)).toEqual(report.objects.map(({ id }) => id));
    }
  });

  test("of a program has whole values and what comes next", () => {
    expect(JSON.parse(jsonReport(FAILED))).toMatchObject({
      apiVersion: "agent.dev/v1",
      kind: "ApplyReport",
      outcome: "failed",
      millis: 14_200,
      next: "aac plan",
      objects: [{ id: "researcher/process/main", came: "failed", symbol: "-/+" }, {}, {}],
    });
    // oxlint-disable-next-line no-control-regex
    for (const text of [show(FAILED), markdownReport(FAILED), jsonReport(FAILED)])
      expect(text).not.toMatch(/\u001B/);
  });
});
