import type { Docker } from "../client.ts";
import { parseBytes, parseCpu, showBytes, showCpu } from "../../../src/base/quantity.ts";
import type { ContainerFields } from "../shapes.ts";

type Limits = ContainerFields["limits"];
type Host = Docker.HostConfig;

const NANOS_PER_MILLI = 1_000_000;

/** Memory is memory: with swap beside it an agent would grow twice as large, and become slow instead of ending. */
export function limitsFor(limits: Limits): Host {
  const memory = limits.memory === undefined ? undefined : parseBytes(limits.memory);
  const cpu = limits.cpu === undefined ? undefined : parseCpu(limits.cpu);
  return {
    ...(memory?.ok ? { Memory: memory.value, MemorySwap: memory.value } : {}),
    ...(cpu?.ok ? { NanoCpus: cpu.value * NANOS_PER_MILLI } : {}),
    ...(limits.pids === undefined ? {} : { PidsLimit: limits.pids }),
    ...(limits.files === undefined
      ? {}
      : { Ulimits: [{ Name: "nofile", Soft: limits.files, Hard: limits.files }] }),
  };
}

export function limitsIn(host: Host): Limits {
  const { Memory: memory = 0, PidsLimit: pids, Ulimits: ulimits } = host;
  const cpu = millisIn(host);
  const files = (ulimits ?? []).find((one) => one.Name === "nofile")?.Hard;
  return {
    ...(memory > 0 ? { memory: showBytes(memory) } : {}),
    ...(cpu > 0 ? { cpu: showCpu(cpu) } : {}),
    ...(typeof pids === "number" && pids > 0 ? { pids } : {}),
    ...(typeof files === "number" ? { files } : {}),
  };
}

/** By hand it may also have been said as a part of a period. */
function millisIn({ NanoCpus: nanos = 0, CpuQuota: quota = 0, CpuPeriod: period }: Host): number {
  if (nanos > 0) return Math.round(nanos / NANOS_PER_MILLI);
  return quota > 0 ? Math.round((quota * 1000) / (period || 100_000)) : 0;
}

/** What can be said to a container that is there. Only a number of processes can be taken back again. */
export function limitsUpdate(limits: Limits): Host {
  const { Ulimits: _, ...live } = limitsFor(limits);
  return { ...live, PidsLimit: limits.pids ?? -1 };
}

/** Why the engine cannot change what a container has by now, by the path of the field. */
export function fixedLimits(live: Limits, wanted: Limits): Readonly<Record<string, string>> {
  const why = "an engine cannot take this limit off a container again";
  return {
    ...(live.memory !== undefined && wanted.memory === undefined ? { "limits/memory": why } : {}),
    ...(live.cpu !== undefined && wanted.cpu === undefined ? { "limits/cpu": why } : {}),
  };
}
