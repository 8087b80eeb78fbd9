/** What `aac explain CODE` shows below the title of a code. */
export interface Page {
  /** What happened, why it matters, what to do: two to four short lines. */
  readonly why: readonly string[];
  readonly wrong?: Example;
  readonly right?: Example;
  /** The environment of .aac.yaml that the examples are read with, as `--env` chooses it. */
  readonly env?: string;
  readonly note?: string;
}

/** One agent.yaml, or several files by path, `.aac.yaml` and `.env` among them. */
export type Example = string | Readonly<Record<string, string>>;

/** A whole agent.yaml around the lines of its `spec`. */
export function named(name: string, ...spec: readonly string[]): string {
  const lines = ["apiVersion: agent.dev/v1", "kind: Agent", "metadata:", `  name: ${name}`, "spec:"];
  return `${[...lines, ...spec.map((line) => `  ${line}`)].join("\n")}\n`;
}

/** The same for an agent of which nothing but these lines matters. */
export function agent(...spec: readonly string[]): string {
  return named("writer", "runtime: python", ...spec);
}

/** Several agents in one file. */
export function together(...agents: readonly string[]): string {
  return agents.join("---\n");
}
