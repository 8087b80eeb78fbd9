import { byCodeUnit, type Json } from "../../../src/base/canonical.ts";
import { redactor } from "../../../src/base/redact.ts";
import { Secret } from "../../../src/base/secret.ts";
import { isKnownKey, judgeLiteral, looksSecret, secretInQuery } from "../../../src/base/secret-words.ts";
import type { AgentStatus } from "../../../src/model/operates.ts";
import type { Fields, Hold } from "../../../src/model/resource.ts";
import { isTable } from "../labels.ts";
import type { Live } from "../live/lives.ts";
import type { Container } from "../live/look.ts";
import { LABEL } from "../names.ts";
import { replicaOf } from "./status.ts";

const COVER = "(secret)";

/** Everything that is known of one agent: of the first replica at length, then what is different of each. No secret. */
export function inspection(
  lives: readonly [Live, ...Live[]],
  others: readonly Live[],
  statuses: readonly AgentStatus[],
  hold: Hold | undefined,
): Json {
  const [{ container, asked }] = lives;
  const { Config, HostConfig } = container;
  const labels = Config.Labels;
  const value = {
    agent: labels[LABEL.agent],
    replica: replicaOf(container),
    source: labels[LABEL.source],
    origin: labels[LABEL.origin],
    image: Config.Image,
    imageId: container.Image,
    command: [container.Path, ...container.Args],
    workingDirectory: Config.WorkingDir,
    user: Config.User,
    environment: covered(variablesIn(container), secretNames(asked)),
    secrets: Object.fromEntries([...(secretNames(asked) ?? [])].sort().map((name) => [name, COVER])),
    health: asked?.["health"],
    limits: asked?.["limits"],
    ports: asked?.["ports"],
    network: asked?.["network"],
    security: asked?.["security"],
    restart: asked?.["restart"],
    stop: asked?.["stop"],
    logging: asked?.["logging"],
    dependsOn: asked?.["dependsOn"],
    mounts: container.Mounts.map(({ Type, Name, Source, Destination, RW }) => ({
      type: Type,
      source: Name ?? Source,
      target: Destination,
      readOnly: !RW,
    })).sort((a, b) => byCodeUnit(a.target, b.target)),
    labels: ownLabels(labels),
    hold,
    status: statuses[0],
    container: containerOf(container),
    restartPolicy: HostConfig.RestartPolicy,
    replicas:
      lives.length < 2
        ? undefined
        : lives.map((live, i) => ({
            replica: replicaOf(live.container),
            status: statuses[i],
            container: containerOf(live.container),
          })),
    leftOver: others.length === 0 ? undefined : others.map(({ container }) => containerOf(container)),
  };
  const plain: Json = JSON.parse(JSON.stringify(value));
  return redacted(plain, redactor([...lives, ...others].flatMap(valuesOf)));
}

function containerOf({
  Id,
  Name,
  Created,
  State,
  RestartCount,
  NetworkSettings,
  HostConfig,
}: Container): object {
  return {
    id: Id,
    name: Name.replace(/^\//, ""),
    created: Created,
    state: State,
    restarts: RestartCount,
    logDriver: HostConfig.LogConfig?.Type,
    networks: Object.fromEntries(
      Object.entries(NetworkSettings.Networks)
        .sort(([a], [b]) => byCodeUnit(a, b))
        .map(([name, { IPAddress, Aliases }]) => [name, { address: IPAddress, aliases: Aliases }]),
    ),
  };
}

function variablesIn({ Config }: Container): ReadonlyMap<string, string> {
  const all: readonly string[] | null = Config.Env;
  return new Map(
    (all ?? []).map((one) => {
      const at = one.indexOf("=");
      return at < 0 ? [one, ""] : [one.slice(0, at), one.slice(at + 1)];
    }),
  );
}

/** Undefined where nobody knows any more which variables are secret. */
function secretNames(asked: Fields | undefined): ReadonlySet<string> | undefined {
  const secrets = asked?.["secrets"];
  return isTable(secrets) ? new Set(Object.keys(secrets)) : undefined;
}

function covered(
  variables: ReadonlyMap<string, string>,
  secrets: ReadonlySet<string> | undefined,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...variables]
      .sort(([a], [b]) => byCodeUnit(a, b))
      .map(([name, value]) => {
        const isSecret =
          secrets === undefined || secrets.has(name) || looksSecret(name) || isSecretText(value);
        return [name, isSecret ? COVER : value];
      }),
  );
}

const isSecretText = (value: string): boolean => isKnownKey(value) || secretInQuery(value) !== undefined;

/** What an author wrote; ours are told in other words. */
function ownLabels(labels: Container["Config"]["Labels"]): Readonly<Record<string, string>> {
  const ours = new Set<string>(Object.values(LABEL));
  return covered(new Map(Object.entries(labels).filter(([name]) => !ours.has(name))), new Set());
}

/** Values that stand nowhere else either, such as in the last answer of a check. */
function valuesOf({ container, asked }: Live): readonly Secret[] {
  const names = secretNames(asked);
  return [...variablesIn(container)].flatMap(([name, value]) => {
    const isReal = looksSecret(name) && judgeLiteral(value) === "real";
    return names?.has(name) === true || isReal || isKnownKey(value) ? [new Secret(value)] : [];
  });
}

function redacted(value: Json, redact: (text: string) => string): Json {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map((one: Json) => redacted(one, redact));
  if (!isTable(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, one === undefined ? one : redacted(one, redact)]),
  );
}
