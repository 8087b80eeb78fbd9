import { describe, expect, test } from "vitest";
import { around, touchedBy } from "../../../src/ui/graph/graph.ts";
import { graphSvg } from "../../../src/ui/graph/svg.ts";
import { graphFrom, HOSTILE, HOSTILE_GRAPH, LIVE, NEWSROOM, randomGraph } from "./graphs.ts";

/** Tags in their order; text between them only where nothing of a tag is in it. */
function tagsOf(svg: string): readonly string[] {
  const open: string[] = [];
  const seen: string[] = [];
  const style = svg.replace(/<style>[^]*?<\/style>/, "<style></style>");
  const rest = style.replaceAll(
    /<(\/?)([a-z]+)((?: [\w:-]+="[^"<]*")*)(\/?)>/gi,
    (_, end: string, name: string, __: string, alone: string) => {
      if (end !== "") expect(open.pop()).toBe(name);
      else if (alone === "") open.push(name);
      if (end === "") seen.push(name);
      return "";
    },
  );
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<>]/);
  expect(rest.replaceAll(/&(?:amp|lt|gt|quot);/g, "")).not.toContain("&");
  return seen;
}

describe("a graph as a picture", () => {
  test("is the same file each time", async () => {
    await expect(graphSvg(LIVE)).toMatchFileSnapshot("./newsroom.svg");
    expect(graphSvg(LIVE)).toBe(graphSvg(LIVE));
  });

  test("brings all that it needs along, and runs nothing", () => {
    for (const graph of [NEWSROOM, LIVE, HOSTILE_GRAPH]) {
      const svg = graphSvg(graph);
      expect(new Set(tagsOf(svg))).not.toContain("script");
      expect(svg).not.toMatch(/href|@import|url\((?!#)|font-face|\bon\w+=/);
      expect(svg.match(/https?:\/\/[^"]*/g)).toEqual(["http://www.w3.org/2000/svg"]);
    }
  });

  test("is told to who does not see it, and every colour has a rule for dark pages", () => {
    const svg = graphSvg({ ...around(LIVE, ["store"]), asked: [touchedBy(LIVE, "store")] });
    expect(svg).toContain('role="img" aria-labelledby="graph-title graph-text"');
    expect(svg).toContain('<title id="graph-title">newsroom → docker: who waits for whom</title>');
    const told = /<desc id="graph-text">([^]*?)<\/desc>/.exec(svg)?.[1] ?? "";
    expect(told).toContain("writer waits until llm-proxy is healthy and restarts with it.");
    expect(told).toContain("gateway uses search of indexer.");
    expect(told).toContain("llm-proxy is failed 1 of 3.");
    expect(told).toContain("if store stopped, ");
    const [light = "", dark = ""] = svg.split("@media (prefers-color-scheme: dark)");
    const coloured = (text: string): Set<string> =>
      new Set(
        [...text.matchAll(/^([^{}\n]+) \{[^}]*#[0-9a-f]{6}/gm)].flatMap(([, names = ""]) =>
          names.split(", "),
        ),
      );
    expect(coloured(dark)).toEqual(coloured(light));
    expect(svg.replace(/<style>[^]*<\/style>/, "")).not.toMatch(/#[0-9a-f]{6}|(?:fill|stroke)="/);
  });

  test("says by the kind of a line what it waits for, and by a legend which is which", () => {
    const svg = graphSvg(NEWSROOM);
    for (const name of ["healthy", "started", "completed", "service"])
      expect(svg).toMatch(new RegExp(`<path class="line ${name}" [^>]*d="M0 -4H40"/>`));
    expect(svg).toContain(">waits until completed</text>");
    expect(graphSvg(graphFrom(["a", "b"]))).not.toContain('class="line');
  });

  test("has every name as text, however it is written", () => {
    const svg = graphSvg(HOSTILE_GRAPH);
    expect(tagsOf(svg).filter((name) => name === "rect")).toHaveLength(HOSTILE.length + 1);
    expect(svg).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(svg).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  });

  test.each([
    ["tree", randomGraph(1000, 0.7, 11)],
    ["thicket", randomGraph(1000, 2, 12)],
    ["field", randomGraph(1000, 0, 13)],
  ])("a %s of 1,000 agents stays a file that a page can show", (_, graph) => {
    const svg = graphSvg(graph);
    const tags = tagsOf(svg);
    expect(tags.filter((name) => name === "rect")).toHaveLength(1001);
    expect(svg.match(/class="line \w+" marker-end="[^"]*" d="M[^"]*"><title>/g) ?? []).toHaveLength(
      graph.edges.length,
    );
    expect(svg.length).toBeLessThan(700 * 1024);
  });
});
