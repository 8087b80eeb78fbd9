import type { Entry, MapNode, Node } from "../node.ts";
import { DEAD } from "./dead-blocks.ts";
import { egress, ingress, runAsNonRoot } from "./security.ts";
import {
  dependencies,
  environmentMap,
  environmentValue,
  healthCommand,
  port,
  portList,
  scalarText,
  volume,
} from "./shapes.ts";
import { logLevel, restartPolicy } from "./words.ts";

/**
 * Every way to write something that is read besides the canonical one: spellings of other tools and of
 * older files. `rewrite.ts` applies the rows in order before validation, `aac fmt --fix` writes the same
 * into the file, and the editor schema is made from them.
 */
export interface Spelling {
  /** Where it is written; `[]` is each item of a list. */
  readonly path: string;
  /** What to write instead, as one line for people. Empty: a free choice, no warning. */
  readonly says: string;
  readonly how: How;
  /** What the editor schema accepts there besides. */
  readonly editor: Readonly<Record<string, unknown>>;
  /** A `spec`, or parts of a whole file, that shows it. */
  readonly example: Readonly<Record<string, unknown>>;
}

export type How =
  /** Stands elsewhere; a map is merged into a map that is already there. */
  | { readonly move: string }
  /** Other words for the same values. */
  | { readonly words: Readonly<Record<string, string>> }
  /** Another shape of the same value; undefined where it is canonical already. Text says what is wrong. */
  | { readonly reshape: (node: Node) => Node | string | undefined }
  /** Touches more than one place. True where it changed something; text says what is wrong. */
  | { readonly rework: (parent: MapNode, tools: Tools) => boolean | string }
  /** Described somewhere, carried out nowhere. */
  | { readonly dead: true };

export interface Tools {
  remove(map: MapNode, key: string): void;
  /** Sets a value at a path from the root, making maps on the way. */
  put(path: string, value: Node): void;
  get(path: string): Node | undefined;
  /** Something that has no place here: said, and left out. */
  lost(entry: Entry, why: string): void;
}

const any = {};
const text = { type: "string" };
const number = { type: "number" };
const flag = { type: "boolean" };
const object = { type: "object" };

function below(path: string, value: unknown): Record<string, unknown> {
  return path.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Record<
    string,
    unknown
  >;
}

const move = (path: string, to: string, editor: Spelling["editor"], value: unknown): Spelling => ({
  path: `spec.${path}`,
  says: `write \`spec.${to}\``,
  how: { move: `spec.${to}` },
  editor,
  example: { spec: below(path, value) },
});

const inSpec = (
  path: string,
  says: string,
  how: How,
  editor: Spelling["editor"],
  value: unknown,
): Spelling => ({
  path: `spec.${path}`,
  says,
  how,
  editor,
  example: { spec: below(path.replaceAll(/\.\[\].*/g, ""), value) },
});

/** A choice of shape that the format itself offers: rewritten without a word. */
const free = (
  path: string,
  reshape: (node: Node) => Node | undefined,
  editor: Spelling["editor"],
  value: unknown,
): Spelling => inSpec(path, "", { reshape }, editor, value);

const amounts = [
  "limits.cpu",
  "limits.memory",
  "limits.ephemeral-storage",
  "requests.cpu",
  "requests.memory",
  "requests.ephemeral-storage",
];

export const SPELLINGS: readonly Spelling[] = [
  {
    path: "apiVersion",
    says: "write `agent.dev/v1`",
    how: { words: { "agent.as.code/v1": "agent.dev/v1" } },
    editor: { const: "agent.as.code/v1" },
    example: { apiVersion: "agent.as.code/v1" },
  },
  move("healthcheck", "healthCheck", object, { path: "/health" }),
  move("replicas", "scaling.replicas", { type: "integer", minimum: 0 }, 2),
  move("scaling.min", "scaling.minReplicas", { type: "integer", minimum: 0 }, 1),
  move("scaling.max", "scaling.maxReplicas", { type: "integer", minimum: 1 }, 5),
  move(
    "scaling.targetCPUUtilizationPercentage",
    "autoscaling.targetCPUUtilizationPercentage",
    { type: "integer" },
    70,
  ),
  move(
    "scaling.targetMemoryUtilizationPercentage",
    "autoscaling.targetMemoryUtilizationPercentage",
    { type: "integer" },
    80,
  ),
  move("scaling.vertical", "autoscaling.vertical", object, { enabled: true }),
  move("deployment.replicas", "scaling.replicas", { type: "integer", minimum: 0 }, 2),
  move("deployment", "update", object, { strategy: "RollingUpdate", maxSurge: 1 }),
  inSpec(
    "update.strategy",
    "write `rolling` or `recreate`",
    { words: { RollingUpdate: "rolling", Rolling: "rolling", Recreate: "recreate" } },
    { enum: ["RollingUpdate", "Rolling", "Recreate"] },
    "RollingUpdate",
  ),
  move("monitoring.prometheus", "observability.metrics.enabled", flag, true),
  move("monitoring.metrics", "observability.metrics", object, { prometheus: true, scrape_interval: "15s" }),
  move("monitoring.logging", "logging", object, { level: "INFO" }),
  move("monitoring.tracing", "observability.tracing", object, { enabled: true, sampling_rate: 0.1 }),
  move("monitoring", "observability.metrics", object, { enabled: true, port: 9090 }),
  move("tracing", "observability.tracing", object, { enabled: true, provider: "jaeger" }),
  move("metrics", "observability.metrics", object, { enabled: true }),
  move("observability.metrics.prometheus", "observability.metrics.enabled", flag, true),
  move("observability.metrics.scrape_interval", "observability.metrics.interval", text, "15s"),
  move("observability.tracing.sampling_rate", "observability.tracing.samplingRate", number, 0.5),
  move("build.base_image", "build.baseImage", text, "python:3.12-slim"),
  move("security.securityContext", "security", object, { runAsUser: 1000 }),
  move("securityContext", "security", object, { runAsUser: 1000 }),
  inSpec(
    "security.runAsNonRoot",
    "write `runAsUser: 1000`; nothing runs as root unless it is written",
    { rework: runAsNonRoot },
    flag,
    true,
  ),
  inSpec(
    "network.egress",
    "write `spec.network.security.allowedHosts`",
    { rework: egress },
    { type: "array", items: any },
    [{ to: ["api.example.org"], ports: [443] }],
  ),
  inSpec("network.ingress", "write `spec.ports`", { rework: ingress }, { type: "array", items: any }, [
    { port: 8080 },
  ]),
  ...["ports", "network.ports"].flatMap((path): Spelling[] => [
    inSpec(
      path,
      "write each port as an entry of its own",
      { reshape: portList },
      { type: ["string", "integer"] },
      "8080:80,9090",
    ),
    inSpec(
      `${path}.[]`,
      "write `- container: 80` and, for another port outside, `host: 8080`",
      { reshape: port },
      { type: ["string", "integer"] },
      ["8080:80/tcp", 9090],
    ),
    inSpec(
      `${path}.[].protocol`,
      "write `tcp` or `udp`",
      { words: { TCP: "tcp", UDP: "udp" } },
      { enum: ["TCP", "UDP"] },
      [{ container: 80, protocol: "TCP" }],
    ),
  ]),
  inSpec(
    "volumes.[]",
    "write `source`, `target` and, where it holds, `readOnly: true`",
    { reshape: volume },
    text,
    ["./data:/data:ro", "/cache"],
  ),
  free("volumes.[].size", scalarText, number, [{ target: "/data", source: "data", size: 1073741824 }]),
  inSpec(
    "volumes.[].type",
    "write `tmpfs` or `configmap`",
    { words: { temporary: "tmpfs", config: "configmap", configMap: "configmap" } },
    { enum: ["temporary", "config", "configMap"] },
    [{ target: "/scratch", type: "temporary" }],
  ),
  inSpec(
    "environment",
    "write a list: `- name: KEY` with `value: text`",
    { reshape: environmentMap },
    { type: "object", additionalProperties: { type: ["string", "number", "boolean", "null", "object"] } },
    { LOG_LEVEL: "INFO", PAGES: 120 },
  ),
  free(
    "environment.[]",
    environmentValue,
    {
      type: "object",
      required: ["name"],
      properties: { name: text, value: { type: ["number", "boolean", "null"] } },
    },
    [{ name: "PAGES", value: 120 }],
  ),
  free("dependsOn", dependencies, { type: "array", items: text }, ["redis"]),
  free("healthCheck.command", healthCommand, { type: "array", items: text }, [
    "CMD",
    "test",
    "-f",
    "/tmp/ok",
  ]),
  ...amounts.map((path) =>
    free(`resources.${path}`, scalarText, number, path.endsWith("cpu") ? 0.5 : 268435456),
  ),
  ...["autoscaling.vertical.minCPU", "autoscaling.vertical.maxCPU"].map((path) =>
    free(path, scalarText, number, 2),
  ),
  ...[
    "autoscaling.vertical.minMemory",
    "autoscaling.vertical.maxMemory",
    "logging.maxSize",
    "resources.limits.io.read",
    "resources.limits.io.write",
  ].map((path) => free(path, scalarText, number, 268435456)),
  ...["args", "command", "capabilities", "dependencies"].map((path) =>
    free(`${path}.[]`, scalarText, { type: ["number", "boolean"] }, [8080]),
  ),
  {
    path: "metadata.tags.[]",
    says: "",
    how: { reshape: scalarText },
    editor: { type: ["number", "boolean"] },
    example: { metadata: { name: "tagged", tags: [2024] } },
  },
  inSpec(
    "supervision.restart",
    "write `always`, `on-failure`, `unless-stopped` or `no`",
    { words: restartPolicy },
    { enum: Object.keys(restartPolicy) },
    "OnFailure",
  ),
  inSpec(
    "logging.level",
    "write the level in small letters",
    { words: logLevel },
    { enum: Object.keys(logLevel) },
    "INFO",
  ),
  ...[...DEAD].map((path) =>
    inSpec(
      path.slice("spec.".length),
      "nothing carries this block out, here or elsewhere; as a note it can stand under `spec.config`",
      { dead: true },
      any,
      { enabled: true },
    ),
  ),
];
