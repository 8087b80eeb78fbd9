import { describe, expect, test } from "vitest";
import type { PlanReport } from "../../src/model/plan.ts";
import { plainPaint } from "../../src/ui/paint.ts";
import { json } from "../../src/ui/plan/json.ts";
import { markdown } from "../../src/ui/plan/markdown.ts";
import { plain } from "../../src/ui/plan/plain.ts";
import { planRows } from "../../src/ui/plan/rows.ts";
import { CASES, change, create, field, keep, report, sample } from "./plan-cases.ts";

/** `symbol agent kind`, one for each object that changes, as each presenter shows it. */
function facts(one: PlanReport): Readonly<Record<string, readonly string[]>> {
  return { rows: inRows(one), plain: inPlain(one), markdown: inMarkdown(one), json: inJson(one) };
}

function inRows(one: PlanReport): string[] {
  return planRows(one).rows.flatMap(({ symbol, objects }) =>
    objects.map(({ id }) => `${symbol} ${id.split("/").slice(0, 2).join(" ")}`),
  );
}

function spread(symbol: string, agent: string, kinds: string): string[] {
  return kinds.split(", ").map((kind) => `${symbol} ${agent} ${kind.split(" ")[0] ?? ""}`);
}

function inPlain(one: PlanReport): string[] {
  const [, list = ""] = plain(one, { paint: plainPaint, width: 200 }).split("\n\n");
  return list.split("\n").flatMap((line) => {
    const match = /^ {2}(-\/\+|[+~-]) +(\S+) +((?:\S+(?: \S+)?, )*\S+(?: \S+)?) {2}/.exec(line);
    return match === null ? [] : spread(match[1] ?? "", match[2] ?? "", match[3] ?? "");
  });
}

function inMarkdown(one: PlanReport): string[] {
  return markdown(one)
    .split("\n")
    .flatMap((line) => {
      const match = /^\| `(-\/\+|[+~-])` \| `([^`]+)` · (`[^|]+`) \|/.exec(line);
      return match === null
        ? []
        : spread(match[1] ?? "", match[2] ?? "", (match[3] ?? "").replaceAll("`", ""));
    });
}

interface PlanJson {
  readonly changes: readonly { readonly id: string; readonly symbol: string }[];
  readonly verdict: { readonly says: string; readonly worst: string | null };
  readonly next: string | null;
}

function parsed(one: PlanReport): PlanJson {
  return JSON.parse(json(one)) as PlanJson;
}

function inJson(one: PlanReport): string[] {
  return parsed(one).changes.map(({ id, symbol }) => `${symbol} ${id.split("/").slice(0, 2).join(" ")}`);
}

describe("screen, comment and JSON", () => {
  test.each(Object.keys(CASES))("say the same objects and signs in the same order: %s", (name) => {
    const one = CASES[name] ?? report([]);
    const said = facts(one);
    const changing = one.plan.changes.filter((change) => change.is !== "keep").length;
    expect(said["rows"]).toHaveLength(changing);
    expect(said["plain"]).toEqual(said["rows"]);
    expect(said["markdown"]).toEqual(said["rows"]);
    expect(said["json"]).toEqual(said["rows"]);
  });

  test.each(Object.keys(CASES))("say the same verdict, worst and next: %s", (name) => {
    const one = CASES[name] ?? report([]);
    const { verdict, next } = parsed(one);
    for (const text of [plain(one, { paint: plainPaint, width: 200 }), markdown(one).replaceAll("\\", "")]) {
      expect(text).toContain(verdict.says);
      if (verdict.worst !== null) expect(text).toContain(`worst: ${verdict.worst}`);
      if (next !== null) expect(text).toContain(next);
    }
  });
});

describe("what is protected", () => {
  const refusalsOf = (name: string) => planRows(CASES[name] ?? report([])).refusals;

  test("for its file says so is allowed to go by a line of that", () => {
    expect(refusalsOf("refusal")[0]?.instead).toBe(
      "to allow it, take it down by its file without metadata.protect: aac destroy --target-agent old",
    );
  });

  test("for its data sends nobody to a line of a file", () => {
    expect(refusalsOf("data refusal")).toEqual([
      {
        says: "vault · volume data is protected: this plan would replace it",
        instead: "it holds data: put the former value back, or give the volume another name",
      },
      {
        says: "old · volume data is protected: this plan would delete it",
        instead: "it holds data: delete it by hand once nobody needs that",
      },
    ]);
  });
});

describe("JSON of a plan", () => {
  test("has whole values, their origins, and no value of a secret", () => {
    const { changes } = parsed(sample);
    expect(changes[0]).toEqual({
      id: "researcher/process/main",
      agent: "researcher",
      kind: "process",
      name: "main",
      source: "agent.yaml",
      does: "replace",
      symbol: "-/+",
      because: [
        { is: "edited", path: "command/2", at: { file: "agent.yaml", line: 14 } },
        { is: "edited", path: "environment/LOG_LEVEL", at: { file: "agent.yaml", line: 19 } },
        { is: "secret rotated", path: "environment/OPENAI_API_KEY" },
        { is: "drifted", path: "resources/limits/memory", by: "outside aac" },
      ],
      costs: { order: "stop first", dependants: ["chatbot"], losesData: false, awayMs: 2100 },
      fields: [
        {
          path: "command/2",
          secret: false,
          origin: "edit",
          symbol: "~",
          from: "--model=gpt-4",
          to: "--model=gpt-4o",
          at: { file: "agent.yaml", line: 14 },
          forces: "a running process cannot change its arguments",
        },
        {
          path: "environment/LOG_LEVEL",
          secret: false,
          origin: "edit",
          symbol: "~",
          from: "INFO",
          to: "DEBUG",
          at: { file: "agent.yaml", line: 19 },
        },
        { path: "environment/OPENAI_API_KEY", secret: true, origin: "edit", symbol: "~" },
        {
          path: "resources/limits/memory",
          secret: false,
          origin: "drift",
          symbol: "!",
          from: "96Mi",
          to: "128Mi",
          by: "outside aac",
        },
      ],
    });
  });

  test("leaves out a secret's values also where somebody put them in", () => {
    const slip = field("environment/KEY", "hunter2-old", "hunter2-new", { secret: true });
    const one = report([change("update", "a", "process", [slip])]);
    for (const text of [json(one), markdown(one), plain(one, { paint: plainPaint, width: 200 })])
      expect(text).not.toContain("hunter2");
  });

  test("counts as the verdict does, and objects beside it", () => {
    expect(JSON.parse(json(sample))).toMatchObject({
      apiVersion: "agent.dev/v1",
      kind: "Plan",
      verdict: {
        says: "1 create · 1 replace · 1 update · 4 unchanged",
        counts: { create: 1, replace: 1, update: 1, delete: 0, unchanged: 4, held: 0 },
        objects: { create: 2, replace: 1, update: 1, delete: 0, keep: 4 },
      },
      unchanged: ["a/process/main", "b/process/main", "c/process/main", "d/process/main"],
    });
  });

  test("is the same bytes for the same plan", () => {
    const turned = { ...sample, plan: { refusals: [], outside: 0, changes: sample.plan.changes } };
    expect(json(turned)).toBe(json(sample));
  });
});

describe("what comes from outside", () => {
  const controls = [
    "\u001B[31mred",
    "\u001B]52;c;aGk=\u0007",
    "\u001B]8;;http://x\u001B\\",
    "\u001B]0;never ends",
    "\u001BPq dcs",
    "\u009B2J",
    "a\rb\bc\u0007",
    "\u202Ekcab",
    "z\u200Bw",
    "\u007F",
    "two\nlines",
  ].join("");

  test("reaches no presenter with a byte that does something", () => {
    const one = report(
      [
        change("replace", controls, controls, [
          field(controls, controls, `${controls}!`, { forces: controls }),
        ]),
        create(`${controls}2`, controls, { fields: { command: [controls] }, source: controls }),
        keep(`${controls}3`, { hold: { by: controls, since: controls, what: controls } }),
      ],
      { notes: [controls], where: controls, next: controls, saved: { file: controls, objects: 2 } },
    );
    for (const text of [plain(one, { paint: plainPaint, width: 80 }), markdown(one), json(one)]) {
      // oxlint-disable-next-line no-control-regex
      expect(text).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200B\u202E]/);
      expect(text.length).toBeGreaterThan(100);
    }
    expect(JSON.parse(json(one))).toMatchObject({ notes: [controls] });
  });
});
