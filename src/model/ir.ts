import type { Json } from "../base/canonical.ts";

/**
 * What every target reads: one project's agents with defaults filled in, units exact and references named.
 * Plain JSON; the same files give the same bytes. No value of a secret is ever in it, only where it comes from.
 * Lists that have names are maps here, so that order in a file means nothing and a difference has a path.
 */
export interface Ir {
  readonly irVersion: 1;
  readonly project: string | null;
  readonly agents: Readonly<Record<string, AgentIr>>;
}

export interface AgentIr {
  readonly name: string;
  readonly source: { readonly file: string; readonly document: number };
  readonly metadata: Metadata;
  readonly program: Program;
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
  readonly model?: ModelIr;
  readonly models: readonly (ModelIr & { readonly use?: string })[];
  readonly capabilities: readonly string[];
  readonly capabilityConfig?: Json;
  readonly environment: Readonly<Record<string, Value>>;
  readonly envFile: readonly string[];
  readonly inheritEnv: readonly string[];
  readonly secrets: Readonly<Record<string, SecretSource>>;
  readonly config?: { readonly value: Json; readonly reload: "restart" | "SIGHUP" };
  /** By `8080/tcp`. */
  readonly ports: Readonly<Record<string, PortIr>>;
  /** By target path. */
  readonly volumes: Readonly<Record<string, VolumeIr>>;
  readonly health: Health;
  readonly resources: { readonly limits: Amounts; readonly requests: Amounts };
  readonly network: NetworkIr;
  readonly services: Readonly<Record<string, ServiceIr>>;
  readonly dependsOn: Readonly<Record<string, { readonly condition: Condition; readonly restart: boolean }>>;
  readonly scaling: ScalingIr;
  readonly update: {
    readonly strategy: "rolling" | "recreate";
    readonly maxSurge?: number | string;
    readonly maxUnavailable?: number | string;
  };
  readonly security: SecurityIr;
  readonly isolation: IsolationIr;
  readonly supervision: SupervisionIr;
  readonly lifecycle: Readonly<Partial<Record<"onStart" | "onStop" | "onError", Hook>>>;
  readonly priority: "high" | "normal" | "low" | number;
  readonly logging: LoggingIr;
  readonly observability: ObservabilityIr;
  readonly overrides: Readonly<Record<string, readonly { readonly kind: string; readonly patch: Json }[]>>;
  readonly imagePullSecrets: readonly string[];
  readonly serviceAccount?: string;
  readonly code: { readonly include: readonly string[]; readonly exclude: readonly string[] };
}

export interface Metadata {
  readonly version?: string;
  readonly description?: string;
  readonly author?: string;
  readonly tags: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly renamedFrom?: string;
  readonly protect: boolean;
}

export interface Program {
  readonly runtime?: { readonly name: string; readonly version?: string };
  readonly image?: string;
  readonly build?: {
    readonly context: string;
    readonly dockerfile?: string;
    readonly baseImage?: string;
    readonly args: Readonly<Record<string, string>>;
    readonly target?: string;
    readonly push: boolean;
  };
  /** Absent: the runtime's or the image's own. */
  readonly command?: readonly string[];
  readonly args: readonly string[];
  /** The command is one line for a shell. */
  readonly shell: boolean;
  readonly workingDir?: string;
}

export interface ModelIr {
  readonly provider: string;
  readonly name: string;
  readonly config: Json;
}

/** Where a variable's value comes from. `by` names what put it there when the author did not. */
export type Value = (
  | { readonly is: "text"; readonly text: string }
  | SecretValue
  | { readonly is: "configmap"; readonly map: string; readonly key: string; readonly optional: boolean }
  | { readonly is: "config"; readonly key: string; readonly optional: boolean }
  | {
      readonly is: "caller";
      readonly variable: string;
      readonly default?: string;
      readonly optional: boolean;
    }
  | { readonly is: "file"; readonly path: string; readonly optional: boolean }
  | { readonly is: "service"; readonly service: string; readonly format: string; readonly optional: boolean }
  /** Text with `${NAME_HOST}` and the like, filled in when the agent starts. `$$` is a dollar sign. */
  | { readonly is: "late"; readonly template: string }
) & { readonly by?: "model" | "logging" | "capabilities" | "observability" | "services" };

export interface SecretValue {
  readonly is: "secret";
  /** Absent: the agent's own, `<agent>-secrets`. */
  readonly name?: string;
  readonly key: string;
  readonly optional: boolean;
  /** The whole value is secret and made of this text, with `${NAME}` for each secret in it. `$$` is a dollar sign. */
  readonly template?: string;
}

export type SecretSource = (
  | { readonly from: "env"; readonly envKey: string }
  | { readonly from: "file"; readonly path: string }
  | { readonly from: "kubernetes-secret" | "docker-secret"; readonly name: string; readonly key: string }
  | { readonly from: "default"; readonly name?: string; readonly key: string }
) & { readonly optional: boolean /** The variable by which the agent gets it. */; readonly variable: string };

export interface PortIr {
  readonly container: number;
  /** `free`: the container's port where nobody holds it, else one of the range. */
  readonly host: number | "free" | "none";
  readonly hostIP: string;
  readonly protocol: "tcp" | "udp";
  readonly name?: string;
}

export interface VolumeIr {
  readonly type: "bind" | "volume" | "tmpfs" | "configmap";
  readonly name?: string;
  /** A bind: from the project's root. */
  readonly source?: string;
  readonly target: string;
  readonly readOnly: boolean;
  readonly size?: Amount;
  readonly storageClass?: string;
  readonly accessMode?: string;
}

export type Health = Readonly<Partial<Record<"startup" | "readiness" | "liveness", Probe>>>;

export type Probe = (
  | { readonly type: "http"; readonly path: string; readonly port: number }
  | { readonly type: "tcp"; readonly port: number }
  | { readonly type: "command"; readonly command: readonly string[] }
  | { readonly type: "file"; readonly file: string }
) & {
  readonly interval: Time;
  readonly timeout: Time;
  readonly retries: number;
  readonly startPeriod: Time;
};

/** Exact, with the author's own text for the screen. */
export interface Time {
  readonly ms: number;
  readonly text: string;
}

/** Thousandths of a core for cpu, bytes for the rest. */
export interface Amount {
  readonly value: number;
  readonly text: string;
}

export interface Amounts {
  readonly cpu?: Amount;
  readonly memory?: Amount;
  readonly "ephemeral-storage"?: Amount;
  readonly pids?: number;
  readonly files?: number;
  readonly connections?: number;
  readonly io?: { readonly read?: Amount; readonly write?: Amount };
  readonly gpu?: number;
}

export interface NetworkIr {
  readonly mode: "bridge" | "host" | "none" | "custom";
  readonly name?: string;
  readonly dns: readonly string[];
  readonly allowExternalConnections: boolean;
  readonly allowedHosts: readonly string[];
}

/** Offered by this agent on a port of its own; used from another agent, from a fixed host, or from nobody. */
export type ServiceIr =
  | { readonly role: "offered"; readonly port: number; readonly protocol: string }
  | {
      readonly role: "used";
      readonly from: "agent";
      readonly agent: string;
      readonly port: number;
      readonly protocol: string;
    }
  | {
      readonly role: "used";
      readonly from: "host";
      readonly host: string;
      readonly port?: number;
      readonly protocol: string;
    }
  | { readonly role: "used"; readonly from: "nobody"; readonly port?: number; readonly protocol: string };

export type Condition = "started" | "healthy" | "completed";

export interface ScalingIr {
  readonly replicas: number;
  /** Present where something else than the file decides how many there are. */
  readonly auto?: {
    readonly min: number;
    readonly max: number;
    readonly metrics: readonly Json[];
    readonly cpuPercent?: number;
    readonly memoryPercent?: number;
    readonly scaleUpDelay: Time;
    readonly scaleDownDelay: Time;
  };
  readonly vertical?: Readonly<Partial<Record<"minCPU" | "maxCPU" | "minMemory" | "maxMemory", Amount>>>;
}

export interface SecurityIr {
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly readOnlyRootFilesystem: boolean;
  readonly noNewPrivileges?: boolean;
  readonly capabilities: { readonly drop: readonly string[]; readonly add: readonly string[] };
  readonly seccomp?: string;
  readonly dangerous: readonly string[];
}

export interface IsolationIr {
  readonly level: "none" | "resource-limits" | "process" | "sandbox" | "container";
  readonly filesystem?: "readwrite" | "readonly";
  readonly writable: readonly string[];
  readonly network?: "full" | "loopback" | "none" | "restricted";
  readonly degraded: "refuse" | "allow";
}

export interface SupervisionIr {
  readonly restart: "always" | "on-failure" | "unless-stopped" | "no";
  readonly maxRestarts: number | "unlimited";
  readonly backoff: {
    readonly type: "exponential" | "linear" | "fixed";
    readonly initial: Time;
    readonly max: Time;
    readonly multiplier: number;
    readonly jitter: number;
    /** Whether the author wrote it: some targets leave an unwritten one to the platform. */
    readonly written: boolean;
  };
  readonly circuitBreaker: {
    readonly failures: number;
    readonly window: Time;
    readonly resetAfter: Time;
    readonly halfOpen: number;
  };
  readonly successCodes: readonly number[];
  readonly stopGracePeriod: Time;
  readonly stopSignal: string;
}

export interface Hook {
  readonly command: readonly string[];
  readonly timeout: Time;
}

export interface LoggingIr {
  readonly level?: string;
  readonly format?: string;
  readonly maxSize: Amount;
  readonly maxFiles: number;
  readonly destination?: string;
}

export interface ObservabilityIr {
  readonly metrics?: {
    readonly enabled: boolean;
    readonly port?: number;
    readonly path: string;
    readonly interval: Time;
  };
  readonly tracing?: {
    readonly enabled: boolean;
    readonly provider?: string;
    readonly endpoint?: string;
    readonly samplingRate?: number;
  };
}
