import { describe, expect, test } from "vitest";
import { touchedBy } from "../../../src/ui/graph/graph.ts";
import { graphDot } from "../../../src/ui/graph/dot.ts";
import { graphJson } from "../../../src/ui/graph/json.ts";
import { graphMermaid } from "../../../src/ui/graph/mermaid.ts";
import { faultsOf } from "../../helpers/published-schemas.ts";
import { graphFrom, HOSTILE, HOSTILE_GRAPH, LIVE, NEWSROOM } from "./graphs.ts";

const SMALL = graphFrom(["desk healthy+restarts store with shelf", "desk uses post of porter", "clock"]);

describe("a graph for Graphviz", () => {
  test("names agents by their own names, and tells a wait from a use", () => {
    expect(graphDot(SMALL)).toMatchInlineSnapshot(`
      "digraph "newsroom" {
        label="newsroom   4 agents, 2 links";
        rankdir=LR;
        node [shape=box, style=rounded, fontname="sans-serif"];
        edge [fontname="sans-serif", fontsize=10];
        "clock" [label="clock"];
        "desk" [label="desk"];
        "porter" [label="porter"];
        "store" [label="store"];
        "desk" -> "porter" [label="uses post", style=dashed];
        "desk" -> "store" [label="healthy, restarts, uses shelf"];
      }
      "
    `);
  });

  test("ends no quote before its name does", () => {
    const lines = graphDot(HOSTILE_GRAPH).trimEnd().split("\n");
    const quoted = /"(?:\\.|[^"\\])*"/g;
    const shapes = lines.map((line) => line.replaceAll(quoted, "N"));
    expect(new Set(shapes)).toEqual(
      new Set([
        "digraph N {",
        "  label=N;",
        "  rankdir=LR;",
        "  node [shape=box, style=rounded, fontname=N];",
        "  edge [fontname=N, fontsize=10];",
        "  N [label=N];",
        "  N -> N [label=N];",
        "}",
      ]),
    );
    expect(shapes.filter((line) => line === "  N [label=N];")).toHaveLength(HOSTILE.length);
  });
});

describe("a graph for Mermaid", () => {
  test("has ids of its own making, and the names beside them", () => {
    expect(graphMermaid(SMALL)).toMatchInlineSnapshot(`
      "flowchart LR
        agent_clock["clock"]
        agent_desk["desk"]
        agent_porter["porter"]
        agent_store["store"]
        agent_desk -.->|"uses post"| agent_porter
        agent_desk -->|"healthy, restarts, uses shelf"| agent_store
      "
    `);
    expect(graphMermaid(LIVE)).toContain('agent_auth["auth<br/>container<br/>✗ backoff"]:::ill');
  });

  test("lets no name be a word or an arrow of its own, and gives no two the same id", () => {
    const lines = graphMermaid(HOSTILE_GRAPH).trimEnd().split("\n");
    const [first, ...rest] = lines;
    expect(first).toBe("flowchart LR");
    for (const line of rest)
      expect(line).toMatch(/^ {2}agent_\w+(?:\["[^"]*"\]| -->\|"[^"|]*"\| agent_\w+)$/);
    const ids = rest.flatMap((line) => /^ {2}(agent_\w+)\[/.exec(line)?.[1] ?? []);
    expect(new Set(ids).size).toBe(HOSTILE.length);
    expect(lines.join("\n")).not.toContain("<script");
  });
});

describe("a graph as JSON", () => {
  test("is as its schema says, with and without states", () => {
    const asked = { ...LIVE, asked: [touchedBy(LIVE, "store")] };
    for (const graph of [NEWSROOM, LIVE, asked, SMALL, HOSTILE_GRAPH])
      expect(faultsOf("graph", graphJson(graph))).toEqual([]);
    expect(JSON.parse(graphJson(asked))).toMatchObject({
      kind: "Graph",
      project: "newsroom",
      target: "docker",
      asked: [{ agent: "store", directly: ["auth", "indexer", "llm-proxy", "migrate"] }],
    });
  });

  test("says nothing to a terminal", () => {
    expect(graphJson(HOSTILE_GRAPH)).not.toContain("\u001B");
  });
});
