import { canonicalJson, type Json } from "../../base/canonical.ts";
import { looksSecret } from "../../base/secret-words.ts";
import type { ModelIr, SecretValue, Value } from "../../model/ir.ts";
import { present, type Reader } from "../reader.ts";

type Entries = (readonly [string, Value])[];

const text = (value: string, by: NonNullable<Value["by"]>): Value => ({ is: "text", text: value, by });
const BASE_URL = ["base_url", "baseUrl", "endpoint", "api_base", "ollama_host"];

/** The model as it may be written down: without the keys that open it. */
export function model(reader: Reader): ModelIr | undefined {
  const written = reader.spec.model;
  return written === undefined
    ? undefined
    : { provider: written.provider, name: written.name, config: openConfig(written.config) };
}

export function models(reader: Reader): readonly (ModelIr & { readonly use?: string })[] {
  return (reader.spec.models ?? []).map((one) => ({
    provider: one.provider,
    name: one.name,
    config: (one.config ?? {}) as Json,
    ...present("use", one.use),
  }));
}

/** The first key that looks secret opens the model; a rule refuses substitutions under further ones. */
function openConfig(config: Readonly<Record<string, unknown>> | undefined): Json {
  const opener = Object.keys(config ?? {}).find(looksSecret);
  const open = Object.entries(config ?? {}).filter(
    ([key, value]) => !(key === opener && typeof value === "string"),
  );
  return Object.fromEntries(open) as Json;
}

export function modelVariables(reader: Reader): Entries {
  const found = model(reader);
  const several = models(reader);
  const entries: Entries = [];
  if (several.length > 0)
    entries.push(["AAC_MODELS", text(canonicalJson(several as unknown as Json), "model")]);
  if (found === undefined) return entries;
  const url = BASE_URL.map((key) => (found.config as Record<string, Json>)[key]).find(
    (value) => typeof value === "string",
  );
  entries.push(
    ["AAC_MODEL_PROVIDER", text(found.provider, "model")],
    ["AAC_MODEL_NAME", text(found.name, "model")],
    ["AAC_MODEL_CONFIG", text(canonicalJson(found.config), "model")],
    ["MODEL_PROVIDER", text(found.provider, "model")],
    ["MODEL_NAME", text(found.name, "model")],
  );
  if (typeof url === "string") {
    entries.push(["MODEL_BASE_URL", text(url, "model")]);
    if (/^(?:local|ollama)$/i.test(found.provider)) entries.push(["OLLAMA_BASE_URL", text(url, "model")]);
  }
  const secret = Object.keys(reader.spec.model?.config ?? {}).find(looksSecret);
  const written = secret === undefined ? undefined : reader.spec.model?.config?.[secret];
  if (secret !== undefined && typeof written === "string") {
    const held = reader.doc.held.get(`/spec/model/config/${secret}`);
    const value = secretFrom(
      "AAC_MODEL_API_KEY",
      written,
      held?.names ?? [],
      held?.whole ?? true,
      held?.optional ?? false,
    );
    entries.push(["AAC_MODEL_API_KEY", { ...value, by: "model" }]);
  }
  return entries;
}

export function capabilityVariables(reader: Reader): Entries {
  const list = reader.spec.capabilities ?? [];
  return list.length === 0 ? [] : [["AAC_CAPABILITIES", text(list.join(","), "capabilities")]];
}

export function loggingVariables(reader: Reader): Entries {
  const level = reader.spec.logging?.level;
  return level === undefined ? [] : [["LOG_LEVEL", text(level, "logging")]];
}

export function tracingVariables(reader: Reader): Entries {
  const tracing = reader.spec.observability?.tracing;
  if (tracing === undefined || tracing.enabled === false) return [];
  const entries: Entries = [["OTEL_SERVICE_NAME", text(reader.doc.value.metadata.name, "observability")]];
  if (tracing.endpoint !== undefined)
    entries.push(["OTEL_EXPORTER_OTLP_ENDPOINT", text(tracing.endpoint, "observability")]);
  if (tracing.samplingRate !== undefined) {
    entries.push(
      ["OTEL_TRACES_SAMPLER", text("parentbased_traceidratio", "observability")],
      ["OTEL_TRACES_SAMPLER_ARG", text(String(tracing.samplingRate), "observability")],
    );
  }
  return entries;
}

/** A reference to the secret that a text stands for, or to all those that it is made of. */
export function secretFrom(
  name: string,
  text: string,
  names: readonly string[],
  whole: boolean,
  optional: boolean,
): SecretValue {
  if (whole) return { is: "secret", key: names[0] ?? name, optional };
  return { is: "secret", key: name, optional, template: text };
}
