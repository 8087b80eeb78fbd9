import { basename } from "node:path";
import { type Drift, driftOf } from "../../ui/top/drift.ts";
import type { Needs } from "../../ui/top/state.ts";
import { graphOf } from "../../ui/graph/graph.ts";
import { loadChecked } from "../project/checked.ts";
import { loadRequest, word } from "../commands/request.ts";
import { prepare } from "../plans/prepare.ts";
import { load } from "../project/project.ts";
import type { Context } from "../table.ts";
import { isSaid, isUsageError } from "../usage.ts";

/** What only the files of the project can tell. Nothing is printed: a screen is up. */

export async function needsOf(context: Context): Promise<Needs> {
  const said = quietly(context);
  const loaded = await tried(() => load(loadRequest(said.context, true)));
  if (loaded.is === "refused") return { is: "absent", why: loaded.why };
  const { compiled, diagnostics, settings, root, agents } = loaded.value;
  if (agents.length === 0)
    return { is: "absent", why: "who needs whom stands in the agents' files, and they are not here" };
  if (diagnostics.some(({ level }) => level === "error"))
    return {
      is: "absent",
      why: "who needs whom stands in the agents' files, and these have faults: aac validate",
    };
  const project = word(context.options["project"]) ?? settings.project ?? basename(root);
  return { is: "known", graph: graphOf(compiled.ir, project) };
}

/** Plans as `aac plan` does, and keeps of it what is about one agent. */
export async function comparedWithFiles(context: Context, agent: string): Promise<Drift> {
  const said = quietly(context);
  const compared = await tried(async (): Promise<Drift> => {
    const loaded = await loadChecked(said.context);
    if (loaded === undefined) {
      const lines = said.lines();
      // What says that nothing is here counts as no fault.
      const isEmpty = lines.some((line) => line.includes("AAC1022"));
      const why = isEmpty
        ? [`no file here describes ${agent}`]
        : ["the files here have faults: aac validate", ...lines];
      return { is: "not compared", why };
    }
    if (!Object.hasOwn(loaded.compiled.ir.agents, agent))
      return { is: "not compared", why: [`no file here describes ${agent}`] };
    const prepared = await prepare({ context: said.context, loaded, destroy: false, needsName: false });
    if (!prepared.ok)
      return {
        is: "not compared",
        why: prepared.error.flatMap(({ message, notes }) => [message, ...notes.map((note) => `  ${note}`)]),
      };
    prepared.value.session.close();
    return driftOf(prepared.value.report, agent);
  });
  return compared.is === "refused" ? { is: "not compared", why: [compared.why] } : compared.value;
}

/** Words of the command line are names of agents, and what would be printed is kept. */
function quietly(context: Context): { readonly context: Context; readonly lines: () => readonly string[] } {
  let text = "";
  const keep = (more: string): void => void (text += more);
  return {
    context: { ...context, args: [], out: keep, error: keep, screen: { ...context.screen, colour: false } },
    lines: () => text.split("\n").filter((line) => line.trim() !== ""),
  };
}

type Tried<T> = { readonly is: "done"; readonly value: T } | { readonly is: "refused"; readonly why: string };

async function tried<T>(run: () => Promise<T>): Promise<Tried<T>> {
  try {
    return { is: "done", value: await run() };
  } catch (error) {
    if (isUsageError(error)) return { is: "refused", why: error.message };
    if (isSaid(error)) return { is: "refused", why: "it cannot be found out now" };
    throw error;
  }
}
