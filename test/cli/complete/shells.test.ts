import { spawnSync } from "node:child_process";
import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SCRIPTS, SHELLS } from "../../../src/cli/complete/scripts.ts";
import { aac, folderOf, program } from "../../helpers/run-aac.ts";
import { type Terminal, terminalWith } from "../../helpers/terminal.ts";

const HOSTILE = "$(touch PWNED)";
const PLAN = '{\n "apiVersion": "agent.dev/v1",\n "desired": []\n}\n';
const root = folderOf({
  "bin/aac": `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`,
  "home/.kube/config": `contexts:\n- context: {cluster: c}\n  name: ana@one\n- context: {cluster: c}\n  name: arn:aws:eks:eu:1:two\n- context: {cluster: c}\n  name: ${HOSTILE}\n`,
  "project/.aac.yaml": "project: trial\n",
  "project/agents/store/agent.yaml": "metadata:\n  name: store\n",
  [`project/hostile/${HOSTILE};.agent.yaml`]: "metadata:\n  name: hostess\n",
  "project/hostile/x.agent.yaml": `metadata:\n  name: ${HOSTILE}\n`,
  "project/desk.plan.json": PLAN,
  "project/dull.json": "{}\n",
  "project/My plans/last.json": PLAN,
});
chmodSync(join(root, "bin/aac"), 0o755);
const cwd = join(root, "project");

/** What is typed before TAB, and what stands there when another letter follows. */
const TABS: readonly (readonly [typed: string, becomes: string])[] = [
  ["aac val", "aac validate X"],
  ["aac plan --dest", "aac plan --destroy X"],
  ["aac plan --output=j", "aac plan --output=json X"],
  ["aac plan -o mark", "aac plan -o markdown X"],
  ["aac logs st", "aac logs store X"],
  ["aac logs host", "aac logs hostess X"],
  ["aac plan --context an", "aac plan --context ana@one X"],
  ["aac plan --context ana@o", "aac plan --context ana@one X"],
  ["aac plan --context arn:aws:", "aac plan --context arn:aws:eks:eu:1:two X"],
  ["aac plan --context=arn:aws:eks", "aac plan --context=arn:aws:eks:eu:1:two X"],
  ["aac show d", "aac show desk.plan.json X"],
  ["aac plan -f ag", "aac plan -f agents/X"],
  ["aac plan -f agents/s", "aac plan -f agents/store/X"],
  // The others there have names that no shell should see.
  ["aac plan -f hostile/", "aac plan -f hostile/x.agent.yaml X"],
  ["aac apply My", "aac apply My\\ plans/X"],
  ["aac help exit", "aac help exit-codes X"],
];

interface Real {
  readonly argv: readonly [string, ...string[]];
  /** Typed first. */
  readonly setUp: string;
}

const PROMPT = "> ";
const REAL: Readonly<Record<string, Real>> = {
  bash: {
    argv: ["bash", "--noprofile", "--norc", "-i"],
    setUp: "bind 'set bell-style none'; source <(aac completion bash); clear",
  },
  zsh: {
    argv: ["zsh", "-f", "-i"],
    setUp:
      "PS1='> '; unsetopt promptsp; autoload -Uz compinit; compinit -u -D; source <(aac completion zsh); clear",
  },
  fish: {
    argv: ["fish", "--no-config", "-i"],
    setUp: "function fish_prompt; echo -n '> '; end; aac completion fish | source; clear",
  },
};

describe("the script of each shell", { timeout: 30_000 }, () => {
  test.each(SHELLS)("for %s is this", async (shell) => {
    const { code, out } = aac(["completion", shell]);
    expect(code).toBe(0);
    expect(out).toBe(SCRIPTS[shell]);
    await expect(out).toMatchFileSnapshot(`expect/aac.${shell}`);
  });

  test.each(SHELLS)("for %s takes what it is told as text, never as code", (shell) => {
    const code = SCRIPTS[shell].replaceAll(/^ *#.*$/gm, "");
    expect(code).not.toMatch(/\beval\b|\biex\b|Invoke-Expression|\bsource\b|\$\(aac|`aac/i);
    expect(code.match(/aac __complete .* 2>(?:\/dev\/null|\$null)/g)).toHaveLength(1);
    for (const [open, shut] of ["()", "{}", "[]"].map((pair) => pair.split("")))
      expect(code.split(open ?? "").length - code.split(shut ?? "").length, open).toBe(0);
  });

  test("another shell is answered with those that there are", () => {
    expect(aac(["completion", "powershel"])).toMatchObject({ code: 2, out: "" });
    expect(aac(["completion", "powershel"]).err).toContain("did you mean `powershell`?");
    expect(aac(["completion"]).err).toContain("aac completion bash|zsh|fish|powershell");
  });
});

for (const [shell, { argv, setUp }] of Object.entries(REAL)) {
  if (spawnSync(argv[0], ["-c", ":"]).status !== 0) {
    process.stderr.write(`completion in ${shell}: not run, there is no ${shell} here\n`);
    continue;
  }
  describe(`in a real ${shell}`, { timeout: 30_000 }, () => {
    let terminal: Terminal;
    beforeAll(async () => {
      terminal = terminalWith(argv, {
        columns: 120,
        cwd,
        environment: {
          PATH: `${join(root, "bin")}:${process.env["PATH"] ?? ""}`,
          HOME: join(root, "home"),
          PS1: PROMPT,
          HISTFILE: "/dev/null",
        },
      });
      await terminal.shows("a prompt", (text) => text.trim() !== "");
      terminal.type(`${setUp}\r`);
      await terminal.shows("an empty screen", (text) => text.trim() === PROMPT.trim());
    }, 30_000);
    afterAll(() => terminal.hangUp());

    test.each(TABS)("%s TAB becomes %s", async (typed, becomes) => {
      terminal.type(`${typed}\tX`);
      await terminal.shows(becomes, (text) => lastLine(text) === `${PROMPT}${becomes}`);
      terminal.press("ctrl+u");
      await terminal.shows("the line taken back", (text) => lastLine(text) === PROMPT.trim());
    });

    test("more TABs show all that fits, and nothing that a file could smuggle in", async () => {
      terminal.type("aac plan --context \t\t\t");
      await terminal.shows(
        "both contexts",
        (text) => text.includes("ana@one") && text.includes("arn:aws:eks"),
      );
      expect(terminal.screen().join("\n")).not.toContain("touch");
      expect(existsSync(join(cwd, "PWNED"))).toBe(false);
    });
  });
}

const lastLine = (text: string): string => text.trimEnd().split("\n").at(-1) ?? "";
