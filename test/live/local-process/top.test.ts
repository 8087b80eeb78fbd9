import { readFileSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { until } from "../../helpers/until.ts";
import { atTerminal } from "../at-terminal.ts";
import { ask, desk, deskIn } from "../desk.ts";
import { inProject } from "../project.ts";

vi.setConfig({ testTimeout: 60_000 });

const SIZE = { columns: 100, rows: 30 };

const two = (first: number, second: number) => ({
  ...deskIn("ana", desk("ana", first)),
  ...deskIn("ben", desk("ben", second, { more: ["dependsOn: [ana]"] })),
});

/** What differs from one second to the next stands still. */
const still = (rows: readonly string[]): readonly string[] =>
  rows.map((row) => row.replaceAll(/[\d▁▂▃▄▅▆▇█. ]+/g, " "));

describe("top in a terminal", () => {
  test("shows what lives, and each key does what the footer says", async () => {
    await inProject("top", two(15531, 15532), async (project) => {
      await project.well("apply --yes");
      await atTerminal(project, "top", SIZE, async (terminal) => {
        const shows = (what: string, condition: (text: string) => boolean): Promise<string> =>
          terminal.shows(what, condition);
        const type = (keys: string): void => terminal.type(keys);
        const press = (key: "enter" | "esc"): void => terminal.press(key);
        await shows("both ready", (text) => / ana +✓ ready/.test(text) && / ben +✓ ready/.test(text));
        expect(terminal.onAlternateScreen()).toBe(true);
        await shows("their use", (text) => /CPU \d/.test(text) && /\d of \d|MiB/.test(text));
        await shows("what they printed", (text) => /ana +\| open/.test(text));
        await ask(15532, "/say?text=%1B%5B2Jhostile%07");
        await shows("bytes as text", (text) => text.includes("| \\x1b[2Jhostile\\x07"));

        type("j");
        await shows("the second chosen", (text) => /› ben/.test(text));
        press("enter");
        await shows("details", (text) => text.includes("last probe"));
        press("esc");
        await shows("the table", (text) => text.includes("AGENT▾"));
        type("g");
        await shows("who needs whom", (text) => /└─ ana +✓ ready +waits until started/.test(text));
        press("esc");
        await shows("the table", (text) => text.includes("AGENT▾"));
        type("D");
        await shows("no drift", (text) => text.includes("as the files say"));
        press("esc");
        await shows("the table", (text) => text.includes("AGENT▾"));
        type("?");
        await shows("help", (text) => text.includes("a line up"));
        press("esc");
        await shows("the table", (text) => text.includes("AGENT▾"));
        type(":restart");
        await shows("the equal command line", (text) => text.includes("aac restart ben"));
        press("esc");
        await shows("no palette", (text) => !text.includes("aac restart ben"));

        type("k");
        await shows("the first chosen", (text) => /› ana/.test(text));
        type("s");
        await shows("who needs it", (text) => text.includes("! ben needs it") && text.includes("Stop ana?"));
        press("enter");
        await shows("nothing asked any more", (text) => !text.includes("Stop ana?"));
        type("s");
        await shows("the question", (text) => text.includes("Stop ana?"));
        type("y");
        await shows("the reason", (text) => text.includes("why is ana stopped?"));
        type("the leak\r");
        await shows("it is done", (text) => text.includes("✓ ana: stopped"));
        await shows("it is held", (text) => /› ana +■ stopped .*the leak/.test(text));
        type("S");
        await shows("it is back", (text) => / ana +✓ ready/.test(text));
        const before = await project.pidOf("ana");
        type("r");
        await shows("the question", (text) => text.includes("Restart ana?"));
        type("y");
        await shows("it is done", (text) => text.includes("✓ ana: restarted"));
        await until("another process", async () => (await project.pidOf("ana")) !== before);

        type("x");
        await shows("a shell", (text) => text.includes("a shell in ana"));
        expect(terminal.onAlternateScreen()).toBe(false);
        await shows("its prompt", (text) => /[$#] ?$/.test(text.trimEnd()));
        type("echo in-$AAC_AGENT-here; exit 3\r");
        await shows("the screen is back", (text) => text.includes("✓ ana: the shell has ended with 3"));
        expect(terminal.onAlternateScreen()).toBe(true);

        type("/ben\r");
        await shows("one of two", (text) => text.includes("1 of 2 replicas with “ben”"));
        type("q");
        expect((await terminal.ended).code).toBe(0);
        const left = terminal.scrollback().join("\n");
        expect(terminal.onAlternateScreen()).toBe(false);
        expect(left).toMatch(/top-\S+ → local-process\nAGENT +REPLICA +STATE/);
        expect(left).toMatch(/\nana +0 +ready/);
        expect(left).not.toContain("↑↓ move");
      });
    });
  });

  test("is whole after sixty changes of size, and too small says so", async () => {
    await inProject("storm", two(15533, 15534), async (project) => {
      await project.well("apply --yes");
      await atTerminal(project, "top", SIZE, async (terminal) => {
        await terminal.shows(
          "both, and what they use",
          (text) => / ana +✓ ready.* \d\.\d\d /.test(text) && / ben +✓ ready.* \d\.\d\d /.test(text),
        );
        for (let i = 0; i < 60; i++) await terminal.resize(40 + ((i * 67) % 161), 10 + ((i * 23) % 51));
        for (const [columns, rows] of [
          [200, 60],
          [40, 10],
          [90, 24],
        ] as const) {
          await terminal.resize(columns, rows);
          await terminal.shows("the head and the foot", () => {
            const all = terminal.screen();
            return (
              all.length === rows &&
              (all[0] ?? "").startsWith(` ${project.name} → `) &&
              (all.at(-1) ?? "").endsWith("? keys") &&
              all.filter((row) => row.includes("AGENT▾")).length === 1
            );
          });
        }
        const stormed = still(terminal.screen());
        // A page, and back: everything is drawn anew.
        terminal.type("?");
        await terminal.shows("help", (text) => text.includes("a line up"));
        terminal.press("esc");
        await terminal.shows("the table", (text) => text.includes("AGENT▾"));
        await terminal
          .shows("the same as drawn anew", () => {
            const fresh = still(terminal.screen());
            return fresh.every((row, i) => row === stormed[i]);
          })
          .catch(() => expect(still(terminal.screen())).toEqual(stormed));
        await terminal.resize(39, 9);
        await terminal.shows("that it is too small", (text) => text.includes("at least 40×10"));
        terminal.type("q");
        expect((await terminal.ended).code).toBe(0);
      });
    });
  });

  test("--read-only shows no key that changes something, and refuses them; secrets are covered", async () => {
    const more = ["environment:", "  - {name: DESK_KEY, from: secret}"];
    await inProject("looking", deskIn(".", desk("ana", 15535, { more })), async (project) => {
      await project.well("apply --yes", { environment: { DESK_KEY: "walrus-under-the-ice" } });
      await atTerminal(
        project,
        "top --read-only",
        { ...SIZE, environment: { NO_COLOR: "1" } },
        async (terminal) => {
          const text = await terminal.shows("it is ready", (screen) => / ana +✓ ready/.test(screen));
          expect(text).toContain("read-only");
          expect(text).not.toContain("r restart");
          await ask(15535, "/say?text=my+walrus-under-the-ice");
          await terminal.shows("no secret", (screen) => screen.includes("| my (secret)"));
          for (const key of ["r", "s", "S", "x"]) {
            terminal.type(key);
            await terminal.shows("refused", (screen) => screen.includes("✗ read-only"));
            terminal.type("k");
            await terminal.shows("gone", (screen) => !screen.includes("✗ read-only"));
          }
          // NO_COLOR: nothing that was written sets a colour.
          // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is looked for
          expect(terminal.written()).not.toMatch(/\u001B\[(?:\d+;)*(?:3[0-7]|4[0-7]|9[0-7]|38|48)(?:;\d+)*m/);
          terminal.signal("SIGTERM");
          expect((await terminal.ended).code).toBe(143);
          expect(terminal.onAlternateScreen()).toBe(false);
          expect(terminal.written()).toContain("\u001B[?25h");
          expect(terminal.written()).not.toContain("walrus");
        },
      );
    });
  });

  test("keeps answering keys, and its memory, at ten thousand lines a second", async () => {
    const flood = `let n = 0;
const more = () => {
  let text = "";
  for (let i = 0; i < 500 && n < 40000; i++) text += "line " + n++ + " " + "x".repeat(600) + "\\n";
  process.stdout.write(text);
  if (n < 40000) setTimeout(more, 50); else setInterval(() => undefined, 1000);
};
setTimeout(more, 3000);
`;
    const file = `apiVersion: agent.dev/v1
kind: Agent
metadata: {name: flood}
spec: {runtime: exec, command: [node, flood.js]}
`;
    await inProject("flood", { "agent.yaml": file, "flood.js": flood }, async (project) => {
      await project.well("apply --yes");
      // Three times what is printed would not fit: a buffer that grows ends it.
      const environment = { NODE_OPTIONS: "--max-old-space-size=40" };
      await atTerminal(project, "top", { ...SIZE, environment }, async (terminal) => {
        await terminal.shows("the flood", (text) => /line \d{4}/.test(text), 20_000);
        for (let i = 0; i < 5; i++) {
          terminal.type("?");
          await terminal.shows("help", (text) => text.includes("a line up"));
          terminal.press("esc");
          await terminal.shows("the table", (text) => text.includes("AGENT▾"));
        }
        await terminal.shows("the last line", (text) => text.includes("line 39999"), 30_000);
        terminal.type("q");
        expect((await terminal.ended).code).toBe(0);
      });
    });
  });

  test("goes on where the supervisor ends, says so, and sees what came after", async () => {
    await inProject("orphans", deskIn(".", desk("ana", 15536)), async (project) => {
      await project.well("apply --yes");
      await atTerminal(project, "top --interval 500ms", SIZE, async (terminal) => {
        await terminal.shows("it is ready", (text) => / ana +✓ ready/.test(text));
        await project.well("daemon stop");
        await terminal.shows("what is missing", (text) => text.includes("! supervisor not running"), 20_000);
        terminal.type("ll");
        await terminal.shows("keys answer", (text) => !text.includes("logs ·"));
        await project.well("daemon start");
        await terminal.shows("it is there again", (text) => !text.includes("supervisor not running"), 20_000);
        await project.well("stop ana --reason gone");
        await terminal.shows("it is stopped", (text) => /■ stopped +.*gone/.test(text), 20_000);
        terminal.press("enter");
        await terminal.shows("when it was seen", (text) => /\d\d:\d\d:\d\d +ready → stopp/.test(text));
        terminal.press("ctrl+c");
        expect((await terminal.ended).code).toBe(0);
      });
    });
  });
});

describe("a terminal that goes away", () => {
  test("ends top, and agents are left alone", async () => {
    await inProject("closed", deskIn(".", desk("ana", 15539)), async (project) => {
      await project.well("apply --yes");
      const before = await project.pidOf("ana");
      await atTerminal(project, "top", SIZE, async (terminal) => {
        await terminal.shows("it is ready", (text) => / ana +✓ ready/.test(text));
        terminal.hangUp();
        await terminal.ended;
      });
      expect(await project.pidOf("ana")).toBe(before);
      await until("nothing of it is left", () =>
        project.processes().every(({ argv }) => !argv.includes("top")),
      );
    });
  });
});

describe("top in lines", () => {
  test.each([
    ["--ui plain", "top --ui plain", {}],
    ["TERM=dumb", "top", { TERM: "dumb" }],
    ["AAC_ACCESSIBLE=1", "top", { AAC_ACCESSIBLE: "1" }],
  ])("%s: how it is, then a line for each change", async (_, args, environment) => {
    await inProject("lines", deskIn(".", desk("ana", 15537)), async (project) => {
      await project.well("apply --yes");
      await atTerminal(project, args, { ...SIZE, environment }, async (terminal) => {
        await terminal.shows("both tables", (text) => /ana +0 +ready/.test(text) && /MEMORY/.test(text));
        await terminal.shows("that it goes on", (text) => text.includes("until Ctrl-C"));
        await project.well("stop ana");
        const arrow = "AAC_ACCESSIBLE" in environment ? "to" : "→";
        await terminal.shows(
          "the change",
          (text) => new RegExp(`\\d\\d:\\d\\d:\\d\\d ana: .*${arrow} stopped`).test(text),
          20_000,
        );
        expect(terminal.onAlternateScreen()).toBe(false);
        expect(terminal.written()).not.toContain("\u001B[?25l");
        terminal.press("ctrl+c");
        expect((await terminal.ended).code).toBe(0);
      });
    });
  });

  test("without a terminal it is told once; a screen, an unknown agent and a wrong pace are refused", async () => {
    await inProject("once", deskIn(".", desk("ana", 15538)), async (project) => {
      expect(await project.aac("top")).toMatchObject({ code: 0, err: "" });
      expect((await project.aac("top")).out).toContain("nothing is applied here: aac apply");
      await project.well("apply --yes");
      const { out } = await project.well("top");
      expect(out).toMatch(/^once-\S+ → local-process\nAGENT +REPLICA +STATE/);
      expect(out).toMatch(/AGENT +REPLICA +CPU +MEMORY/);
      expect(await project.aac("top --ui tui")).toMatchObject({ code: 2 });
      expect((await project.aac("top anna")).err).toContain("did you mean `ana`?");
      expect((await project.aac("top --interval soon")).err).toContain("is no pace");
    });
  });

  test("Ink and React are loaded for a screen only", () => {
    const contents: unknown = JSON.parse(
      readFileSync(new URL("../../../dist/contents.json", import.meta.url), "utf8"),
    );
    const files = typeof contents === "object" && contents !== null ? Object.entries(contents) : [];
    const holding = files.flatMap(([file, sources]) =>
      Array.isArray(sources) && sources.some((one) => /node_modules\/(?:ink|react)\//.test(String(one)))
        ? [file]
        : [],
    );
    expect(holding.length).toBeGreaterThan(0);
    expect(holding.filter((file) => /main|commands-top/.test(file))).toEqual([]);
  });
});
