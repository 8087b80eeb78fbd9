import type { Json } from "../../base/canonical.ts";
import type { CheckedAgent } from "../../model/checked.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { AgentIr, Amounts, Hook } from "../../model/ir.ts";
import { amount, present, readerOf, type Reader, sortedMap, time } from "../reader.ts";
import { environment, secrets } from "./environment.ts";
import { health } from "./health.ts";
import { model, models } from "./injected.ts";
import { network, ports, services } from "./network.ts";
import { fromRoot, program, volumes } from "./program.ts";
import { scaling, updateStrategy } from "./scaling.ts";
import { supervision } from "./supervision.ts";

/** One checked file part to one agent: every default written out, every unit exact. */
export function lower(doc: CheckedAgent, diagnostics: Diagnostic[]): AgentIr {
  const reader = readerOf(doc, diagnostics);
  const { spec } = reader;
  const { metadata } = doc.value;
  const own = ports(reader);
  const scale = scaling(reader);
  return {
    name: metadata.name,
    source: { file: doc.path, document: doc.index },
    metadata: {
      ...present("version", metadata.version),
      ...present("description", metadata.description),
      ...present("author", metadata.author),
      tags: metadata.tags ?? [],
      labels: sortedMap(Object.entries(metadata.labels ?? {})),
      annotations: sortedMap(Object.entries(metadata.annotations ?? {})),
      ...present("renamedFrom", metadata.renamedFrom),
      protect: metadata.protect === true,
    },
    program: program(reader),
    dependencies: spec.dependencies ?? [],
    devDependencies: spec.dev_dependencies ?? [],
    ...present("model", model(reader)),
    models: models(reader),
    capabilities: spec.capabilities ?? [],
    ...present("capabilityConfig", spec.capability_config as Json | undefined),
    environment: environment(reader),
    envFile: (spec.envFile ?? []).map((path) => fromRoot(reader, path)),
    inheritEnv: (spec.inheritEnv ?? []).toSorted(),
    secrets: secrets(reader),
    ...present(
      "config",
      spec.config === undefined
        ? undefined
        : { value: spec.config as Json, reload: spec.configReload ?? "restart" },
    ),
    ports: own,
    volumes: volumes(reader),
    health: health(reader, own),
    resources: { limits: amounts(reader, "limits"), requests: amounts(reader, "requests") },
    network: network(reader),
    services: services(reader, own),
    dependsOn: sortedMap(
      Object.entries(spec.dependsOn ?? {}).map(
        ([name, one]) =>
          [name, { condition: one.condition ?? "started", restart: one.restart === true }] as const,
      ),
    ),
    scaling: scale,
    update: {
      strategy: spec.update?.strategy ?? updateStrategy(scale.replicas, own),
      ...present("maxSurge", spec.update?.maxSurge),
      ...present("maxUnavailable", spec.update?.maxUnavailable),
    },
    security: {
      ...present("runAsUser", spec.security?.runAsUser),
      ...present("runAsGroup", spec.security?.runAsGroup),
      readOnlyRootFilesystem: spec.security?.readOnlyRootFilesystem === true,
      ...present("noNewPrivileges", spec.security?.noNewPrivileges),
      capabilities: {
        drop: (spec.security?.capabilities?.drop ?? []).toSorted(),
        add: (spec.security?.capabilities?.add ?? []).toSorted(),
      },
      ...present("seccomp", seccomp(reader)),
      dangerous: (spec.security?.dangerous ?? []).toSorted(),
    },
    isolation: {
      level: spec.isolation?.level ?? "process",
      ...present("filesystem", spec.isolation?.filesystem),
      writable: spec.isolation?.writable ?? [],
      ...present("network", spec.isolation?.network),
      degraded: spec.isolation?.degraded ?? "refuse",
    },
    supervision: supervision(reader),
    lifecycle: {
      ...present("onStart", hook(reader, "onStart")),
      ...present("onStop", hook(reader, "onStop")),
      ...present("onError", hook(reader, "onError")),
    },
    priority: spec.priority ?? "normal",
    logging: {
      ...present("level", spec.logging?.level),
      ...present("format", spec.logging?.format),
      maxSize: amount(reader, ["spec", "logging", "maxSize"], spec.logging?.maxSize ?? "10MB", "bytes") ?? {
        value: 10_000_000,
        text: "10MB",
      },
      maxFiles: spec.logging?.maxFiles ?? 5,
      ...present("destination", spec.logging?.destination),
    },
    observability: observability(reader),
    overrides: sortedMap(
      Object.entries(spec.overrides ?? {}).map(([target, list]) => [target, list as never]),
    ),
    imagePullSecrets: (spec.imagePullSecrets ?? []).toSorted(),
    ...present("serviceAccount", spec.serviceAccount),
    code: { include: spec.code?.include ?? [], exclude: spec.code?.exclude ?? [] },
  };
}

function amounts(reader: Reader, kind: "limits" | "requests"): Amounts {
  const written = reader.spec.resources?.[kind];
  if (written === undefined) return {};
  const at = ["spec", "resources", kind];
  const shared = {
    ...present("cpu", amount(reader, [...at, "cpu"], written.cpu, "cpu")),
    ...present("memory", amount(reader, [...at, "memory"], written.memory, "bytes")),
    ...present(
      "ephemeral-storage",
      amount(reader, [...at, "ephemeral-storage"], written["ephemeral-storage"], "bytes"),
    ),
  };
  const limits = kind === "limits" ? reader.spec.resources?.limits : undefined;
  if (limits === undefined) return shared;
  const io = limits.io;
  return {
    ...shared,
    ...present("pids", limits.pids),
    ...present("files", limits.files),
    ...present("connections", limits.connections),
    ...present("gpu", limits.gpu),
    ...present(
      "io",
      io === undefined
        ? undefined
        : {
            ...present("read", amount(reader, [...at, "io", "read"], io.read, "bytes")),
            ...present("write", amount(reader, [...at, "io", "write"], io.write, "bytes")),
          },
    ),
  };
}

/** A word, or a file of the project. */
function seccomp(reader: Reader): string | undefined {
  const written = reader.spec.security?.seccomp;
  return written === undefined || written === "default" || written === "unconfined"
    ? written
    : fromRoot(reader, written);
}

function hook(reader: Reader, name: "onStart" | "onStop" | "onError"): Hook | undefined {
  const written = reader.spec.lifecycle?.[name];
  if (written === undefined) return undefined;
  return {
    command: written.command,
    timeout: time(reader, ["spec", "lifecycle", name, "timeout"], written.timeout, "10s"),
  };
}

function observability(reader: Reader): AgentIr["observability"] {
  const { metrics, tracing } = reader.spec.observability ?? {};
  return {
    ...present(
      "metrics",
      metrics === undefined
        ? undefined
        : {
            enabled: metrics.enabled !== false,
            ...present("port", metrics.port),
            path: metrics.path ?? "/metrics",
            interval: time(reader, ["spec", "observability", "metrics", "interval"], metrics.interval, "5s"),
          },
    ),
    ...present(
      "tracing",
      tracing === undefined
        ? undefined
        : {
            enabled: tracing.enabled !== false,
            ...present("provider", tracing.provider),
            ...present("endpoint", tracing.endpoint),
            ...present("samplingRate", tracing.samplingRate),
          },
    ),
  };
}
