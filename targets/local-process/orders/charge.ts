import type { Json } from "../../../src/base/canonical.ts";
import { parseDuration } from "../../../src/base/duration.ts";
import { parseBytes, parseCpu } from "../../../src/base/quantity.ts";
import { isAbsolute } from "../../../src/base/paths.ts";
import type { Hook, Probe, SupervisionIr, Time } from "../../../src/model/ir.ts";
import type { Fields, Resource } from "../../../src/model/resource.ts";
import type { Charge, Limits, SecretOrigin } from "../../../src/model/supervision.ts";
import type { Place } from "../../../src/model/target.ts";

/** The fields of a process, as `desired` made them. */
export interface ProcessFields {
  readonly command: readonly string[];
  readonly program: string;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string | null>>;
  readonly inheritEnv?: readonly string[];
  readonly code: Readonly<Record<string, string>>;
  readonly ports: Readonly<
    Record<string, { readonly port: number; readonly address: string; readonly inside: boolean }>
  >;
  readonly health: Readonly<Record<string, Json>>;
  readonly limits: {
    readonly memory?: string;
    readonly cpu?: string;
    readonly pids?: number;
    readonly files?: number;
  };
  readonly supervision: Readonly<Record<string, Json>>;
  readonly lifecycle: Readonly<
    Record<string, { readonly command: readonly string[]; readonly timeout: string }>
  >;
  readonly logging: { readonly maxSize: string; readonly maxFiles: number };
  readonly dependsOn: Charge["dependsOn"];
  readonly priority: "high" | "normal" | "low" | number;
}

/** Of one whose record is lost, and that no file asks for, nothing is known. */
export const isProcess = (fields: Fields): boolean =>
  Array.isArray(fields["command"]) && typeof fields["program"] === "string";

/** Made by this target and read back by it: the shape is its own. */
export function processFields(fields: Fields): ProcessFields {
  if (!isProcess(fields)) throw new Error("these are not the fields of a process");
  return fields as unknown as ProcessFields;
}

export interface ChargeExtras {
  /** Where the program really is. */
  readonly program: string;
  readonly surroundings: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, SecretOrigin>>;
  /** Variables that only this machine can know, such as the path of the config file. */
  readonly more: Readonly<Record<string, string>>;
}

/** What the supervisor is asked to keep running for a resource. */
export function chargeOf(resource: Resource, place: Place, extras: ChargeExtras): Charge {
  const fields = processFields(resource.fields);
  const [, ...rest] = fields.command;
  return {
    agent: resource.agent,
    replica: 0,
    source: resource.source,
    origin: place.origin,
    after: resource.after,
    protect: resource.protect,
    command: [extras.program, ...rest],
    cwd: cwdOf(fields.cwd, place.root),
    environment: { ...extras.more, ...fields.environment },
    surroundings: extras.surroundings,
    secrets: extras.secrets,
    health: Object.fromEntries(Object.entries(fields.health).map(([kind, probe]) => [kind, probeOf(probe)])),
    ports: portsOf(fields.ports),
    supervision: supervisionOf(fields.supervision),
    hooks: Object.fromEntries(
      Object.entries(fields.lifecycle).map(([name, hook]): [string, Hook] => [
        name,
        { command: hook.command, timeout: time(hook.timeout) },
      ]),
    ),
    limits: limitsOf(fields.limits),
    logging: { maxBytes: bytes(fields.logging.maxSize), maxFiles: fields.logging.maxFiles },
    dependsOn: fields.dependsOn,
    nice: niceOf(fields.priority),
    asked: resource.fields,
  };
}

/** Checks connect by TCP, so where one number stands for two ports it is that one. */
function portsOf(ports: ProcessFields["ports"]): Charge["ports"] {
  const all = Object.entries(ports).map(([key, { port }]) => [key, port] as const);
  const ofProtocol = (end: string): readonly (readonly [string, number])[] =>
    all.flatMap(([key, port]) => (key.endsWith(end) ? [[key.slice(0, -end.length), port] as const] : []));
  return Object.fromEntries([...ofProtocol("/udp"), ...ofProtocol("/tcp")]);
}

export const cwdOf = (cwd: string, root: string): string =>
  isAbsolute(cwd) ? cwd : cwd === "." ? root : `${root}/${cwd}`;

function limitsOf(limits: ProcessFields["limits"]): Limits {
  const cpu = limits.cpu === undefined ? undefined : parseCpu(limits.cpu);
  return {
    ...(limits.memory === undefined ? {} : { memory: bytes(limits.memory) }),
    ...(cpu?.ok === true ? { cpu: cpu.value } : {}),
    ...(limits.pids === undefined ? {} : { pids: limits.pids }),
    ...(limits.files === undefined ? {} : { files: limits.files }),
  };
}

function niceOf(priority: ProcessFields["priority"]): number {
  if (typeof priority === "number") return Math.max(-20, Math.min(19, -priority));
  return { high: -5, normal: 0, low: 10 }[priority];
}

function probeOf(value: Json): Probe {
  const probe = value as unknown as Readonly<Record<string, string | number | readonly string[]>>;
  const text = (name: string): string => String(probe[name] ?? "");
  const times = {
    interval: time(text("interval")),
    timeout: time(text("timeout")),
    retries: Number(probe["retries"]),
    startPeriod: time(text("startPeriod")),
  };
  switch (probe["type"]) {
    case "http":
      return { type: "http", path: text("path"), port: Number(probe["port"]), ...times };
    case "tcp":
      return { type: "tcp", port: Number(probe["port"]), ...times };
    case "command":
      return { type: "command", command: Array.isArray(probe["command"]) ? probe["command"] : [], ...times };
    default:
      return { type: "file", file: text("file"), ...times };
  }
}

function supervisionOf(value: Readonly<Record<string, Json>>): SupervisionIr {
  const written = value as unknown as {
    readonly [Key in keyof SupervisionIr]: SupervisionIr[Key];
  } & {
    readonly backoff: { readonly initial: string; readonly max: string };
    readonly circuitBreaker: { readonly window: string; readonly resetAfter: string };
    readonly stopGracePeriod: string;
  };
  const { backoff, circuitBreaker } = written;
  return {
    ...written,
    backoff: { ...backoff, initial: time(backoff.initial), max: time(backoff.max) },
    circuitBreaker: {
      ...circuitBreaker,
      window: time(circuitBreaker.window),
      resetAfter: time(circuitBreaker.resetAfter),
    },
    stopGracePeriod: time(written.stopGracePeriod),
  };
}

function time(text: string): Time {
  const parsed = parseDuration(text);
  return { ms: parsed.ok ? parsed.value : 0, text };
}

function bytes(text: string): number {
  const parsed = parseBytes(text);
  return parsed.ok ? parsed.value : 0;
}
