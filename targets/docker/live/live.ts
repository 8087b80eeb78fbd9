import type { Docker } from "../client.ts";
import { byCodeUnit, canonicalJson, type Json } from "../../../src/base/canonical.ts";
import type { Fields } from "../../../src/model/resource.ts";
import { healthCheckOf, isTold } from "../container/healthcheck.ts";
import { isAdopted } from "./adopted.ts";
import type { Container } from "./look.ts";
import { type Recipe, readRecipe, recipeOf } from "../container/recipe.ts";
import { liveSecrets } from "../container/secrets.ts";
import { type ContainerFields, containerFields } from "../shapes.ts";

export interface Known {
  readonly project: string;
  readonly root: string;
  /** What the last apply asked for, where that is still known. */
  readonly asked: Fields | undefined;
  readonly wanted: Fields | undefined;
  readonly keyed: (text: string) => string | undefined;
}

/**
 * A container in the shape of what is wanted. What nobody asked for does not show, and where the engine says the same
 * as a file in other words, the file's are taken.
 */
export function liveFields(container: Container, known: Known): Fields {
  const asked = containerIn(known.asked);
  const wanted = containerIn(known.wanted);
  const { Config: config } = container;
  const either = asked ?? wanted;
  const variables = variablesIn(config.Env);
  const isAsked = (key: "workingDir" | "user"): boolean =>
    asked?.[key] !== undefined || wanted?.[key] !== undefined;
  return {
    // What no engine shows is as it was asked for.
    ...(known.asked === undefined ? unasked(container, wanted) : onlyAsked(known.asked)),
    image: imageName(config.Image, asked ?? wanted),
    ...(wanted !== undefined && wanted.imageId === undefined ? {} : { imageId: container.Image }),
    entrypoint: (either?.entrypoint ?? null) === null ? null : wordsIn(config.Entrypoint),
    command: (either?.command ?? null) === null ? null : wordsIn(config.Cmd),
    ...(isAsked("workingDir") && config.WorkingDir !== "" ? { workingDir: config.WorkingDir } : {}),
    ...(isAsked("user") && config.User !== "" ? { user: config.User } : {}),
    environment: only(
      variables,
      [asked?.environment, wanted?.environment],
      // What was handed over in confidence is not shown because a file would have it plain by now.
      new Set(Object.keys(asked?.secrets ?? {})),
    ),
    secrets: liveSecrets(variables, config.Labels, {
      ...known,
      names: Object.keys((either ?? NONE).secrets),
      asked,
    }),
    ...sameWords(recipeIn(container), known, [wanted, asked]),
    labels: only(new Map(Object.entries(config.Labels ?? {})), [asked?.labels, wanted?.labels]),
    running: isUp(container, (either ?? NONE).restart.policy),
  };
}

/** One that was made again of the image that it had goes by that image's id: a name says more. */
export const imageName = (image: string, asked: Pick<ContainerFields, "image"> | undefined): string =>
  /^sha256:/.test(image) ? (asked?.image ?? image) : image;

const NONE = { secrets: {}, restart: { policy: "always" } } as const;

/** Nobody asked anything of it that is known: it is looked after as the file says where the engine was told the same. */
function unasked({ Config }: Container, wanted: ContainerFields | undefined): Fields {
  const { Labels, Healthcheck } = Config;
  if (wanted === undefined || !isAdopted(Labels)) return { health: {}, dependsOn: {} };
  const check = healthCheckOf(wanted.health);
  const isSame = check.is !== "inside" || isTold(check, Healthcheck);
  // What it waits for is no matter of a container's own.
  return { health: isSame ? { ...wanted.health } : {}, dependsOn: { ...wanted.dependsOn } };
}

const READ: ReadonlySet<string> = new Set(["imageId", "workingDir", "user"]);
const onlyAsked = (asked: Fields): Fields =>
  Object.fromEntries(Object.entries(asked).filter(([name]) => !READ.has(name)));

export function containerIn(fields: Fields | undefined): ContainerFields | undefined {
  return fields === undefined || typeof fields["image"] !== "string" || !("mounts" in fields)
    ? undefined
    : containerFields(fields);
}

/**
 * Stopped by hand or given up is down, and so is what ends again and again: an apply that finds it otherwise as the
 * files say has to wait for it, and to say why it does not come up.
 */
function isUp({ State: state, RestartCount }: Container, policy: string): boolean {
  if (state.Paused || state.Restarting) return false;
  // `unhealthy` says nothing here: an engine that asks seldom says it long after the agent is well again.
  if (state.Health?.Status === "starting" && RestartCount > 0) return false;
  if (state.Running) return true;
  return state.Status === "exited" && state.ExitCode === 0 && (policy === "no" || policy === "on-failure");
}

function recipeIn({ Id, Config, HostConfig, NetworkSettings }: Container): Recipe {
  const networks = Object.entries(NetworkSettings.Networks ?? {}).map(([name, { Aliases }]) => {
    const aliases: readonly unknown[] = Array.isArray(Aliases) ? Aliases : [];
    // Each engine adds a short form of the id; it is no name that somebody gave.
    return [name, aliases.map(String).filter((one) => one !== Id.slice(0, 12))] as const;
  });
  const config: Docker.ContainerCreateOptions = Config;
  return { config, host: HostConfig, networks: Object.fromEntries(networks) };
}

function sameWords(
  live: Recipe,
  { project, root }: Known,
  files: readonly (ContainerFields | undefined)[],
): Fields {
  const read = new Map<string, Json>(Object.entries(asJson(readRecipe(live, { project, root }))));
  for (const fields of files) {
    if (fields === undefined) continue;
    const recipe = recipeOf(fields, { project, root, config: "", secrets: {} });
    const own = Object.entries(asJson(readRecipe(recipe, { project, root })));
    const words = new Map<string, Json>(Object.entries(asJson(fields)));
    for (const [name, value] of own)
      if (canonicalJson(value) === canonicalJson(read.get(name) ?? null))
        read.set(name, words.get(name) ?? null);
  }
  return Object.fromEntries(read);
}

/** Fields of ours are plain JSON; the compiler cannot see that of an interface. */
const asJson = (fields: object): Readonly<Record<string, Json>> => fields as Readonly<Record<string, Json>>;

function only(
  live: ReadonlyMap<string, string>,
  asked: readonly (Readonly<Record<string, string>> | undefined)[],
  without: ReadonlySet<string> = new Set(),
): Readonly<Record<string, string>> {
  const names = new Set(asked.flatMap((one) => Object.keys(one ?? {})));
  return Object.fromEntries(
    [...names].sort(byCodeUnit).flatMap((name) => {
      const value = live.get(name);
      return value === undefined || without.has(name) ? [] : [[name, value]];
    }),
  );
}

function variablesIn(environment: readonly string[] | null): ReadonlyMap<string, string> {
  return new Map(
    (environment ?? []).map((line) => {
      const at = line.indexOf("=");
      return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

function wordsIn(value: string | readonly string[] | null | undefined): readonly string[] | null {
  if (value === null || value === undefined) return null;
  return typeof value === "string" ? [value] : value;
}
