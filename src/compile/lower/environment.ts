import type { EnvironmentEntry, SecretEntry } from "../../model/document.gen.ts";
import type { SecretSource, Value } from "../../model/ir.ts";
import { present, type Reader, repeated, sortedMap } from "../reader.ts";
import { fromRoot } from "./program.ts";
import {
  capabilityVariables,
  loggingVariables,
  modelVariables,
  secretFrom,
  tracingVariables,
} from "./injected.ts";

/** The author's variables, then what the model, the logging level and the like add where no one wrote them. */
export function environment(reader: Reader): Readonly<Record<string, Value>> {
  const values = new Map<string, Value>();
  for (const [i, entry] of (reader.spec.environment ?? []).entries()) {
    if (values.has(entry.name)) {
      repeated(reader, "environment", i, `the variable \`${entry.name}\` is written twice`);
      continue;
    }
    values.set(entry.name, value(reader, entry, i));
  }
  const injected = [
    ...modelVariables(reader),
    ...capabilityVariables(reader),
    ...loggingVariables(reader),
    ...tracingVariables(reader),
  ];
  for (const [name, one] of injected) if (!values.has(name)) values.set(name, one);
  return sortedMap(values);
}

function value(reader: Reader, entry: EnvironmentEntry, i: number): Value {
  const optional = "optional" in entry && (entry.optional ?? false);
  if (!("from" in entry)) return written(reader, entry, i);
  switch (entry.from) {
    case "secret":
      return {
        is: "secret",
        ...present("name", entry.secretName),
        key: entry.secretKey ?? entry.name,
        optional,
      };
    case "configmap":
      return { is: "configmap", map: entry.configMapName, key: entry.configMapKey, optional };
    case "config":
      return { is: "config", key: entry.key ?? entry.name, optional };
    case "env":
      return {
        is: "caller",
        variable: entry.envKey ?? entry.name,
        ...present("default", entry.defaultValue),
        optional,
      };
    case "file":
      return { is: "file", path: fromRoot(reader, entry.path), optional };
    case "service":
      return {
        is: "service",
        service: entry.service,
        format: entry.format ?? "{scheme}://{host}:{port}",
        optional,
      };
  }
}

function written(reader: Reader, entry: { readonly name: string; readonly value: string }, i: number): Value {
  const held = reader.doc.held.get(`/spec/environment/${i}/value`);
  if (held?.why === "secret")
    return secretFrom(entry.name, entry.value, held.names, held.whole, held.optional);
  if (held?.why === "service") return { is: "late", template: entry.value };
  return { is: "text", text: entry.value };
}

export function secrets(reader: Reader): Readonly<Record<string, SecretSource>> {
  const found = new Map<string, SecretSource>();
  for (const [i, entry] of (reader.spec.secrets ?? []).entries()) {
    if (found.has(entry.name)) {
      repeated(reader, "secrets", i, `the secret \`${entry.name}\` is written twice`);
      continue;
    }
    found.set(entry.name, source(reader, entry));
  }
  return sortedMap(found);
}

function source(reader: Reader, entry: SecretEntry): SecretSource {
  const rest = { optional: entry.optional === true, variable: secretVariable(entry.name) };
  if (!("from" in entry)) {
    return {
      from: "default",
      ...present("name", entry.secretName),
      key: entry.secretKey ?? entry.name,
      ...rest,
    };
  }
  switch (entry.from) {
    case "env":
      return { from: "env", envKey: entry.envKey ?? secretVariable(entry.name), ...rest };
    case "file":
      return { from: "file", path: fromRoot(reader, entry.path), ...rest };
    case "kubernetes-secret":
      return {
        from: "kubernetes-secret",
        name: entry.secretName,
        key: entry.secretKey ?? entry.name,
        ...rest,
      };
    case "docker-secret":
      return { from: "docker-secret", name: entry.secretName ?? entry.name, key: entry.name, ...rest };
  }
}

/** `api-key` is no name of a variable: the agent finds it as `API_KEY`. */
function secretVariable(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
    ? name
    : name
        .toUpperCase()
        .replaceAll(/[^A-Z0-9_]/g, "_")
        .replace(/^(?=\d)/, "_");
}
