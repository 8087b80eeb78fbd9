import { byCodeUnit } from "../../../src/base/canonical.ts";
import type { AgentFacts } from "../../../src/model/facts.ts";
import type { AgentIr, SecretSource, Value } from "../../../src/model/ir.ts";
import { inCapitals } from "../../../src/wanted/variables.ts";

/** What stands in a file for a value that may not: a variable of whoever starts it, by the name that aac looks for. */
export interface StandIn {
  /** Null: the variable of the same name, where there is one. */
  readonly text: string | null;
  /** Where that is not quite what the agent file asks for. */
  readonly lost?: string;
}

/** A dollar sign begins a variable for compose; two are one. */
export const literal = (text: string): string => text.replaceAll("$", "$$$$");

/** By variable of the agent. Only from the files: no secret is looked for. */
export function standIns(
  agent: AgentIr,
  facts: AgentFacts,
  environment: Readonly<Record<string, string>>,
): ReadonlyMap<string, StandIn> {
  const found = new Map<string, StandIn>();
  for (const [name, value] of Object.entries(agent.environment)) {
    const one = ofValue(agent, name, value, environment);
    if (one !== undefined) found.set(name, one);
  }
  for (const source of Object.values(agent.secrets)) {
    const written = agent.environment[source.variable];
    // What the tool adds by itself gives way to a secret; what the author wrote does not.
    if (written === undefined || written.by !== undefined)
      found.set(source.variable, ofSource(agent, source.variable, source));
  }
  // What the facts call secret by its name or its text: of the caller, or of an env file.
  for (const name of Object.keys(facts.secrets))
    if (!found.has(name)) found.set(name, ofCaller(agent, name, agent.environment[name]));
  return new Map([...found].sort(([a], [b]) => byCodeUnit(a, b)));
}

function ofValue(
  agent: AgentIr,
  name: string,
  value: Value,
  environment: Readonly<Record<string, string>>,
): StandIn | undefined {
  switch (value.is) {
    case "secret": {
      if (value.template !== undefined) return { text: filled(agent, value.template, environment) };
      if (value.name !== undefined)
        return required(agent, name, inCapitals(`${value.name}_${value.key}`), value.optional);
      const source = declared(agent, value.key);
      return source === undefined
        ? required(agent, name, variableName(value.key), value.optional)
        : ofSource(agent, name, source, value.optional);
    }
    case "configmap": {
      const variable = inCapitals(`${value.map}_${value.key}`);
      return {
        ...required(agent, name, variable, value.optional),
        lost: `whoever starts it gives ${variable}: compose has no config maps`,
      };
    }
    case "file":
      return ofFile(agent, name, value.path, value.optional);
    case "text":
    case "config":
    case "caller":
    case "service":
    case "late":
      return undefined;
  }
}

function ofSource(agent: AgentIr, name: string, source: SecretSource, optional = false): StandIn {
  const isOptional = optional || source.optional;
  switch (source.from) {
    case "env":
      return required(agent, name, source.envKey, isOptional);
    case "file":
      return ofFile(agent, name, source.path, isOptional);
    case "kubernetes-secret":
    case "docker-secret":
      return required(agent, name, inCapitals(`${source.name}_${source.key}`), isOptional);
    case "default":
      return source.name === undefined
        ? required(agent, name, variableName(source.key), isOptional)
        : required(agent, name, inCapitals(`${source.name}_${source.key}`), isOptional);
  }
}

function ofFile(agent: AgentIr, name: string, path: string, optional: boolean): StandIn {
  return {
    ...required(agent, name, name, optional),
    lost: `whoever starts it gives ${name}: compose makes no variable of ${path}`,
  };
}

/** A default stands in no file where a secret belongs, unless it is nothing at all. */
function ofCaller(agent: AgentIr, name: string, value: Value | undefined): StandIn {
  if (value?.is !== "caller") return required(agent, name, name, false);
  if (value.default === "") return { text: `\${${value.variable}:-}` };
  const made = required(agent, name, value.variable, value.optional);
  return value.default === undefined
    ? made
    : { ...made, lost: "its default is left out: it may be a secret" };
}

/** Compose stops with the message where nobody gives it. */
function required(agent: AgentIr, name: string, variable: string, optional: boolean): StandIn {
  if (!optional) return { text: asked(agent.name, variable) };
  if (name === variable) return { text: null };
  return { text: `\${${variable}:-}`, lost: `an empty text where nobody gives ${variable}` };
}

const asked = (agent: string, variable: string): string => `\${${variable}:?${agent} needs it}`;

/** A text with secrets in it, and with addresses, which are known. */
function filled(agent: AgentIr, template: string, environment: Readonly<Record<string, string>>): string {
  return template
    .split(/(\$\$|\$\{[A-Za-z_][A-Za-z0-9_]*\})/)
    .map((part) => {
      const name = /^\$\{(.*)\}$/.exec(part)?.[1];
      if (name === undefined) return part === "$$" ? part : literal(part);
      const address = environment[name];
      if (address !== undefined) return literal(address);
      const source = declared(agent, name);
      return source === undefined
        ? asked(agent.name, variableName(name))
        : (ofSource(agent, name, { ...source, optional: false }).text ?? "");
    })
    .join("");
}

/** What `secrets` says of a key: by the name there, else by the variable that it gives. */
function declared(agent: AgentIr, key: string): SecretSource | undefined {
  return Object.hasOwn(agent.secrets, key)
    ? agent.secrets[key]
    : Object.values(agent.secrets).find(({ variable }) => variable === key);
}

const variableName = (key: string): string =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? key : inCapitals(key).replace(/^(?=\d)/, "_");
