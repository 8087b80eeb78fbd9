import { describe, expect, test } from "vitest";
import { plainPaint } from "../../../src/ui/paint.ts";
import { showKey } from "../../../src/ui/screen/keys.ts";
import { entriesOf } from "../../../src/ui/top/commands.ts";
import { driftOf } from "../../../src/ui/top/drift.ts";
import { agentKeys, allKeys } from "../../../src/ui/top/keys.ts";
import { chosenRow } from "../../../src/ui/top/rows.ts";
import type { TopState } from "../../../src/ui/top/state.ts";
import { sawDrift, sawStatus, told } from "../../../src/ui/top/update.ts";
import { topView } from "../../../src/ui/top/view.ts";
import { AGENTS, desk, NOW, pressed, replica, screen, typing } from "./cases.ts";

const chosen = (keys: readonly string[]): string => chosenRow(pressed(desk(), keys).state)?.agent ?? "";

describe("keys of the table", () => {
  test("move, and the one that is chosen stays chosen wherever it goes", () => {
    expect(chosen([])).toBe("chatbot");
    expect(chosen(["j"])).toBe("crashy");
    expect(chosen(["down", "j", "k"])).toBe("crashy");
    expect(chosen(["end"])).toBe("ill");
    expect(chosen(["end", "home"])).toBe("chatbot");
    expect(chosen(["pagedown"])).toBe("ill");
    expect(chosen(["end", "pageup"])).toBe("chatbot");
    expect(chosen(["j", "o"])).toBe("crashy");
    const more = sawStatus(
      pressed(desk(), ["j"]).state,
      { agents: [replica("aaa"), ...AGENTS], notes: [] },
      NOW,
    );
    expect(chosenRow(more)?.agent).toBe("crashy");
    // Where it is gone, its neighbour is chosen.
    const fewer = sawStatus(
      more,
      { agents: AGENTS.filter(({ agent }) => agent !== "crashy"), notes: [] },
      NOW,
    );
    expect(chosenRow(fewer)?.agent).toBe("ill");
  });

  test("o cycles through five orders", () => {
    const orders = [0, 1, 2, 3, 4, 5].map((times) => {
      const { state } = pressed(
        desk(),
        Array.from({ length: times }, () => "o"),
      );
      return state.list.rows.map(({ agent }) => agent).join(" ");
    });
    expect(orders).toEqual([
      "chatbot crashy held ill",
      "crashy ill held chatbot",
      "ill chatbot crashy held",
      "chatbot ill crashy held",
      "crashy chatbot held ill",
      "chatbot crashy held ill",
    ]);
  });

  test("/ filters letter by letter; enter keeps it, esc puts back what was, esc again takes it away", () => {
    const typed = pressed(desk(), ["/", ...typing("crash")]).state;
    expect(typed.list.rows.map(({ agent }) => agent)).toEqual(["crashy"]);
    expect(screen(typed)).toContain("only agents with /crash▏");
    const kept = pressed(typed, ["enter"]).state;
    expect(screen(kept)).toContain("1 of 4 replicas with “crash”");
    expect(pressed(kept, ["/", "backspace", "esc"]).state.chosen.filter).toBe("crash");
    expect(pressed(kept, ["esc"]).state.list.rows).toHaveLength(4);
    expect(screen(pressed(desk(), ["/", ...typing("nobody")]).state)).toContain("nothing has “nobody”");
  });

  test("restart asks, with no chosen; stop asks why as well; start asks nothing", () => {
    expect(pressed(desk(), ["r", "enter"])).not.toHaveProperty("does");
    expect(pressed(desk(), ["r", "y"]).does).toEqual({ is: "restart", agent: "chatbot" });
    expect(pressed(desk(), ["r", "right", "enter"]).does).toEqual({ is: "restart", agent: "chatbot" });
    for (const no of ["n", "q", "esc", "ctrl+c"]) {
      const { state, does } = pressed(desk(), ["s", no]);
      expect({ ask: state.ask, does }).toEqual({ ask: undefined, does: undefined });
    }
    expect(pressed(desk(), ["s", "y"])).not.toHaveProperty("does");
    expect(pressed(desk(), ["s", "y", "enter"]).does).toEqual({ is: "stop", agent: "chatbot" });
    expect(pressed(desk(), ["s", "y", ...typing("too many haiku"), "enter"]).does).toEqual({
      is: "stop",
      agent: "chatbot",
      reason: "too many haiku",
    });
    expect(pressed(desk(), ["s", "y", ...typing("q"), "esc"])).not.toHaveProperty("does");
    expect(pressed(desk(), ["j", "S"]).does).toEqual({ is: "start", agent: "crashy" });
  });

  test("p freezes, where it asks, and thaws what is frozen, where it does not", () => {
    const asked = pressed(desk(), ["p"]);
    expect(screen(asked.state)).toContain("Freeze chatbot");
    expect(pressed(desk(), ["p", "enter"])).not.toHaveProperty("does");
    expect(pressed(desk(), ["p", "y"]).does).toEqual({ is: "pause", agent: "chatbot" });
    const state = desk();
    const { status } = state.live;
    const agents = status.agents.map((one) => ({ ...one, state: "paused" }));
    const frozen = sawStatus(state, { ...status, agents }, state.now);
    expect(pressed(frozen, ["p"]).does).toEqual({ is: "resume", agent: "chatbot" });
    const commands = (one: TopState) => entriesOf(one, chosenRow(one)).map(({ command }) => command);
    expect([commands(state).includes("aac pause chatbot -t docker"), commands(frozen)]).toEqual([
      true,
      expect.arrayContaining(["aac resume chatbot -t docker"]),
    ]);
  });

  test("x, D, g, l, tab, enter, :, ?, q do what help says", () => {
    expect(pressed(desk(), ["x"]).does).toEqual({ is: "exec", agent: "chatbot", replica: 0 });
    const drift = pressed(desk(), ["D"]);
    expect(drift.does).toEqual({ is: "drift", agent: "chatbot" });
    expect(screen(drift.state)).toContain("comparing chatbot with its file");
    expect(pressed(desk(), ["g"]).state.page.is).toBe("needs");
    expect(pressed(desk(), ["l"]).state.focus).toBe("logs");
    expect(pressed(desk(), ["tab"]).state.focus).toBe("logs");
    const hidden = pressed(desk(), ["l", "l"]).state;
    expect({ open: hidden.logs.open, focus: hidden.focus }).toEqual({ open: false, focus: "agents" });
    expect(pressed(hidden, ["l"]).state.logs.open).toBe(true);
    expect(pressed(desk(), ["enter"]).state.page.is).toBe("details");
    expect(pressed(desk(), ["?"]).state.page.is).toBe("help");
    for (const leave of ["q", "ctrl+c"]) expect(pressed(desk(), [leave]).does).toEqual({ is: "leave" });
    expect(pressed(desk(), ["enter", "r", "y"]).does).toEqual({ is: "restart", agent: "chatbot" });
  });

  test("esc leads back from each page, and never out", () => {
    for (const open of ["enter", "g", "D", "?", ":", "/", "s", "r"]) {
      const { state, does } = pressed(desk(), [open, "esc"]);
      expect({ page: state.page, ask: state.ask, does }, open).toEqual({
        page: { is: "agents" },
        ask: undefined,
        does: undefined,
      });
    }
    expect(pressed(desk(), ["enter", "?", "esc"]).state.page.is).toBe("details");
    expect(pressed(desk(), ["esc", "esc"])).not.toHaveProperty("does");
  });

  test("without a replica they do nothing", () => {
    const none = sawStatus(desk(), { agents: [], notes: [] }, NOW);
    for (const key of ["r", "s", "S", "x", "D", "enter", "j"])
      expect(pressed(none, [key])).not.toHaveProperty("does");
  });
});

describe("what keys are called", () => {
  test("each binding has its line in help, and its keys stand there", () => {
    const help = screen(pressed(desk(), ["?"]).state, { columns: 120, rows: 100 });
    for (const { title, bindings } of allKeys(false)) {
      expect(help).toContain(` ${title}`);
      for (const { keys, about } of bindings)
        expect(
          help
            .split("\n")
            .some((line) => line.includes(`   ${keys.map(showKey).join(" ")} `) && line.includes(about)),
          about,
        ).toBe(true);
    }
    expect(
      allKeys(false).flatMap(({ bindings }) => bindings.filter(({ keys }) => keys.length === 0)),
    ).toEqual([]);
  });

  test("no key of a table does two things", () => {
    for (const { bindings } of allKeys(false)) {
      const all = bindings.flatMap(({ keys }) => keys);
      expect(all).toEqual([...new Set(all)]);
    }
  });

  test("the footer names what would do something now", () => {
    const foot = (keys: readonly string[], agents = AGENTS): string =>
      topView
        .draw(
          pressed(sawStatus(desk(), { agents, notes: [] }, NOW), keys).state,
          { columns: 160, rows: 24 },
          plainPaint,
        )
        .at(-1) ?? "";
    expect(foot([])).toContain("s stop");
    expect(foot([])).not.toContain("S start");
    expect(foot(["j", "j"])).toContain("S start");
    expect(foot(["j", "j"])).not.toContain("s stop");
    expect(foot([], [])).not.toContain("restart");
    expect(foot(["tab"])).toContain("f follow");
    expect(foot(["enter"])).toContain("esc back");
  });

  test("the palette has the equal command line of each, and does it", () => {
    const { state } = pressed(desk(), ["j", ":"]);
    expect(screen(state, { columns: 100, rows: 30 })).toContain("aac restart crashy -t docker");
    const commands = entriesOf(state, chosenRow(state)).map(({ command }) => command);
    expect(commands).toContain("aac exec --target docker crashy");
    expect(commands).toContain("aac plan --target-agent crashy -t docker");
    expect(pressed(desk(), [":", ...typing("aac restart"), "enter"]).state.ask).toMatchObject({ is: "sure" });
    expect(pressed(desk(), [":", ...typing("wrapped"), "enter"]).state.logs.wrap).toBe(true);
    expect(pressed(desk(), [":", ...typing("leave"), "enter"]).does).toEqual({ is: "leave" });
  });

  test("--read-only takes the changing keys away everywhere, and refuses them", () => {
    const state = desk({ readOnly: true });
    const changing = agentKeys(false).bindings.filter((one) => one.changes === true);
    expect(changing.map(({ does }) => does)).toEqual(["restart", "stop", "start", "pause", "exec"]);
    const help = screen(pressed(state, ["?"]).state, { columns: 120, rows: 100 });
    const foot = screen(state, { columns: 200, rows: 24 }).split("\n").at(-1) ?? "";
    for (const { about, footer } of changing) {
      expect(help).not.toContain(about);
      if (footer !== undefined) expect(foot).not.toContain(` ${footer} `);
      expect(entriesOf(state, chosenRow(state)).map((one) => one.about)).not.toContain(about);
    }
    for (const key of ["r", "s", "S", "p", "x"]) {
      for (const first of [[], ["enter"], ["tab"]]) {
        const turn = pressed(state, [...first, key]);
        expect(turn).not.toHaveProperty("does");
        expect(turn.state.ask).toBeUndefined();
        expect(screen(turn.state)).toContain("read-only: nothing is changed from here");
      }
    }
    expect(screen(state)).toContain("read-only");
  });
});

describe("what was done", () => {
  test("is one line at the foot until the next key", () => {
    const said = told(desk(), { tone: "done", text: "chatbot: restarted" });
    expect(screen(said)).toContain(" ✓ chatbot: restarted");
    expect(screen(pressed(said, ["j"]).state)).not.toContain("restarted");
    const doing = told(desk(), { tone: "doing", text: "restarting chatbot" });
    expect(screen(pressed(doing, ["j"]).state)).toContain(" … restarting chatbot");
  });

  test("a comparison reaches the page that asked for it, and none that was left", () => {
    const asked = pressed(desk(), ["D"]).state;
    const report = {
      project: "desk",
      target: "docker",
      where: "",
      plan: { changes: [], outside: 0, refusals: [] },
      preflight: [],
      warnings: [],
      notes: [],
      destroy: false,
    };
    const same = driftOf(report, "chatbot");
    expect(screen(sawDrift(asked, "chatbot", same))).toContain("as the files say");
    expect(sawDrift(pressed(asked, ["esc"]).state, "chatbot", same).page.is).toBe("agents");
    const before = {
      id: "chatbot/config/main",
      agent: "chatbot",
      kind: "config",
      name: "main",
      after: [],
      fields: {},
      holdsData: false,
      protect: false,
      source: "a.yaml",
      origin: "here",
      identity: "1",
    };
    const resource = {
      ...before,
      follows: [],
      exchange: "stop first" as const,
      written: {},
    };
    const drifted = driftOf(
      {
        ...report,
        plan: {
          outside: 0,
          refusals: [],
          changes: [
            {
              is: "update",
              id: before.id,
              resource,
              before,
              because: [{ is: "drifted", path: "topics", by: "ana" }],
              fields: [
                { path: "topics", from: "sleet", to: "rain", secret: false, origin: "drift", by: "ana" },
                { path: "style", from: "a", to: "b", secret: false, origin: "edit" },
              ],
              costs: { order: "in place", dependants: [], losesData: false },
            },
          ],
        },
      },
      "chatbot",
    );
    const shown = screen(sawDrift(asked, "chatbot", drifted));
    expect(shown).toMatch(/! topics +sleet → rain/);
    expect(shown).toContain("drifted: changed by ana");
    expect(shown).toContain("1 field edited in the files and not applied yet: aac plan");
  });
});
