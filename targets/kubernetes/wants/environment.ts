import { byCodeUnit } from "../../../src/base/canonical.ts";
import type { AgentFacts } from "../../../src/model/facts.ts";
import type { AgentIr, Ir, SecretSource, SecretValue, ServiceIr } from "../../../src/model/ir.ts";
import { toldPorts } from "../../../src/wanted/told-ports.ts";
import { inCapitals, variablesOf } from "../../../src/wanted/variables.ts";
import { CONFIG_PATH } from "../names.ts";
import type { KubernetesFacts } from "../shapes.ts";
import type { JsonMap } from "../manifest/shape.ts";

/** One key of an object of the cluster that a variable of an agent is made from. */
export interface Reference {
  readonly variable: string;
  readonly kind: "Secret" | "ConfigMap";
  readonly name: string;
  readonly key: string;
  readonly optional: boolean;
  /** The variable is a longer text, and this is a part of it by that name. */
  readonly part?: string;
}

/** Where a secret is looked for that has no name of its own. */
export const ownSecret = (agent: string): string => `${agent}-secrets`;

/**
 * All that an agent takes from Secrets and ConfigMaps by its variables, sorted. What this machine knows to be secret,
 * such as a password in an env file, is never written into an object: the cluster has to have it too.
 */
export function referencesOf(
  agent: AgentIr,
  facts: Pick<AgentFacts, "secrets" | "texts">,
): readonly Reference[] {
  const found = new Map<string, readonly Reference[]>();
  const own = (variable: string): Reference => ({
    variable,
    kind: "Secret",
    name: ownSecret(agent.name),
    key: variable,
    optional: false,
  });
  for (const [variable, value] of Object.entries(agent.environment)) {
    if (value.by !== undefined) continue;
    if (value.is === "secret") found.set(variable, ofSecret(agent, variable, value));
    if (value.is === "configmap") {
      const { map, key, optional } = value;
      found.set(variable, [{ variable, kind: "ConfigMap", name: map, key, optional }]);
    }
  }
  const isAuthors = (variable: string): boolean => {
    const value = agent.environment[variable];
    return value !== undefined && value.by === undefined;
  };
  for (const source of Object.values(agent.secrets)) {
    const { variable, optional } = source;
    if (isAuthors(variable) || found.has(variable)) continue;
    found.set(variable, [{ variable, kind: "Secret", ...placeOf(agent, source), optional }]);
  }
  for (const [variable, fact] of Object.entries(facts.secrets))
    if (fact.is !== "absent" && !found.has(variable)) found.set(variable, [own(variable)]);
  for (const [variable, value] of Object.entries(agent.environment)) {
    if (value.is !== "secret" || found.has(variable) || facts.texts[variable] !== undefined) continue;
    found.set(variable, ofSecret(agent, variable, value));
  }
  return [...found].sort(([a], [b]) => byCodeUnit(a, b)).flatMap(([, references]) => references);
}

function ofSecret(agent: AgentIr, variable: string, value: SecretValue): readonly Reference[] {
  const { key, optional, template } = value;
  if (template !== undefined)
    return partsIn(agent, template).map((part) => ({ ...bare(agent, variable, part, optional), part }));
  if (value.name !== undefined) return [{ variable, kind: "Secret", name: value.name, key, optional }];
  return [bare(agent, variable, key, optional)];
}

/** Without the name of a Secret it is what `secrets` says of that key, else a key of the agent's own. */
function bare(agent: AgentIr, variable: string, key: string, optional: boolean): Reference {
  const source = agent.secrets[key] ?? Object.values(agent.secrets).find((one) => one.variable === key);
  const place = source === undefined ? { name: ownSecret(agent.name), key } : placeOf(agent, source);
  return { variable, kind: "Secret", ...place, optional: optional || source?.optional === true };
}

function placeOf(agent: AgentIr, source: SecretSource): { readonly name: string; readonly key: string } {
  switch (source.from) {
    case "kubernetes-secret":
      return { name: source.name, key: source.key };
    case "default":
      return { name: source.name ?? ownSecret(agent.name), key: source.key };
    // These are refused beforehand; whoever looks all the same finds where the value has to be put.
    case "env":
    case "file":
    case "docker-secret":
      return { name: ownSecret(agent.name), key: source.variable };
  }
}

const PART = /\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

function partsIn(agent: AgentIr, template: string): readonly string[] {
  const names = [...template.matchAll(PART)].flatMap(([, name]) =>
    name === undefined || isAddress(agent, name) ? [] : [name],
  );
  return [...new Set(names)].sort(byCodeUnit);
}

function isAddress(agent: AgentIr, name: string): boolean {
  const stem = /^(.+)_(?:HOST|PORT|URL)$/.exec(name)?.[1];
  return Object.keys(agent.services).some((one) => inCapitals(one) === stem);
}

export interface Environment {
  /** By name, as a container has them. */
  readonly env: JsonMap;
  /** By variable: what stands for its secret; null where nobody can tell. */
  readonly secrets: Readonly<Record<string, string | null>>;
}

/** Every variable of an agent: its text, or where the kubelet finds it when the container starts. */
export function environmentOf(
  ir: Ir,
  agent: AgentIr,
  facts: AgentFacts,
  known: KubernetesFacts["secrets"] | undefined,
): Environment {
  const { environment } = variablesOf(ir, lookingFor(agent), facts, {
    host: ({ name }) => name,
    port: (_, key) => portNumber(key),
    own: [
      ...toldPorts(agent, portNumber),
      ...(agent.config === undefined ? [] : [["AAC_CONFIG", CONFIG_PATH] as const]),
    ],
  });
  const env = new Map<string, JsonMap>(
    Object.entries(environment).map(([name, text]) => [name, { value: asItIs(text) }]),
  );
  const secrets = new Map<string, string | null>();
  for (const [variable, references] of byVariable(agent, facts)) {
    env.delete(variable);
    const states = references.map((one) => stateOf(one, known));
    const template = references[0]?.part === undefined ? undefined : templateOf(agent, variable);
    // A text with a part that is not there would be no text of its author's.
    if (
      template !== undefined &&
      states.some((state, i) => state === "absent" && references[i]?.optional === true)
    )
      continue;
    for (const one of references) env.set(partName(one), { valueFrom: from(one) });
    if (template !== undefined) env.set(variable, { value: filled(agent, template, environment) });
    const told = references.flatMap((one, i) => (one.kind === "Secret" ? [states[i] ?? "absent"] : []));
    const isOptional = references.every((one) => one.optional);
    if (told.length === 0 || (isOptional && told.every((state) => state === "absent"))) continue;
    const digests = told.map((state) =>
      state === "absent" || state === "unknown" ? undefined : state.digest,
    );
    secrets.set(variable, digests.includes(undefined) ? null : digests.join("+"));
  }
  return { env: sorted(env), secrets: sorted(secrets) };
}

/**
 * What nobody of the project offers may be a Service of somebody else's, by that very name. Where a variable of it is
 * optional its author expects it to be missing.
 */
function lookingFor(agent: AgentIr): AgentIr {
  const expected = Object.values(agent.environment).flatMap((value) =>
    value.is === "service" && value.optional ? [value.service] : [],
  );
  const services = Object.entries(agent.services).map(([name, service]): [string, ServiceIr] => {
    const isNobodys = service.role === "used" && service.from === "nobody" && !expected.includes(name);
    return [name, isNobodys ? { ...service, from: "host", host: name } : service];
  });
  return { ...agent, services: Object.fromEntries(services) };
}

/** Of `8080/tcp`: a pod has an address of its own, so that every port is the one that is written. */
export const portNumber = (key: string): number => Number(key.split("/")[0]);

function byVariable(agent: AgentIr, facts: AgentFacts): ReadonlyMap<string, readonly Reference[]> {
  const found = new Map<string, readonly Reference[]>();
  for (const one of referencesOf(agent, facts))
    found.set(one.variable, [...(found.get(one.variable) ?? []), one]);
  return found;
}

type State = "absent" | "unknown" | { readonly digest: string };

function stateOf({ name, key }: Reference, known: KubernetesFacts["secrets"] | undefined): State {
  const digest = known === undefined ? null : known[`${name}/${key}`];
  if (digest === undefined) return "absent";
  return digest === null ? "unknown" : { digest };
}

const partName = ({ variable, part }: Reference): string =>
  part === undefined ? variable : `AAC_SECRET_${part}`;

function from({ kind, name, key, optional, part }: Reference): JsonMap {
  const ref = { name, key, ...(optional && part === undefined ? { optional: true } : {}) };
  return kind === "Secret" ? { secretKeyRef: ref } : { configMapKeyRef: ref };
}

function templateOf(agent: AgentIr, variable: string): string | undefined {
  const value = agent.environment[variable];
  return value?.is === "secret" ? value.template : undefined;
}

/** The kubelet puts the parts in, so that the whole stands in no object. */
function filled(agent: AgentIr, template: string, environment: Readonly<Record<string, string>>): string {
  let text = "";
  let end = 0;
  for (const match of template.matchAll(PART)) {
    const [whole, name] = match;
    text += doubled(template.slice(end, match.index));
    if (name === undefined) text += doubled("$");
    else text += isAddress(agent, name) ? doubled(environment[name] ?? "") : `$(AAC_SECRET_${name})`;
    end = match.index + whole.length;
  }
  return text + doubled(template.slice(end));
}

/** Beside a part that is put in, no dollar may be left to meet its bracket. */
const doubled = (text: string): string => text.replaceAll("$", "$$$$");

/** The kubelet reads `$(NAME)` and `$$` in texts, in those of a command and of a probe too. */
export const asItIs = (text: string): string => text.replaceAll(/\$(?=[$(])/g, "$$$$");

function sorted<T>(map: ReadonlyMap<string, T>): Readonly<Record<string, T>> {
  return Object.fromEntries([...map].sort(([a], [b]) => byCodeUnit(a, b)));
}
