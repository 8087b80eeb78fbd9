import { randomBytes } from "node:crypto";
import type { Json } from "../../../src/base/canonical.ts";
import { system } from "../../../src/system/system.ts";
import { listAt, textAt } from "../../../targets/kubernetes/answers.ts";
import { type Answer, type Cluster, connect } from "../../../targets/kubernetes/client.ts";
import { LABEL } from "../../../targets/kubernetes/names.ts";

const GROUPS: Readonly<Record<string, string>> = {
  configmaps: "/api/v1",
  deployments: "/apis/apps/v1",
  events: "/api/v1",
  limitranges: "/api/v1",
  persistentvolumeclaims: "/api/v1",
  pods: "/api/v1",
  replicasets: "/apis/apps/v1",
  resourcequotas: "/api/v1",
  secrets: "/api/v1",
  services: "/api/v1",
};

/** What an apply makes, and what stands beside it. */
const OURS = ["configmaps", "deployments", "persistentvolumeclaims", "secrets", "services"] as const;

/** A namespace of one test, in the hands of somebody who is not this tool. */
export interface Hands {
  readonly namespace: string;
  readonly cluster: Cluster;
  get(kind: string, name: string): Promise<Json>;
  list(kind: string): Promise<readonly Json[]>;
  /** As the manager `hand`. */
  make(kind: string, body: Json): Promise<void>;
  /** A change by another field manager. */
  change(kind: string, name: string, manager: string, body: Json): Promise<void>;
  delete(kind: string, name: string): Promise<void>;
  secret(name: string, values: Readonly<Record<string, string>>): Promise<void>;
  /** There may be no class of storage: a folder of the node as the volume of this very claim, until it is ended. */
  disk(claim: string, folder: string): Promise<() => Promise<void>>;
  /** By `kind/name`: which object that is, and which writing of it. */
  versions(kinds?: readonly string[]): Promise<Readonly<Record<string, string>>>;
  /** All that is marked as this project's, pods included, and not its history. */
  ofProject(project: string): Promise<readonly string[]>;
  /** The cluster takes all of it away by itself, in its own time. */
  end(): Promise<void>;
}

export async function handsIn(
  environment: Readonly<Record<string, string>>,
  { makes = true }: { readonly makes?: boolean } = {},
): Promise<Hands> {
  const namespace = `t-${randomBytes(4).toString("hex")}`;
  const connected = await connect({ namespace }, environment, system.files);
  if (!connected.ok) throw new Error(connected.error.message);
  const cluster = connected.value;
  const path = (kind: string, name = ""): string =>
    `${GROUPS[kind]}/namespaces/${namespace}/${kind}${name && `/${name}`}`;
  const fine = async (what: string, asked: Promise<Answer>): Promise<Json> => {
    const answer = await asked;
    if (answer.is === "lost" || answer.status >= 300) throw new Error(`${what}: ${JSON.stringify(answer)}`);
    return answer.body;
  };
  const make: Hands["make"] = async (kind, body) => {
    const query = { fieldManager: "hand" };
    await fine(`a new one of ${kind}`, cluster.request("POST", path(kind), { body, query }));
  };
  const list: Hands["list"] = async (kind) =>
    listAt(await fine(`all ${kind}`, cluster.request("GET", path(kind))), "items");
  if (makes) {
    const body = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } };
    await fine("the namespace", cluster.request("POST", "/api/v1/namespaces", { body }));
  }
  return {
    namespace,
    cluster,
    get: (kind, name) => fine(`${kind}/${name}`, cluster.request("GET", path(kind, name))),
    list,
    make,
    async change(kind, name, manager, body) {
      const how = {
        body,
        contentType: isClaimed(kind)
          ? "application/merge-patch+json"
          : "application/strategic-merge-patch+json",
        query: { fieldManager: manager },
      };
      await fine(`a change of ${name}`, cluster.request("PATCH", path(kind, name), how));
    },
    async delete(kind, name) {
      await fine(`the end of ${name}`, cluster.request("DELETE", path(kind, name)));
    },
    secret: (name, values) =>
      make("secrets", { apiVersion: "v1", kind: "Secret", metadata: { name }, stringData: values }),
    async disk(claim, folder) {
      const volumes = "/api/v1/persistentvolumes";
      const body = {
        apiVersion: "v1",
        kind: "PersistentVolume",
        metadata: { name: namespace },
        spec: {
          accessModes: ["ReadWriteOnce"],
          capacity: { storage: "64Mi" },
          claimRef: { name: claim, namespace },
          hostPath: { path: folder },
          persistentVolumeReclaimPolicy: "Retain",
        },
      };
      await fine(`the volume of ${claim}`, cluster.request("POST", volumes, { body }));
      return async () => void (await cluster.request("DELETE", `${volumes}/${namespace}`));
    },
    async versions(kinds = OURS) {
      const found = await Promise.all(
        kinds.map(async (kind) =>
          (await list(kind))
            // The cluster puts it into each namespace, a moment after that was made.
            .filter((one) => nameOf(one) !== "kube-root-ca.crt" && !isHistory(one))
            .map((one) => [
              `${kind}/${nameOf(one)}`,
              `${textAt(one, "metadata", "uid")} ${textAt(one, "metadata", "resourceVersion")}`,
            ]),
        ),
      );
      return Object.fromEntries(found.flat());
    },
    async ofProject(project) {
      const kinds = [...OURS, "pods"];
      const lists = await Promise.all(kinds.map(list));
      return lists.flatMap((items, i) =>
        items
          .filter((one) => textAt(one, "metadata", "labels", LABEL.project) === project && !isHistory(one))
          .map((one) => `${kinds[i]}/${nameOf(one)}`),
      );
    },
    async end() {
      await cluster.request("DELETE", `/api/v1/namespaces/${namespace}`);
      cluster.close();
    },
  };
}

const isClaimed = (kind: string): boolean => kind === "persistentvolumeclaims";

/** What was applied once is no object of any agent's, and stays. */
export const isHistory = (object: Json): boolean =>
  textAt(object, "metadata", "labels", LABEL.kept) !== undefined;

const nameOf = (object: Json): string => textAt(object, "metadata", "name") ?? "";
