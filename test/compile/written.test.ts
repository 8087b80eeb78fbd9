import { describe, expect, test } from "vitest";
import { load } from "../../src/cli/project/project.ts";
import { writtenPlaces } from "../../src/compile/written.ts";
import { positionAt } from "../../src/model/source.ts";
import { memoryFiles } from "../facts/memory-files.ts";
import { cases, run } from "../helpers/load-fixture.ts";

/** The lines of one agent, as `path → the text of the line`, so that a test reads like the file. */
async function linesOf(text: string, profile?: string): Promise<Readonly<Record<string, string>>> {
  const loaded = await load({
    cwd: "/project",
    files: memoryFiles({ "/project/agent.yaml": text }),
    environment: {},
    named: ["."],
    whole: true,
    ...(profile === undefined ? {} : { profile }),
  });
  expect(loaded.diagnostics.filter(({ level }) => level === "error")).toEqual([]);
  const [view] = loaded.compiled.views;
  if (view === undefined) throw new Error("no agent");
  const places = writtenPlaces(view, ({ file, start }) => ({ file, line: positionAt(text, start).line }));
  return Object.fromEntries(
    Object.entries(places).map(([path, { line }]) => [path, (text.split("\n")[line - 1] ?? "").trim()]),
  );
}

const HEAD = "apiVersion: agent.dev/v1\nkind: Agent\nmetadata:\n  name: desk\n  version: 1.0.0\nspec:\n";

describe("where an agent was written", () => {
  test("every block and every named entry has the line that a person would edit", async () => {
    const lines = await linesOf(`${HEAD}  runtime: python
  command:
    - python
    - desk.py
  args:
    - --slow
  workingDir: /app/in
  dependencies:
    - httpx==0.28.1
    - rich==14.0.0
  environment:
    - name: LOG_STYLE
      value: plain
    - name: OPENAI_API_KEY
      from: secret
    - name: GREETING
      from: config
  secrets:
    - name: db-password
      secretName: db
  config:
    GREETING: hello
    limits:
      most: 3
  ports:
    - container: 8080
      host: 18080
    - container: 9090
      protocol: udp
  volumes:
    - source: notes
      target: /data/notes
      readOnly: true
  healthCheck:
    path: /health
    interval: 10s
  resources:
    limits:
      memory: 512Mi
  dependsOn:
    other:
      condition: started
  scaling:
    replicas: 2
  supervision:
    restart: on-failure
    backoff:
      initial: 2s
  lifecycle:
    onStart:
      command: [touch, started]
  logging:
    level: debug
    maxSize: 5MB
---
apiVersion: agent.dev/v1
kind: Agent
metadata: {name: other}
spec: {runtime: python}
`);
    expect(lines).toMatchObject({
      runtime: "runtime: python",
      command: "command:",
      "command/1": "- desk.py",
      "command/2": "- --slow",
      "args/0": "- --slow",
      workingDir: "workingDir: /app/in",
      "dependencies/1": "- rich==14.0.0",
      environment: "environment:",
      "environment/LOG_STYLE": "value: plain",
      "environment/OPENAI_API_KEY": "- name: OPENAI_API_KEY",
      "secrets/OPENAI_API_KEY": "- name: OPENAI_API_KEY",
      "environment/GREETING": "GREETING: hello",
      "environment/LOG_LEVEL": "level: debug",
      "environment/PORT": "- container: 8080",
      "secrets/db-password": "- name: db-password",
      "secrets/DB_PASSWORD": "- name: db-password",
      "config/GREETING": "GREETING: hello",
      "config/limits/most": "most: 3",
      "ports/8080/tcp": "- container: 8080",
      "ports/8080/tcp/host": "host: 18080",
      "ports/9090/udp": "- container: 9090",
      "volumes/data/notes": "- source: notes",
      "volumes/data/notes/readOnly": "readOnly: true",
      "volumes//data/notes/readOnly": "readOnly: true",
      "health/startup": "healthCheck:",
      "health/liveness/interval": "interval: 10s",
      "resources/limits/memory": "memory: 512Mi",
      "dependsOn/other": "other:",
      "dependsOn/other/condition": "condition: started",
      "scaling/replicas": "replicas: 2",
      "supervision/restart": "restart: on-failure",
      "supervision/backoff/initial": "initial: 2s",
      "lifecycle/onStart": "onStart:",
      "logging/maxSize": "maxSize: 5MB",
      "metadata/version": "version: 1.0.0",
    });
  });

  test("what nobody wrote has no place, so that no line is blamed for it", async () => {
    const lines = await linesOf(`${HEAD}  runtime: python\n`);
    expect(Object.keys(lines)).toEqual([
      "command",
      "metadata",
      "metadata/name",
      "metadata/version",
      "runtime",
    ]);
    expect(lines["command"]).toBe("runtime: python");
  });

  test("variables that blocks bring along point into these blocks", async () => {
    const lines = await linesOf(`${HEAD}  runtime: python
  model:
    provider: openai
    name: gpt-4o
    config:
      temperature: 0.5
      api_key: \${OPENAI_API_KEY}
  capabilities: [chat]
  services:
    - name: mail-room
      host: mail.example.org
      port: 25
`);
    expect(lines).toMatchObject({
      "environment/MODEL_NAME": "name: gpt-4o",
      "environment/AAC_MODEL_PROVIDER": "provider: openai",
      "environment/AAC_MODEL_CONFIG": "config:",
      "environment/AAC_MODEL_API_KEY": "api_key: ${OPENAI_API_KEY}",
      "secrets/AAC_MODEL_API_KEY": "api_key: ${OPENAI_API_KEY}",
      "environment/AAC_CAPABILITIES": "capabilities: [chat]",
      "environment/MAIL_ROOM_HOST": "- name: mail-room",
      "model/config/temperature": "temperature: 0.5",
      "services/mail-room/port": "port: 25",
    });
  });

  test("a profile's line is the place of what the profile changed", async () => {
    const lines = await linesOf(
      `${HEAD}  runtime: python
  environment:
    - {name: MODE, value: calm}
    - {name: COLOUR, value: blue}
  resources: {limits: {memory: 1Gi}}
profiles:
  loud:
    environment:
      - {name: MODE, value: wild}
    resources:
      limits: {memory: 2Gi}
`,
      "loud",
    );
    expect(lines).toMatchObject({
      "environment/MODE": "- {name: MODE, value: wild}",
      "environment/COLOUR": "- {name: COLOUR, value: blue}",
      "resources/limits/memory": "limits: {memory: 2Gi}",
    });
  });

  test("probes written apart take what stands beside them, and their own first", async () => {
    const lines = await linesOf(`${HEAD}  runtime: python
  ports: [{container: 8080}]
  healthCheck:
    timeout: 3s
    readiness:
      path: /ready
      timeout: 1s
    liveness:
      command: [curl, -f, "http://localhost:8080/live"]
`);
    expect(lines).toMatchObject({
      "health/readiness": "readiness:",
      "health/readiness/timeout": "timeout: 1s",
      "health/liveness": "liveness:",
      "health/liveness/timeout": "timeout: 3s",
      "health/liveness/path": 'command: [curl, -f, "http://localhost:8080/live"]',
    });
    expect(lines["health/startup"]).toBeUndefined();
  });

  test("in each fixture every variable, port, volume and probe of the IR has a place", async () => {
    let seen = 0;
    for (const name of cases()) {
      const { loaded } = await run(name);
      for (const view of loaded.compiled.views) {
        const places = writtenPlaces(view, ({ file, start }) => ({
          file,
          line: positionAt(loaded.texts.get(file) ?? "", start).line,
        }));
        const { ir } = view;
        const wanted = [
          ...Object.keys(ir.environment).map((one) => `environment/${one}`),
          ...Object.keys(ir.ports).map((one) => `ports/${one}`),
          ...Object.keys(ir.volumes).map((one) => `volumes/${one}`),
          ...Object.keys(ir.health).map((one) => `health/${one}`),
          ...Object.keys(ir.secrets).map((one) => `secrets/${one}`),
          ...Object.keys(ir.dependsOn).map((one) => `dependsOn/${one}`),
        ];
        // A service that is only named by a variable brings that variable's neighbours without a line of its own.
        const lost = wanted.filter((one) => places[one] === undefined);
        expect(
          lost.filter((one) => ir.environment[one.replace("environment/", "")]?.by !== "services"),
          `${name}: ${ir.name}`,
        ).toEqual([]);
        expect(
          Object.values(places).filter(({ file, line }) => !loaded.texts.has(file) || line < 1),
          name,
        ).toEqual([]);
        seen += wanted.length;
      }
    }
    expect(seen).toBeGreaterThan(100);
  });
});
