import { describe, expect, test } from "vitest";
import { diagnostic } from "../../../src/model/diagnostic.ts";
import type { PlanReport } from "../../../src/model/plan.ts";
import {
  answer,
  type Answered,
  checkedIn,
  type Dialog,
  opened,
  question,
} from "../../../src/ui/review/dialog.ts";
import { linear } from "../../../src/ui/review/linear.ts";
import { checked } from "../../../src/ui/review/state.ts";
import { CASES, create, report, sample } from "../plan-cases.ts";
import { offerOf } from "./look.ts";

const start = (one: PlanReport = sample, accessible = false, doing: "apply" | "plan" = "apply"): Dialog =>
  opened(offerOf(one, { doing }), accessible);

/** Each line in turn, the preflight of what is chosen well in between. */
function said(first: Dialog, ...lines: readonly (string | undefined)[]): Answered {
  let last: Answered = { dialog: first, says: [] };
  for (const line of lines) {
    last = answer(last.dialog, line);
    if (last.does?.is !== "chosen") continue;
    const { review } = last.dialog;
    last = { ...last, dialog: checkedIn(last.dialog, checked(review, review.part, []), []).dialog };
  }
  return last;
}

describe("a review in lines", () => {
  test("asks with the safe answer last, in brackets", () => {
    expect(question(start())).toBe(
      "Apply 3 changes to desk → local-process? yes, no, details, exclude NAME, include NAME, edit NAME, help [no]: ",
    );
    expect(question(start(sample, false, "plan"))).toBe(
      "What now? details, exclude NAME, include NAME, edit NAME, write FILE, help, leave [leave]: ",
    );
  });

  test.each([undefined, "", "n", "no", "NO", "q", "leave", " no "])("takes %j for a no", (line) => {
    expect(said(start(), line).does).toEqual({ is: "leave" });
  });

  test.each(["y", "yes", "YES", " yes "])("takes %j for a yes", (line) => {
    expect(said(start(), line).does).toMatchObject({ is: "apply" });
  });

  test.each(["ja", "yess", "1", "apply it", "\u001B[A"])("takes %j for neither", (line) => {
    const turn = said(start(), line);
    expect(turn.does).toBeUndefined();
    expect(turn.says.join()).toContain("is no answer");
    expect(turn.says.join()).not.toContain("\u001B");
  });

  test("applies the part that is left, and says what went along", () => {
    const two = report([
      create("bob", "process"),
      create("carl", "process", { after: ["bob/process/main"] }),
      create("ana", "process"),
    ]);
    const turn = said(start(two), "exclude bob");
    expect(turn.says).toEqual([
      "  bob: left out, as you asked",
      "  carl: left out with bob, which it needs",
      "now: 1 create",
    ]);
    const yes = said(turn.dialog, "yes");
    if (yes.does?.is !== "apply") expect.fail("not applied");
    expect(yes.does.part.plan.changes.map(({ id }) => id)).toEqual(["ana/process/main"]);
    expect(said(turn.dialog, "include carl").says.join()).toContain("take that in first");
    expect(said(turn.dialog, "include bob").says).toEqual(["now: 3 create"]);
    expect(said(start(two), "exclude bob", "exclude ana", "yes").says.join()).toContain("nothing is chosen");
    expect(said(start(two), "exclude bbo").says.join()).toContain("did you mean bob?");
    expect(said(start(two), "exclude bob/process/main").dialog.review.left.size).toBe(2);
  });

  test("asks what is missing, with numbers", () => {
    const turn = said(start(), "exclude");
    expect(question(turn.dialog)).toBe("  1 researcher\n  2 chatbot\n  3 summarizer\nWhich one? ");
    expect(said(turn.dialog, "2").says[0]).toContain("chatbot: left out");
    expect(said(turn.dialog, "").dialog.asks).toEqual({ is: "what" });
    expect(said(start(), "edit chatbot").does).toEqual({ is: "edit", at: { file: "agent.yaml", line: 27 } });
    expect(said(start(sample, false, "plan"), "write kept.json").does).toMatchObject({
      is: "write",
      file: "kept.json",
    });
    expect(said(start(sample, false, "plan"), "yes").says.join()).toContain("is no answer");
  });

  test("asks for the name before anything is destroyed", () => {
    const asked = said(start(CASES["destroy"]), "yes");
    expect(question(asked.dialog)).toContain("Type desk to go on");
    expect(said(asked.dialog, "desk").does).toMatchObject({ is: "apply" });
    for (const line of ["", "yes", "des"]) {
      expect(said(asked.dialog, line).does).toBeUndefined();
      expect(said(asked.dialog, line).says.join()).toContain("nothing was changed");
    }
    expect(said(asked.dialog, undefined).does).toEqual({ is: "leave" });
  });

  test("says why not, where something would fail", () => {
    const turn = said(start(CASES["preflight error"]), "yes");
    expect(turn.does).toBeUndefined();
    expect(turn.says).toEqual(["1 thing would fail, so nothing can be applied: details says what"]);
    const wrong = [diagnostic("AAC3102", undefined, "no secret KEY")];
    const { review } = start();
    expect(checkedIn(start(), checked(review, review.part, wrong), wrong).says).toEqual([
      "preflight: no secret KEY",
    ]);
  });
});

describe("a review for ears", () => {
  test("has a sentence a line, with words beside signs", () => {
    expect(linear(sample)).toMatchInlineSnapshot(`
      "Plan for desk → local-process: 1 create · 1 replace · 1 update · 4 unchanged.
      worst: researcher away for ~2 s.
      Also: 1 secret changed, 1 field drifted.

      Change 1 of 3: -/+ replace researcher, process, how: replace, stop first, why: command[2] edited +3, at agent.yaml:14.
        because: command[2] was edited (agent.yaml:14): a running process cannot change its arguments.
        costs: ~2 s without researcher; chatbot keeps running, its dependency is briefly unready.
        ~ edit, command[2]: from --model=gpt-4 to --model=gpt-4o, agent.yaml:14
        ~ edit, environment.LOG_LEVEL: from INFO to DEBUG, agent.yaml:19
        ~ edit, environment.OPENAI_API_KEY: (secret changed)
        ! drift, resources.limits.memory: from 96Mi to 128Mi, drifted: changed outside aac

      Change 2 of 3: ~ update chatbot, listener, how: in place, why: replicas edited, at agent.yaml:27.
        ~ edit, replicas: from 2 to 3, agent.yaml:27

      Change 3 of 3: + create summarizer, environment, process, why: new, at agent.yaml:41.
        + create process, which runs: python main.py

      Preflight: all 3 can start.
      Next: aac apply
      "
    `);
  });

  test("numbers its answers", () => {
    expect(question(start(sample, true))).toMatchInlineSnapshot(`
      "Apply 3 changes to desk → local-process? Type a number or a word.
        1 no: leave, nothing is changed; enter alone means this
        2 yes: apply what is chosen
        3 details: the plan again, as it is chosen now
        4 exclude NAME: leave an agent or an object out, and what needs it
        5 include NAME: take it in again
        6 edit NAME: open its line in $VISUAL or $EDITOR, and plan again
        7 help: these lines
      Answer: "
    `);
    expect(said(start(sample, true), "2").does).toMatchObject({ is: "apply" });
    expect(said(start(sample, true), "1").does).toEqual({ is: "leave" });
    expect(said(start(sample, true), "9").says.join()).toContain("is no answer");
    expect(said(start(sample, true), "4 1").says[0]).toContain("researcher: left out");
  });

  test.each(Object.keys(CASES))("draws nothing: %s", (name) => {
    expect(linear(CASES[name] ?? sample)).not.toMatch(/[─│┌├▸▾✓✗…]/);
  });
});
