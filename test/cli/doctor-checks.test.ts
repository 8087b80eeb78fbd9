import { describe, expect, test } from "vitest";
import { secretFindings, stateFindings } from "../../src/cli/doctor/agent.ts";
import { looked } from "../../src/cli/doctor/checks.ts";
import { terminal } from "../../src/cli/doctor/machine.ts";
import type { Context } from "../../src/cli/table.ts";
import type { Finding } from "../../src/model/doctor.ts";
import type { AgentStatus } from "../../src/model/operates.ts";
import { virtualClock } from "../helpers/virtual-clock.ts";

const replica = (more: Partial<AgentStatus>): AgentStatus => ({
  agent: "chatbot",
  replica: 0,
  state: "ready",
  health: "none",
  restarts: 0,
  ports: [],
  source: "agent.yaml",
  ...more,
});

const words = (findings: readonly Finding[]): readonly string[] =>
  findings.map(
    ({ about, is, found, repair }) => `${is} ${about}: ${found}${repair === undefined ? "" : ` → ${repair}`}`,
  );

describe("checks", () => {
  test("run at the same time, are told in their order, and one that hangs is told by itself", async () => {
    const clock = virtualClock();
    let slow: (findings: readonly Finding[]) => void = () => undefined;
    let ended = false;
    const answer = looked(clock, [
      { about: "slow", look: () => new Promise((resolve) => (slow = resolve)) },
      {
        about: "hangs",
        look: (signal) =>
          new Promise(() => {
            signal.addEventListener("abort", () => {
              ended = true;
            });
          }),
      },
      { about: "quick", look: () => Promise.resolve([{ about: "quick", is: "ok", found: "at once" }]) },
    ]);
    slow([{ about: "slow", is: "ok", found: "in time" }]);
    await clock.advance(4000);
    expect(words(await answer)).toEqual([
      "ok slow: in time",
      "fail hangs: no answer within 3 s",
      "ok quick: at once",
    ]);
    expect(ended).toBe(true);
  });

  test("that meet a fault of the machine tell it, and a bug of ours is no finding", async () => {
    const broken = Object.assign(new Error("no"), { code: "EACCES", syscall: "open", path: "/closed" });
    const throwing = (error: Error): Parameters<typeof looked>[1] => [
      { about: "folder", look: () => Promise.reject(error) },
    ];
    expect(words(await looked(virtualClock(), throwing(broken)))).toEqual([
      expect.stringMatching(/^fail folder: \/closed cannot be used: permission denied → /),
    ]);
    await expect(looked(virtualClock(), throwing(new Error("a bug")))).rejects.toThrow("a bug");
  });
});

describe("what is said of an agent", () => {
  test("is its state, its last exit, and the command that helps", () => {
    expect(words(stateFindings("chatbot", []))).toEqual([
      "ok state: not applied yet → aac apply --target-agent chatbot",
    ]);
    const failing = replica({
      state: "backoff",
      restarts: 12,
      lastExit: "exit 1 after 6 s",
      detail: "tried again",
    });
    expect(words(stateFindings("chatbot", [failing]))).toEqual([
      "fail state: backoff; tried again; 12 restarts → aac logs chatbot --previous",
      "ok last exit: exit 1 after 6 s",
    ]);
    const ill = replica({
      health: "unhealthy",
      lastProbe: "GET /health on 8080: 503",
      since: "2026-08-01T12:00:00Z",
    });
    expect(words(stateFindings("chatbot", [ill]))).toEqual([
      "fail state: ready, unhealthy since 2026-08-01T12:00:00Z → aac logs chatbot",
      "ok last check: GET /health on 8080: 503",
    ]);
    const held = replica({ state: "stopped", held: "held by ana: stopped (lunch)" });
    expect(words(stateFindings("chatbot", [held]))).toEqual([
      "warn state: stopped; held by ana: stopped (lunch) → aac start chatbot",
    ]);
  });

  test.each([
    ["ready", "ok"],
    ["running", "ok"],
    ["completed", "ok"],
    ["starting", "warn"],
    ["stopped", "warn"],
    ["failed", "fail"],
    ["something new", "fail"],
  ])("who is %s is %s", (state, is) => {
    expect(stateFindings("chatbot", [replica({ state })])[0]?.is).toBe(is);
    expect(stateFindings("chatbot", [replica({}), replica({ state, replica: 1 })])[1]).toMatchObject({
      about: "state of 1",
      is,
    });
  });

  test("names where secrets are and where they were looked for", () => {
    const secrets = {
      A: { is: "known", origin: { from: "variable", name: "LLM_KEY" } },
      B: { is: "known", origin: { from: "file", path: "/p/.aac/secrets/s/k" } },
      C: { is: "absent", optional: true },
      D: { is: "missing", looked: [".aac/secrets/llm/api key", "variable LLM_API_KEY (set, but empty)"] },
      E: { is: "missing", looked: [".aac/secrets/llm/key"] },
    } as const;
    const facts = { folder: "/p", code: {}, secrets, texts: {}, absent: [], locks: {} };
    expect(words(secretFindings(facts, []))).toMatchInlineSnapshot(`
      [
        "ok secret A: from the variable LLM_KEY",
        "ok secret B: from the file /p/.aac/secrets/s/k",
        "ok secret C: not found, and optional",
        "fail secret D: not found; looked for: .aac/secrets/llm/api key, variable LLM_API_KEY (set, but empty) → .aac/secrets/llm/api key; or export LLM_API_KEY=…, or write it into .env beside the agent's file",
        "fail secret E: not found; looked for: .aac/secrets/llm/key → install -D -m 600 /dev/stdin .aac/secrets/llm/key",
      ]
    `);
  });
});

describe("a terminal", () => {
  const context = (
    environment: Readonly<Record<string, string>>,
    isTerminal = true,
  ): Pick<Context, "environment" | "screen"> => ({
    environment,
    screen: { colour: true, width: 100, terminal: isTerminal, ci: false, links: false },
  });
  const stream = { columns: 120, rows: 40, getColorDepth: () => 8 };
  const good = { TERM: "xterm-256color", LANG: "en_US.UTF-8" };

  test.each([
    [good, stream, "ok 120×40, 256 colours, TERM=xterm-256color, UTF-8"],
    [
      { ...good, LC_ALL: "C" },
      stream,
      "warn 120×40, 256 colours, TERM=xterm-256color, locale C: signs such as ✓ may not be shown",
    ],
    [
      { TERM: "dumb", LANG: "C.UTF-8" },
      stream,
      "warn 120×40, 256 colours, TERM=dumb, UTF-8: plain lines only",
    ],
    [
      good,
      { ...stream, columns: 30 },
      "warn 30×40, 256 colours, TERM=xterm-256color, UTF-8: less than 40×10, much is cut",
    ],
    [
      good,
      { columns: 120, rows: 40, getColorDepth: () => 24 },
      "ok 120×40, all colours, TERM=xterm-256color, UTF-8",
    ],
  ])("of %j is told", (environment, of, expected) => {
    const { is, found } = terminal(context(environment), of);
    expect(`${is} ${found}`).toBe(expected);
  });

  test("that is none is no fault", () => {
    expect(terminal(context({}, false), {})).toMatchObject({ is: "ok" });
  });
});
