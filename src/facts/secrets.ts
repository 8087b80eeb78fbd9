import { looksSecret, isKnownKey, passwordInUrl, secretInQuery } from "../base/secret-words.ts";
import { assertNever } from "../base/assert-never.ts";
import { err, ok, type Result } from "../base/result.ts";
import { Secret } from "../base/secret.ts";
import type { SecretFact, SecretPlace } from "../model/facts.ts";
import type { AgentIr, SecretSource, SecretValue, Value } from "../model/ir.ts";
import {
  type EnvFiles,
  envFiles,
  fileText,
  type Found,
  type Outside,
  privateText,
  variable,
} from "./outside.ts";
import { fillTemplate, type Late } from "./template.ts";

/** Where the value of one variable comes from. */
export type Source =
  | { readonly of: "entry"; readonly value: Value }
  | { readonly of: "secret"; readonly source: SecretSource }
  | { readonly of: "env file"; readonly text: string };

/**
 * Every variable of an agent whose text may come from outside its file. The author's entries come first, then
 * `secrets`, then env files; what the tool itself would add gives way to all of them.
 */
export function sourcesOf(agent: AgentIr, env: EnvFiles): ReadonlyMap<string, Source> {
  const sources = new Map<string, Source>();
  for (const [name, value] of Object.entries(agent.environment))
    if (value.by === undefined) sources.set(name, { of: "entry", value });
  for (const source of Object.values(agent.secrets))
    if (!sources.has(source.variable)) sources.set(source.variable, { of: "secret", source });
  for (const [name, text] of env.values) if (!sources.has(name)) sources.set(name, { of: "env file", text });
  for (const [name, value] of Object.entries(agent.environment))
    if (!sources.has(name)) sources.set(name, { of: "entry", value });
  return sources;
}

/** The text behind a variable; undefined where it stands in the file, or is known only when the agent starts. */
export function textBehind(
  outside: Outside,
  agent: AgentIr,
  name: string,
  source: Source,
  late: Late,
): Found | undefined {
  switch (source.of) {
    case "secret":
      return ofSource(outside, agent, source.source);
    case "env file":
      // Not the file as its place: that would say that all of it is the value.
      return { is: "found", text: source.text, place: { from: "variable", name } };
    case "entry":
      return ofValue(outside, agent, name, source.value, late);
    default:
      return assertNever(source);
  }
}

function ofValue(
  outside: Outside,
  agent: AgentIr,
  name: string,
  value: Value,
  late: Late,
): Found | undefined {
  switch (value.is) {
    case "secret":
      return ofSecret(outside, agent, name, value, late);
    case "file":
      return fileText(outside, value.path);
    case "configmap":
      return fileText(outside, `.aac/config/${value.map}/${value.key}`);
    case "caller": {
      const found = variable(outside, agent, value.variable);
      // An empty secret is one that nobody set; an empty default says that empty is meant.
      const empty = found.is === "found" && found.text === "";
      const taken = empty && looksSecret(value.variable) ? nothing(value.variable, true) : found;
      if ((taken.is === "nothing" || empty) && value.default !== undefined)
        return { is: "found", text: value.default, place: { from: "variable", name: value.variable } };
      return taken;
    }
    case "text":
    case "config":
    case "service":
    case "late":
      return undefined;
    default:
      return assertNever(value);
  }
}

function ofSecret(outside: Outside, agent: AgentIr, name: string, value: SecretValue, late: Late): Found {
  if (value.template !== undefined) {
    return fillTemplate(agent, value.template, late, (key) => bare(outside, agent, key, key));
  }
  return value.name === undefined
    ? bare(outside, agent, value.key, name)
    : named(outside, agent, value.name, value.key);
}

/** Without a name of a secret: what `secrets` says of it, else a variable. */
function bare(outside: Outside, agent: AgentIr, key: string, name: string): Found {
  const source = declared(agent, key);
  return source === undefined
    ? firstOf(variableNames(key, name).map((one) => () => filled(outside, agent, one)))
    : ofSource(outside, agent, source);
}

/** What `secrets` says of a key: by the name there, else by the variable that it gives. */
function declared(agent: AgentIr, key: string): SecretSource | undefined {
  return Object.hasOwn(agent.secrets, key)
    ? agent.secrets[key]
    : Object.values(agent.secrets).find((one) => one.variable === key);
}

function ofSource(outside: Outside, agent: AgentIr, source: SecretSource): Found {
  switch (source.from) {
    case "env":
      return filled(outside, agent, source.envKey);
    case "file":
      return fileText(outside, source.path);
    case "kubernetes-secret":
      return named(outside, agent, source.name, source.key);
    case "docker-secret":
      return {
        is: "nothing",
        looked: [
          `\`from: docker-secret\` works in a swarm alone: write \`from: file\` with the path of \`${source.name}\`, or \`from: env\``,
        ],
      };
    case "default":
      return source.name === undefined
        ? firstOf(variableNames(source.key, source.variable).map((one) => () => filled(outside, agent, one)))
        : named(outside, agent, source.name, source.key);
    default:
      return assertNever(source);
  }
}

/** A key of a named secret: a private file of the project, else a variable called after both. */
function named(outside: Outside, agent: AgentIr, name: string, key: string): Found {
  return firstOf([
    () => privateText(outside, `.aac/secrets/${name}/${key}`),
    () => filled(outside, agent, inCapitals(`${name}_${key}`)),
  ]);
}

/** An empty variable is how a missing secret looks in many a pipeline. */
function filled(outside: Outside, agent: AgentIr, name: string): Found {
  const found = variable(outside, agent, name);
  return found.is === "found" && found.text === "" ? nothing(name, true) : found;
}

const nothing = (name: string, empty: boolean): Found => ({
  is: "nothing",
  looked: [`variable ${name}${empty ? " (set, but empty)" : ""}`],
});

function firstOf(places: readonly (() => Found)[]): Found {
  const looked: string[] = [];
  for (const place of places) {
    const found = place();
    if (found.is !== "nothing") return found;
    looked.push(...found.looked);
  }
  return { is: "nothing", looked };
}

/** A key in capitals is the name of a variable; any other may be one, and then so is what the agent calls it. */
function variableNames(key: string, name: string): readonly string[] {
  if (/^[A-Z_][A-Z0-9_]*$/.test(key)) return [key];
  const own = /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? key : inCapitals(key);
  return [...new Set([own, name])];
}

function inCapitals(text: string): string {
  return text
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, "_")
    .replace(/^(?=\d)/, "_");
}

/**
 * Whether a text is a secret. Beside what its author says, names and the text itself tell: a variable of the
 * caller called DATABASE_URL is plain until a password stands in it.
 */
export function isSecret(name: string, source: Source, text: string | undefined): boolean {
  if (source.of === "secret") return true;
  const value = source.of === "entry" ? source.value : undefined;
  if (value?.is === "secret" || value?.is === "file") return true;
  if (value?.is !== "configmap" && looksSecret(name)) return true;
  if (value?.is === "caller" && looksSecret(value.variable)) return true;
  return text !== undefined && looksLikeSecretText(text);
}

function looksLikeSecretText(text: string): boolean {
  return isKnownKey(text) || passwordInUrl(text) !== undefined || secretInQuery(text) !== undefined;
}

export function isOptional(agent: AgentIr, source: Source): boolean {
  if (source.of === "secret") return source.source.optional;
  if (source.of === "env file") return false;
  const { value } = source;
  if (value.is === "text" || value.is === "late") return false;
  if (value.optional) return true;
  if (value.is !== "secret" || value.name !== undefined || value.template !== undefined) return false;
  return declared(agent, value.key)?.optional === true;
}

export function secretFact(
  found: Found,
  optional: boolean,
  keyed: (text: string) => string | undefined,
): SecretFact {
  switch (found.is) {
    case "found": {
      const digest = keyed(found.text);
      return { is: "known", ...(digest === undefined ? {} : { digest }), origin: found.place };
    }
    case "nothing":
      return optional ? { is: "absent", optional: true } : { is: "missing", looked: found.looked };
    case "refused":
      return { is: "missing", looked: [found.why] };
    default:
      return assertNever(found);
  }
}

export interface ResolveRequest extends Outside {
  readonly agent: AgentIr;
  /** The variable by which the agent gets it. */
  readonly variable: string;
  /** Addresses of services, where a secret is made of one too. */
  readonly late?: Late;
}

/** The value of a secret, for whoever hands it to the agent. */
export function resolveSecret(
  request: ResolveRequest,
): Result<{ readonly value: Secret; readonly origin: SecretPlace }, { readonly looked: readonly string[] }> {
  const { agent, variable: name, late = () => undefined } = request;
  const source = sourcesOf(agent, envFiles(request, agent)).get(name);
  const found = source === undefined ? undefined : textBehind(request, agent, name, source, late);
  if (found === undefined) return err({ looked: [`\`${name}\` is no secret of \`${agent.name}\``] });
  if (found.is === "found") return ok({ value: new Secret(found.text), origin: found.place });
  return err({ looked: found.is === "refused" ? [found.why] : found.looked });
}
