import type { Json } from "../../src/base/canonical.ts";

/**
 * The fields of an object are its manifest without apiVersion, kind, name, namespace and what marks it as ours, and
 * with each list that has keys as a map: `spec/template/spec/containers/desk/env/PORT/value`. So order means nothing,
 * and a difference has a path that a person can read. `fields.ts` leads from one to the other and back.
 */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly managedFields?: readonly ManagedFields[];
  };
  readonly [key: string]: Json | undefined | Manifest["metadata"];
}

/** Who wrote which fields, as the server keeps it. */
export interface ManagedFields {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
  readonly time?: string;
  readonly fieldsV1?: Json;
}

/** What only the cluster can say before anything is wanted. Plain JSON: it goes through a plan file. */
export interface KubernetesFacts {
  readonly namespace: string;
  /** False: it is yet to be made. */
  readonly hasNamespace: boolean;
  /** By `secret/key`: a keyed digest of what is there; null where nobody can tell; absent where it is not there. */
  readonly secrets: Readonly<Record<string, string | null>>;
}

export function isKubernetesFacts(value: Json): value is Json & KubernetesFacts {
  return typeof value === "object" && value !== null && !Array.isArray(value) && "namespace" in value;
}
