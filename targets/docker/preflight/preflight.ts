import type { Docker } from "../client.ts";
import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import type { Change, Plan } from "../../../src/model/plan.ts";
import type { Resource } from "../../../src/model/resource.ts";
import type { Preflight } from "../../../src/model/target.ts";
import { formerImage } from "../back/was.ts";
import { bindFaults } from "../container/binds.ts";
import { attempt, type Engine } from "../engine.ts";
import { faultOf } from "../verbs/fault.ts";
import { isOurs, type Labels, ownerIn } from "../labels.ts";
import { imageNamed } from "../image/live-image.ts";
import type { Volume } from "../live/look.ts";
import { LABEL, volumeName } from "../names.ts";
import { portFaults } from "./port-faults.ts";
import { whyNotPulled } from "../image/registry.ts";
import { type ContainerFields, containerFields, imageFields } from "../shapes.ts";

/** What is on the engine, of everybody: read once, and only where something is to be made. */
export interface Everything {
  readonly containers: readonly Docker.ContainerInfo[];
  readonly networks: readonly Docker.NetworkInspectInfo[];
  readonly volumes: readonly Volume[];
  readonly images: readonly Docker.ImageInfo[];
}

/** What would fail at once, one line each. Reads only. */
export async function preflight(
  engine: Engine,
  plan: Plan,
  context: Preflight,
): Promise<readonly Diagnostic[]> {
  const making = plan.changes.filter(isMaking);
  if (making.length === 0) return [];
  const there = await attempt(() => everythingOn(engine));
  if (!there.ok) return [faultOf(engine, "what is on the engine cannot be listed", there.error)];
  const found: Diagnostic[] = [];
  for (const change of making) found.push(...(await faultsOf(engine, change, plan, context, there.value)));
  return found;
}

async function faultsOf(
  engine: Engine,
  change: Making,
  plan: Plan,
  context: Preflight,
  there: Everything,
): Promise<readonly Diagnostic[]> {
  const { resource } = change;
  switch (resource.kind) {
    case "container":
      return containerFaults(engine, resource, plan, context, there);
    case "network":
      return change.is === "create" ? networkFaults(engine, resource, there) : [];
    case "volume":
      return volumeFaults(engine, resource, there);
    case "image":
      return imageFaults(engine, resource, there);
    default:
      return [];
  }
}

async function everythingOn({ docker }: Engine): Promise<Everything> {
  const [containers, networks, volumes, images] = await Promise.all([
    docker.listContainers(),
    docker.listNetworks(),
    docker.listVolumes(),
    docker.listImages(),
  ]);
  return { containers, networks, volumes: volumes.Volumes ?? [], images };
}

type Making = Change & { readonly is: "create" | "replace" };

const isMaking = (change: Change): change is Making => change.is === "create" || change.is === "replace";

async function containerFaults(
  engine: Engine,
  resource: Resource,
  plan: Plan,
  context: Preflight,
  there: Everything,
): Promise<readonly Diagnostic[]> {
  const fields = containerFields(resource.fields);
  const secrets = Object.keys(fields.secrets).flatMap((variable) => {
    const found = context.secret(resource.agent, variable);
    return found.ok ? [] : [found.error];
  });
  return [
    ...secrets,
    ...(await bindFaults(engine, resource.agent, fields)),
    ...portFaults(engine, resource.agent, fields, goingIn(plan), there.containers),
    ...customNetworkFaults(resource.agent, fields, there.networks),
    ...formerFaults(resource, fields.image, there.images),
  ];
}

/** What once ran is had again as it was, or not at all. */
function formerFaults(resource: Resource, reference: string, images: Everything["images"]): Diagnostic[] {
  const id = formerImage(resource);
  if (id === undefined || images.some((one) => one.Id === id)) return [];
  const short = id.replace("sha256:", "").slice(0, 12);
  return [
    diagnostic(
      "AAC4012",
      undefined,
      `${resource.agent}: the image that was ${reference} then is not on the engine any more: ${short}`,
      {
        notes: [
          "it was removed by hand, or this is another engine",
          "go back to another revision: aac history",
        ],
      },
    ),
  ];
}

/** Containers that are gone, or make room, before anything new needs what they hold. */
const goingIn = (plan: Plan): ReadonlySet<string> =>
  new Set(
    plan.changes.flatMap((change) =>
      change.is === "replace" || change.is === "delete" ? [change.before.identity] : [],
    ),
  );

function customNetworkFaults(
  agent: string,
  { network: { mode } }: ContainerFields,
  networks: Everything["networks"],
): Diagnostic[] {
  if (["bridge", "host", "none"].includes(mode) || networks.some(({ Name }) => Name === mode)) return [];
  return [
    diagnostic("AAC4015", undefined, `${agent}: there is no network \`${mode}\` on the engine`, {
      notes: [
        `make it: docker network create ${mode}`,
        "or leave out `network.mode: custom`: agents of a project have a network of their own",
      ],
    }),
  ];
}

function networkFaults({ place }: Engine, { name }: Resource, { networks }: Everything): Diagnostic[] {
  const other = networks.find(
    ({ Name, Labels }) => Name === name && !isOurs(Labels, place.project, "network"),
  );
  if (other === undefined) return [];
  return [
    diagnostic("AAC4013", undefined, `the network ${name} belongs to ${ownerIn(other.Labels)}`, {
      notes: [
        "it is left alone",
        `give this project another name in .aac.yaml, or remove that network: docker network rm ${name}`,
      ],
    }),
  ];
}

function volumeFaults({ place }: Engine, { name }: Resource, { volumes }: Everything): Diagnostic[] {
  const own = volumeName(place.project, name);
  const other = volumes.find(({ Name, Labels }) => Name === own && !isOurs(Labels, place.project, "volume"));
  if (other === undefined) return [];
  return [
    diagnostic("AAC4013", undefined, `the volume ${own} belongs to ${ownerIn(other.Labels)}`, {
      notes: ["it is left alone, with all that is in it", "give the agent's volume another name"],
    }),
  ];
}

/** A name that an author gives to what is built is his; one that is made up must not take the name of anything else. */
async function imageFaults(
  engine: Engine,
  resource: Resource,
  { images }: Everything,
): Promise<readonly Diagnostic[]> {
  const { place } = engine;
  const fields = imageFields(resource.fields);
  const image = imageNamed(images, fields.reference);
  const isThere = resource.was !== undefined && formerFaults(resource, "", images).length === 0;
  // Of one that is gone its container says so.
  if (resource.was !== undefined && (isThere || fields.from === "build")) return [];
  if (fields.from === "pull")
    return image === undefined ? pullFaults(engine, resource.agent, fields.reference) : [];
  if (image === undefined || isOurs(image.Labels, place.project, "image")) return [];
  const labels: Labels | null = image.Labels;
  const isOfAnother = labels?.[LABEL.project] !== undefined;
  const isPulled = (image.RepoDigests ?? []).some((one) => one !== "<none>@<none>");
  const isMadeUp = fields.reference.startsWith(`${resource.agent}:`);
  if (!isOfAnother && !(isPulled && isMadeUp)) return [];
  return [
    diagnostic(
      "AAC4013",
      undefined,
      `${resource.agent}: the image ${fields.reference} belongs to ${ownerIn(labels)}`,
      {
        notes: [
          "it is left alone",
          isMadeUp
            ? "give the agent another `metadata.version`, or name its image: `image: NAME:TAG` beside `build`"
            : "give the image another name in `image`",
          `or, where nobody needs it any more, remove it: docker image rm ${fields.reference}`,
        ],
      },
    ),
  ];
}

async function pullFaults(engine: Engine, agent: string, reference: string): Promise<readonly Diagnostic[]> {
  const why = await whyNotPulled(engine, reference);
  if (why === undefined) return [];
  return [
    diagnostic(
      "AAC4012",
      undefined,
      `${agent}: the image ${reference} is not on the engine, and cannot be pulled: ${why}`,
      { notes: [`bring it there: docker pull ${reference}`, "or correct `image`"] },
    ),
  ];
}
