import type { AgentIr } from "../../src/model/ir.ts";
import type { Id } from "../../src/model/resource.ts";

/** Who writes what this tool writes: fields of this manager are ours. */
export const MANAGER = "aac";

export const LABEL = {
  project: "agent.dev/project",
  agent: "agent.dev/agent",
  /** On what is kept of former applies: `revision` or `part`. It is no object of an agent's. */
  kept: "agent.dev/kept",
} as const;

export const ANNOTATION = {
  /** The file that asked for it, from the project's root. */
  source: "agent.dev/source",
  /** Which root that is. */
  origin: "agent.dev/origin",
  /** `v1:` and a digest of the fields that were asked for: with it an unedited file is recognised. */
  digest: "agent.dev/digest",
  /** Those fields themselves, as far as there is room for them: see manifest/asked.ts. */
  asked: "agent.dev/asked",
  /** On a pod template: of the agent's files, so that an edited one is a change. */
  code: "agent.dev/code",
  /** On a pod template: keyed digests of the secrets that it refers to, as JSON. */
  secrets: "agent.dev/secrets",
  /** On a pod template: of the config map, so that an agent is started anew with it. */
  config: "agent.dev/config",
  after: "agent.dev/after",
  protect: "agent.dev/protect",
  hold: "agent.dev/hold",
  /** Of the apply that changed it last, and the revision that was written with it. */
  apply: "agent.dev/apply",
  revision: "agent.dev/revision",
  /** On a Lease: what its holder does, and since when. */
  command: "agent.dev/command",
  since: "agent.dev/since",
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
/** A claim keeps its name, and so its data, when its agent gets another one. */
export const claimName = (agent: Named, volume: string): string =>
  `${agent.metadata.renamedFrom ?? agent.name}-${volume}`;
export const claimId = (agent: Named, volume: string): Id =>
  `${agent.name}/PersistentVolumeClaim/${claimName(agent, volume)}`;
type Named = Pick<AgentIr, "name"> & { readonly metadata: Pick<AgentIr["metadata"], "renamedFrom"> };
export const namespaceId = (namespace: string): Id => `/Namespace/${namespace}`;
/** Holds the key that digests of secrets are made with. */
export const keySecret = (project: string): string => `aac-${project}`;

/** Who applies: one writer among all machines. */
export const leaseName = (project: string): string => keySecret(project);

/** Of Secrets that keep what was applied. */
export const REVISION_TYPE = "agent.dev/revision";
export const revisionName = (project: string, number: number): string => `aac-${project}-rev-${number}`;
export const partName = (project: string, digest: string): string => `aac-${project}-part-${digest}`;

export const CONFIG_FOLDER = "/etc/aac";
export const CONFIG_PATH = `${CONFIG_FOLDER}/config.json`;
