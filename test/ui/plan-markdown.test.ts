import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diagnostic } from "../../src/model/diagnostic.ts";
import type { PlanReport } from "../../src/model/plan.ts";
import { code, prose } from "../../src/ui/plan/escape.ts";
import { markdown } from "../../src/ui/plan/markdown.ts";
import { CASES, change, create, field, keep, report, sample } from "./plan-cases.ts";

const TAGS = /<\/?(?:details|summary|code)>/g;

/** What is left of a line once its code is gone: only this is read as Markdown. */
function outsideCode(text: string): string {
  return text
    .replaceAll(/\\[\\`]/g, "")
    .replaceAll(/`[^`\n]*`/g, "§")
    .replaceAll(/<code>[A-Za-z0-9 /+,=()&#;\u0080-\u{10FFFF}-]*<\/code>/gu, "§");
}

describe("a plan in a comment", () => {
  test("has the list in sight and the details folded", () => {
    expect(markdown(sample)).toMatchInlineSnapshot(`
      "**desk → local-process: 1 create · 1 replace · 1 update · 4 unchanged**

      worst: researcher away for \\~2 s · 1 secret changed · 1 field drifted

      | | Object | How | Why | Where |
      | --- | --- | --- | --- | --- |
      | \`-/+\` | \`researcher\` · \`process\` | replace, stop first | \`command[2] edited +3\` | \`agent.yaml:14\` |
      | \`~\` | \`chatbot\` · \`listener\` | in place | \`replicas edited\` | \`agent.yaml:27\` |
      | \`+\` | \`summarizer\` · \`environment\`, \`process\` | create | \`new\` | \`agent.yaml:41\` |

      <details><summary><code>-/+</code> <code>researcher</code> · <code>process</code></summary>

      - because: command\\[2\\] was edited (agent.yaml:14): a running process cannot change its arguments
      - costs: \\~2 s without researcher; chatbot keeps running, its dependency is briefly unready
      - \`~\` \`command[2]\` \`--model=gpt-4\` → \`--model=gpt-4o\` (\`agent.yaml:14\`)
      - \`~\` \`environment.LOG_LEVEL\` \`INFO\` → \`DEBUG\` (\`agent.yaml:19\`)
      - \`~\` \`environment.OPENAI_API_KEY\` (secret changed)
      - \`!\` \`resources.limits.memory\` \`96Mi\` → \`128Mi\` (\`drifted: changed outside aac\`)

      </details>

      <details><summary><code>&#126;</code> <code>chatbot</code> · <code>listener</code></summary>

      - \`~\` \`replicas\` \`2\` → \`3\` (\`agent.yaml:27\`)

      </details>

      <details><summary><code>+</code> <code>summarizer</code> · <code>environment</code>, <code>process</code></summary>

      - \`+\` \`process\` \`python main.py\`

      </details>

      Preflight: all 3 can start. Plan only: nothing was changed.

      Next: \`aac apply\`
      "
    `);
  });

  test("says errors, warnings, what is held, and where it is saved", () => {
    const every = ["preflight error", "refusal", "held", "no change"].map((name) => CASES[name]);
    expect(
      every.map((one) => (one === undefined ? "" : markdown(one))).join("\n---\n"),
    ).toMatchInlineSnapshot(`
      "**desk → local-process (ana on box): 1 create**

      preflight: 1 would fail

      | | Object | How | Why | Where |
      | --- | --- | --- | --- | --- |
      | \`+\` | \`alpha\` · \`process\` | create | \`new\` | \`agent.yaml\` |

      - **warning AAC2409** port 8080 is open to the network

      - note: the supervisor does not run: apply starts it

      - **error AAC2201** the secret \`llm/api-key\` is nowhere (\`agent.yaml\`); looked in .aac/secrets/llm/api-key, then for LLM\\_API\\_KEY

      Preflight: 1 thing would fail, so nothing can be applied. Plan only: nothing was changed.

      Saved to desk.plan.json: it is bound to 1 live object, and refused once one of them is another

      Next: \`aac apply desk.plan.json\`

      ---
      **desk → local-process: 1 delete · 1 unchanged**

      worst: old would be gone · refused

      | | Object | How | Why | Where |
      | --- | --- | --- | --- | --- |
      | \`-\` | \`old\` · \`process\` | delete | \`no longer in the files\` | \`agent.yaml\` |

      - **error** old · process is protected: this plan would delete it; to allow it, take it down by its file without metadata.protect: aac destroy --target-agent old
      - **error** 2 of 3 agents would be deleted, which is more than half; if that is meant: --confirm desk

      Plan only: nothing was changed.

      Next: \`aac apply\`

      ---
      **desk → local-process: 1 create · 1 unchanged · 1 held**

      | | Object | How | Why | Where |
      | --- | --- | --- | --- | --- |
      | \`+\` | \`gamma\` · \`process\` | create | \`new\` | \`agent.yaml\` |

      - \`=\` \`beta\` held by ana since 02:14: stopped

      3 objects of this project come from elsewhere: left alone · --prune deletes them

      Preflight: gamma can start. Plan only: nothing was changed.

      Next: \`aac apply\`

      ---
      **desk → local-process: no changes: 2 agents are as agent.yaml says**

      Next: \`aac status\`
      "
    `);
  });

  test("of any length fits, and says what was cut", () => {
    const many = Array.from({ length: 2000 }, (_, i) =>
      change("update", `agent-${i}`, "process", [field("environment/TEXT", "a".repeat(99), "b".repeat(99))]),
    );
    const text = markdown(report(many));
    expect(text.length).toBeLessThanOrEqual(60_000);
    expect(text).toMatch(
      /Cut to fit a comment: \d+ objects and the details of 2000 objects; `aac plan` shows all\./,
    );
    expect(text).toContain("2000 update");
    expect(text.trimEnd().endsWith("Next: `aac apply`")).toBe(true);

    const notes = Array.from({ length: 900 }, (_, i) => `note ${i} ${"long ".repeat(30)}`);
    const noted = markdown(report(many, { notes }));
    expect(noted.length).toBeLessThanOrEqual(60_000);
    expect(noted).toContain("Cut to fit a comment");
    expect(noted).toContain("2000 update");
  });
});

describe("nothing breaks out of its place", () => {
  const evil = [
    "a`b",
    "``` </code></details>",
    "a | b",
    "a \\| b",
    "\\`",
    "@ana please look",
    "</details><script>alert(1)</script>",
    "[x](https://evil.example)",
    "![x](https://evil.example/p.png)",
    "line\n\n# heading\n- item",
    "**bold** _it_ ~~gone~~ #123 GH-7 www.evil.example",
    "<!-- hidden -->",
    "\u001B]8;;https://evil.example\u0007text",
    "| --- |",
  ];

  function hostile(text: string): PlanReport {
    return report(
      [
        change(
          "replace",
          text,
          text,
          [field(text, text, `${text}x`, { forces: text, at: { file: text, line: 1 } })],
          {
            changedBy: text,
            because: [
              { is: "edited", path: text, at: { file: text, line: 1 } },
              { is: "follows", id: `${text}/${text}/${text}` },
              { is: "drifted", path: text, by: text },
            ],
            costs: { dependants: [text, `${text}2`] },
          },
        ),
        create(`${text}3`, text, { fields: { command: [text] }, source: text }),
        keep(`${text}4`, { hold: { by: text, since: text, what: text, reason: text } }),
      ],
      {
        project: text,
        target: text,
        where: text,
        notes: [text],
        preflight: [diagnostic("AAC2409", undefined, text, { level: "error", notes: [text], label: text })],
        saved: { file: text, objects: 1 },
        next: text,
      },
      { refusals: [{ is: "protected", id: `${text}/${text}/${text}`, wanted: "replace" }] },
    );
  }

  function check(one: PlanReport): void {
    const text = markdown(one);
    for (const line of text.split("\n")) {
      const rest = outsideCode(line).replaceAll(TAGS, "");
      expect(rest).not.toMatch(/[<>]/);
      expect(rest).not.toMatch(/(?<!\\)`/);
      expect(rest).not.toMatch(/@(?!&#8203;)/);
      expect(rest).not.toMatch(/:\/\/|www\./i);
      expect(rest).not.toMatch(/(?<!\\)\](?=\()/);
      expect(rest).not.toMatch(/^#/);
      if (line.startsWith("| ")) expect(line.match(/(?<!\\)\|/g)).toHaveLength(6);
    }
    const read = text.split("\n").map(outsideCode).join("\n");
    expect(read.match(/<details>/g)?.length).toBe(read.match(/<\/details>/g)?.length);
    // oxlint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/);
  }

  test.each(evil)("%j", (text) => {
    check(hostile(text));
  });

  test("whatever is mixed of these", () => {
    const parts = fc.constantFrom(...evil, "`", "|", "\\", "<", ">", "@", "*", "_", "\n", "$", "~", "a", " ");
    fc.assert(
      fc.property(fc.array(parts, { minLength: 1, maxLength: 6 }), (some) => check(hostile(some.join("")))),
      { numRuns: 200 },
    );
  });

  test("a name in backticks stays code in a sentence, and all else is text", () => {
    expect(prose("`PORT` is *not* set by @ana")).toBe("`PORT` is \\*not\\* set by @&#8203;ana");
    expect(code("a|b")).toBe("<code>a&#124;b</code>");
  });
});
