import { expect, test, vi } from "vitest";
import { PROGRESS_KEYS } from "../../../src/ui/apply/screen/keys.ts";
import { APPLYING, ASKING, LOOKING } from "../../../src/ui/review/keys.ts";
import type { KeyTable } from "../../../src/ui/screen/keys.ts";
import type { Key } from "../../../src/ui/screen/view.ts";
import { agentKeys, logKeys, pageKeys } from "../../../src/ui/top/keys.ts";
import { isKeyName, type Terminal } from "../../helpers/terminal.ts";
import { atTerminal } from "../at-terminal.ts";
import { desk, deskIn } from "../desk.ts";
import { inProject } from "../project.ts";

vi.setConfig({ testTimeout: 60_000 });

const OTHERS = ["bob", "carl", "dora", "emil", "fay"];
const SAY = `for (let i = 1; i <= 60; i++) console.log(i % 20 === 0 ? "error: row " + i : "row " + i + (i === 59 ? " long".repeat(60) : ""));
setInterval(() => undefined, 1000);
`;
const other = (name: string): string => `apiVersion: agent.dev/v1
kind: Agent
metadata: {name: ${name}}
spec:
  runtime: exec
  command: [node, say.js]
  dependsOn: {ana: {condition: healthy}}
`;

/** The others wait for `ana`, which is ready once a file is beside it. */
const FILES: Readonly<Record<string, string>> = {
  ...deskIn("ana", desk("ana", 16231, { path: "/ready" })),
  ...Object.fromEntries(
    OTHERS.flatMap((name) => [
      [`${name}/agent.yaml`, other(name)],
      [`${name}/say.js`, SAY],
    ]),
  ),
};

/** Presses keys, keeps which, and sees on the screen what each did. */
class Keyboard {
  readonly #table: KeyTable;
  readonly #terminal: Terminal;
  readonly #pressed: Set<string>;

  constructor(table: KeyTable, terminal: Terminal, pressed: Set<string>) {
    this.#table = table;
    this.#terminal = terminal;
    this.#pressed = pressed;
  }

  type(...keys: readonly Key[]): void {
    for (const key of keys) {
      this.#pressed.add(`${this.#table.title}: ${key}`);
      if (isKeyName(key)) this.#terminal.press(key);
      else this.#terminal.type(key);
    }
  }

  async sees(key: Key, what: string | RegExp): Promise<void> {
    this.type(key);
    await this.#terminal.shows(`what ${key} does: ${String(what)}`, (text) =>
      typeof what === "string" ? text.includes(what) : what.test(text),
    );
  }

  /** Each of them changes this part of the screen. */
  async change(keys: readonly Key[], part: (text: string) => string = (text) => text): Promise<void> {
    for (const key of keys) {
      const before = part(this.#terminal.screen().join("\n"));
      this.type(key);
      await this.#terminal.shows(`another thing after ${key}`, (text) => part(text) !== before);
    }
  }
}

const missing = (pressed: ReadonlySet<string>, ...tables: readonly KeyTable[]): readonly string[] =>
  tables.flatMap(({ title, bindings }) =>
    bindings.flatMap(({ keys }) => keys.map((key) => `${title}: ${key}`)).filter((one) => !pressed.has(one)),
  );

const MOVES = ["down", "j", "k", "up", "pagedown", "pageup", "ctrl+d", "ctrl+u", "end", "home"];
/** The chosen line's agent. */
const agent = (text: string): string => /^›.*?\b(ana|bob|carl|dora|emil|fay)\b/m.exec(text)?.[1] ?? "";
/** The first line with this mark in it, without what goes on by itself. */
const rowWith =
  (mark: RegExp) =>
  (text: string): string =>
    text.split("\n").find((line) => mark.test(line)) ?? "";

test("each key of the review does what is seen", async () => {
  await inProject("pressed", FILES, async (project) => {
    const pressed = new Set<string>();
    const environment = { EDITOR: "true" };
    const small = { columns: 80, rows: 24, environment };
    await atTerminal(project, "apply", small, async (terminal) => {
      const list = new Keyboard(APPLYING, terminal, pressed);
      const question = new Keyboard(ASKING, terminal, pressed);
      await terminal.shows("y apply");
      await list.change([...MOVES, "G", "g", "left", "right", "enter", "z", "z", "d", "tab", "tab", "esc"]);
      await list.sees("space", /\[ \] .*ana/);
      await list.sees("space", /\[x\] .*ana/);
      await list.sees("/", / \/▏/);
      terminal.type("fay");
      await terminal.shows("one of six", (text) => agent(text) === "fay");
      await list.sees("esc", / ana /);
      await list.change(["z"]);
      await list.sees("s", "search:");
      terminal.type("say.js");
      terminal.press("enter");
      await terminal.shows("a match", (text) => /^›.*say\.js/m.test(text));
      await list.change([".", ","]);
      await list.change(["o", "o", "o", "o"]);
      await list.sees(":", "aac apply");
      await list.sees("esc", "y apply");
      await list.sees("?", "a line up");
      await list.sees("esc", "y apply");
      list.type("home");
      await list.sees("e", "planned again");
      await list.sees("y", "‹no›");
      await question.sees("right", "‹yes›");
      await question.sees("left", "‹no›");
      await question.sees("tab", "‹yes›");
      await question.sees("shift+tab", "‹no›");
      await question.sees("l", "‹yes›");
      await question.sees("h", "‹no›");
      await question.sees("d", "y apply");
      await list.sees("y", "‹no›");
      await question.sees("esc", "y apply");
      await list.sees("y", "‹no›");
      await question.sees("ctrl+c", "y apply");
      list.type("ctrl+c");
      expect(await terminal.ended).toMatchObject({ code: 1 });
    });
    for (const [leave, answer] of [
      ["n", "n"],
      ["q", "q"],
      ["ctrl+c", "enter"],
    ] as const) {
      await atTerminal(project, "apply", small, async (terminal) => {
        await new Keyboard(APPLYING, terminal, pressed).sees("y", "‹no›").catch(() => undefined);
        await terminal.shows("‹no›");
        new Keyboard(ASKING, terminal, pressed).type(answer);
        expect(await terminal.ended, answer).toMatchObject({ code: 1 });
      });
      await atTerminal(project, "plan -i", small, async (terminal) => {
        const looking = new Keyboard(LOOKING, terminal, pressed);
        await terminal.shows("w write");
        await looking.sees("w", "write the plan to:");
        terminal.press("esc");
        await terminal.shows("w write");
        looking.type(leave);
        expect(await terminal.ended, leave).toMatchObject({ code: 0 });
      });
    }
    await atTerminal(project, "apply", small, async (terminal) => {
      await terminal.shows("y apply");
      await new Keyboard(APPLYING, terminal, pressed).sees("y", "‹no›");
      new Keyboard(ASKING, terminal, pressed).type("y");
      const progress = new Keyboard(PROGRESS_KEYS, terminal, pressed);
      await terminal.shows("what it waits for", (text) => /GET \/ready on 16231: 503/.test(text));
      await progress.change(["end", "home", ...MOVES.slice(0, 8), "G", "g"], agent);
      await progress.change(["l", "l"], (text) => String(/^ *│/m.test(text)));
      await progress.sees("esc", /^[^›]*$/);
      await progress.sees("?", "a line up");
      await progress.sees("esc", /creating +ana/);
      await progress.sees("ctrl+c", "stopping");
      progress.type("ctrl+c");
      expect(await terminal.ended).toMatchObject({ code: 130 });
    });
    expect(missing(pressed, APPLYING, LOOKING, ASKING, PROGRESS_KEYS)).toEqual([]);
  });
});

test("each key of top does what is seen", async () => {
  await inProject("top-keys", FILES, async (project) => {
    project.write("ana/ready", "");
    await project.well("apply --yes");
    const pressed = new Set<string>();
    await atTerminal(project, "top", { columns: 100, rows: 18 }, async (terminal) => {
      const agents = new Keyboard(agentKeys(false), terminal, pressed);
      const logs = new Keyboard(logKeys(), terminal, pressed);
      const page = new Keyboard(pageKeys(), terminal, pressed);
      const title = rowWith(/logs · /);
      await terminal.shows(
        "all are ready",
        (text) => text.includes("6 agents, 6 ready") && text.includes("row 60"),
      );
      await agents.change(MOVES, agent);
      await agents.sees("l", "─› logs");
      await logs.sees("l", /^(?![^]*logs · )/);
      await agents.sees("tab", "─› logs");
      await logs.sees("tab", "── logs");
      await agents.sees("tab", "─› logs");
      await logs.sees("esc", "── logs");
      agents.type("end", "l");
      await logs.sees("a", "logs · fay");
      await logs.sees("f", /logs · fay(?!.*following)/);
      await logs.sees("f", "following");
      const row = rowWith(/\| .*row /);
      await logs.change(
        ["home", "end", "up", "down", "k", "j", "pageup", "pagedown", "ctrl+u", "ctrl+d"],
        row,
      );
      await logs.sees("/", /\/.*▏/);
      terminal.type("row 4");
      terminal.press("enter");
      await terminal.shows("matches", (text) => title(text).includes("row 4"));
      await logs.change([",", "."], title);
      await logs.change(["esc"], title);
      await logs.change(["w", "w"]);
      await logs.change(["v", "v", "v"], title);
      await logs.change(["+", "-", "="], (text) =>
        String(text.split("\n").findIndex((one) => one.includes("logs · "))),
      );
      logs.type("-");
      await logs.sees("a", "all agents");
      await logs.sees(":", "aac logs -f");
      terminal.press("esc");
      await terminal.shows("no palette", (text) => !text.includes("aac logs -f"));
      await logs.sees("?", "a line up");
      await page.change(["down", "j", "k", "up", "pagedown", "pageup", "ctrl+d", "ctrl+u", "end", "home"]);
      await page.sees("esc", "─› logs");
      await logs.sees("esc", "── logs");

      await agents.sees("enter", "breaker ");
      await page.sees("?", "a line up");
      await page.sees("left", "breaker ");
      await page.sees("enter", "AGENT▾");
      await agents.sees("g", "waits until healthy");
      await page.sees("esc", "AGENT▾");
      await agents.sees("D", "as the files say");
      await page.sees("left", "AGENT▾");
      for (const by of ["STATE", "CPU", "MEMORY", "RESTARTS", "AGENT"]) await agents.sees("o", `${by}▾`);
      await agents.sees("/", /\/▏/);
      terminal.type("bob\r");
      await terminal.shows("one", (text) => text.includes("1 of 6"));
      await agents.sees("esc", / carl /);
      await agents.sees(":", "aac restart");
      terminal.press("esc");
      await terminal.shows("no palette", (text) => !text.includes("aac restart"));
      await agents.sees("?", "a line up");
      await page.sees("esc", "AGENT▾");
      await agents.sees("end", /› fay/);
      await agents.sees("r", "Restart fay?");
      terminal.press("esc");
      await terminal.shows("nothing asked", (text) => !text.includes("Restart fay?"));
      await agents.sees("s", "Stop fay?");
      terminal.type("y");
      await terminal.shows("why is fay stopped?");
      terminal.press("enter");
      await terminal.shows("it is held", (text) => /› fay +■ stopped/.test(text));
      await agents.sees("S", /› fay +✓ ready/);
      await agents.sees("p", "Freeze fay?");
      terminal.press("esc");
      await terminal.shows("it is not frozen", (text) => !text.includes("Freeze fay?"));
      agents.type("q");
      expect(await terminal.ended).toMatchObject({ code: 0 });
    });
    for (const [before, leave] of [
      ["", "ctrl+c"],
      ["l", "q"],
      ["l", "ctrl+c"],
      ["g", "q"],
      ["g", "ctrl+c"],
    ] as const)
      await atTerminal(project, "top", { columns: 100, rows: 18 }, async (terminal) => {
        await terminal.shows("all are ready", (text) => text.includes("6 agents, 6 ready"));
        terminal.type(before);
        if (before !== "") await terminal.shows("it", (text) => /─› logs|waits until/.test(text));
        const table = before === "" ? agentKeys(false) : before === "l" ? logKeys() : pageKeys();
        new Keyboard(table, terminal, pressed).type(leave);
        expect(await terminal.ended, `${before}${leave}`).toMatchObject({ code: 0 });
      });
    // The shell has a test of its own, beside that of top.
    expect(missing(pressed, agentKeys(false), logKeys(), pageKeys())).toEqual(["Agents: x"]);
  });
});
