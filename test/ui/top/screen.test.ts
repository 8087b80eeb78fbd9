import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { colourPaint, plainPaint } from "../../../src/ui/paint.ts";
import { textWidth } from "../../../src/ui/plan/columns.ts";
import { allKeys } from "../../../src/ui/top/keys.ts";
import { sawNeeds, sawStatus, sawTrouble, ticked } from "../../../src/ui/top/update.ts";
import { topView } from "../../../src/ui/top/view.ts";
import { AGENTS, desk, MEDIUM, NOW, pressed, replica, screen, typing } from "./cases.ts";

const SMALL = { columns: 40, rows: 10 };
const LARGE = { columns: 160, rows: 20 };

describe("the screen of top", () => {
  test("at 80×24: who is how, what it uses against its limit, and what is printed", () => {
    expect(screen(desk())).toMatchInlineSnapshot(`
      " desk → docker · 4 agents, 1 ready, 1 backoff, 1 stopped, 1 unhealthy  12:00:00
       CPU 1.8 of 2 cores · 128 of 256 MiB
        AGENT▾   STATE        RESTARTS   AGE             CPU              MEMORY
      › chatbot  ✓ ready             2    5m      ▂▂  0.25/1     ▄▄▄  64Mi/128Mi  50% 
        crashy   ✗ backoff          12    5m  next try in 12s · breaker half-open · e…
        held     ■ stopped           0    5m  held by ana since 02:14:00: stopped (th…
        ill      ✗ unhealthy         0    5m     ███   1.5/1     ▄▄▄  64Mi/128Mi  50%
      ── logs · all agents · following ───────────────────────────────────────────────
      chatbot  | open on 8080
      crashy   ! Traceback: no module named fastapi
      chatbot  | warning: slow answer
      chatbot  | {"level":"info","msg":"0 errors"}











       ↑↓ move  ⏎ details  l logs  q leave  r restart  s stop  x shell  ? keys"
    `);
  });

  test("at 40×10 states and countdowns are left, at 160×20 there is room for all", () => {
    expect(screen(desk(), SMALL)).toMatchInlineSnapshot(`
      " desk → docker · 4 agents, 1 ready, 1 …
        AGENT▾   STATE            MEMORY
      › chatbot  ✓ ready      64Mi/128Mi  50% 
        crashy   ✗ backoff    next try in 12s…
        held     ■ stopped    held by ana sin…
        ill      ✗ unhealthy  64Mi/128Mi  50%



       ↑↓ move  ⏎ details  l logs  ? keys"
    `);
    expect(screen(desk(), LARGE)).toMatchInlineSnapshot(`
      " desk → docker · 4 agents, 1 ready, 1 backoff, 1 stopped, 1 unhealthy · CPU 1.8 of 2 cores · 128 of 256 MiB                                            12:00:00
        AGENT▾   STATE        HEALTH     RESTARTS   AGE                     CPU                      MEMORY       PORTS
      › chatbot  ✓ ready      healthy           2    5m              ▂▂  0.25/1             ▄▄▄  64Mi/128Mi  50%  http://127.0.0.1:8080                               
        crashy   ✗ backoff    -                12    5m  next try in 12s · breaker half-open · exit 3
        held     ■ stopped    -                 0    5m  held by ana since 02:14:00: stopped (the leak)
        ill      ✗ unhealthy  unhealthy         0    5m             ███   1.5/1             ▄▄▄  64Mi/128Mi  50%  -                      GET /health on 8081: 503     
      ── logs · all agents · following ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
      chatbot  | open on 8080
      crashy   ! Traceback: no module named fastapi
      chatbot  | warning: slow answer
      chatbot  | {"level":"info","msg":"0 errors"}








       ↑↓ move  ⏎ details  l logs  q leave  r restart  s stop  x shell  / filter  o sort  D drift  g graph  ? keys"
    `);
  });

  test("a countdown counts, and ages grow, with the clock alone", () => {
    const later = screen(ticked(desk(), "2026-08-01T12:00:07Z"));
    expect(later).toContain("next try in 5s");
    expect(later).toContain("12:00:07");
  });

  test("a target that does not answer is said, and since when; what is shown is old by then", () => {
    const lost = sawTrouble(desk(), {
      why: "the engine does not answer",
      nextTry: "2026-08-01T12:00:12Z",
    });
    expect(screen(ticked(lost, "2026-08-01T12:00:08Z"), LARGE)).toContain(
      " ! not refreshed since 12:00:00 (8s ago), asked again in 4s: the engine does not answer",
    );
    // One that says nothing at all is found out by the clock.
    const silent = screen(ticked(desk(), "2026-08-01T12:01:00Z"), LARGE);
    expect(silent).toContain("! not refreshed since 12:00:00 (60s ago): no answer yet");
    const back = sawStatus(lost, { agents: AGENTS, notes: [] }, "2026-08-01T12:00:20Z");
    expect(screen(back, LARGE)).not.toContain("not refreshed");
  });

  test("nothing applied, and a note of the target, are said where one looks", () => {
    const none = sawStatus(desk(), { agents: [], notes: ["supervisor not running"] }, NOW);
    expect(screen(none)).toContain("nothing is applied here: aac apply");
    expect(screen(none)).toContain(" ! supervisor not running");
  });

  test("details of a replica have all that is known, and what changed since", () => {
    const moved = AGENTS.map((one) =>
      one.agent === "chatbot" ? replica("chatbot", { state: "running", restarts: 3, id: "chatbot-2" }) : one,
    );
    const state = sawStatus(desk(), { agents: moved, notes: [] }, "2026-08-01T12:00:09Z");
    expect(screen(pressed(state, ["enter"]).state, { columns: 100, rows: 40 })).toMatchInlineSnapshot(`
      " desk → docker · 4 agents, 1 running, 1 backoff, 1 stopped, 1 unhealthy                    12:00:09
       CPU 1.8 of 2 cores · 128 of 256 MiB
       chatbot.0  ✓ running
         state       running for 5m, since 11:55:00
         health      healthy
         restarts    3
         ports       http://127.0.0.1:8080
         id          chatbot-2
         file        chatbot/agent.yaml
         CPU         0.25 of 1 core                                                                   ▂▂
         memory      64Mi of 128Mi                                                                   ▄▄▄
         measured by engine

       Seen since this was opened
         12:00:09  ready → running, restart 3
      ── logs · all agents · following ───────────────────────────────────────────────────────────────────
      chatbot  | open on 8080
      crashy   ! Traceback: no module named fastapi
      chatbot  | warning: slow answer
      chatbot  | {"level":"info","msg":"0 errors"}



















       ↑↓ move  esc back  q leave  r restart  s stop  x shell  D drift  ? keys"
    `);
  });

  test("who needs whom is shown with states, and its absence with the reason", () => {
    const graph = {
      project: "desk",
      nodes: [
        { agent: "chatbot", source: "a.yaml" },
        { agent: "crashy", source: "b.yaml" },
      ],
      edges: [{ from: "chatbot", to: "crashy", waits: "healthy" as const, restarts: false, services: [] }],
      asked: [],
      notes: [],
    };
    const opened = pressed(desk(), ["g"]);
    expect(opened.does).toEqual({ is: "needs" });
    const text = screen(sawNeeds(opened.state, { is: "known", graph }));
    expect(text).toMatch(/chatbot +✓ ready\n └─ crashy +✗ backoff +waits until healthy/);
    expect(screen(sawNeeds(opened.state, { is: "absent", why: "no files are here" }))).toContain(
      "no files are here",
    );
    const stopping = pressed(sawNeeds(desk(), { is: "known", graph }), ["down", "s"]);
    expect(screen(stopping.state)).toContain(" ! chatbot needs it\n Stop crashy?  ‹no›  yes ");
  });
});

describe("laws of the screen of top", { timeout: 60_000 }, () => {
  const keys = [
    ...allKeys(false).flatMap(({ bindings }) => bindings.flatMap((one) => one.keys)),
    ...typing("y n x 1"),
    "backspace",
    "tab",
  ];
  const graph = {
    project: "desk",
    nodes: [...AGENTS.map(({ agent }) => agent), "a".repeat(300), "\u001B[2Jevil"].map((agent) => ({
      agent,
      source: "a.yaml",
    })),
    edges: [
      {
        from: "chatbot",
        to: "crashy",
        waits: "healthy" as const,
        restarts: true,
        services: ["x".repeat(99)],
      },
      { from: "a".repeat(300), to: "chatbot", restarts: false, services: ["\u001B[31m"] },
    ],
    asked: [],
    notes: [],
  };
  const hostile = [
    replica("\u001B[2Jevil", { detail: "\u001B]0;title\u0007", held: "a\nb", state: "ready\u0007" }),
    replica("名前名前名前名前名前名前", { replica: 3, ports: ["http://例え:80"] }),
    replica("a".repeat(300), { health: "unhealthy", lastProbe: "x".repeat(500) }),
  ];

  test("whatever is pressed, at any size: no line is too wide, none too many, and no byte obeys", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...keys), { maxLength: 25 }),
        fc.integer({ min: 40, max: 200 }),
        fc.integer({ min: 10, max: 60 }),
        fc.boolean(),
        (pressedKeys, columns, rows, isHostile) => {
          const size = { columns, rows };
          const first = isHostile
            ? sawStatus(desk(), { agents: hostile, notes: ["\u001B[31mx"] }, NOW)
            : desk();
          const lost = isHostile ? sawTrouble(first, { why: "\u0007no".repeat(99), nextTry: NOW }) : first;
          const { state } = pressed(sawNeeds(lost, { is: "known", graph }), pressedKeys, size);
          const lines = topView.draw(state, size, plainPaint);
          expect(lines).toHaveLength(rows);
          for (const line of lines) {
            expect(textWidth(line), line).toBeLessThanOrEqual(columns);
            // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
            expect(line).not.toMatch(/[\u0000-\u001F\u007F-\u009F]/);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  test("colour changes no character of it", () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is taken away
    const bare = (text: string): string => text.replaceAll(/\u001B\[\d+m/g, "");
    for (const press of [[], ["l"], ["l", "l"], ["enter"], ["?"], ["g"], [":"], ["s"], ["tab", "/", "o"]]) {
      const { state } = pressed(desk(), press);
      const painted = topView.draw(state, MEDIUM, colourPaint);
      expect(painted.map(bare)).toEqual(topView.draw(state, MEDIUM, plainPaint));
    }
  });

  test("a project of a thousand replicas is drawn only as far as it is seen", () => {
    const many = Array.from({ length: 1000 }, (_, i) => replica(`agent-${String(i).padStart(4, "0")}`));
    const state = sawStatus(desk(), { agents: many, notes: [] }, NOW);
    const { state: last } = pressed(state, ["end"]);
    expect(screen(last)).toContain("› agent-0999");
    expect(screen(last)).not.toContain("agent-0000");
    const { state: back } = pressed(last, ["home"]);
    expect(screen(back)).toContain("› agent-0000");
  });
});
