import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { program } from "../../helpers/run-aac.ts";
import type { Terminal } from "../../helpers/terminal.ts";
import { until } from "../../helpers/until.ts";
import { does } from "../answers.ts";
import { atTerminal } from "../at-terminal.ts";
import { ask, asked, desk, deskIn } from "../desk.ts";
import { inProject, type Project } from "../project.ts";

vi.setConfig({ testTimeout: 60_000 });

/** `ana` is ready once the file `ready` is beside it; `ben` waits for it. */
const pair = (port: number): Readonly<Record<string, string>> => ({
  ...deskIn("ana", desk("ana", port, { path: "/ready" })),
  ...deskIn("ben", desk("ben", port + 1, { more: ["dependsOn: {ana: {condition: healthy}}"] })),
});

const whole = (terminal: Terminal): string => terminal.scrollback().join("\n");
const SPINNER = /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/;

/** Of what was drawn nothing is left, and the terminal is as it was before. */
function isClean(terminal: Terminal): void {
  const text = whole(terminal);
  expect(text).not.toMatch(SPINNER);
  expect(text).not.toContain("^c");
  expect(text).not.toMatch(/creating {2}|waits {4}/);
  const written = terminal.written();
  expect(written.lastIndexOf("\u001B[?25h")).toBeGreaterThan(written.lastIndexOf("\u001B[?25l"));
  expect(written.lastIndexOf("\u001B[?2004l")).toBeGreaterThanOrEqual(written.lastIndexOf("\u001B[?2004h"));
}

const journalOf = (project: Project): readonly string[] =>
  readFileSync(join(project.home, "journal.jsonl"), "utf8")
    .split("\n")
    .filter((line) => line !== "");

describe("an apply at a terminal", () => {
  test("shows what runs and what waits for it, and leaves its report alone on the screen", async () => {
    await inProject("seen", pair(15601), async (project) => {
      await atTerminal(project, "apply --yes", {}, async (terminal) => {
        await terminal.shows("the answer of the probe", (text) => /GET \/ready on 15601: 503/.test(text));
        const frame = terminal.screen().join("\n");
        expect(frame).toMatch(/0 of 2 · \d+ s · not timed yet/);
        expect(frame).toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] creating {3}ana · process/);
        expect(frame).toMatch(/waits {6}ben · process +for ana · process/);
        terminal.type("l");
        await terminal.shows("│ ");
        project.write("ana/ready", "");
        expect(await terminal.ended).toMatchObject({ code: 0 });
        expect(whole(terminal)).toMatch(/✓ \+ {3}ben · process {2}created/);
        isClean(terminal);
        expect(terminal.onAlternateScreen()).toBe(false);
      });
      await project.well("destroy --yes");
      project.remove("ana/ready");
      // The time it took before is what it may take now.
      await atTerminal(project, "apply --yes", {}, async (terminal) => {
        await terminal.shows("a time", (text) =>
          /0 of 2 · \d+ s · (?:~\d+ m?s left|longer than before)/.test(text),
        );
        // Somebody who leaves now finds all of it begun.
        await terminal.shows("the answer of the probe", (text) => /GET \/ready on 15601: 503/.test(text));
      });
    });
  });

  test("shows the last lines of what failed while the others come to their end", async () => {
    const crash = [
      "apiVersion: agent.dev/v1",
      "kind: Agent",
      "metadata: {name: cleo}",
      "spec:",
      "  runtime: exec",
      "  command: [sh, crash.sh]",
      "  healthCheck: {file: up, interval: 100ms}",
      "  supervision: {backoff: {initial: 50ms, max: 100ms}}",
      "",
    ].join("\n");
    const files = {
      ...pair(15611),
      "cleo/agent.yaml": crash,
      "cleo/crash.sh": "echo looking for the door\necho no door here >&2\nexit 4\n",
    };
    await inProject("broken", files, async (project) => {
      await atTerminal(project, "apply --yes", {}, async (terminal) => {
        await terminal.shows("│ no door here");
        expect(terminal.screen().join("\n")).toMatch(/✗ failed {5}cleo · process .*\n? .*exit 4/);
        expect(terminal.screen().join("\n")).toContain("1 failed");
        project.write("ana/ready", "");
        expect(await terminal.ended).toMatchObject({ code: 4 });
        expect(whole(terminal)).toMatch(/✗ \+ {3}cleo · process {2}create failed: exit 4/);
        expect(whole(terminal)).toContain("↩ rolled back: removed");
        expect(whole(terminal)).toMatch(/broken-\w+ is as it was before\./);
        expect(whole(terminal)).toMatch(/ {4}\+ {3}ben · process {3}not created/);
        isClean(terminal);
      });
    });
  });

  test("counts the objects that it has no room for", async () => {
    const others = Array.from({ length: 25 }, (_, i) => {
      const name = `ben-${String(i).padStart(2, "0")}`;
      const more = ["dependsOn: {ana: {condition: healthy}}"];
      return deskIn(name, desk(name, 15630 + i, { more }));
    });
    const ana = deskIn("ana", desk("ana", 15629, { path: "/ready" }));
    await inProject("many", Object.assign({}, ana, ...others), async (project) => {
      await atTerminal(project, "apply --yes", { columns: 40, rows: 10 }, async (terminal) => {
        await terminal.shows("the answer of the probe", (text) => /GET \/ready on/.test(text));
        const shown = terminal.screen().filter((line) => line.startsWith("    waits"));
        expect(shown.length).toBeGreaterThan(2);
        expect(terminal.screen().join("\n")).toContain(`… ${25 - shown.length} waiting`);
        terminal.press("end");
        await terminal.shows("›   waits      ben-24");
        terminal.press("ctrl+c", "ctrl+c");
        expect(await terminal.ended).toMatchObject({ code: 130 });
        isClean(terminal);
      });
    });
  });

  test("has no colour with NO_COLOR, and is linear text for ears", async () => {
    await inProject("plain", pair(15661), async (project) => {
      await atTerminal(project, "apply --yes", { environment: { NO_COLOR: "1" } }, async (terminal) => {
        await terminal.shows("the answer of the probe", (text) => /GET \/ready on 15661: 503/.test(text));
        terminal.press("ctrl+c", "ctrl+c");
        expect(await terminal.ended).toMatchObject({ code: 130 });
        // oxlint-disable-next-line no-control-regex
        expect(terminal.written()).not.toMatch(/\u001B\[[\d;]*m/);
      });
      const environment = { AAC_ACCESSIBLE: "1", NO_COLOR: "1" };
      project.write("ana/ready", "");
      await atTerminal(project, "apply --yes", { environment }, async (terminal) => {
        expect(await terminal.ended).toMatchObject({ code: 0 });
        expect(terminal.written()).not.toContain("\u001B");
        expect(terminal.written()).not.toMatch(SPINNER);
        expect(whole(terminal)).toMatch(/ben · process {2}created in /);
      });
      const lines = (await project.well("destroy --yes --ui json")).out.trimEnd().split("\n");
      const told = lines.map((line): unknown => JSON.parse(line));
      expect(told[0]).toMatchObject({ kind: "ApplyEvent", is: "began" });
      expect(told.at(-1)).toMatchObject({ kind: "ApplyReport", outcome: "applied" });
    });
  });
});

describe("Ctrl-C at a terminal", () => {
  test("once lets what runs come to its end, and says what it waits for", async () => {
    await inProject("once", pair(15671), async (project) => {
      await atTerminal(project, "apply --yes", { columns: 100 }, async (terminal) => {
        await terminal.shows("the answer of the probe", (text) => /GET \/ready on 15671: 503/.test(text));
        terminal.press("ctrl+c");
        await terminal.shows("stopping: begins nothing more, waits for ana · process");
        expect(terminal.screen().join("\n")).toContain("^c end it too");
        project.write("ana/ready", "");
        expect(await terminal.ended).toMatchObject({ code: 130 });
        expect(whole(terminal)).toMatch(/interrupted after .*1 created · 1 untouched/);
        isClean(terminal);
      });
      expect(await ask(15672, "/health")).toBeUndefined();
      expect(does(await project.plan())).toEqual(["create ben/process/0"]);
    });
  });

  test("after another signal ends what runs, and the next plan tells the truth", async () => {
    await inProject("twice", pair(15681), async (project) => {
      await atTerminal(project, "apply --yes", {}, async (terminal) => {
        await terminal.shows("the answer of the probe", (text) => /GET \/ready on 15681: 503/.test(text));
        terminal.signal("SIGTERM");
        await terminal.shows("stopping");
        terminal.press("ctrl+c");
        expect(await terminal.ended).toMatchObject({ code: 143 });
        isClean(terminal);
      });
      expect(does(await project.plan())).toEqual(["create ben/process/0"]);
    });
  });

  test("does the same where lines are told instead", async () => {
    await inProject("lines", pair(15685), async (project) => {
      await atTerminal(project, "apply --yes --ui plain", {}, async (terminal) => {
        await terminal.shows("the answer of the probe", (text) => /GET \/ready on 15685: 503/.test(text));
        terminal.press("ctrl+c");
        await terminal.shows("stopping after the steps that run now");
        terminal.signal("SIGTERM");
        expect(await terminal.ended).toMatchObject({ code: 130 });
      });
    });
  });
});

describe("a terminal that goes away", () => {
  test("stops the apply after what runs, however often that is told, and the journal is whole", async () => {
    await inProject("hung", pair(15691), async (project) => {
      await atTerminal(project, "apply --yes", {}, async (terminal) => {
        await terminal.shows("the answer of the probe", (text) => /GET \/ready on 15691: 503/.test(text));
        terminal.hangUp();
        await terminal.shows("stopping");
        terminal.hangUp();
        const before = await asked(15691, "/ready");
        await until("it is asked again", async () => (await asked(15691, "/ready")) > before + 1);
        project.write("ana/ready", "");
        expect(await terminal.ended).toMatchObject({ code: 130 });
        isClean(terminal);
      });
      const end = journalOf(project).at(-1) ?? "";
      expect(JSON.parse(end)).toMatchObject({ is: "end", outcome: "interrupted" });
      expect(does(await project.plan())).toEqual(["create ben/process/0"]);
    });
  });

  test("with its line cut is written to in vain, and nothing breaks", async () => {
    await inProject("cut", pair(15695), async (project) => {
      await atTerminal(project, "apply --yes", {}, async (terminal) => {
        await terminal.shows("the answer of the probe", (text) => /GET \/ready on 15695: 503/.test(text));
        terminal.cutOff();
        const before = await asked(15695, "/ready");
        await until("it is asked again", async () => (await asked(15695, "/ready")) > before + 2);
        project.write("ana/ready", "");
        expect(await terminal.ended).toMatchObject({ code: 130 });
      });
      expect(JSON.parse(journalOf(project).at(-1) ?? "")).toMatchObject({ outcome: "interrupted" });
      const plan = await project.plan();
      expect(plan.notes.join()).toContain("the last apply was interrupted, 1 of 2 done");
      expect(does(plan)).toEqual(["create ben/process/0"]);
    });
  });

  test("for a while with Ctrl-Z is back as it was", async () => {
    await inProject("asleep", pair(15701), async (project) => {
      await atTerminal(project, "", { shell: true }, async (terminal) => {
        terminal.type("PS1='shell> '\r");
        await terminal.shows("shell> ");
        terminal.type(`${process.execPath} ${program} apply --yes\r`);
        await terminal.shows("the answer of the probe", (text) => /GET \/ready on 15701: 503/.test(text));
        terminal.press("ctrl+z");
        await terminal.shows("Stopped");
        expect(terminal.screen().join("\n")).not.toContain("^c stop");
        terminal.type("echo typed $((6 * 7))\r");
        await terminal.shows("typed 42");
        terminal.type("fg\r");
        await terminal.shows("^c stop");
        project.write("ana/ready", "");
        await terminal.shows("applied in");
        await terminal.shows("the prompt", (text) => text.trimEnd().endsWith("shell>"));
        terminal.type("echo code $?\r");
        await terminal.shows("code 0");
        expect(whole(terminal)).not.toMatch(SPINNER);
      });
    });
  });
});

/** What is drawn at one size is the same whenever it is drawn, but for its clock and its last probe. */
const still = (lines: readonly string[]): readonly string[] => {
  const from = lines.findIndex((line) => line.includes(" of 2 · "));
  return lines
    .slice(from)
    .filter((line) => line !== "")
    .map((line) =>
      line
        .replaceAll(/(?:\d+ min )?\d+ m?s\b/g, "T")
        .replaceAll(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/g, "*")
        .replaceAll(/ {2,}/g, "  "),
    );
};

describe("sixty other sizes during an apply", () => {
  test("leave a frame as if it had always been that size", async () => {
    await inProject("storm", pair(15711), async (project) => {
      await atTerminal(project, "apply --yes", { columns: 100, rows: 30 }, async (terminal) => {
        await terminal.shows("the answer of the probe", (text) => /GET \/ready on 15711: 503/.test(text));
        const before = still(terminal.screen());
        let seed = 7;
        const random = (from: number, to: number): number => {
          seed = (seed * 48_271) % 2_147_483_647;
          return from + (seed % (to - from + 1));
        };
        for (let i = 0; i < 60; i++) await terminal.resize(random(40, 200), random(10, 60));
        await terminal.resize(100, 30);
        await terminal.shows(
          "the same frame",
          () => still(terminal.screen()).join("\n") === before.join("\n"),
        );
        const heads = terminal.screen().filter((line) => line.includes(" of 2 · "));
        expect(heads).toHaveLength(1);
        project.write("ana/ready", "");
        expect(await terminal.ended).toMatchObject({ code: 0 });
        // What had no room for a moment has left the screen at its top, where no program can take it back.
        const left = terminal.screen().join("\n");
        expect(left).toMatch(/✓ \+ {3}ben · process {2}created/);
        expect(left).not.toMatch(SPINNER);
      });
    });
  });
});
