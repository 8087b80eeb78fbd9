import { basename } from "node:path";
import { nearest } from "../../base/nearest.ts";
import type { AgentStatus } from "../../model/operates.ts";
import { around, type AgentGraph, graphOf, touchedBy } from "../../ui/graph/graph.ts";
import { stateOf } from "../../ui/graph/state.ts";
import { BUILT } from "../../../targets/registry.ts";
import { paintOf, tellFaults } from "../project/checked.ts";
import { openPlace } from "../plans/prepare.ts";
import { load, type Loaded } from "../project/project.ts";
import type { Context } from "../table.ts";
import { UsageError } from "../usage.ts";
import { list, loadRequest, word } from "./request.ts";

export async function run(context: Context): Promise<number> {
  // Words are names of agents here, and not of files.
  const loaded = await load(loadRequest({ ...context, args: [] }, true));
  const errors = loaded.diagnostics.filter(({ level }) => level === "error");
  if (errors.length > 0) {
    await tellFaults(context, errors, loaded.texts);
    return 2;
  }
  const whole = graphOf(loaded.compiled.ir, projectOf(context, loaded), await kindOf(loaded));
  const asked = known(context.args, whole);
  const live = context.options["status"] === true ? await withStates(context, loaded, whole) : whole;
  if (live === undefined) return 1;
  const shown = inView(context, loaded, live, asked);
  context.out(await written(context, { ...shown, asked: asked.map((name) => touchedBy(live, name)) }));
  return 0;
}

async function written(context: Context, graph: AgentGraph): Promise<string> {
  switch (word(context.options["output"])) {
    case "dot":
      return (await import("../../ui/graph/dot.ts")).graphDot(graph);
    case "mermaid":
      return (await import("../../ui/graph/mermaid.ts")).graphMermaid(graph);
    case "svg":
      return (await import("../../ui/graph/svg.ts")).graphSvg(graph);
    case "json":
      return (await import("../../ui/graph/json.ts")).graphJson(graph);
    default: {
      const { graphText } = await import("../../ui/graph/text.ts");
      return graphText(graph, { paint: paintOf(context), width: context.screen.width });
    }
  }
}

const projectOf = (context: Context, loaded: Loaded): string =>
  word(context.options["project"]) ?? loaded.settings.project ?? basename(loaded.root);

/** What an agent is where it lives; left open where nobody said where that is. */
async function kindOf({ target }: Loaded): Promise<string | undefined> {
  const open = target === undefined ? undefined : BUILT[target];
  return open === undefined ? undefined : (await open()).target.runs;
}

function known(names: readonly string[], { nodes }: AgentGraph): readonly string[] {
  const agents = nodes.map(({ agent }) => agent);
  for (const name of names) {
    if (agents.includes(name)) continue;
    const near = nearest(name, agents);
    throw new UsageError(
      `no agent \`${name}\` is in these files${near === undefined ? "" : `: did you mean \`${near}\`?`}`,
      agents.length === 0
        ? "name files with -f"
        : `there ${agents.length === 1 ? "is" : "are"} ${agents.slice(0, 10).join(", ")}`,
    );
  }
  return [...new Set(names)].sort();
}

/** The agents that were named, or those of the files that were, with what they need and what needs them; else all. */
function inView(context: Context, loaded: Loaded, graph: AgentGraph, asked: readonly string[]): AgentGraph {
  if (asked.length > 0) return around(graph, asked);
  if (list(context.options["file"]).length === 0) return graph;
  const reported = new Set(loaded.reported);
  return around(
    graph,
    loaded.compiled.views.flatMap(({ ir, doc }) => (reported.has(doc.file) ? [ir.name] : [])),
  );
}

/** With what each of them does now; undefined after it was told why nobody can say. */
async function withStates(
  context: Context,
  loaded: Loaded,
  graph: AgentGraph,
): Promise<AgentGraph | undefined> {
  const opened = await openPlace(context, loaded, false);
  if (!opened.ok) {
    await tellFaults(context, [opened.error]);
    return undefined;
  }
  const { session, target, place } = opened.value;
  const status = await session.operates.status();
  session.close();
  if (!status.ok) {
    await tellFaults(context, [status.error]);
    return undefined;
  }
  const replicas = new Map<string, AgentStatus[]>();
  for (const one of status.value.agents) replicas.set(one.agent, [...(replicas.get(one.agent) ?? []), one]);
  const others = [...replicas.keys()].filter((name) => graph.nodes.every(({ agent }) => agent !== name));
  return {
    ...graph,
    target: place.target,
    nodes: graph.nodes.map((node) => ({
      ...node,
      kind: target.runs,
      state: stateOf(replicas.get(node.agent) ?? []),
    })),
    notes: [
      ...status.value.notes,
      ...(others.length === 0 ? [] : [`live, and in none of these files: ${others.toSorted().join(", ")}`]),
    ],
  };
}
