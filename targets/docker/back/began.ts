import { ok, type Result } from "../../../src/base/result.ts";
import { Secret } from "../../../src/base/secret.ts";
import type { Hold, Id, Observed, Resource } from "../../../src/model/resource.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import type { FoundSecret, Preflight } from "../../../src/model/target.ts";
import { secretNames } from "../container/secrets.ts";
import type { Container, Look, Volume } from "../live/look.ts";
import { CONFIG_FOLDER } from "../names.ts";
import { holdsOf } from "../verbs/holds.ts";
import { containerFields } from "../shapes.ts";

/** How things were when an apply began: what the way back from it leads to. */
export interface Began {
  /** The container of each place that counted, by its id there. */
  readonly counting: ReadonlyMap<Id, string>;
  readonly holds: ReadonlyMap<string, Hold>;
  /** Undefined where it was not there. */
  container(id: string): Promise<Container | undefined>;
}

export function beganWith(look: Look, objects: readonly Observed[]): Began {
  const counting = objects.filter(({ kind, leftOver }) => kind === "container" && leftOver !== true);
  return {
    counting: new Map(counting.map(({ id, identity }) => [id, identity])),
    holds: holdsOf(look.volumes),
    async container(id) {
      if (!look.containers.some(({ Id }) => Id === id)) return undefined;
      return (await look.inspect([id]))[0];
    },
  };
}

/** The volume with its configuration, as far as it is there. */
export function configOfFormer(
  former: Container | undefined,
  volumes: readonly Volume[],
): string | undefined {
  const mount = former?.HostConfig.Mounts?.find(({ Target }) => Target === CONFIG_FOLDER);
  return volumes.find(({ Name }) => Name === mount?.Source)?.Name;
}

/**
 * What the former container was told in confidence, where nobody could say that by now: its variables hold it. Only a
 * value that is the one that is wanted again is taken from there.
 */
export function secretOfFormer(
  former: Container | undefined,
  resource: Resource,
  secret: Preflight["secret"],
  keyed: (text: string) => string | undefined,
): Preflight["secret"] {
  if (resource.was === undefined || former === undefined) return secret;
  const wanted = containerFields(resource.fields).secrets;
  const values = secretsOf(former);
  return (agent, variable): Result<FoundSecret, Diagnostic> => {
    const found = secret(agent, variable);
    const digest = wanted[variable];
    const isIt = (value: Secret): boolean => typeof digest === "string" && keyed(value.reveal()) === digest;
    if (found.ok && isIt(found.value.compared ?? found.value.value)) return found;
    const value = values.get(variable);
    return value !== undefined && isIt(value)
      ? ok({ value, origin: { from: "variable", name: variable } })
      : found;
  };
}

function secretsOf({ Config: { Env, Labels } }: Container): ReadonlyMap<string, Secret> {
  const names = new Set(secretNames(Labels));
  return new Map(
    (Env ?? []).flatMap((line) => {
      const at = line.indexOf("=");
      const name = line.slice(0, at);
      return names.has(name) ? [[name, new Secret(line.slice(at + 1))] as const] : [];
    }),
  );
}
