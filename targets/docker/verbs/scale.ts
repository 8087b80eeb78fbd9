import { err, ok, type Result } from "../../../src/base/result.ts";
import { canonicalJson } from "../../../src/base/canonical.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import type { Decision, Outcome } from "../../../src/model/operates.ts";
import type { Failure } from "../../../src/model/target.ts";
import type { Docker } from "../client.ts";
import { takeDown } from "../container/containers.ts";
import { request } from "../container/request.ts";
import { asFailure, attempt, type Engine, failure, unless } from "../engine.ts";
import { digestOfFields } from "../labels.ts";
import type { Live } from "../live/lives.ts";
import { volumesOf } from "../live/look.ts";
import { containerName, LABEL } from "../names.ts";
import { decided } from "./held.ts";
import { replicaOf, whichCounts } from "./status.ts";
import { inWaves } from "./verbs.ts";

/**
 * More of the same, or fewer: one that comes is made as the first that is there, of its very image and with its very
 * variables. The file says another number, so the agent is held.
 */
export const scaleAgent = (
  engine: Engine,
  agent: string,
  replicas: number,
  decision: Decision,
): Promise<Result<readonly Outcome[], Diagnostic>> =>
  inWaves(engine, [agent], "along", async (_, lives) => {
    const { counting } = whichCounts(lives);
    const [first] = counting;
    if (first === undefined) return failed("it has no container to be like");
    if (replicas < 1) return failed("none of it is a stop: aac stop holds it so");
    const [port] = Object.values(portsOf(first)).flatMap((all) => all ?? []);
    if (replicas > 1 && counting.length < replicas && port !== undefined)
      return failed(`each would want port ${port.HostPort ?? ""} of the machine`);
    const held = await decided(engine, agent, `scaled to ${replicas}`, decision);
    if (!held.ok) return held;
    const volumes = await volumesOf(engine);
    for (const { container } of counting.toReversed()) {
      if (replicaOf(container) < replicas) continue;
      const gone = await takeDown(engine, container.Id, volumes);
      if (!gone.ok) return gone;
    }
    const there = new Set(counting.map(({ container }) => replicaOf(container)));
    for (let replica = 0; replica < replicas; replica++) {
      if (there.has(replica)) continue;
      const made = await madeLike(engine, first, agent, replica);
      if (!made.ok) return made;
    }
    return ok(counting.length === replicas ? `already ${replicas}` : `scaled to ${replicas}`);
  });

const failed = (message: string): Result<never, Failure> => err(failure(message));

const portsOf = ({
  container: { HostConfig },
}: Live): Readonly<Record<string, readonly { readonly HostPort?: string }[] | null>> =>
  (HostConfig.PortBindings as Readonly<Record<string, readonly { readonly HostPort?: string }[] | null>>) ??
  {};

async function madeLike(
  engine: Engine,
  { container, asked }: Live,
  agent: string,
  replica: number,
): Promise<Result<void, Failure>> {
  const { docker, place, system } = engine;
  const { Config, HostConfig, Image, Id, NetworkSettings } = container;
  // Its name says more, where that still means the same.
  const named = await unless(404, () => docker.getImage(Config.Image).inspect());
  const image = named.ok && named.value?.Id === Image ? Config.Image : Image;
  const labels = {
    ...Config.Labels,
    // What was asked of it since it was made is asked of this one from the start.
    ...(asked === undefined
      ? {}
      : {
          [LABEL.asked]: canonicalJson(asked),
          [LABEL.digest]: digestOfFields(asked, system.digests.sha256),
        }),
    [LABEL.replica]: String(replica),
  };
  const { Hostname: _, ...config } = Config;
  const networks = Object.entries(NetworkSettings.Networks).map(([name, { Aliases }]) => {
    const aliases: readonly unknown[] = Array.isArray(Aliases) ? Aliases : [];
    return [name, { Aliases: aliases.map(String).filter((one) => one !== Id.slice(0, 12)) }] as const;
  });
  const isAlone = ["none", "host"].includes(HostConfig.NetworkMode ?? "");
  const body: Docker.ContainerCreateOptions = {
    ...config,
    Image: image,
    Labels: labels,
    HostConfig,
    ...(isAlone ? {} : { NetworkingConfig: { EndpointsConfig: Object.fromEntries(networks) } }),
  };
  const name = containerName(place.project, agent, replica, system.digests.random(2));
  const made = await attempt(() =>
    request(docker, { method: "POST", path: "/containers/create", query: { name }, body }),
  );
  if (!made.ok) return err(asFailure(made.error));
  const id = typeof made.value === "object" && made.value !== null && "Id" in made.value ? made.value.Id : "";
  const started = await attempt((): Promise<unknown> => docker.getContainer(String(id)).start());
  return started.ok ? ok(undefined) : err(asFailure(started.error));
}
