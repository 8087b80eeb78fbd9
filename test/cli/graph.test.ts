import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { files } from "../../src/system/files.ts";
import { faultsOf } from "../helpers/published-schemas.ts";
import { aac, folderOf, type Outcome } from "../helpers/run-aac.ts";

const agent = (name: string, more = ""): string => `apiVersion: agent.dev/v1
kind: Agent
metadata: {name: ${name}}
spec:
  command: [sleep, "1000"]
  healthCheck: {command: ["true"]}
${more}`;

const PROJECT = {
  ".aac.yaml": "project: post\n",
  "desk/agent.yaml": agent("desk", "  dependsOn: {store: {condition: healthy}}\n"),
  "store/agent.yaml": agent(
    "store",
    "  ports: [{container: 9300}]\n  services: [{name: shelf, port: 9300}]\n",
  ),
  "porter/agent.yaml": agent("porter", "  services: [{name: shelf, protocol: http}]\n"),
  "clock/agent.yaml": agent("clock"),
};

const graph = (args: readonly string[], given: Readonly<Record<string, string>> = PROJECT): Outcome => {
  const home = folderOf({});
  return aac(["graph", ...args], { cwd: folderOf(given), environment: { HOME: home } });
};

describe("aac graph", { timeout: 30_000 }, () => {
  test("shows who waits for whom, offline, and writes nothing", () => {
    const home = folderOf({});
    const cwd = folderOf(PROJECT);
    const { code, out, err } = aac(["graph"], { cwd, environment: { HOME: home } });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toBe(
      [
        "post   4 agents, 2 links",
        "",
        "desk",
        "└─ store    waits until healthy",
        "",
        "porter",
        "└─ ↑ store  uses shelf",
        "",
        "alone  clock",
        "",
      ].join("\n"),
    );
    expect(files.kind(join(home, ".local"))).toBe("absent");
    expect(aac(["graph"], { cwd, environment: { HOME: home } }).out).toBe(out);
  });

  test("of an agent is what it needs and what needs it, and who would be touched", () => {
    const { code, out } = graph(["store"]);
    expect(code).toBe(0);
    expect(out).toContain("post   3 agents, 2 links\n");
    expect(out).toContain(
      "if store stopped, 2 agents would be touched: desk (waits until healthy), porter (uses shelf)\n",
    );
    expect(out).not.toContain("clock");
    expect(graph(["stroe"])).toMatchObject({
      code: 2,
      out: "",
      err: "error: no agent `stroe` is in these files: did you mean `store`?\n  = there are clock, desk, porter, store\n",
    });
  });

  test("of a file that is named is its agents, what they need and what needs them", () => {
    expect(graph(["-f", "desk"]).out).toContain("post   2 agents, 1 link\n");
    expect(graph(["-f", "."]).out).toContain("post   4 agents, 2 links\n");
  });

  test.each([
    ["dot", /^digraph "post" \{\n[^]*"desk" -> "store" \[label="healthy"\];\n[^]*\}\n$/],
    ["mermaid", /^flowchart LR\n[^]*agent_porter -\.->\|"uses shelf"\| agent_store\n$/],
    ["svg", /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^]*<\/svg>\n$/],
  ])("-o %s is a file of that kind", (form, expected) => {
    expect(graph(["-o", form])).toMatchObject({ code: 0, out: expect.stringMatching(expected), err: "" });
  });

  test("-o json is as it is published, and a named target says what agents are there", () => {
    const { out } = graph(["-o", "json", "desk"]);
    expect(faultsOf("graph", out)).toEqual([]);
    expect(JSON.parse(out)).toMatchObject({ asked: [{ agent: "desk", directly: [], further: [] }] });
    expect(out).not.toContain('"kind": "process"');
    expect(graph(["-o", "json", "-t", "local-process"]).out).toContain('"kind": "process"');
  });

  test("--status says of each what it does, also before anything was applied", () => {
    const { code, out } = graph(["--status"]);
    expect(code).toBe(0);
    expect(out).toContain("post → local-process   4 agents, 2 links\n");
    expect(out).toMatch(/^└─ store {4}· not applied {2}waits until healthy$/m);
    const json = graph(["--status", "-o", "json"]);
    expect(faultsOf("graph", json.out)).toEqual([]);
  });

  test("--status where nobody can tell ends with 1", () => {
    const cwd = folderOf(PROJECT);
    const { code, out, err } = aac(["graph", "--status", "-t", "docker"], {
      cwd,
      environment: { DOCKER_HOST: "unix:///nowhere/engine.sock" },
    });
    // What a container cannot run is told before.
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain("AAC2306");
    const imaged = PROJECT["clock/agent.yaml"].replace("command:", "image: busybox\n  command:");
    const open = aac(["graph", "--status", "-t", "docker"], {
      cwd: folderOf({ ".aac.yaml": "project: post\n", "agent.yaml": imaged }),
      environment: { DOCKER_HOST: "unix:///nowhere/engine.sock" },
    });
    expect([open.code, open.out]).toEqual([1, ""]);
    expect(open.err).toContain("the docker engine at unix:///nowhere/engine.sock does not answer");
  });

  test("files that do not compile are told as everywhere, and end with 2", () => {
    const circle = graph([], {
      ".aac.yaml": "project: post\n",
      "a.agent.yaml": agent("a", "  dependsOn: [b]\n"),
      "b.agent.yaml": agent("b", "  dependsOn: [a]\n"),
    });
    expect([circle.code, circle.out]).toEqual([2, ""]);
    expect(circle.err).toContain("error AAC2103  agents wait for each other: a → b → a");
    expect(graph([], {})).toMatchObject({ code: 2, out: "" });
    expect(graph(["-o", "png"])).toMatchObject({ code: 2, out: "" });
  });

  test("services may lead in a circle", () => {
    const offers = (name: string, own: number, other: string): string =>
      agent(
        name,
        `  ports: [{container: ${own}}]\n  services: [{name: ${name}, port: ${own}}, {name: ${other}, protocol: http}]\n`,
      );
    const given = {
      ".aac.yaml": "project: post\n",
      "a.agent.yaml": offers("a", 9301, "b"),
      "b.agent.yaml": offers("b", 9302, "a"),
    };
    expect(graph([], given)).toMatchObject({
      code: 0,
      out: "post   2 agents, 2 links\n\na\n└─ b       uses b\n   └─ ↑ a  uses a\n",
    });
    expect(graph(["-o", "svg"], given).code).toBe(0);
  });
});
