import { byCodeUnit, type Json } from "../../src/base/canonical.ts";
import { ok } from "../../src/base/result.ts";
import type { Emitter, EmitRequest, Lost } from "../../src/model/emit.ts";
import type { AgentIr } from "../../src/model/ir.ts";
import type { Fields, Resource } from "../../src/model/resource.ts";
import { enforced, notForIt } from "../../src/wanted/support.ts";
import { check } from "./check.ts";
import { desired } from "./desired.ts";
import { toManifest } from "./manifest/fields.ts";
import { support } from "./support.ts";

/** What is there before something else needs it; `kubectl apply` goes from the top to the end. */
const ORDER = ["Namespace", "ConfigMap", "PersistentVolumeClaim", "Service", "Deployment"];

/** The manifests that an apply would send, with what marks them as ours. */
export const emitter: Emitter = {
  target: { name: "kubernetes", shared: true, support, check, desired },
  holds: "a project",
  support: {
    dependencies: enforced,
    ports: enforced,
    "network.ports": enforced,
    // Of this it depends on the value what becomes of it.
    healthCheck: enforced,
    dependsOn: notForIt("all of a file is made at once, and pods wait for nobody"),
  },
  emit: (request) =>
    ok({
      is: "documents",
      documents: request.desired.toSorted(inOrder).map((one) => manifestOf(one, request)),
      lost: request.agents.flatMap((name) => lostTimes(request.ir.agents[name])),
    }),
};

function lostTimes(agent: AgentIr | undefined): readonly Lost[] {
  if (agent === undefined) return [];
  const times = Object.values(agent.health).flatMap(({ interval, timeout, startPeriod }) => [
    interval,
    timeout,
    startPeriod,
  ]);
  if (times.every(({ ms }) => ms % 1000 === 0)) return [];
  const how = "the kubelet counts in whole seconds";
  return [{ agent: agent.name, field: "healthCheck", is: "approximated", how }];
}

function inOrder(a: Resource, b: Resource): number {
  return ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || byCodeUnit(a.id, b.id);
}

/** With the digest of what is asked for, and without that itself: nobody could read it, and an apply writes it down. */
function manifestOf(resource: Resource, { project, origin, namespace }: EmitRequest): Json {
  const wanted = { ...resource, fields: withoutUnknown(resource.fields) };
  const manifest = toManifest(wanted, { project, origin, namespace: namespace ?? "" });
  const { namespace: named, ...metadata } = manifest.metadata;
  const placed = namespace === undefined ? metadata : { ...metadata, namespace: named };
  return JSON.parse(JSON.stringify({ ...manifest, metadata: placed }));
}

/** Nobody asked a cluster what stands behind a secret. */
function withoutUnknown({ secrets, ...rest }: Fields): Fields {
  const known = Object.entries(secrets ?? {}).filter(([, digest]) => digest !== null);
  return known.length === 0 ? rest : { ...rest, secrets: Object.fromEntries(known) };
}
