import type { Health, Hook, Probe, Time } from "../../../src/model/ir.ts";
import { asItIs } from "./environment.ts";
import { defined, type JsonMap } from "../manifest/shape.ts";

/** The server counts whole seconds, and knows no probe that takes none. */
export const seconds = (time: Pick<Time, "ms">): number => Math.ceil(time.ms / 1000);
const atLeastOne = (time: Pick<Time, "ms">): number => Math.max(1, seconds(time));

/**
 * Before its first success a check is tried each second until startPeriod + interval × retries: that is a startup
 * probe. Where only a liveness is written, nothing but a first delay keeps it from ending what still starts.
 */
export function probesOf({ startup, readiness, liveness }: Health): JsonMap {
  return defined({
    startupProbe:
      startup === undefined
        ? undefined
        : {
            ...asked(startup),
            periodSeconds: 1,
            timeoutSeconds: atLeastOne(startup.timeout),
            failureThreshold: atLeastOne({
              ms: startup.startPeriod.ms + startup.interval.ms * startup.retries,
            }),
          },
    readinessProbe: readiness === undefined ? undefined : repeated(readiness, 0),
    livenessProbe:
      liveness === undefined
        ? undefined
        : repeated(liveness, startup === undefined ? seconds(liveness.startPeriod) : 0),
  });
}

function repeated(probe: Probe, delay: number): JsonMap {
  return {
    ...asked(probe),
    ...(delay === 0 ? {} : { initialDelaySeconds: delay }),
    periodSeconds: atLeastOne(probe.interval),
    timeoutSeconds: atLeastOne(probe.timeout),
    failureThreshold: Math.max(1, probe.retries),
  };
}

function asked(probe: Probe): JsonMap {
  switch (probe.type) {
    case "http":
      return { httpGet: { path: probe.path, port: probe.port, scheme: "HTTP" } };
    case "tcp":
      return { tcpSocket: { port: probe.port } };
    case "command":
      return { exec: { command: probe.command.map(asItIs) } };
    case "file":
      return { exec: { command: ["test", "-e", asItIs(probe.file)] } };
  }
}

/** Hooks are run as they are written: nothing is put into their words, unlike those of a probe. */
export function hooksOf(
  lifecycle: Readonly<Partial<Record<"onStart" | "onStop" | "onError", Hook>>>,
): JsonMap {
  const { onStart, onStop } = lifecycle;
  const run = (hook: Hook): JsonMap => ({ exec: { command: hook.command } });
  return defined({
    postStart: onStart === undefined ? undefined : run(onStart),
    preStop: onStop === undefined ? undefined : run(onStop),
  });
}
