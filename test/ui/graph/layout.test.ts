import { describe, expect, test } from "vitest";
import { layOut } from "../../../src/ui/graph/layout.ts";
import type { AgentGraph } from "../../../src/ui/graph/graph.ts";
import { graphFrom, NEWSROOM, randomGraph } from "./graphs.ts";

const [WIDTH, HEIGHT] = [100, 36];
const place = ({ nodes, edges }: AgentGraph): ReturnType<typeof layOut> =>
  layOut(
    nodes.map(({ agent }) => ({ name: agent, width: WIDTH, height: HEIGHT })),
    edges,
    { across: 60, down: 18 },
  );
const cornerIn = ({ at }: ReturnType<typeof layOut>, name: string): { x: number; y: number } => {
  const found = at.get(name);
  if (found === undefined) throw new Error(`${name} has no place`);
  return found;
};

describe("where boxes are put", () => {
  test.each([
    ["the newsroom", NEWSROOM],
    ["200 agents", randomGraph(200, 1, 3)],
    ["1,000 agents", randomGraph(1000, 1.5, 5)],
  ])("of %s none lies on another, and who needs stands left of what is needed", (_, graph) => {
    const placed = place(graph);
    const columns = new Map<number, number[]>();
    for (const { agent } of graph.nodes) {
      const { x, y } = cornerIn(placed, agent);
      columns.set(x, [...(columns.get(x) ?? []), y]);
    }
    for (const ys of columns.values()) {
      const sorted = ys.toSorted((a, b) => a - b);
      sorted.forEach((y, i) => {
        if (i > 0) expect(y - (sorted[i - 1] ?? 0)).toBeGreaterThanOrEqual(HEIGHT + 18 - 0.001);
      });
      expect(sorted[0]).toBeGreaterThanOrEqual(-0.001);
      expect((sorted.at(-1) ?? 0) + HEIGHT).toBeLessThanOrEqual(placed.height + 0.001);
    }
    for (const { from, to } of graph.edges)
      expect(cornerIn(placed, from).x).toBeLessThan(cornerIn(placed, to).x);
  });

  test("a line begins at its box and ends at the other, and goes round those between", () => {
    const graph = graphFrom(["a healthy b", "b healthy c", "a healthy c"]);
    const placed = place(graph);
    const line = placed.lines[graph.edges.findIndex(({ from, to }) => from === "a" && to === "c")] ?? [];
    const [a, b, c] = ["a", "b", "c"].map((name) => cornerIn(placed, name));
    expect(line[0]?.x).toBe((a?.x ?? 0) + WIDTH);
    expect(line.at(-1)?.x).toBe(c?.x);
    const passing = line.filter(({ x }) => x >= (b?.x ?? 0) && x <= (b?.x ?? 0) + WIDTH);
    expect(passing).toHaveLength(2);
    for (const { y } of passing) expect(y < (b?.y ?? 0) || y > (b?.y ?? 0) + HEIGHT).toBe(true);
  });

  test("lines that can do without crossing do", () => {
    const pairs = ["a", "b", "c", "d", "e"];
    const crossed = graphFrom(
      pairs.map((name, i) => `${name} healthy z${pairs.length - i}`).concat("a healthy z1"),
    );
    const placed = place(crossed);
    const ends = placed.lines.map((line) => [line[0]?.y ?? 0, line.at(-1)?.y ?? 0] as const);
    for (const [i, one] of ends.entries())
      for (const other of ends.slice(i + 1))
        expect((one[0] - other[0]) * (one[1] - other[1])).toBeGreaterThanOrEqual(0);
  });

  test("a circle of services is laid out too, each line from who uses to what it uses", () => {
    const graph = graphFrom(["a uses x of b", "b uses y of c", "c uses z of a"]);
    const placed = place(graph);
    graph.edges.forEach(({ from, to }, i) => {
      const line = placed.lines[i] ?? [];
      const [start, end] = [cornerIn(placed, from), cornerIn(placed, to)];
      expect([start.x, start.x + WIDTH]).toContain(line[0]?.x);
      expect([end.x, end.x + WIDTH]).toContain(line.at(-1)?.x);
    });
  });

  test("nothing takes no room", () => {
    expect(layOut([], [], { across: 60, down: 18 })).toMatchObject({ width: 0, height: 0, lines: [] });
  });
});
