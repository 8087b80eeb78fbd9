import { describe, expect, test, vi } from "vitest";
import type { Terminal } from "../../helpers/terminal.ts";
import { until } from "../../helpers/until.ts";
import { atTerminal } from "../at-terminal.ts";
import { inProject, type Project } from "../project.ts";

vi.setConfig({ testTimeout: 60_000 });

/** Each does something to a terminal, and none is a sequence that we write ourselves. */
const HOSTILE = {
  clipboard: "\u001B]52;c;aGVsbG8=\u0007",
  link: "\u001B]8;;http://evil.invalid/\u001B\\click\u001B]8;;\u001B\\",
  title: "\u001B]0;owned\u0007",
  "asks back": "\u001B[6n\u001B[c\u001B]11;?\u001B\\",
  mouse: "\u001B[?1000h\u001B[?1006h",
  blink: "\u001B[5mblink\u001B[8mhidden",
  scroll: "\u001B[3;5r\u001B[9S\u001B[20t",
  reset: "\u001Bc\u001B#8\u001B(0",
  device: "\u001BPq#0;2;0;0;0\u001B\\\u001B_Gi=1\u001B\\",
  c1: "\u009B31m\u009D52;c;aGVsbG8=\u009C\u0090q\u009C\u0085",
  overwrite: "seen\r\b\b\bHIDDEN\u000B\u000C\u000E\u000F\u007F",
  bidi: "\u202Eevil\u202C\u2066x\u2069\u200F\u061C",
  lines: "one\u2028two\u2029three",
};

const HOSTILE_JS = `const lines = ${JSON.stringify(Object.entries(HOSTILE).map(([name, text]) => `${name} ${text} end`))};
const say = () => { for (const one of lines) console.log(one); process.stdout.write(Buffer.from([0x9b, 0x33, 0x31, 0x6d, 0xff, 0xfe, 0x0a])); };
say();
console.error("error: \\u001b[6n in a line of the error output");
if (process.argv[2] === "fail") process.exit(3);
setInterval(say, 500);
`;

/** YAML's own escapes: the file is plain text, its values are not. */
const yaml = (text: string): string =>
  `"${Array.from(text, (char) => (/[\w .:/-]/.test(char) ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`)).join("")}"`;

const evil = (name: string, argument: string, values: Readonly<Record<string, string>>): string =>
  [
    "apiVersion: agent.dev/v1",
    "kind: Agent",
    `metadata: {name: ${name}, description: ${yaml(HOSTILE.clipboard + HOSTILE.bidi)}}`,
    "spec:",
    "  runtime: exec",
    `  command: [node, hostile.js, ${argument}, ${yaml(HOSTILE.link + HOSTILE.reset)}]`,
    "  supervision: {restart: no}",
    // Waited for: a busy machine may need long until a program has come to its end.
    ...(argument === "fail" ? ["  healthCheck: {file: never, interval: 200ms}"] : []),
    "  environment:",
    ...Object.entries(values).map(
      ([key, text]) => `    - {name: V_${key.toUpperCase().replaceAll(" ", "_")}, value: ${yaml(text)}}`,
    ),
    "",
  ].join("\n");

/** All that a screen of ours is made of. Links are our own where they name a file or a page. */
const OURS = new RegExp(
  [
    // Colours and weight; no blinking, nothing hidden.
    String.raw`\u001B\[(?:(?:0|1|2|3|4|7|9|22|23|24|27|29|3[0-7]|39|4[0-7]|49|9[0-7]|10[0-7]|38;5;\d+|48;5;\d+|38;2;\d+;\d+;\d+|48;2;\d+;\d+;\d+)(?:;|(?=m)))*m`,
    // The cursor goes about, and lines are cleared.
    String.raw`\u001B\[[\d;]*[ABCDEFGHJKX]`,
    // The other screen, the cursor, pasted text, frames that are drawn at once.
    String.raw`\u001B\[\?(?:25|1049|2004|2026)[hl]`,
    // Line ends, as a terminal's driver makes them.
    String.raw`\r*\n|\r(?=\u001B|$)`,
  ].join("|"),
  "g",
);
const BARE = /[\u0000-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/;

/** Nothing but text has arrived, however the screen was drawn. */
function isText(terminal: Terminal, where: string): void {
  const rest = terminal.written().replaceAll(OURS, "");
  const at = rest.search(BARE);
  expect(at < 0 ? "" : JSON.stringify(rest.slice(Math.max(0, at - 60), at + 60)), where).toBe("");
}

async function told(project: Project, args: string, what: RegExp): Promise<void> {
  await atTerminal(
    project,
    args,
    { columns: 140, rows: 50, environment: { PAGER: "cat" } },
    async (terminal) => {
      await terminal.ended;
      await until(`${args} tells ${what.source}`, () => what.test(terminal.scrollback().join("\n")));
      isText(terminal, args);
    },
  );
}

describe("bytes of agents and of their files that would do something to a terminal", () => {
  test("are text in the review, the progress, top, the logs and everywhere else", async () => {
    const files = {
      "bad/agent.yaml": evil("bad", "fail", HOSTILE),
      "bad/hostile.js": HOSTILE_JS,
      "good/agent.yaml": evil("good", "stay", HOSTILE),
      "good/hostile.js": HOSTILE_JS,
    };
    await inProject("hostile", files, async (project) => {
      await atTerminal(project, "apply --no-rollback", { columns: 100, rows: 40 }, async (terminal) => {
        await terminal.shows("y apply");
        terminal.type("z");
        await terminal.shows("a value as text", (text) => /\\x1b\]8;;http/.test(text));
        for (const key of ["d", "\t", "G", "\u001B", "/", "clip", "\r", "\u001B"]) terminal.type(key);
        await terminal.shows("y apply");
        terminal.type("y");
        await terminal.shows("Apply 2 changes");
        await terminal.shows("‹no›");
        terminal.type("y");
        expect((await terminal.ended).code).not.toBe(0);
        isText(terminal, "review and progress");
        const left = terminal.scrollback().join("\n");
        expect(left).toMatch(/✗ .*bad · process/);
        expect(left).toMatch(/│ clipboard \\x1b\]52;c;aGVsbG8=\\x07 end/);
      });
      await project.aac("apply --yes --no-rollback");
      await atTerminal(project, "top", { columns: 120, rows: 40 }, async (terminal) => {
        await terminal.shows("its lines", (text) => /good +\| clipboard \\x1b\]52/.test(text));
        terminal.press("enter");
        await terminal.shows("details", (text) => text.includes("Seen since this was opened"));
        terminal.press("esc");
        terminal.type("l/\\x1b[6n\r");
        await terminal.shows("what was searched", (text) => /\\x1b\[6n/.test(text));
        terminal.type("wvv");
        await terminal.shows("errors alone", (text) =>
          text.includes("\\x1b[6n in a line of the error output"),
        );
        terminal.type("q");
        expect(await terminal.ended).toMatchObject({ code: 0 });
        isText(terminal, "top");
      });
      await told(project, "logs good", /clipboard \\x1b\]52;c;aGVsbG8=\\x07 end/);
      await told(project, "status", /good +0 +ready/);
      await told(project, "inspect good", /good/);
      await told(project, "stats", /good/);
      await told(project, "graph --status", /good/);
      await told(project, "doctor good", /good/);
      await told(project, "config", /52;c/);
      project.edit("good/agent.yaml", yaml(HOSTILE.title), yaml(`${HOSTILE.title}${HOSTILE.c1}`));
      await told(project, "plan", /\\x1b\]0;owned/);
    });
  });
});
