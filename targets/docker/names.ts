import type { Id } from "../../src/model/resource.ts";

/** What ties an object of the engine to a project: read back as they are written, and never guessed from a name. */
export const LABEL = {
  project: "agent.dev/project",
  agent: "agent.dev/agent",
  replica: "agent.dev/replica",
  kind: "agent.dev/kind",
  /** The file that asked for it, from the project's root. */
  source: "agent.dev/source",
  /** Which root that is. */
  origin: "agent.dev/origin",
  /** What was asked for, as JSON: tells an edit of the files from a change by hand. No value of a secret. */
  asked: "agent.dev/asked",
  after: "agent.dev/after",
  /** Of asked: `v1:` and a digest. */
  digest: "agent.dev/digest",
  /** On an empty volume: with what digests of secrets are made. */
  key: "agent.dev/key",
  /** On an empty volume: somebody's decision to leave an agent alone. */
  hold: "agent.dev/hold",
  /** On an empty volume: the container that it says something of. */
  container: "agent.dev/container",
  protect: "agent.dev/protect",
  /** The apply that changed it last, and the number that this one was written down with. */
  apply: "agent.dev/apply",
  revision: "agent.dev/revision",
} as const;

export const containerId = (agent: string, replica: number): Id => `${agent}/container/${replica}`;
export const imageId = (agent: string): Id => `${agent}/image/main`;
export const configId = (agent: string): Id => `${agent}/config/config`;
export const networkId = (project: string): Id => `/network/${project}`;
export const volumeId = (name: string): Id => `/volume/${name}`;

/** As the engine calls it. */
export const volumeName = (project: string, name: string): string => `${project}_${name}`;
export const networkName = (project: string): string => project;
export const keyVolume = (project: string): string => `${project}_aac-key`;
export const holdVolume = (project: string, agent: string): string => `${project}_aac-hold-${agent}`;
export const adoptedVolume = (project: string, container: string): string =>
  `${project}_aac-adopted-${container.slice(0, 12)}`;
/** `chosen`: a few characters of no meaning. A container is never renamed, so two of one replica have two names. */
export const containerName = (project: string, agent: string, replica: number, chosen: string): string =>
  `${project}-${agent}-${replica}-${chosen}`;
/** Named by what is in it: another content is another volume. */
export const configVolume = (project: string, agent: string, digest: string): string =>
  `${project}_${agent}-config-${digest.slice(0, 12)}`;

/** Keeps an image that somebody may want to go back to, whatever its own name means by then. */
export const keptImages = (project: string): string => `aac-${project}/`;
export const keptImage = (project: string, agent: string, image: string): string =>
  `${keptImages(project)}${agent}:kept-${image.replace(/^sha256:/, "").slice(0, 12)}`;

/** Where an agent finds its configuration. */
export const CONFIG_FOLDER = "/etc/aac";
export const CONFIG_PATH = `${CONFIG_FOLDER}/config.json`;
