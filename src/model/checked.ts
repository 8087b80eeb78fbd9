import type { Agent } from "./document.gen.ts";
import type { AgentIr } from "./ir.ts";
import type { Path, Span } from "./source.ts";

/**
 * What stays open in a text until start: the value of a secret never enters, the address of a service is not
 * known yet, an unset variable has no value. The text stays as its author wrote it.
 */
export interface Held {
  readonly why: "secret" | "service" | "unset";
  readonly names: readonly string[];
  /** `${NAME:-}`: may be absent. */
  readonly optional: boolean;
  /** The whole text is one substitution. */
  readonly whole: boolean;
}

/** One agent as its author wrote it, in canonical spelling, checked against the schema. */
export interface CheckedAgent {
  /** As it is shown. */
  readonly file: string;
  /** From the project's root, with forward slashes. */
  readonly path: string;
  readonly index: number;
  readonly value: Agent;
  /** By JSON pointer. */
  readonly held: ReadonlyMap<string, Held>;
  /** Texts that other YAML readers would change. */
  readonly odd: readonly { readonly at: Span; readonly text: string; readonly read: string }[];
  readonly at: (path: Path, part?: "key" | "value") => Span;
}

/** An agent as rules and targets see it: what it means, how it was written, and where. */
export interface AgentView {
  readonly ir: AgentIr;
  readonly doc: CheckedAgent;
}

/** Every text of an agent that can hold an address, with its path. */
export function addressTexts({ doc }: AgentView): readonly { readonly text: string; readonly path: Path }[] {
  const { spec } = doc.value;
  const variables = (spec.environment ?? []).flatMap((entry, i) =>
    !("from" in entry)
      ? [{ text: entry.value, path: ["spec", "environment", i, "value"] }]
      : entry.from === "env" && entry.defaultValue !== undefined
        ? [{ text: entry.defaultValue, path: ["spec", "environment", i, "defaultValue"] }]
        : [],
  );
  const settings = Object.entries(spec.model?.config ?? {}).flatMap(([key, value]) =>
    typeof value === "string" ? [{ text: value, path: ["spec", "model", "config", key] }] : [],
  );
  const more = (spec.models ?? []).flatMap((one, n) =>
    Object.entries(one.config ?? {}).flatMap(([key, value]) =>
      typeof value === "string" ? [{ text: value, path: ["spec", "models", n, "config", key] }] : [],
    ),
  );
  return [...variables, ...settings, ...more];
}
