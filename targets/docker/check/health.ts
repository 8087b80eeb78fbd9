import type { AgentView } from "../../../src/model/checked.ts";
import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import type { Probe } from "../../../src/model/ir.ts";
import { notBuilt } from "../../../src/wanted/support.ts";
import { notBuiltValues, WORDS } from "../support.ts";

/** An engine has one check for a container. */
export function healthFaults({ ir, doc }: AgentView): Diagnostic[] {
  const { startup, readiness } = ir.health;
  const found: Diagnostic[] = [];
  if (startup !== undefined && readiness !== undefined && asked(startup) !== asked(readiness)) {
    const { instead } = notBuiltValues.healthCheck;
    const at = doc.at(["spec", "healthCheck", "startup"], "key");
    found.push(notBuilt(at, "a check of the start that asks another question", instead, WORDS));
  }
  for (const [name, { condition }] of Object.entries(ir.dependsOn)) {
    if (condition !== "completed") continue;
    const { what, instead } = notBuiltValues.dependsOn;
    found.push(notBuilt(doc.at(["spec", "dependsOn", name, "condition"]), what, instead, WORDS));
  }
  return found;
}

/** The question alone, without its times. */
function asked(probe: Probe): string {
  const { interval: _, timeout: __, retries: ___, startPeriod: ____, ...question } = probe;
  return JSON.stringify(Object.entries(question).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A plain check is one for restarts too, and here it is not: said once for all. */
export function unwatched(agents: readonly AgentView[]): Diagnostic[] {
  const implied = agents.filter(
    ({ ir, doc }) => ir.health.liveness !== undefined && doc.value.spec.healthCheck?.liveness === undefined,
  );
  const [first] = implied;
  if (first === undefined) return [];
  const more = implied.length - 1;
  const whom = `\`${first.ir.name}\`${more === 0 ? "" : ` and of ${more} more ${more === 1 ? "agent" : "agents"}`}`;
  return [
    diagnostic(
      "AAC2304",
      first.doc.at(["spec", "healthCheck"], "key"),
      `the check of ${whom} shows who is unhealthy, and restarts nobody: an engine restarts what ends`,
    ),
  ];
}
