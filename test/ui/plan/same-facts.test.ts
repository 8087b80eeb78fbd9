import { describe, expect, test } from "vitest";
import { BUILT, TARGETS } from "../../../targets/registry.ts";
import type { PlanReport } from "../../../src/model/plan.ts";
import type { Texts } from "../../../src/model/source.ts";
import { colourPaint, plainPaint } from "../../../src/ui/paint.ts";
import { json } from "../../../src/ui/plan/json.ts";
import { markdown } from "../../../src/ui/plan/markdown.ts";
import { plain } from "../../../src/ui/plan/plain.ts";
import { type PlanRows, planRows, type Row } from "../../../src/ui/plan/rows.ts";
import { linear } from "../../../src/ui/review/linear.ts";
import { allOpen, begin } from "../../../src/ui/review/state.ts";
import { REVIEW } from "../../../src/ui/review/view.ts";
import { cases } from "../../helpers/load-fixture.ts";
import { planFixture } from "../../helpers/plan-fixture.ts";
import { CASES, report } from "../plan-cases.ts";
import { offerOf } from "../review/look.ts";

/**
 * The same facts in the same order, wherever a plan is told: lines, a comment, JSON, a screen and what is read out.
 * Words may stand around them, and layouts differ: a list and details below it, or each detail with its object.
 */
interface Facts {
  readonly verdict: readonly string[];
  /** One for each object or whole agent. */
  readonly rows: readonly { readonly line: readonly string[]; readonly details: readonly string[] }[];
  readonly rest: readonly string[];
}

function factsOf(rows: PlanRows): Facts {
  const { place, says, worst, asides } = rows.verdict;
  const faults = (ones: PlanRows["warnings"]): string[] =>
    ones.flatMap(({ code, message, at, notes }) => [
      code,
      message,
      ...(at === undefined ? [] : [at]),
      ...notes,
    ]);
  return {
    verdict: [place, says, ...(worst === undefined ? [] : [`worst: ${worst}`]), ...asides],
    rows: rows.rows.map((row) => ({ line: lineOf(row), details: detailsOf(row) })),
    rest: [
      ...rows.held.flatMap(({ agent, says: held }) => [agent, held]),
      ...(rows.outside === undefined ? [] : [rows.outside]),
      ...faults(rows.warnings),
      ...rows.notes,
      ...faults(rows.preflight),
      ...rows.refusals.flatMap(({ says: refused, instead }) => [refused, instead]),
      ...(rows.ready === undefined ? [] : [rows.ready]),
      ...(rows.saved === undefined ? [] : [rows.saved]),
      ...(rows.next === undefined ? [] : [rows.next]),
    ],
  };
}

const lineOf = (row: Row): readonly string[] => [
  row.symbol,
  row.agent,
  row.objects.map(({ label }) => label).join(", "),
  row.how,
  row.why,
  ...(row.at === undefined ? [] : [row.at]),
];

const detailsOf = (row: Row): readonly string[] => [
  ...row.details.map(({ text }) => text),
  ...row.fields.flatMap(({ symbol, path, value, note }) => [
    symbol,
    path,
    ...(value.is === "changed" ? [value.from, value.to] : [value.text]),
    ...(note === undefined ? [] : [note]),
  ]),
];

/** Agents on one line, their objects below: what stands beside an agent is not said again beside each object. */
function nested(facts: Facts): readonly string[] {
  let before = "";
  return facts.rows.flatMap(({ line, details }) => {
    const [symbol = "", agent = "", kinds = "", how = "", why = "", ...at] = line;
    const isMore = agent === before || facts.rows.filter((one) => one.line[1] === agent).length > 1;
    const head = isMore
      ? [...(agent === before ? [] : [agent]), symbol, kinds, how, why, ...at]
      : [symbol, agent, kinds, how, why, ...at];
    before = agent;
    return [...head, ...details];
  });
}

function inOrder(text: string, facts: readonly string[], form: string): void {
  let from = 0;
  for (const fact of facts) {
    if (fact === "") continue;
    const at = text.indexOf(fact, from);
    if (at < 0)
      expect.fail(
        `${form} does not say ${JSON.stringify(fact)} after ${JSON.stringify(text.slice(Math.max(0, from - 80), from))}`,
      );
    from = at + fact.length;
  }
}

const HUGE = { columns: 4000, rows: 6000 };

/** All of it unfolded, as words; painted, so that no marks stand in values. */
function onScreen(one: PlanReport, texts: Texts | undefined): string {
  const review = begin(offerOf(one, { coloured: true, ...(texts === undefined ? {} : { texts }) }));
  const open = { ...review, shape: { ...review.shape, open: allOpen(review.shape.tree) } };
  return (
    REVIEW.draw(open, HUGE, colourPaint)
      .join("\n")
      // oxlint-disable-next-line no-control-regex
      .replaceAll(/\u001B\[\d+m/g, "")
  );
}

/** Text as GitHub shows it: without what keeps it from being anything but text. */
const unescaped = (text: string): string =>
  text
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll("\u200B", "")
    .replaceAll(/\\([\\`*_[\]|~#$])/g, "$1")
    .replaceAll(/<\/?code>|`/g, "");

function tellTheSame(one: PlanReport, texts?: Texts): void {
  const rows = planRows(one, texts);
  const facts = factsOf(rows);
  const listed = [
    ...facts.verdict,
    ...facts.rows.flatMap(({ line }) => line),
    ...facts.rows.flatMap(({ details }) => details),
    ...facts.rest,
  ];
  inOrder(
    plain(one, { paint: plainPaint, width: 4000, ...(texts === undefined ? {} : { texts }) }),
    listed,
    "plain",
  );
  const bare = listed.map((fact) => fact.replaceAll("`", ""));
  inOrder(unescaped(markdown(one, texts)), bare, "markdown");
  const screen = onScreen(one, texts);
  inOrder(screen, facts.verdict, "the screen");
  inOrder(screen.slice(screen.indexOf("─\n")), [...nested(facts), ...facts.rest], "the screen");
  inOrder(
    linear(one, texts),
    [
      ...facts.verdict,
      ...facts.rows.flatMap(({ line: [symbol = "", agent = "", kinds = "", how = "", ...more], details }) => [
        symbol,
        ...(how.includes(",") || !["create", "delete"].includes(how)
          ? [agent, kinds, how]
          : [how, agent, kinds]),
        ...more,
        ...details,
      ]),
      ...facts.rest,
    ],
    "what is read out",
  );
  inJson(one, texts, rows);
}

interface PlanJson {
  readonly verdict: {
    readonly says: string;
    readonly worst: string | null;
    readonly asides: readonly string[];
  };
  readonly changes: readonly {
    readonly id: string;
    readonly symbol: string;
    readonly fields?: readonly { readonly path: string }[];
  }[];
  readonly preflight: readonly { readonly code: string }[];
  readonly warnings: readonly { readonly code: string }[];
  readonly notes: readonly string[];
  readonly refusals: readonly unknown[];
  readonly next: string | null;
}

/** Programs get whole values and paths as they are: what is compared are the things and their order. */
function inJson(one: PlanReport, texts: Texts | undefined, rows: PlanRows): void {
  const told = JSON.parse(json(one, texts)) as PlanJson;
  expect(told.verdict).toMatchObject({
    says: rows.verdict.says,
    worst: rows.verdict.worst ?? null,
    asides: rows.verdict.asides,
  });
  expect(told.changes.map(({ id, symbol }) => `${symbol} ${id}`)).toEqual(
    rows.rows.flatMap(({ symbol, objects }) => objects.map(({ id }) => `${symbol} ${id}`)),
  );
  const fields = rows.rows.flatMap((row) => row.fields.filter(({ path }) => path !== "follows"));
  expect(told.changes.flatMap((change) => change.fields ?? [])).toHaveLength(fields.length);
  const codes = (ones: readonly { readonly code: string }[]): readonly string[] =>
    ones.map(({ code }) => code);
  expect(codes(told.preflight.filter(({ code }) => codes(rows.preflight).includes(code)))).toEqual(
    codes(rows.preflight),
  );
  expect(codes(told.warnings)).toEqual(codes(one.warnings));
  expect(told.notes).toEqual(one.notes);
  expect(told.refusals).toHaveLength(rows.refusals.length);
  expect(told.next).toBe(one.next ?? null);
}

describe.each(TARGETS.filter((name) => BUILT[name] !== undefined))(
  "every form of a plan for %s",
  (target) => {
    test.each(cases())("tells the same of %s", async (name) => {
      const planned = await planFixture(name, target);
      if (planned !== undefined) tellTheSame(planned.report, planned.loaded.texts);
    });
  },
);

describe("every form of a plan with changes", () => {
  test.each(Object.keys(CASES))("tells the same of: %s", (name) => tellTheSame(CASES[name] ?? report([])));
});

test("a form that leaves something out, or turns it round, is caught", () => {
  expect(() => inOrder("a b", ["b", "a"], "it")).toThrow("it does not say");
  expect(() => inOrder("a", ["a", "b"], "it")).toThrow("it does not say");
});
