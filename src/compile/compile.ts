import type { CheckedAgent } from "../model/checked.ts";
import { type Diagnostic, diagnostic } from "../model/diagnostic.ts";
import type { Ir } from "../model/ir.ts";
import { link } from "./link.ts";
import { lower } from "./lower/agent.ts";
import { sortedMap } from "./reader.ts";
import { type AgentView, type ProjectView, reportInto, type Settings } from "./rule.ts";
import { RULES } from "./rules/index.ts";

/** More than this is surely a mistake in what was named. */
export const MOST_AGENTS = 100_000;

export interface Compiled {
  /** Whole only where no diagnostic is an error. */
  readonly ir: Ir;
  readonly views: readonly AgentView[];
  readonly diagnostics: readonly Diagnostic[];
}

/** All agents of a project to its IR, with everything that the rules have to say. */
export function compile(docs: readonly CheckedAgent[], settings: Settings): Compiled {
  const diagnostics: Diagnostic[] = [];
  if (docs.length > MOST_AGENTS) {
    diagnostics.push(
      diagnostic(
        "AAC1023",
        undefined,
        `${docs.length} agents are more than the ${MOST_AGENTS} that one project can hold`,
      ),
    );
    return { ir: { irVersion: 1, project: settings.project, agents: {} }, views: [], diagnostics };
  }
  const views = link(docs.map((doc) => ({ doc, ir: lower(doc, diagnostics) })));
  const byName = new Map<string, AgentView>();
  for (const view of views) if (!byName.has(view.ir.name)) byName.set(view.ir.name, view);
  const project: ProjectView = { agents: views, byName, settings };
  const report = reportInto(diagnostics);
  for (const rule of RULES) {
    if (rule.agent !== undefined) for (const view of views) rule.agent(view, report, settings);
    rule.project?.(project, report);
  }
  const agents = sortedMap([...byName].map(([name, view]) => [name, view.ir] as const));
  return { ir: { irVersion: 1, project: settings.project, agents }, views, diagnostics };
}
