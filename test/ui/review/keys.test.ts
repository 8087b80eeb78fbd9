import { describe, expect, test } from "vitest";
import { diagnostic } from "../../../src/model/diagnostic.ts";
import { excludeFlags } from "../../../src/ui/review/choice.ts";
import { type Action, type Answer, APPLYING, ASKING, LOOKING } from "../../../src/ui/review/keys.ts";
import { busyWith, checked, faulty, replanned } from "../../../src/ui/review/state.ts";
import { CASES, change, create, field, report, sample } from "../plan-cases.ts";
import { type Held, held, offerOf } from "./look.ts";

const at = (hand: Held): string =>
  hand
    .frame()
    .split("\n")
    .find((line) => line.startsWith("›")) ?? "";
const done = (hand: Held): readonly string[] => hand.effects.map(({ is }) => is);
const looking = held(sample, { doing: "plan" });
const folded = held(sample).press("z");

/** What each action comes to, one way or another: a new one has no test until it stands here. */
const DOES: Readonly<Record<Action, (press: (hand: Held, ...before: readonly string[]) => Held) => void>> = {
  up: (press) => expect(at(press(folded, "down", "down"))).toContain("chatbot"),
  down: (press) => expect(at(press(folded))).toContain("chatbot"),
  "page up": (press) => expect(at(press(folded, "end"))).toContain("researcher"),
  "page down": (press) => expect(at(press(folded))).not.toContain("researcher"),
  first: (press) => expect(at(press(folded, "end"))).toContain("researcher"),
  last: (press) => expect(at(press(folded))).toContain("Next: aac apply"),
  apply: (press) => expect(press(held(sample)).frame()).toContain("Apply 3 changes to desk → local-process?"),
  write: (press) => expect(press(looking).frame()).toContain("write the plan to: ▏"),
  leave: (press) => expect(done(press(held(sample)))).toEqual(["leave"]),
  exclude: (press) => {
    const hand = press(held(sample));
    expect(hand.frame()).toMatch(/\[ \] -\/\+ researcher .*left out, as you asked/);
    expect(done(hand)).toEqual(["chosen"]);
    expect(at(press(hand))).toContain("[x] -/+ researcher");
  },
  fold: (press) => {
    expect(press(held(sample)).frame()).toContain("▸ [x] -/+ researcher");
    expect(press(folded).frame()).toContain("▾ [x] -/+ researcher");
  },
  open: (press) => expect(press(folded).frame()).toContain("▾ [x] -/+ researcher"),
  close: (press) => {
    expect(press(held(sample), "down", "down").frame()).toContain("› ▸ [x] -/+ researcher");
    expect(press(held(sample), "end", "up", "up", "up", "up").frame()).toContain("▸ [x] +   summarizer");
  },
  "fold all": (press) => {
    expect(press(held(sample)).frame()).not.toContain("▾");
    expect(press(folded).frame()).not.toContain("▸");
  },
  details: (press) => {
    expect(press(folded).frame()).toMatch(/── details.*\n -\/\+ researcher · process/);
    expect(press(press(folded)).frame()).toBe(folded.frame());
  },
  "other side": (press) => {
    const there = press(held(sample), "d");
    expect(there.frame()).toContain("details ‹here›");
    expect(there.press("down", "down").frame()).not.toContain(" -/+ researcher · process");
    expect(at(there.press("down", "down"))).toContain("researcher");
    expect(at(press(there).press("down"))).not.toContain("researcher");
  },
  edit: (press) => {
    expect(press(held(sample)).effects).toEqual([{ is: "edit", at: { file: "agent.yaml", line: 14 } }]);
    const field19 = press(held(sample), ..."jjjjjjj".split(""));
    expect(field19.effects).toEqual([{ is: "edit", at: { file: "agent.yaml", line: 19 } }]);
  },
  filter: (press) => {
    const hand = press(folded).press(..."chat".split(""));
    expect(hand.frame()).not.toContain("summarizer");
    expect(hand.press("enter").frame()).toContain("── /chat ─");
    expect(hand.press("enter", "esc").frame()).toContain("summarizer");
    expect(hand.press("esc").frame()).toContain("summarizer");
    expect(hand.press("esc").state.shape.filter).toBe("");
  },
  search: (press) =>
    expect(at(press(held(sample)).press(..."memory".split(""), "enter"))).toContain("limits.memory"),
  "next match": (press) => {
    const hand = held(sample).press("s", ..."process".split(""), "enter");
    expect(at(press(hand))).not.toBe(at(hand));
    expect(press(held(sample)).frame()).toContain("nothing was searched for");
  },
  "former match": (press) => {
    const hand = held(sample).press("s", ..."process".split(""), "enter");
    expect(at(press(hand.press(".")))).toBe(at(hand));
  },
  origins: (press) => expect(press(held(sample)).frame()).toContain("only ~ edits"),
  palette: (press) => {
    const hand = press(held(sample).press("space"));
    expect(hand.press(..."apply what".split("")).frame()).toContain("aac apply --exclude researcher --yes");
    expect(hand.press(..."apply what".split(""), "enter").frame()).toContain("Apply 2 changes");
    expect(hand.press("esc").state.mode).toEqual({ is: "list" });
  },
  help: (press) => {
    const hand = press(held(sample));
    expect(hand.frame()).toContain(" Keys");
    expect(hand.press("esc").frame()).toBe(held(sample).frame());
    // It is longer than the screen, and nobody gets lost behind its end.
    const end = Array.from({ length: 60 }, () => "down");
    expect(hand.press(...end).frame()).toContain("back to the plan");
    expect(hand.press(...end, "up").frame()).not.toBe(hand.press(...end).frame());
  },
  back: (press) => {
    expect(done(press(held(sample)))).toEqual(["leave"]);
    for (const keys of [["d"], ["/", "a", "enter"], ["o"], ["s", "a", "enter"]])
      expect(done(press(held(sample), ...keys)), keys.join(" ")).toEqual([]);
  },
};

describe("each key of the review", () => {
  const all = [...APPLYING.bindings, ...LOOKING.bindings.filter(({ does }) => does === "write")];
  test.each(all.flatMap(({ keys, does, about }) => keys.map((key) => ({ key, does, about }))))(
    "$key: $about",
    ({ key, does }) => DOES[does]((hand, ...before) => hand.press(...before, key)),
  );

  test("stands in the help, and in the footer where it does something now", () => {
    const help = held(sample).press("?").frame({ columns: 100, rows: 60 });
    for (const { about } of [...APPLYING.bindings, ...ASKING.bindings]) expect(help).toContain(about);
    const foot = (hand: Held): string => hand.frame({ columns: 200, rows: 24 }).split("\n").at(-1) ?? "";
    expect(foot(held(sample))).toContain("y apply");
    expect(foot(held(sample))).toContain("⏎ fold");
    expect(foot(looking)).toContain("w write");
    const bare = held(report([create("a", "process")], { next: undefined as never }));
    expect(foot(bare)).not.toContain("⏎ fold");
    expect(foot(bare.press("space"))).not.toContain("y apply");
    for (const hand of [held(sample), looking, bare]) expect(foot(hand)).toContain("? keys");
  });

  test("does nothing where it is none of ours", () => {
    for (const key of ["x", "ctrl+x", "Y", "delete", "pageup9"])
      expect(held(sample).press(key).frame(), key).toBe(held(sample).frame());
  });
});

const ANSWERED: Readonly<Record<Answer, (press: (hand: Held) => Held) => void>> = {
  yes: (press) => expect(press(held(sample).press("y")).effects).toMatchObject([{ is: "apply" }]),
  no: (press) => expect(done(press(held(sample).press("y")))).toEqual(["leave"]),
  details: (press) => {
    const hand = press(folded.press("y"));
    expect(done(hand)).toEqual([]);
    expect(hand.frame()).not.toContain("▸");
  },
  before: (press) => expect(press(held(sample).press("y")).frame()).toContain("‹details›"),
  after: (press) => expect(press(held(sample).press("y")).frame()).toContain("‹yes›"),
  take: (press) => {
    expect(done(press(held(sample).press("y")))).toEqual(["leave"]);
    expect(done(press(held(sample).press("y", "right")))).toEqual(["apply"]);
    expect(done(press(held(sample).press("y", "left")))).toEqual([]);
  },
  back: (press) => {
    expect(done(press(held(sample).press("y")))).toEqual([]);
    expect(press(held(sample).press("y")).frame()).toBe(held(sample).frame());
  },
};

describe("each key at the question", () => {
  test.each(ASKING.bindings.flatMap(({ keys, does, about }) => keys.map((key) => ({ key, does, about }))))(
    "$key: $about",
    ({ key, does }) => ANSWERED[does]((hand) => hand.press(key)),
  );
});

describe("saying yes", () => {
  test("is exactly the part that is shown then", () => {
    const hand = held(sample).press("space");
    const [chosen] = hand.effects;
    if (chosen?.is !== "chosen") expect.fail("nothing was chosen");
    const yes = hand.change((now) => checked(now, chosen.part, [])).press("y", "y");
    const [, apply] = yes.effects;
    expect(apply).toEqual({ is: "apply", part: chosen.part });
    expect(chosen.part.plan.changes.map(({ id }) => id)).not.toContain("researcher/process/main");
  });

  test("is no key of the same piece of input as the one that asked", () => {
    for (const keys of ["yy", "yyyyyy", "y\ny", "ylly"].map((text) => text.replace("\n", "").split("")))
      expect(done(held(sample).burst(...keys)), keys.join("")).toEqual([]);
    expect(done(held(sample).burst("y", "right", "enter"))).toEqual([]);
    expect(done(held(sample).burst("y", "tab", "enter", "y"))).toEqual([]);
    expect(held(sample).burst("y").frame()).not.toContain("‹");
  });

  test("is impossible on a screen that is too small to show what is asked", () => {
    const tiny = { columns: 39, rows: 9 };
    expect(done(held(sample).press("y").resized(tiny).press("y", "right", "enter"))).toEqual([]);
    expect(done(held(sample).resized(tiny).press("y", "y"))).toEqual([]);
    expect(done(held(sample).resized(tiny).press("q"))).toEqual(["leave"]);
    const back = held(sample).press("y").resized(tiny).press("y").resized({ columns: 80, rows: 24 });
    expect(back.frame()).toContain("‹no›");
  });

  test("waits for the preflight of what is chosen", () => {
    const asked = held(sample).press("space", "y", "y", "y", "enter");
    expect(done(asked)).toEqual(["chosen"]);
    expect(asked.frame()).toContain("checking what is chosen…");
    const { part } = asked.state;
    const well = asked.change((now) => checked(now, part, []));
    expect(done(well.burst("y"))).toEqual(["chosen"]);
    expect(done(well.press("x").press("y"))).toEqual(["chosen", "apply"]);
    const ill = asked.change((now) => checked(now, part, [diagnostic("AAC3102", undefined, "no secret")]));
    expect(ill.frame()).toContain("1 thing would fail, so nothing can be applied");
    expect(done(ill.press("y"))).toEqual(["chosen"]);
    expect(asked.change((now) => checked(now, { ...part }, [])).state.checking).toBe(true);
  });

  test.each([
    ["preflight error", "would fail, so nothing can be applied"],
    ["refusal", "what is protected would go"],
    ["no change", "nothing is chosen"],
  ])("is impossible with: %s", (name, why) => {
    const hand = held(CASES[name] ?? sample).press("y");
    expect(hand.frame({ columns: 120, rows: 24 })).toContain(why);
    expect(done(hand.press("y", "enter"))).toEqual([]);
  });

  test("to a plan that destroys or loses data takes the project's name, and nothing like it", () => {
    for (const name of ["destroy", "data loss"]) {
      const hand = held(CASES[name] ?? sample);
      const typing = (text: string): Held => hand.press("y", ...text.split(""), "enter");
      for (const text of ["", "y", "yes", "des", "desks", "DESK"])
        expect(done(typing(text)), text).toEqual([]);
      expect(typing("desks").frame()).toContain("that is not desk");
      expect(done(typing("desk"))).toEqual(["apply"]);
      expect(done(hand.press("y", "d", "esc"))).toEqual([]);
      expect(done(held(CASES[name] ?? sample, { isNamed: true }).press("y", "y"))).toEqual(["apply"]);
    }
  });

  test("to much at once takes the name too", () => {
    const gone = CASES["delete an agent"] ?? sample;
    const half = {
      ...gone,
      plan: { ...gone.plan, refusals: [{ is: "more than half", agents: 2, of: 3 } as const] },
    };
    expect(done(held(gone).press("y", "y"))).toEqual(["apply"]);
    expect(done(held(half).press("y", "y"))).toEqual([]);
    expect(done(held(half).press("y", ..."desk".split(""), "enter"))).toEqual(["apply"]);
  });
});

describe("leaving out", () => {
  const two = report([
    create("bob", "config"),
    create("bob", "process", { after: ["bob/config/main"] }),
    create("carl", "process", { after: ["bob/process/main"] }),
  ]);
  const without = (hand: Held): string => excludeFlags(hand.state.without).join(" ");

  test("takes an object with what needs it, an agent as a whole, and all objects of it as the agent", () => {
    const config = held(two).press("down", "space");
    expect(without(config)).toBe("--exclude bob/config/main");
    expect(config.frame()).toContain("left out with bob · config, which it needs");
    expect(config.state.part.plan.changes).toEqual([]);
    expect(without(config.press("down", "space"))).toBe("--exclude bob/config/main");
    expect(config.press("down", "space").frame()).toContain("take that in first");
    const process = held(two).press("down", "down", "space");
    expect(process.frame()).toContain("[-] +   bob");
    expect(without(process.press("up", "space"))).toBe("--exclude bob");
    expect(without(held(two).press("space"))).toBe("--exclude bob");
    expect(without(held(two).press("space", "down", "space"))).toBe("--exclude bob/process/main");
    expect(without(held(two).press("space", "space"))).toBe("");
  });

  test("never touches what the whole project shares", () => {
    const shared = report([create("", "network"), create("bob", "process", { after: ["/network/main"] })]);
    const hand = held(shared).press("down", "home", "space");
    const network = hand.state.shape.tree.nodes.findIndex(({ name }) => name === "(project)");
    const there = held(shared).press(...Array.from({ length: network }, () => "down"), "space");
    expect(there.frame()).toContain("it belongs to the whole project");
    expect(without(there)).toBe("");
  });
});

describe("planning again", () => {
  const edited = report([
    change("update", "chatbot", "listener", [field("replicas", 2, 5)]),
    create("writer", "process"),
  ]);

  test("keeps what is left out where it is still there, and says what is not", () => {
    const kept = held(sample)
      .press("z", "down", "space")
      .change((now) => replanned(now, offerOf(edited)));
    expect([...kept.state.without]).toEqual(["chatbot"]);
    expect(kept.state.checking).toBe(true);
    expect(kept.frame()).toContain("planned again");
    const gone = held(sample)
      .press("space")
      .change((now) => replanned(now, offerOf(edited)));
    expect([...gone.state.without]).toEqual([]);
    expect(gone.frame()).toContain("researcher would not change any more");
  });

  test("lets nobody say yes meanwhile", () => {
    const hand = held(sample).change((now) => busyWith(now, "planning again…"));
    expect(done(hand.press("y", "y"))).toEqual([]);
    expect(hand.press("y").frame()).toContain("planning again…");
    expect(done(hand.change((now) => busyWith(now, undefined)).press("y", "y"))).toEqual(["apply"]);
  });

  test("shows faults of the files with the line, opens it again, and keeps the plan from before", () => {
    const text = "apiVersion: agent.dev/v1\nkind: Agnt\n";
    const wrong = diagnostic("AAC1004", { file: "agent.yaml", start: 31, end: 35 }, "unknown kind");
    const hand = held(sample).change((now) =>
      faulty(now, { diagnostics: [wrong], texts: new Map([["agent.yaml", text]]) }),
    );
    expect(hand.frame()).toContain("agent.yaml:2:7");
    expect(hand.press("e").effects).toEqual([{ is: "edit", at: { file: "agent.yaml", line: 2 } }]);
    const back = hand.press("esc");
    expect(back.frame()).toContain("the files have faults now: this is the plan from before");
    expect(done(back.press("y", "y"))).toEqual(["apply"]);
  });
});
