import type { AgentStatus } from "../../src/model/operates.ts";
import type { Refusal } from "../../src/model/plan.ts";

/** What `aac plan -o json` prints, as far as tests ask for it. */
export interface PlanJson {
  readonly kind: "Plan";
  readonly changes: readonly {
    readonly id: string;
    readonly does: string;
    readonly because: readonly { readonly is: string; readonly path?: string; readonly id?: string }[];
    readonly costs?: { readonly order: string; readonly dependants: readonly string[] };
    readonly fields?: readonly FieldJson[];
  }[];
  readonly unchanged: readonly string[];
  readonly held: readonly { readonly id: string; readonly by: string; readonly reason?: string }[];
  readonly outside: number;
  readonly refusals: readonly Refusal[];
  readonly preflight: readonly {
    readonly code: string;
    readonly message: string;
    readonly notes: readonly string[];
  }[];
  readonly notes: readonly string[];
}

export interface FieldJson {
  readonly path: string;
  readonly origin: string;
  readonly secret: boolean;
  readonly from?: unknown;
  readonly to?: unknown;
  readonly by?: string;
  readonly at?: { readonly file: string; readonly line: number };
  readonly forces?: string;
}

export interface StatusJson {
  readonly kind: "Status";
  readonly agents: readonly AgentStatus[];
  readonly notes: readonly string[];
}

const isOf = (value: unknown, kind: string): boolean =>
  typeof value === "object" && value !== null && "kind" in value && value.kind === kind;

export const isPlan = (value: unknown): value is PlanJson => isOf(value, "Plan");
export const isStatus = (value: unknown): value is StatusJson => isOf(value, "Status");

/** `does id`, as lines that are easy to compare. */
export const does = (plan: PlanJson): readonly string[] =>
  plan.changes.map((change) => `${change.does} ${change.id}`);

export const fieldsOf = (plan: PlanJson): readonly FieldJson[] =>
  plan.changes.flatMap((change) => change.fields ?? []);
