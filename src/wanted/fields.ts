import type { Json } from "../base/canonical.ts";
import { showDuration } from "../base/duration.ts";
import { showBytes, showCpu } from "../base/quantity.ts";
import type { AgentIr, Hook, Probe } from "../model/ir.ts";

/** Parts of an agent as fields of an object, in the units that people write. */

type Map_ = Readonly<Record<string, Json>>;

export function probeFields(probe: Probe): Map_ {
  const times = {
    interval: showDuration(probe.interval.ms),
    timeout: showDuration(probe.timeout.ms),
    retries: probe.retries,
    startPeriod: showDuration(probe.startPeriod.ms),
  };
  switch (probe.type) {
    case "http":
      return { type: "http", path: probe.path, port: probe.port, ...times };
    case "tcp":
      return { type: "tcp", port: probe.port, ...times };
    case "command":
      return { type: "command", command: probe.command, ...times };
    case "file":
      return { type: "file", file: probe.file, ...times };
  }
}

export function hookFields(hook: Hook): Map_ {
  return { command: hook.command, timeout: showDuration(hook.timeout.ms) };
}

export function limitFields(agent: AgentIr): Map_ {
  const { memory, cpu, pids, files } = agent.resources.limits;
  return {
    ...(memory === undefined ? {} : { memory: showBytes(memory.value) }),
    ...(cpu === undefined ? {} : { cpu: showCpu(cpu.value) }),
    ...(pids === undefined ? {} : { pids }),
    ...(files === undefined ? {} : { files }),
  };
}

export function supervisionFields({ supervision }: AgentIr): Map_ {
  const { backoff, circuitBreaker } = supervision;
  return {
    restart: supervision.restart,
    maxRestarts: supervision.maxRestarts,
    backoff: {
      type: backoff.type,
      initial: showDuration(backoff.initial.ms),
      max: showDuration(backoff.max.ms),
      multiplier: backoff.multiplier,
      jitter: backoff.jitter,
      written: backoff.written,
    },
    circuitBreaker: {
      failures: circuitBreaker.failures,
      window: showDuration(circuitBreaker.window.ms),
      resetAfter: showDuration(circuitBreaker.resetAfter.ms),
      halfOpen: circuitBreaker.halfOpen,
    },
    successCodes: supervision.successCodes.toSorted((a, b) => a - b),
    stopGracePeriod: showDuration(supervision.stopGracePeriod.ms),
    stopSignal: supervision.stopSignal,
  };
}
