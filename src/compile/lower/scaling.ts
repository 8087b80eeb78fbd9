import type { Json } from "../../base/canonical.ts";
import type { PortIr, ScalingIr } from "../../model/ir.ts";
import { amount, present, type Reader, time } from "../reader.ts";

/** Where nobody says how many at the most. */
const MOST = 10;

export function scaling(reader: Reader): ScalingIr {
  const { scaling: plain, autoscaling: auto } = reader.spec;
  const min = plain?.minReplicas ?? auto?.minReplicas ?? 1;
  const replicas = plain?.replicas ?? min;
  const asked = auto !== undefined && auto.enabled !== false;
  const implied = auto === undefined && (plain?.metrics !== undefined || plain?.maxReplicas !== undefined);
  return {
    replicas,
    ...(asked || implied ? { auto: automatic(reader, min, replicas) } : {}),
    ...present("vertical", vertical(reader)),
  };
}

function automatic(reader: Reader, min: number, replicas: number): NonNullable<ScalingIr["auto"]> {
  const { scaling: plain, autoscaling: auto } = reader.spec;
  return {
    min,
    max: plain?.maxReplicas ?? auto?.maxReplicas ?? Math.max(MOST, min, replicas),
    metrics: (auto?.metrics ?? plain?.metrics ?? []) as unknown as readonly Json[],
    ...present("cpuPercent", auto?.targetCPUUtilizationPercentage),
    ...present("memoryPercent", auto?.targetMemoryUtilizationPercentage),
    scaleUpDelay: time(reader, ["spec", "autoscaling", "scaleUpDelay"], auto?.scaleUpDelay, "60s"),
    scaleDownDelay: time(reader, ["spec", "autoscaling", "scaleDownDelay"], auto?.scaleDownDelay, "300s"),
  };
}

function vertical(reader: Reader): ScalingIr["vertical"] {
  const written = reader.spec.autoscaling?.vertical;
  if (written === undefined || written.enabled === false) return undefined;
  const at = ["spec", "autoscaling", "vertical"];
  return {
    ...present("minCPU", amount(reader, [...at, "minCPU"], written.minCPU, "cpu")),
    ...present("maxCPU", amount(reader, [...at, "maxCPU"], written.maxCPU, "cpu")),
    ...present("minMemory", amount(reader, [...at, "minMemory"], written.minMemory, "bytes")),
    ...present("maxMemory", amount(reader, [...at, "maxMemory"], written.maxMemory, "bytes")),
  };
}

/** A port outside can be held by one replica at a time: without several, the former one has to go first. */
export function updateStrategy(
  replicas: number,
  ports: Readonly<Record<string, PortIr>>,
): "rolling" | "recreate" {
  return replicas > 1 || Object.values(ports).every((port) => port.host === "none") ? "rolling" : "recreate";
}
