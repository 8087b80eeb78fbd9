import { describe, expect, test } from "vitest";
import type { Json } from "../../src/base/canonical.ts";
import type { RevisionHead } from "../../src/model/revision.ts";
import { historyJson } from "../../src/ui/history/json.ts";
import { oneRevision, type Told } from "../../src/ui/history/one.ts";
import { historyTable } from "../../src/ui/history/table.ts";
import { byWords, commitWords, outcomeOf } from "../../src/ui/history/words.ts";
import { colourPaint, plainPaint } from "../../src/ui/paint.ts";
import { faultsOf } from "../helpers/published-schemas.ts";

const NOW = "2026-11-21T03:14:00.000Z";
const COMMIT = "7244c1e869a5e74e60c265a6dc48daa2bceb7fe8";

const head = (number: number, more: Partial<RevisionHead> = {}): RevisionHead => ({
  version: 1,
  number,
  apply: "601efa14e366",
  does: "apply",
  began: "2026-11-21T02:14:00.000Z",
  millis: 1300,
  outcome: "applied",
  by: { user: "ana", host: "desk", command: "aac apply --yes", madeBy: "0.1.0" },
  objects: [
    { id: "store/process/0", does: "replace", came: "changed" },
    { id: "store/config/config", does: "update", came: "changed" },
  ],
  versions: { store: "4 files 3fa2c1d0" },
  needs: ["code:1"],
  ...more,
});
const RUN = "https://git.test/acme/desk/actions/runs/77";
const HEADS: readonly RevisionHead[] = [
  head(12, { outcome: "pending", objects: [{ id: "a/process/0", does: "create", came: "untouched" }] }),
  head(11, {
    does: "rollback",
    to: 9,
    by: { ...head(1).by, commit: { id: COMMIT, isDirty: true }, command: "aac rollback 9" },
  }),
  head(10, { outcome: "rolledBack", by: { ...head(1).by, ci: RUN, commit: { id: COMMIT, isDirty: false } } }),
];
const options = { paint: plainPaint, now: NOW, isBusy: false };

describe("the list of revisions", () => {
  test("says of each when it was, how it ended, what it changed and who did it", () => {
    expect(historyTable(HEADS, ["one note"], options)).toBe(
      [
        "REV  WHEN  OUTCOME              CHANGES  BY                         COMMIT     COMMAND",
        "12   60m   interrupted          +1       ana@desk                   -          aac apply --yes",
        "11   60m   back to 9            ~1 -/+1  ana@desk                   7244c1e8*  aac rollback 9",
        "10   60m   failed, rolled back  ~1 -/+1  acme/desk/actions/runs/77  7244c1e8   aac apply --yes",
        "",
        "one note",
        "",
      ].join("\n"),
    );
  });

  test("only the command is cut where it has to fit", () => {
    const long = { ...head(1), by: { ...head(1).by, command: `aac apply ${"x".repeat(100)}` } };
    const [, line = ""] = historyTable([long], [], { ...options, width: 60 }).split("\n");
    expect(line.length).toBeLessThanOrEqual(60);
    expect(line).toContain("ana@desk  -       aac apply xx");
    expect(line.endsWith("…")).toBe(true);
  });

  test("one that nobody ended is under way only where somebody applies", () => {
    expect(outcomeOf(head(1, { outcome: "pending" }), true)).toBe("under way");
    expect(outcomeOf(head(1, { outcome: "pending" }), false)).toBe("interrupted");
    expect(outcomeOf(head(1, { does: "destroy" }), false)).toBe("taken down");
  });

  test("what comes from elsewhere can move no cursor", () => {
    const by = { ...head(1).by, user: "\u001B[2J", command: "aac\napply", ci: "x\u0007y" };
    const shown = historyTable(
      [head(1, { by }), head(2, { by: { ...by, ci: "" } })],
      ["\u001B]0;t"],
      options,
    );
    expect(shown).not.toMatch(/[\u0000-\u0009\u000B-\u001F]/);
  });

  test("colours repeat only what the words say", () => {
    const painted = historyTable(HEADS, [], { ...options, paint: colourPaint });
    expect(painted).not.toBe(historyTable(HEADS, [], options));
    expect(painted.replaceAll(/\u001B\[\d+m/g, "")).toBe(historyTable(HEADS, [], options));
  });

  test("a run is told by the end of its address, and a commit that is not all of it has a star", () => {
    const by = head(1).by;
    expect(byWords({ ...by, ci: "https://ci.test/job/a/b/c/d/99/" })).toBe("…/b/c/d/99");
    expect(byWords({ ...by, ci: "CI" })).toBe("CI");
    expect(commitWords({ ...by, commit: { id: COMMIT, isDirty: true } })).toBe("7244c1e8*");
    expect(commitWords(by)).toBe("-");
  });
});

const TOLD: Told = {
  place: "desk → local-process",
  head: head(7, { by: { ...head(1).by, ci: RUN, commit: { id: COMMIT, isDirty: true } } }),
  differs: {
    from: 6,
    objects: [
      { id: "old/process/0", is: "gone", fields: [] },
      {
        id: "store/process/0",
        is: "changed",
        fields: [
          { path: "environment/GREETING", from: "hi", to: "hello", secret: false, origin: "edit" },
          { path: "secrets/TOKEN", secret: true, origin: "edit" },
        ],
      },
    ],
  },
  goThere: "aac rollback 7",
  notes: ["one note"],
};

describe("one revision", () => {
  test("tells all that is known of it, what it changed against the one before, and how to have it again", () => {
    expect(oneRevision(TOLD, { ...options, width: 100 })).toBe(
      `desk → local-process   revision 7   applied

  when     2026-11-21 02:14:00 UTC, 60m ago, took 1 s
  by       ana@desk, run ${RUN}
  command  aac apply --yes
  commit   ${COMMIT}, with changes that were not committed
  apply    601efa14e366 by aac 0.1.0
  changes  ~1 -/+1

Agents
  store  4 files 3fa2c1d0

Objects
  -/+  store · process  replaced
  ~    store · config   updated

Against revision 6
- old · process  gone
~ store · process
    ~ environment.GREETING  hi → hello
    ~ secrets.TOKEN         (secret changed)

note  one note

To have it again: aac rollback 7
`,
    );
  });

  test("one that is the same as the one before says so, and one of which nothing is known offers no way there", () => {
    const { goThere: _, differs: __, ...bare } = TOLD;
    const same = oneRevision({ ...bare, differs: { from: 6, objects: [] } }, { ...options, width: 100 });
    expect(same).toContain("Against revision 6\n  what stood after it is the same\n");
    const shown = oneRevision(bare, { ...options, width: 100 });
    expect(shown).not.toMatch(/Against|To have it again/);
  });
});

describe("for programs", () => {
  const report = { project: "desk", target: "docker", where: "engine", revisions: HEADS, notes: ["one"] };

  test("a list, and one with what differs, are as their schema says", () => {
    expect(faultsOf("history", historyJson(report))).toEqual([]);
    expect(faultsOf("history", historyJson({ ...report, revisions: [], notes: [] }))).toEqual([]);
    const { differs } = TOLD;
    expect(
      faultsOf("history", historyJson({ ...report, ...(differs === undefined ? {} : { differs }) })),
    ).toEqual([]);
  });

  test("it refuses what it does not know, and misses what is left out", () => {
    const document = JSON.parse(historyJson(report)) as { readonly [key: string]: Json };
    expect(faultsOf("history", JSON.stringify({ ...document, more: 1 })).length).toBe(1);
    for (const key of Object.keys(document)) {
      const { [key]: _, ...rest } = document;
      expect(faultsOf("history", JSON.stringify(rest))).toEqual([` must have required property '${key}'`]);
    }
  });

  test("a value that somebody put into a live object and that looks like a secret is covered", () => {
    const key = "sk-ant-REDACTED";
    const fields = [{ path: "environment/API_KEY", to: key, secret: false, origin: "edit" as const }];
    const objects = [{ id: "store/process/0", is: "changed" as const, fields }];
    expect(historyJson({ ...report, differs: { from: 1, objects } })).not.toContain(key);
    const shown = oneRevision({ ...TOLD, differs: { from: 1, objects } }, { ...options, width: 200 });
    expect(shown).not.toContain(key);
  });
});
