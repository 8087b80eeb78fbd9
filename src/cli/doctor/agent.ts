import type { Finding } from "../../model/doctor.ts";
import type { AgentFacts } from "../../model/facts.ts";
import type { AgentStatus } from "../../model/operates.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { asFinding } from "../../model/doctor.ts";
import { quote } from "../../model/aside.ts";

/** What was found of each secret, and where: places and names, never a value. */
export function secretFindings(
  { secrets }: AgentFacts,
  diagnostics: readonly Diagnostic[],
): readonly Finding[] {
  const found = Object.entries(secrets).map(([name, fact]): Finding => {
    const about = `secret ${name}`;
    switch (fact.is) {
      case "known":
        return {
          about,
          is: "ok",
          found:
            fact.origin.from === "file"
              ? `from the file ${fact.origin.path}`
              : `from the variable ${fact.origin.name}`,
        };
      case "absent":
        return { about, is: "ok", found: "not found, and optional" };
      case "missing":
        return {
          about,
          is: "fail",
          found: `not found; looked for: ${fact.looked.join(", ")}`,
          repair: fact.looked.map(waysTo).join("; or "),
        };
    }
  });
  return [...found, ...diagnostics.map((one) => asFinding("value", one))];
}

/** What was looked for is a variable, a file, or already the reason why neither is taken. */
function waysTo(looked: string): string {
  const variable = /^variable (\w+)/.exec(looked)?.[1];
  if (variable !== undefined) return `export ${variable}=…, or write it into .env beside the agent's file`;
  return /^\S+$/.test(looked) ? `install -D -m 600 /dev/stdin ${quote(looked)}` : looked;
}

/** What an agent does now, and what to do where it does not do well. */
export function stateFindings(name: string, replicas: readonly AgentStatus[]): readonly Finding[] {
  if (replicas.length === 0)
    return [
      { about: "state", is: "ok", found: "not applied yet", repair: `aac apply --target-agent ${name}` },
    ];
  return replicas.flatMap((one) => ofReplica(name, one, replicas.length > 1));
}

function ofReplica(name: string, one: AgentStatus, isOneOfMany: boolean): readonly Finding[] {
  const about = isOneOfMany ? `state of ${one.replica}` : "state";
  const { state, health, detail, restarts, since } = one;
  const words = [
    `${state}${health === "unhealthy" ? ", unhealthy" : ""}${since === undefined ? "" : ` since ${since}`}`,
    ...(detail === undefined ? [] : [detail]),
    ...(restarts > 0 ? [`${restarts} restarts`] : []),
  ].join("; ");
  const logs = one.lastExit === undefined ? `aac logs ${name}` : `aac logs ${name} --previous`;
  const past: Finding[] = [
    ...(one.lastExit === undefined ? [] : [{ about: "last exit", is: "ok" as const, found: one.lastExit }]),
    ...(one.lastProbe === undefined || health !== "unhealthy"
      ? []
      : [{ about: "last check", is: "ok" as const, found: one.lastProbe }]),
  ];
  if (one.held !== undefined)
    return [{ about, is: "warn", found: `${words}; ${one.held}`, repair: `aac start ${name}` }, ...past];
  if (health === "unhealthy") return [{ about, is: "fail", found: words, repair: logs }, ...past];
  switch (state) {
    case "ready":
    case "running":
    case "completed":
      return [{ about, is: "ok", found: words }, ...past];
    case "pending":
    case "starting":
    case "stopping":
      return [{ about, is: "warn", found: words, repair: `aac wait ${name}` }, ...past];
    case "stopped":
      return [{ about, is: "warn", found: words, repair: `aac start ${name}` }, ...past];
    case "failed":
      return [
        { about, is: "fail", found: words, repair: `${logs}; when it is mended: aac start ${name}` },
        ...past,
      ];
    default:
      return [{ about, is: "fail", found: words, repair: logs }, ...past];
  }
}
