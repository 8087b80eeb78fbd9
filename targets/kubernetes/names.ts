import type { Id } from "../../src/model/resource.ts";

/** Who writes what this tool writes: fields of this manager are ours. */
export const MANAGER = "aac";

export const LABEL = {
  project: "agent.dev/project",
  agent: "agent.dev/agent",
} as const;

export const ANNOTATION = {
  /** The file that asked for it, from the project's root. */
  source: "agent.dev/source",
  /** Which root that is. */
  origin: "agent.dev/origin",
  /** `v1:` and a digest of the fields that were asked for: with it an unedited file is recognised. */
  digest: "agent.dev/digest",
  /** On a pod template: of the agent's files, so that an edited one is a change. */
  code: "agent.dev/code",
  /** On a pod template: keyed digests of the secrets that it refers to, as JSON. */
  secrets: "agent.dev/secrets",
  /** On a pod template: of the config map, so that an agent is started anew with it. */
  config: "agent.dev/config",
  after: "agent.dev/after",
  protect: "agent.dev/protect",
  hold: "agent.dev/hold",
  /** When an apply asked the cluster to make pods again that it could not make. */
  tried: "agent.dev/tried",
} as const;

/**
 * Field of a Deployment that stands in no manifest: that it has come up as it is written now. It is always wanted, so
 * that one whose apply failed while it was waited for does not look like one that has nothing left to do.
 */
export const ROLLED_OUT = "rolledOut";

export const deploymentId = (agent: string): Id => `${agent}/Deployment/${agent}`;
export const serviceId = (agent: string): Id => `${agent}/Service/${agent}`;
export const configMapName = (agent: string): string => `${agent}-config`;
export const configMapId = (agent: string): Id => `${agent}/ConfigMap/${configMapName(agent)}`;
export const claimName = (agent: string, volume: string): string => `${agent}-${volume}`;
export const claimId = (agent: string, volume: string): Id =>
  `${agent}/PersistentVolumeClaim/${claimName(agent, volume)}`;
export const namespaceId = (namespace: string): Id => `/Namespace/${namespace}`;
/** Holds the key that digests of secrets are made with. */
export const keySecret = (project: string): string => `aac-${project}`;

export const CONFIG_FOLDER = "/etc/aac";
export const CONFIG_PATH = `${CONFIG_FOLDER}/config.json`;
