import type { Change, Cost, FieldChange } from "../../model/plan.ts";
import type { Observed } from "../../model/resource.ts";
import { flat } from "../visible.ts";
import { about, heldWords, longReason, median, names } from "./words.ts";

/** Why something changes and what it costs, below its line of the list. */
export interface Detail {
  readonly label: "because" | "costs" | "loses";
  readonly text: string;
}

type Changing = Exclude<Change, { is: "keep" }>;

/** `leaving`: agents that go or are made anew themselves, of which nobody can say that they keep running. */
export function detailsOf(all: readonly Changing[], leaving: ReadonlySet<string>): Detail[] {
  const found = all.flatMap((change) => [
    ...because(change),
    ...(change.is === "create" ? [] : costs(change.before, change.costs, leaving)),
  ]);
  // What several objects of one agent say alike is said once.
  const said = new Set<string>();
  return found.filter(({ label, text }) => {
    const key = `${label} ${text}`;
    return said.has(key) ? false : said.add(key);
  });
}

function because(change: Changing): Detail[] {
  const fields = change.is === "update" || change.is === "replace" ? change.fields : [];
  return change.because.flatMap((reason) => {
    const forces =
      "path" in reason ? whyOf(fields.find(({ path }) => path === reason.path)) : codeForces(change);
    const text = longReason(reason, forces);
    return text === undefined ? [] : [{ label: "because" as const, text }];
  });
}

/** Many files are one reason; each of them gives the same answer. */
function codeForces(change: Changing): string | undefined {
  if (change.is !== "update" && change.is !== "replace") return undefined;
  if (!change.because.some((reason) => reason.is === "code changed")) return undefined;
  return whyOf(
    change.fields.find((field) => whyOf(field) !== undefined && field.path.split("/").includes("code")),
  );
}

/** Why more than the field itself changes. */
const whyOf = (field: FieldChange | undefined): string | undefined => field?.forces ?? field?.rolls;

function costs(before: Observed, cost: Cost, leaving: ReadonlySet<string>): Detail[] {
  const text = costWords(before, cost, leaving);
  return [
    ...(text === undefined ? [] : [{ label: "costs" as const, text }]),
    ...(before.hold === undefined || cost.order !== "gone"
      ? []
      : [{ label: "costs" as const, text: `goes though it is ${heldWords(before.hold)}` }]),
    ...(cost.losesData ? [{ label: "loses" as const, text: "the data in it, for good" }] : []),
  ];
}

function costWords(before: Observed, cost: Cost, leaving: ReadonlySet<string>): string | undefined {
  const agent = flat(before.agent);
  const staying = cost.dependants.filter((name) => !leaving.has(name)).map(flat);
  const one = staying.length === 1;
  switch (cost.order) {
    case "in place":
      return undefined;
    case "rolling":
      return "no gap: each new one will be ready before an old one goes";
    case "start first":
      return "no gap: the new one will be ready before the old one goes";
    case "stop first": {
      const millis = median(before.readyMs);
      const gap =
        millis === undefined
          ? `a while without ${agent}, not timed yet`
          : `${about(millis)} without ${agent}`;
      if (staying.length === 0) return gap;
      return `${gap}; ${names(staying)} ${one ? "keeps running, its" : "keep running, their"} dependency is briefly unready`;
    }
    case "gone":
      if (staying.length === 0) return undefined;
      return `${names(staying)} ${one ? "depends" : "depend"} on ${agent}, which would be gone`;
    default:
      return cost.order satisfies never;
  }
}
