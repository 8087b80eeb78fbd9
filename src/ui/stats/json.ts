import { jsonText } from "../visible.ts";
import type { ReplicaUse } from "./rates.ts";

/** One document; with `indent` 0 it is one line, so that many can follow each other. */
export function statsJson(replicas: readonly ReplicaUse[], notes: readonly string[], indent = 2): string {
  const document = {
    apiVersion: "agent.dev/v1",
    kind: "Stats",
    replicas: replicas.map(({ network, disk, ...one }) => ({
      ...one,
      ...(network === undefined ? {} : { network: { ...network } }),
      ...(disk === undefined ? {} : { disk: { ...disk } }),
    })),
    notes,
  };
  return `${jsonText(document, indent)}\n`;
}
