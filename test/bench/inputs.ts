import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An ordinary agent: what people write, 25 lines. */
export function agentText(i: number): string {
  return `apiVersion: agent.dev/v1
kind: Agent
metadata:
  name: agent-${i}
  version: 1.0.0
  description: Answers questions about part ${i}
spec:
  runtime: python:3.11
  model:
    provider: openai
    name: gpt-4o
    config:
      temperature: 0.7
  dependencies:
    - fastapi==0.115.0
  environment:
    - name: LOG_LEVEL
      value: INFO
    - name: OPENAI_API_KEY
      from: secret
  ports:
    - container: 8080
  healthCheck:
    path: /health
  resources:
    limits: {cpu: "1", memory: 512Mi}
`;
}

/** A project of so many files, in folders of a hundred. */
export function projectOf(count: number): string {
  const root = mkdtempSync(join(tmpdir(), `aac-bench-${count}-`));
  writeFileSync(join(root, ".aac.yaml"), "project: bench\n");
  for (let i = 0; i < count; i++) {
    const folder = join(root, `group-${Math.floor(i / 100)}`, `agent-${i}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "agent.yaml"), agentText(i));
  }
  return root;
}

/** The same agents as services of one compose file. */
export function composeOf(count: number): string {
  const root = mkdtempSync(join(tmpdir(), `aac-compose-${count}-`));
  const services = Array.from(
    { length: count },
    (_, i) => `  agent-${i}:
    image: agent-${i}:1.0.0
    labels:
      description: Answers questions about part ${i}
    environment:
      LOG_LEVEL: INFO
      MODEL_PROVIDER: openai
      MODEL_NAME: gpt-4o
    expose:
      - "8080"
    healthcheck:
      test: ["CMD", "true"]
      interval: 30s
    deploy:
      resources:
        limits: {cpus: "1", memory: 512M}
`,
  );
  writeFileSync(join(root, "compose.yaml"), `name: bench\nservices:\n${services.join("")}`);
  return root;
}
