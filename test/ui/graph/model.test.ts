import { describe, expect, test } from "vitest";
import type { AgentStatus } from "../../../src/model/operates.ts";
import { around, touchedBy } from "../../../src/ui/graph/graph.ts";
import { stateOf } from "../../../src/ui/graph/state.ts";
import { graphFrom, NEWSROOM } from "./graphs.ts";

const replica = (state: string, health: AgentStatus["health"] = "none"): AgentStatus => ({
  agent: "a",
  replica: 0,
  state,
  health,
  restarts: 0,
  ports: [],
  source: "agent.yaml",
});

describe("what is around an agent", () => {
  test("is what it needs and what needs it, and none of its neighbours beside", () => {
    const { nodes, edges } = around(NEWSROOM, ["auth"]);
    expect(nodes.map(({ agent }) => agent)).toEqual(["auth", "dashboard", "gateway", "store"]);
    expect(edges.map(({ from, to }) => `${from} ${to}`)).toEqual([
      "auth store",
      "dashboard gateway",
      "gateway auth",
    ]);
  });

  test("who is touched by its stop is told apart by how near it is", () => {
    const { directly, further } = touchedBy(NEWSROOM, "llm-proxy");
    expect(directly.map(({ from }) => from)).toEqual(["researcher", "writer"]);
    expect(further).toEqual(["dashboard", "gateway"]);
    expect(touchedBy(graphFrom(["a uses x of b", "b uses y of a"]), "a")).toMatchObject({ further: [] });
  });
});

describe("the state of an agent", () => {
  test.each([
    [[], "· not applied"],
    [[replica("ready")], "✓ ready"],
    [[replica("running", "starting")], "◌ running"],
    [[replica("ready", "unhealthy")], "✗ unhealthy"],
    [[replica("ready"), replica("ready")], "✓ ready ×2"],
    [[replica("ready"), replica("backoff"), replica("ready")], "✗ backoff 1 of 3"],
    [[replica("stopped"), replica("starting")], "◌ starting 1 of 2"],
    [[replica("something new")], "✗ something new"],
    [[replica("completed")], "✓ completed"],
    [[replica("stopped")], "■ stopped"],
  ])("of %j is said for all replicas together", (replicas, words) => {
    const { mark, word } = stateOf(replicas);
    expect(`${mark} ${word}`).toBe(words);
  });
});
