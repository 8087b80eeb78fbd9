/** The file of an agent, with these lines in its spec. */
export const agentText = (name: string, lines: readonly string[]): string =>
  [
    "apiVersion: agent.dev/v1",
    "kind: Agent",
    `metadata: {name: ${name}}`,
    "spec:",
    ...lines.map((line) => `  ${line}`),
    "",
  ].join("\n");
