import type { Docker } from "../client.ts";
import { canonicalJson } from "../../../src/base/canonical.ts";
import type { Fields, Hold, Id, Observed, Resource } from "../../../src/model/resource.ts";
import { OF_THE_PROJECT } from "../../../src/model/resource.ts";
import { configVolumeFor, configVolumesOf, readConfig } from "../container/config-volume.ts";
import type { Engine } from "../engine.ts";
import { holdsOf } from "../verbs/holds.ts";
import { imageNamed, liveImage } from "../image/live-image.ts";
import { afterIn, askedIn, digestOfFields, isOurs, type Labels } from "../labels.ts";
import { fixedLimits } from "../container/limits.ts";
import { containerIn, liveFields } from "./live.ts";
import type { Container, Look, Volume } from "./look.ts";
import { askedOf } from "./memo.ts";
import { CONFIG_FOLDER, configId, containerId, LABEL, networkId, volumeName } from "../names.ts";
import { byReplica, inOrder, type Seen } from "./replicas.ts";
import type { Done } from "../work.ts";

export interface Looking {
  readonly engine: Engine;
  readonly look: Look;
  readonly networks: readonly Docker.NetworkInspectInfo[];
  readonly images: readonly Docker.ImageInfo[];
  readonly keyed: (text: string) => string | undefined;
  /** By id of its place: the container that counted when an apply of this session began. */
  readonly former: ReadonlyMap<Id, string>;
  readonly done: Pick<Done, "meant" | "isUntouched">;
}

/** What is live and this project's, in the shape of what is wanted. Reads only. */
export async function observe(desired: readonly Resource[], looking: Looking): Promise<readonly Observed[]> {
  const { look, engine } = looking;
  const wanted = new Map(desired.map((one) => [one.id, one]));
  const holds = holdsOf(look.volumes);
  const all = await look.inspect(look.containers.map(({ Id }) => Id));
  // One that somebody takes away just now is as good as gone.
  const containers = all.filter(({ State }) => State.Status !== "removing");
  const counting: Container[] = [];
  const objects: Observed[] = [];
  for (const [place, all] of byReplica(containers)) {
    const [agent = "", replica = ""] = place.split("/");
    const id = containerId(agent, Number(replica));
    const resource = wanted.get(id);
    const seen = inOrder(
      all.map((container) => see(container, resource?.fields, looking)),
      resource?.fields,
      resource?.was?.identity ?? looking.former.get(id),
    );
    seen.forEach((one, i) => {
      if (i === 0) counting.push(one.container);
      const beside = i === 0 ? {} : ({ leftOver: true } as const);
      const name = i === 0 ? id : `${id}~${one.container.Id.slice(0, 12)}`;
      objects.push({ ...containerObject(name, one, resource, looking, holds.get(agent)), ...beside });
    });
  }
  const agents = [...new Set(configured(look.volumes, engine))];
  const configs = agents.flatMap(
    (agent) => configObject(agent, counting, wanted.get(configId(agent)), looking) ?? [],
  );
  return [
    ...objects,
    ...configs,
    ...networkObjects(looking),
    ...desired.flatMap((one) => {
      if (one.kind === "volume") return volumeObject(one, looking) ?? [];
      return one.kind === "image" ? (imageObject(one, looking) ?? []) : [];
    }),
  ];
}

function see(container: Container, wanted: Fields | undefined, looking: Looking): Seen {
  const { engine, keyed } = looking;
  const { project, root } = engine.place;
  const asked = askedFor(container, wanted, looking);
  return { container, fields: liveFields(container, { project, root, asked, wanted, keyed }) };
}

/** Where it was too long for a label, a digest still tells whether it is what is wanted now. */
function askedFor(
  { Id, Config: { Labels } }: Container,
  wanted: Fields | undefined,
  { engine, look }: Looking,
): Fields | undefined {
  const known = askedOf(Id, Labels, look.volumes);
  if (known !== undefined || wanted === undefined) return known;
  return Labels[LABEL.digest] === digestOfFields(wanted, engine.system.digests.sha256) ? wanted : undefined;
}

function containerObject(
  id: string,
  { container, fields }: Seen,
  wanted: Resource | undefined,
  looking: Looking,
  hold: Hold | undefined,
): Observed {
  const { engine, keyed } = looking;
  const labels = container.Config.Labels;
  const asked = askedFor(container, wanted?.fields, looking);
  const [live, next] = [containerIn(fields), containerIn(wanted?.fields)];
  const fixed = live === undefined || next === undefined ? {} : fixedLimits(live.limits, next.limits);
  return {
    ...marked(labels, engine.place.origin),
    id,
    kind: "container",
    name: labels[LABEL.replica] ?? "0",
    fields,
    ...(asked === undefined ? {} : { asked: comparable(asked, keyed) }),
    ...(Object.keys(fixed).length === 0 ? {} : { fixed }),
    holdsData: false,
    identity: container.Id,
    ...(hold === undefined ? {} : { hold }),
  };
}

/** Of digests that were made with another key nobody can tell anything. */
function comparable(asked: Fields, keyed: Looking["keyed"]): Fields {
  const key = keyed("")?.split(":")[0];
  const secrets = containerIn(asked)?.secrets;
  if (secrets === undefined) return asked;
  const known = Object.entries(secrets).map(([name, digest]) => [
    name,
    key !== undefined && digest?.startsWith(`${key}:`) === true ? digest : null,
  ]);
  return { ...asked, secrets: Object.fromEntries(known) };
}

const marked = (labels: Labels, origin: string) => ({
  agent: labels[LABEL.agent] ?? "",
  after: afterIn(labels),
  protect: labels[LABEL.protect] === "true",
  source: labels[LABEL.source] ?? "",
  origin: labels[LABEL.origin] ?? origin,
});

const configured = (volumes: readonly Volume[], { place }: Engine): readonly string[] =>
  volumes.flatMap(({ Labels }) =>
    isOurs(Labels, place.project, "config") ? [Labels[LABEL.agent] ?? ""] : [],
  );

/** The one that the agent's containers have. Where they have several, the one that is not wanted: it is to go. */
function configObject(
  agent: string,
  counting: readonly Container[],
  wanted: Resource | undefined,
  { engine, look }: Looking,
): Observed | undefined {
  const volumes = configVolumesOf(engine, agent, look.volumes);
  const mounted = counting.flatMap((container) => {
    if (container.Config.Labels[LABEL.agent] !== agent) return [];
    const source = container.HostConfig.Mounts?.find(({ Target }) => Target === CONFIG_FOLDER)?.Source;
    return volumes.filter(({ Name }) => Name === source);
  });
  const next = wanted === undefined ? "" : configVolumeFor(engine, agent, wanted.fields["config"] ?? null);
  const used = mounted.find(({ Name }) => Name !== next) ?? mounted[0];
  const volume = used ?? volumes.find(({ Name }) => Name === next) ?? newest(volumes);
  if (volume === undefined) return undefined;
  const asked = askedIn(volume.Labels);
  const read = readConfig(engine, volume);
  const named = volume.Name === next ? wanted?.fields["config"] : undefined;
  const told = asked?.["config"] ?? named ?? null;
  return {
    ...marked(volume.Labels, engine.place.origin),
    id: configId(agent),
    kind: "config",
    name: "config",
    fields: { config: read.is === "known" ? read.config : told },
    ...(asked === undefined ? {} : { asked }),
    holdsData: false,
    identity: identityOf(volume),
  };
}

export const newest = (volumes: readonly Volume[]): Volume | undefined =>
  volumes.toSorted((a, b) => ((a.CreatedAt ?? "") < (b.CreatedAt ?? "") ? 1 : -1))[0];

/** A volume has no id: made again under the same name, it is another. */
const identityOf = ({ Name, CreatedAt = "" }: Volume): string => `${Name}@${CreatedAt}`;

function networkObjects({ engine, networks }: Looking): readonly Observed[] {
  const { project, origin } = engine.place;
  return networks.flatMap((network) => {
    const labels = network.Labels ?? {};
    if (!isOurs(labels, project, "network") || network.Name !== project) return [];
    const asked = askedIn(labels);
    return [
      {
        ...marked(labels, origin),
        agent: OF_THE_PROJECT,
        id: networkId(project),
        kind: "network",
        name: network.Name,
        fields: { driver: network.Driver },
        ...(asked === undefined ? {} : { asked }),
        holdsData: false,
        identity: network.Id,
      },
    ];
  });
}

function volumeObject(wanted: Resource, looking: Looking): Observed | undefined {
  const { engine, look } = looking;
  const { project, origin } = engine.place;
  const volume = look.volumes.find(
    ({ Name, Labels }) => Name === volumeName(project, wanted.name) && isOurs(Labels, project, "volume"),
  );
  if (volume === undefined) return undefined;
  const asked = askedIn(volume.Labels);
  return {
    ...marked(volume.Labels, origin),
    agent: OF_THE_PROJECT,
    id: wanted.id,
    kind: "volume",
    name: wanted.name,
    fields: { driver: volume.Driver },
    ...(asked === undefined ? {} : { asked }),
    holdsData: !looking.done.isUntouched(wanted.name),
    identity: identityOf(volume),
  };
}

function imageObject(wanted: Resource, { engine, look, images, done }: Looking): Observed | undefined {
  const { place, system } = engine;
  const { reference, from } = wanted.fields;
  const image = imageNamed(images, String(reference));
  const live = liveImage(image, wanted, place.project, system.digests.sha256);
  if (image === undefined || live === undefined) return undefined;
  // Of one that others use too, a name means what the world says; only what this apply did to it is undone.
  const former = done.meant.get(String(reference)) ?? (from === "build" ? wanted.was?.identity : undefined);
  // Where more is different, that says it.
  const isSame = canonicalJson(live.fields) === canonicalJson(wanted.fields);
  const isAnother = former !== undefined && former !== image.Id && isSame;
  return {
    // It stays when everything else of an agent is gone, so by itself it is no sign that the agent lives.
    agent: look.containers.some(({ Labels }) => Labels[LABEL.agent] === wanted.agent)
      ? wanted.agent
      : OF_THE_PROJECT,
    id: wanted.id,
    kind: "image",
    name: wanted.name,
    after: [],
    ...live,
    ...(isAnother ? withId(live, image.Id) : {}),
    holdsData: false,
    protect: false,
    source: wanted.source,
    origin: place.origin,
    identity: image.Id,
  };
}

/** The name means another image than it shall: nobody did that by hand. */
const withId = ({ fields, asked }: Pick<Observed, "fields" | "asked">, imageId: string) => ({
  fields: { ...fields, imageId },
  ...(asked === undefined ? {} : { asked: { ...asked, imageId } }),
});
