import { describe, expect, test } from "vitest";
import { around, touchedBy } from "../../../src/ui/graph/graph.ts";
import { graphText } from "../../../src/ui/graph/text.ts";
import { colourPaint, plainPaint } from "../../../src/ui/paint.ts";
import { textWidth } from "../../../src/ui/plan/columns.ts";
import { graphFrom, HOSTILE_GRAPH, LIVE, NEWSROOM, randomGraph } from "./graphs.ts";

const text = (graph: Parameters<typeof graphText>[0], width = 100): string =>
  graphText(graph, { paint: plainPaint, width });

describe("a graph as text", () => {
  test("is a tree in which who is shared stands once, and is referred to after that", () => {
    expect(text(NEWSROOM)).toMatchInlineSnapshot(`
      "newsroom   13 agents, 15 links

      dashboard
      ├─ gateway               waits until started
      │  ├─ auth               waits until healthy
      │  │  └─ store           waits until healthy
      │  ├─ indexer            uses search
      │  │  ├─ migrate         waits until completed
      │  │  │  └─ ↑ store      waits until healthy
      │  │  └─ ↑ store         waits until healthy
      │  └─ writer             waits until healthy
      │     ├─ llm-proxy       waits until healthy, restarts with it
      │     │  └─ ↑ store      waits until started
      │     └─ researcher      waits until healthy
      │        ├─ ↑ indexer    waits until healthy, uses search
      │        └─ ↑ llm-proxy  waits until healthy
      └─ metrics               waits until started

      mailer
      └─ queue                 waits until healthy

      alone  haiku-desk
      "
    `);
  });

  test("with states says them by symbol and word, and what lives beside the files", () => {
    expect(text(LIVE, 80)).toMatchInlineSnapshot(`
      "newsroom → docker   13 agents, 15 links

      dashboard                ✓ ready
      ├─ gateway               ✓ ready          waits until started
      │  ├─ auth               ✗ backoff        waits until healthy
      │  │  └─ store           ✓ ready          waits until healthy
      │  ├─ indexer            ◌ starting       uses search
      │  │  ├─ migrate         ✓ completed      waits until completed
      │  │  │  └─ ↑ store                       waits until healthy
      │  │  └─ ↑ store                          waits until healthy
      │  └─ writer             ✓ ready          waits until healthy
      │     ├─ llm-proxy       ✗ failed 1 of 3  waits until healthy, restarts with it
      │     │  └─ ↑ store                       waits until started
      │     └─ researcher      ✓ ready          waits until healthy
      │        ├─ ↑ indexer                     waits until healthy, uses search
      │        └─ ↑ llm-proxy                   waits until healthy
      └─ metrics               ✓ ready ×2       waits until started

      mailer                   · not applied
      └─ queue                 ■ stopped        waits until healthy

      needs nobody, and nobody needs it
      haiku-desk               ✓ ready

      live, and in none of these files: former-desk
      "
    `);
  });

  test("around one agent says in one line who would be touched if it stopped", () => {
    const graph = { ...around(NEWSROOM, ["researcher"]), asked: [touchedBy(NEWSROOM, "researcher")] };
    expect(text(graph, 120)).toMatchInlineSnapshot(`
      "newsroom   8 agents, 11 links

      dashboard
      └─ gateway               waits until started
         ├─ indexer            uses search
         │  ├─ migrate         waits until completed
         │  │  └─ store        waits until healthy
         │  └─ ↑ store         waits until healthy
         └─ writer             waits until healthy
            ├─ llm-proxy       waits until healthy, restarts with it
            │  └─ ↑ store      waits until started
            └─ researcher      waits until healthy
               ├─ ↑ indexer    waits until healthy, uses search
               └─ ↑ llm-proxy  waits until healthy

      if researcher stopped, 3 agents would be touched: writer (waits until healthy), dashboard (further on), gateway (further
      on)
      "
    `);
    const root = { ...around(NEWSROOM, ["mailer"]), asked: [touchedBy(NEWSROOM, "mailer")] };
    expect(text(root)).toContain("if mailer stopped, no other agent would be touched\n");
  });

  test("that is too deep for the screen goes on at the margin", () => {
    const chain = Array.from({ length: 9 }, (_, i) => `desk-${i} started desk-${i + 1}`);
    expect(text(graphFrom(chain), 40)).toMatchInlineSnapshot(`
      "newsroom   10 agents, 9 links

      desk-0
      └─ desk-1                started
         └─ desk-2             started
            └─ desk-3          started
               └─ desk-4       started
                  └─ ↓ desk-5  started

      desk-5
      └─ desk-6                started
         └─ desk-7             started
            └─ desk-8          started
               └─ desk-9       started
      "
    `);
  });

  test("of services that lead in a circle names each once, and ends", () => {
    expect(text(graphFrom(["a uses x of b", "b uses y of c", "c uses z of a"]))).toMatchInlineSnapshot(`
      "newsroom   3 agents, 3 links

      a
      └─ b          uses x
         └─ c       uses y
            └─ ↑ a  uses z
      "
    `);
  });

  test.each([40, 60, 100])("fits a screen of %i columns, whatever the names", (width) => {
    const long = graphFrom([`${"n".repeat(52)} healthy ${"漢".repeat(40)}`, "alone"]);
    for (const graph of [NEWSROOM, long, HOSTILE_GRAPH, { ...LIVE, notes: [] }])
      for (const line of text(graph, width).split("\n")) {
        expect(textWidth(line), line).toBeLessThanOrEqual(width);
        expect(line).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/);
      }
  });

  test("draws each of 1,000 agents once, and a chain of 10,000 without an end of the stack", () => {
    const lines = text(randomGraph(1000, 2, 4)).split("\n");
    for (let i = 0; i < 1000; i += 37) {
      const name = `agent-${String(i).padStart(4, "0")}`;
      const whole = lines.filter((line) => line.includes(name) && !/[↑↓]/.test(line));
      expect([name, whole.length]).toEqual([name, 1]);
    }
    const chain = Array.from({ length: 10_000 }, (_, i) => `d${i} started d${i + 1}`);
    expect(text(graphFrom(chain))).toContain("d10000");
  });

  test("in colour says nothing that it does not say without", () => {
    const painted = graphText(LIVE, { paint: colourPaint, width: 100 });
    expect(painted).toContain("\u001B[31m✗ backoff");
    expect(painted.replaceAll(/\u001B\[\d+m/g, "")).toBe(text(LIVE));
  });
});
