import { describe, expect, test } from "vitest";
import { textWidth } from "../../../src/ui/plan/columns.ts";
import { colourPaint, plainPaint } from "../../../src/ui/paint.ts";
import { begin } from "../../../src/ui/review/state.ts";
import { entriesOf } from "../../../src/ui/review/listing.ts";
import { REVIEW } from "../../../src/ui/review/view.ts";
import { CASES, change, create, field, keep, report, sample } from "../plan-cases.ts";
import { held, offerOf } from "./look.ts";

const SMALL = { columns: 40, rows: 10 };

describe("a review on a screen", () => {
  test("says the verdict, then objects by risk, each with why, cost and fields", () => {
    expect(held(sample).frame()).toMatchInlineSnapshot(`
      " desk → local-process
       1 create · 1 replace · 1 update · 4 unchanged   worst: researcher away for ~2 s
       1 secret changed · 1 field drifted · all 3 can start
      ────────────────────────────────────────────────────────────────────────────────
      › ▾ [x] -/+ researcher     process        replace, stop first  command[2] edite…
                  because   command[2] was edited (agent.yaml:14): a running process
                            cannot change its arguments
                  costs     ~2 s without researcher; chatbot keeps running, its
                            dependency is briefly unready
                  ~ edit   command[2]  --model=gpt-[-4-] → --model=gpt-{+4o+}
                      agent.yaml:14
                  ~ edit   environment.LOG_LEVEL       INFO → DEBUG  agent.yaml:19
                  ~ edit   environment.OPENAI_API_KEY  (secret changed)
                  ! drift  resources.limits.memory     96Mi → 128Mi
                      drifted: changed outside aac
        ▾ [x] ~   chatbot        listener       in place             replicas edited
                  ~ edit  replicas  2 → 3  agent.yaml:27
        ▾ [x] +   summarizer     environment,…  create               new
          [x] +     environment                 create
          [x] +     process                     create               python main.py

        Preflight: all 3 can start.
      ── 1–18 of 19 ──────────────────────────────────────────────────────────────────
       ↑↓ move  y apply  n leave  space exclude  ⏎ fold  d details  e edit  ? keys"
    `);
  });

  test("has fewer columns where there is less room", () => {
    expect(held(sample).frame(SMALL)).toMatchInlineSnapshot(`
      " desk → local-process
       1 create · 1 replace · 1 update · 4 un…
       worst: researcher away for ~2 s · 1 se…
      ›▾[x] -/+ researcher     replace, stop …
          because   command[2] was edited
                    (agent.yaml:14): a
                    running process cannot
                    change its arguments
          costs     ~2 s without researcher;
       ↑↓ move  y apply  n leave  ? keys"
    `);
  });

  test("shows what is left out, and with what", () => {
    const needs = { after: ["bob/process/main"] };
    const plan = report([create("bob", "process"), create("carl", "process", needs)]);
    expect(held(plan).press("space").frame({ columns: 80, rows: 14 })).toMatchInlineSnapshot(`
      " desk → local-process
       nothing is chosen
       2 objects left out · checking…
      ────────────────────────────────────────────────────────────────────────────────
      ›   [ ] +   bob   process  left out, as you asked
          [ ] +   carl  process  left out with bob, which it needs

        Next: aac apply



      ────────────────────────────────────────────────────────────────────────────────
       1 more object goes with it: what needs it
       ↑↓ move  n leave  space exclude  d details  e edit  / filter  ? keys"
    `);
  });

  test("tells three origins apart by sign and word", () => {
    const one = report([
      change("update", "ana", "process", [
        field("a", "1", "2", { at: { file: "agent.yaml", line: 3 } }),
        field("b", "3", "4", { origin: "drift", by: "kubectl-set" }),
      ]),
      change("replace", "bob", "process", [], { because: [{ is: "follows", id: "ana/process/main" }] }),
    ]);
    const frame = held(one).frame({ columns: 100, rows: 20 });
    expect(frame).toContain("~ edit   a  1 → 2  agent.yaml:3");
    expect(frame).toContain("! drift  b  3 → 4  drifted: changed by kubectl-set");
    expect(frame).toContain("^ inherited  follows  ana · process, which will change");
    expect(held(one).press("o").frame()).not.toContain("drift  b");
    expect(held(one).press("o", "o").frame()).not.toContain("edit   a");
    expect(held(one).press("o", "o", "o").frame()).not.toContain("ana  ");
    expect(held(one).press("o", "o", "o").frame()).toContain("only ^ inherited");
    const again = held(one).press("o", "o", "o", "o").frame();
    expect(again.replaceAll("›", " ")).toBe(held(one).frame().replaceAll("›", " "));
  });

  test("asks at its foot, with the safe answer chosen", () => {
    expect(held(sample).press("y").frame({ columns: 80, rows: 12 })).toMatchInlineSnapshot(`
      " desk → local-process
       1 create · 1 replace · 1 update · 4 unchanged   worst: researcher away for ~2 s
       1 secret changed · 1 field drifted · all 3 can start
      › ▾ [x] -/+ researcher     process        replace, stop first  command[2] edite…
                  because   command[2] was edited (agent.yaml:14): a running process
                            cannot change its arguments
                  costs     ~2 s without researcher; chatbot keeps running, its
                            dependency is briefly unready
                  ~ edit   command[2]  --model=gpt-[-4-] → --model=gpt-{+4o+}
                      agent.yaml:14
       Apply 3 changes to desk → local-process?  ‹no›   yes    details
       ←→ choose  ⏎ answer  y yes  n no  d details  esc back"
    `);
    expect(held(sample).press("y").frame(SMALL).split("\n").slice(-3).join("\n")).toMatchInlineSnapshot(`
      " local-process?
        ‹no›   yes    details
       ←→ choose  ⏎ answer  y yes  n no  d de…"
    `);
  });

  test("names what is lost, and asks for the project's name", () => {
    const frame = held(CASES["data loss"] ?? sample)
      .press("y", "d", "e")
      .frame({ columns: 80, rows: 12 });
    expect(frame.split("\n").slice(-3).join("\n")).toMatchInlineSnapshot(`
      " vault · volume data would lose its data
       Type desk to go on: de▏
       ⏎ go on  esc back"
    `);
  });

  test("says in words that this is production", () => {
    const [first = ""] = held(sample, { production: true }).frame().split("\n");
    expect(first).toMatch(/^ desk → local-process +PRODUCTION$/);
    expect(textWidth(first)).toBeLessThanOrEqual(80);
  });

  test("compares texts of several lines line by line, and the words in them", () => {
    const lines = Array.from({ length: 20 }, (_, i) => `line ${i}`);
    const from = lines.join("\n");
    const to = lines.with(10, "line ten").join("\n");
    const one = report([change("update", "ana", "config", [field("config", from, to)])]);
    expect(held(one).frame({ columns: 60, rows: 20 })).toMatchInlineSnapshot(`
      " desk → local-process
       1 update   worst: nothing stops
       ana can start
      ────────────────────────────────────────────────────────────
      › ▾ [x] ~   ana  config  in place  config edited
                  ~ edit  config
                        … 8 lines as they are
                        line 8
                        line 9
                      - line [-10-]
                      + line {+ten+}
                        line 11
                        line 12
                        … 7 lines as they are

        Preflight: ana can start.
        Next: aac apply

      ────────────────────────────────────────────────────────────
       ↑↓ move  y apply  n leave  space exclude  ⏎ fold  ? keys"
    `);
    expect(held(one, { coloured: true }).frame()).not.toContain("[-");
  });

  test("begins a long value shortly before it differs", () => {
    const long = "word ".repeat(60);
    const one = report([
      change("update", "ana", "process", [field("prompt", `${long}old end`, `${long}new end`)]),
    ]);
    const frame = held(one).frame();
    expect(frame).toMatch(/- ….*\[-old-\] end/);
    expect(frame).toMatch(/\+ ….*\{\+new\+\} end/);
    expect(held(one).press("d").frame().replaceAll(/\s+/g, " ")).toContain("word word word");
  });

  test("covers what is secret, and shows no byte that does something", () => {
    const controls = "\u001B[31mred\u001B]0;x\u0007\u202Ekcab";
    const one = report([
      change("update", controls, controls, [
        field(`environment/${controls}`, controls, `${controls}!`),
        field("environment/KEY", "hunter2-old", "hunter2-new", { secret: true }),
        field("text", `${controls}\na`, `${controls}\nb`),
      ]),
      keep("b", { hold: { by: controls, since: controls, what: controls } }),
    ]);
    for (const hand of [held(one), held(one).press("d"), held(one).press(":"), held(one).press("y")]) {
      const frame = hand.frame({ columns: 120, rows: 40 });
      // oxlint-disable-next-line no-control-regex
      expect(frame).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]/);
      expect(frame).not.toContain("hunter2");
    }
  });

  test.each(Object.keys(CASES))("fits each size, whatever is open: %s", (name) => {
    const hand = held(CASES[name] ?? sample);
    const keys = [
      [],
      ["d"],
      ["d", "tab"],
      ["y"],
      [":"],
      ["?"],
      ["/", "a"],
      ["s", "a"],
      ["z"],
      ["space"],
      ["w"],
    ];
    const sizes = [
      [40, 10],
      [59, 13],
      [60, 14],
      [80, 24],
      [119, 20],
      [120, 19],
      [200, 60],
    ] as const;
    for (const [columns, rows] of sizes)
      for (const pressed of keys) {
        const { state } = hand.press(...pressed);
        for (const paint of [plainPaint, colourPaint]) {
          const lines = REVIEW.draw(state, { columns, rows }, paint);
          expect(lines.length).toBeLessThanOrEqual(rows);
          for (const line of lines) {
            // oxlint-disable-next-line no-control-regex
            const text = line.replaceAll(/\u001B\[\d+m/g, "");
            expect(textWidth(text), `${columns}×${rows} ${pressed.join(" ")}: ${text}`).toBeLessThanOrEqual(
              columns,
            );
          }
        }
      }
  });
});

describe("a plan of 1,000 objects", () => {
  const many = report(
    Array.from({ length: 1000 }, (_, i) =>
      change("update", `agent-${String(i).padStart(4, "0")}`, "process", [field("replicas", i, i + 1)]),
    ),
  );

  test("is folded, goes to its end and back, and is laid out once for all of that", () => {
    const hand = held(many);
    expect(hand.frame()).toContain("▸ [x] ~   agent-0000");
    const last = hand.press("G");
    expect(last.frame()).toContain("agent-0999");
    expect(entriesOf(last.press("k", "pageup").state.shape, 80)).toBe(entriesOf(hand.state.shape, 80));
    const open = last.press("z");
    expect(entriesOf(open.state.shape, 80).length).toBeGreaterThan(2000);
    expect(open.press("g").frame()).toContain("replicas  0 → 1");
  });

  test("is filtered to the one that is looked for", () => {
    expect(
      held(many)
        .press("/", ..."0777".split(""))
        .frame(),
    ).toContain("› ▸ [x] ~   agent-0777");
  });
});

describe("a review that nobody touched", () => {
  test("is the same for the same plan", () => {
    expect(begin(offerOf(sample)).shape.tree.nodes.map(({ key }) => key)).toEqual([
      "researcher",
      "chatbot",
      "summarizer",
    ]);
    expect(held(sample).frame()).toBe(held(sample).frame());
  });
});
