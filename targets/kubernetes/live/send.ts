import type { Json } from "../../../src/base/canonical.ts";
import type { Resource } from "../../../src/model/resource.ts";
import type { Answer } from "../client.ts";
import { type Remembers, toManifest } from "../manifest/fields.ts";
import { objectPath } from "../manifest/paths.ts";
import { MANAGER } from "../names.ts";
import type { Manifest } from "../shapes.ts";
import type { On } from "./lists.ts";

export function manifestOf({ place, namespace }: On, resource: Resource, also: Remembers = {}): Manifest {
  return toManifest(resource, { project: place.project, namespace, origin: place.origin }, also);
}

/** A server-side apply. Another object of the same name than that with this uid is not touched by it. */
export function send(
  { cluster, namespace }: On,
  manifest: Manifest,
  how: {
    readonly uid?: string;
    readonly force?: boolean;
    readonly dryRun?: boolean;
    readonly signal?: AbortSignal;
  },
): Promise<Answer> {
  const { uid, force = false, dryRun = false, signal } = how;
  const body = uid === undefined ? manifest : { ...manifest, metadata: { ...manifest.metadata, uid } };
  return cluster.request("PATCH", objectPath(namespace, manifest.kind, manifest.metadata.name), {
    // A manifest is JSON: only its type says less, so that its parts can be named.
    body: body as unknown as Json,
    contentType: "application/apply-patch+yaml",
    query: { fieldManager: MANAGER, force, ...(dryRun ? { dryRun: "All" } : {}) },
    ...(signal === undefined ? {} : { signal }),
  });
}
