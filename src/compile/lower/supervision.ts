import type { SupervisionIr } from "../../model/ir.ts";
import { type Reader, time } from "../reader.ts";

export function supervision(reader: Reader): SupervisionIr {
  const written = reader.spec.supervision;
  const at = ["spec", "supervision"];
  const { backoff, circuitBreaker: breaker } = written ?? {};
  return {
    restart: written?.restart ?? "always",
    maxRestarts: written?.maxRestarts ?? "unlimited",
    backoff: {
      type: backoff?.type ?? "exponential",
      initial: time(reader, [...at, "backoff", "initial"], backoff?.initial, "1s"),
      max: time(reader, [...at, "backoff", "max"], backoff?.max, "60s"),
      multiplier: backoff?.multiplier ?? 2,
      jitter: backoff?.jitter ?? 0.25,
      written: backoff !== undefined,
    },
    circuitBreaker: {
      failures: breaker?.failures ?? 10,
      window: time(reader, [...at, "circuitBreaker", "window"], breaker?.window, "10m"),
      resetAfter: time(reader, [...at, "circuitBreaker", "resetAfter"], breaker?.resetAfter, "15m"),
      halfOpen: breaker?.halfOpen ?? 1,
    },
    successCodes: (written?.successCodes ?? [0]).toSorted((a, b) => a - b),
    stopGracePeriod: time(reader, [...at, "stopGracePeriod"], written?.stopGracePeriod, "10s"),
    stopSignal: written?.stopSignal ?? "SIGTERM",
  };
}
