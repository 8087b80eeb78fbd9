import { canonicalJson } from "../../../src/base/canonical.ts";
import { Secret } from "../../../src/base/secret.ts";
import { ok, type Result } from "../../../src/base/result.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import type { Preflight } from "../../../src/model/target.ts";
import { askedIn, isTable, type Labels, tableIn } from "../labels.ts";
import type { Container } from "../live/look.ts";

/**
 * On a container: digests of values as they were handed over, for those that are compared by another text. Without it
 * nobody could tell later whether the value in the container is still that one.
 */
const GIVEN = "agent.dev/given";

export interface HandedOver {
  readonly values: Readonly<Record<string, string>>;
  /** As they are compared: of what is handed over, not of what was there when the plan was made. */
  readonly digests: Readonly<Record<string, string | null>>;
  readonly labels: Labels;
}

export function handOver(
  agent: string,
  variables: readonly string[],
  find: Preflight["secret"],
  keyed: (text: string) => string | undefined,
): Result<HandedOver, Diagnostic> {
  const values: Record<string, string> = {};
  const digests: Record<string, string | null> = {};
  const given: Record<string, string> = {};
  for (const variable of variables) {
    const found = find(agent, variable);
    if (!found.ok) return found;
    const value = found.value.value.reveal();
    const compared = (found.value.compared ?? found.value.value).reveal();
    values[variable] = value;
    digests[variable] = keyed(compared) ?? null;
    const digest = keyed(value);
    if (value !== compared && digest !== undefined) given[variable] = digest;
  }
  const labels = Object.keys(given).length === 0 ? {} : { [GIVEN]: canonicalJson(given) };
  return ok({ values, digests, labels });
}

export interface Asked {
  readonly names: readonly string[];
  readonly asked: { readonly secrets: Readonly<Record<string, string | null>> } | undefined;
  readonly keyed: (text: string) => string | undefined;
}

/** What stands for the values that a container really has; null where nobody can tell. */
export function liveSecrets(
  variables: ReadonlyMap<string, string>,
  labels: Labels,
  { names, asked, keyed }: Asked,
): Readonly<Record<string, string | null>> {
  const given = tableIn(labels[GIVEN]) ?? {};
  return Object.fromEntries(
    names.flatMap((name): [string, string | null][] => {
      const value = variables.get(name);
      if (value === undefined) return [];
      const digest = keyed(value) ?? null;
      const handed = given[name];
      if (typeof handed !== "string" || digest === null) return [[name, digest]];
      if (handed === digest) return [[name, asked?.secrets[name] ?? null]];
      return [[name, keyOf(handed) === keyOf(digest) ? digest : null]];
    }),
  );
}

const keyOf = (digest: string): string => digest.slice(0, digest.indexOf(":"));

/** Values that containers hold of what was asked for as secret. */
export function secretsIn(containers: readonly Container[]): readonly Secret[] {
  return containers.flatMap(({ Config: { Env, Labels } }) => {
    const names = secretNames(Labels);
    return (Env ?? []).flatMap((line) => {
      const at = line.indexOf("=");
      const value = line.slice(at + 1);
      return names.includes(line.slice(0, at)) && value !== "" ? [new Secret(value)] : [];
    });
  });
}

export function secretNames(labels: Labels): readonly string[] {
  const secrets = askedIn(labels)?.["secrets"];
  return isTable(secrets) ? Object.keys(secrets) : [];
}
