import { LABEL } from "../names.ts";

/** Where the kinds that this target works with are found on a server. */

interface Served {
  readonly group: string;
  readonly plural: string;
}

const SERVED = {
  ConfigMap: { group: "/api/v1", plural: "configmaps" },
  Deployment: { group: "/apis/apps/v1", plural: "deployments" },
  Event: { group: "/api/v1", plural: "events" },
  Lease: { group: "/apis/coordination.k8s.io/v1", plural: "leases" },
  PersistentVolumeClaim: { group: "/api/v1", plural: "persistentvolumeclaims" },
  Pod: { group: "/api/v1", plural: "pods" },
  ReplicaSet: { group: "/apis/apps/v1", plural: "replicasets" },
  Secret: { group: "/api/v1", plural: "secrets" },
  Service: { group: "/api/v1", plural: "services" },
  ServiceAccount: { group: "/api/v1", plural: "serviceaccounts" },
} as const satisfies Readonly<Record<string, Served>>;

export type ServedKind = keyof typeof SERVED;

export function listPath(namespace: string, kind: ServedKind): string {
  const { group, plural } = SERVED[kind];
  return `${group}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
}

export function objectPath(namespace: string, kind: string, name: string): string {
  if (kind === "Namespace") return namespacePath(name);
  if (!isServed(kind)) throw new Error(`no objects of the kind ${kind} are made here`);
  return `${listPath(namespace, kind)}/${encodeURIComponent(name)}`;
}

export const namespacePath = (namespace: string): string =>
  `/api/v1/namespaces/${encodeURIComponent(namespace)}`;

export function apiVersionOf(kind: ServedKind): string {
  return SERVED[kind].group.replace(/^\/apis?\//, "");
}

function isServed(kind: string): kind is ServedKind {
  return Object.hasOwn(SERVED, kind);
}

/** Choose what is a project's, or one agent's of it. */
const ofProject = (project: string): string => `${LABEL.project}=${project}`;
/** What belongs to one of its agents: somebody may have put the project's name alone on an object of their own. */
export const ofAgents = (project: string): string => `${ofProject(project)},${LABEL.agent}`;
/** What is kept of its former applies. */
export const keptOf = (project: string, what: "revision" | "part"): string =>
  `${ofProject(project)},${LABEL.kept}=${what}`;
export const ofAgent = (project: string, agent: string): string =>
  `${ofProject(project)},${LABEL.agent}=${agent}`;
