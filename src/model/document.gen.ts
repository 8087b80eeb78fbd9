// Generated from schema/ by `npm run gen`: do not edit.

/**
 * A DNS label of at most 52 characters: lower-case letters, digits and hyphens, with a letter or digit at both ends.
 */
export type Name = string;
/**
 * One variable of a program: a value written here, or the place that it comes from.
 */
export type EnvironmentEntry =
  | EnvironmentValue
  | EnvironmentFromSecret
  | EnvironmentFromConfigMap
  | EnvironmentFromConfig
  | EnvironmentFromEnv
  | EnvironmentFromFile
  | EnvironmentFromService;
/**
 * Name of a variable: a letter or underscore, then letters, digits, underscores, dots or hyphens.
 */
export type VariableName = string;
/**
 * Name of a secret or a ConfigMap: a letter or digit, then letters, digits, dots, underscores or hyphens.
 */
export type ObjectName = string;
/**
 * Key inside a secret or a ConfigMap: letters, digits, dots, underscores and hyphens, but not two dots at the start.
 */
export type ObjectKey = string;
/**
 * A DNS label of at most 63 characters: lower-case letters, digits and hyphens, with a letter or digit at both ends.
 */
export type DnsLabel = string;
/**
 * One secret and the place that its value comes from; the value itself is never written in the file.
 */
export type SecretEntry =
  SecretFromEnv | SecretFromFile | SecretFromKubernetes | SecretFromDocker | SecretByName;
/**
 * A TCP or UDP port number from 1 to 65535.
 */
export type Port = number;
/**
 * An amount of data: a number of bytes, or a number with a binary unit (Ki, Mi, Gi, Ti, Pi) or a decimal unit (K, M, G, T, P, KB, MB, GB, TB).
 */
export type Memory = string;
/**
 * A program and its arguments, one item each, run without a shell.
 *
 * @minItems 1
 *
 * Items: The program, or one of its arguments.
 */
export type Command = [string, ...string[]];
/**
 * A length of time: one or more numbers, each followed by its unit, which is ms, s, m, h or d.
 */
export type Duration = string;
/**
 * An amount of processor time in cores, or in thousandths of a core with the suffix m.
 */
export type Cpu = string;
/**
 * An amount of data per second, written like an amount of memory.
 */
export type DataRate = string;
/**
 * What happens where something asked for is not possible: refuse makes it an error, allow goes on without it and says so.
 */
export type DegradedMode = "refuse" | "allow";
/**
 * How much a program logs: a level lets through its own messages and those of the more severe levels.
 */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal";

/**
 * One agent: what it is made of and how it runs.
 */
export interface Agent {
  /**
   * Version of the file format.
   */
  readonly apiVersion: "agent.dev/v1";
  /**
   * Kind of document.
   */
  readonly kind: "Agent";
  /**
   * Name and description of the agent.
   */
  readonly metadata: Metadata;
  /**
   * What the agent is made of and how it runs; at least one of runtime, image, command and build is required.
   */
  readonly spec: AgentSpec & {};
  /**
   * Variants of spec by name, merged over it when chosen with --profile; null removes a key.
   */
  readonly profiles?: {
    /**
     * The part of spec that differs in this profile; it is checked after the merge.
     */
    [k: string]: {
      [k: string]: unknown;
    };
  };
  /**
   * A key of your own, of any content, which aac does not read; useful for anchors.
   *
   * This interface was referenced by `Agent`'s JSON-Schema definition
   * via the `patternProperty` "^x-".
   */
  [k: string]:
    | {
        [k: string]: unknown;
      }
    | "agent.dev/v1"
    | "Agent"
    | Metadata
    | (AgentSpec & {})
    | {
        /**
         * The part of spec that differs in this profile; it is checked after the merge.
         */
        [k: string]: {
          [k: string]: unknown;
        };
      }
    | undefined;
}
/**
 * Name and description of the agent.
 */
export interface Metadata {
  /**
   * Name of the agent, unique in its project; a DNS label of at most 52 characters.
   */
  readonly name: Name;
  /**
   * Version of the agent as major.minor.patch, with optional pre-release and build parts; by default an image is named by a digest of its content.
   */
  readonly version?: string;
  /**
   * What the agent does, in a sentence.
   */
  readonly description?: string;
  /**
   * Who wrote the agent.
   */
  readonly author?: string;
  /**
   * Words by which the agent can be found.
   *
   * Items: One word.
   */
  readonly tags?: string[];
  /**
   * Labels that pods and containers of the agent carry.
   */
  readonly labels?: Labels;
  /**
   * Annotations that pods and containers of the agent carry.
   */
  readonly annotations?: Annotations;
  /**
   * Earlier name of the agent; its stored data is kept under the new name.
   */
  readonly renamedFrom?: Name;
  /**
   * Whether a plan that would delete or replace the agent is an error; by default it is not.
   */
  readonly protect?: boolean;
}
/**
 * Labels by name; each value is text.
 */
export interface Labels {
  /**
   * Value of the label.
   */
  [k: string]: string;
}
/**
 * Annotations by name; each value is text.
 */
export interface Annotations {
  /**
   * Value of the annotation.
   */
  [k: string]: string;
}
/**
 * What the agent is made of and how it runs.
 */
export interface AgentSpec {
  /**
   * Language that the agent runs in, with an optional version after a colon, or container or exec; it decides the base image, the package manager and the program that is started.
   */
  readonly runtime?: string;
  /**
   * Model that the agent talks to; it reaches the agent as environment variables.
   */
  readonly model?: Model;
  /**
   * Several models, each with what it is used for.
   */
  readonly models?: ModelUse[];
  /**
   * What the agent can do, as labels that other tools read; the agent reads them from AAC_CAPABILITIES.
   *
   * Items: One capability.
   */
  readonly capabilities?: string[];
  /**
   * Settings of the capabilities; any keys.
   */
  readonly capability_config?: {
    [k: string]: unknown;
  };
  /**
   * Packages that the agent needs, as its package manager writes them; by default those of the lock file or manifest in the agent's folder.
   *
   * Items: One package with its version.
   */
  readonly dependencies?: string[];
  /**
   * Packages that are only needed for development, as the package manager writes them; installed only when asked for.
   *
   * Items: One package with its version.
   */
  readonly dev_dependencies?: string[];
  /**
   * Image that the agent runs from, with an optional tag and digest; beside build or a runtime it is the name that the built image gets.
   */
  readonly image?: string;
  /**
   * How the image is built; by default from the runtime, the dependencies and the agent's folder.
   */
  readonly build?: Build;
  /**
   * Program that the agent runs; by default that of the runtime or the image.
   */
  readonly command?: [string, ...string[]] | string;
  /**
   * Arguments that follow the command, or the image's own entry point where there is no command.
   *
   * Items: One argument.
   */
  readonly args?: string[];
  /**
   * Folder that the agent starts in; by default that of the image, or the agent's own folder.
   */
  readonly workingDir?: string;
  /**
   * Whether the command is run by a shell; by default it is not, and is started as it is.
   */
  readonly shell?: boolean;
  /**
   * Variables that the agent gets.
   */
  readonly environment?: EnvironmentEntry[];
  /**
   * Files of NAME=value lines whose variables the agent gets, relative to the agent's file; those that look secret are handled as secrets.
   *
   * Items: Path of one file.
   */
  readonly envFile?: string[];
  /**
   * Names of the caller's variables that are passed on to the agent, beyond the few that always are where it runs as a plain process.
   *
   * Items: Name of one variable.
   */
  readonly inheritEnv?: VariableName[];
  /**
   * Secrets that the agent uses; their values are never written in the file, a plan or a log.
   */
  readonly secrets?: SecretEntry[];
  /**
   * Settings of the agent, any keys; it finds them as a read-only JSON file whose path is in AAC_CONFIG.
   */
  readonly config?: {
    [k: string]: unknown;
  };
  /**
   * What happens when config changes: restart starts the agent anew, SIGHUP rewrites the file and sends that signal. By default restart.
   */
  readonly configReload?: "restart" | "SIGHUP";
  /**
   * Ports that the agent listens on.
   */
  readonly ports?: PortMapping[];
  /**
   * Folders, files and stored data that the agent sees at a path.
   */
  readonly volumes?: Volume[];
  /**
   * How to tell whether the agent is started, ready and alive; by default it counts as healthy while it runs.
   */
  readonly healthCheck?: HealthCheck;
  /**
   * What one replica may use and what is set aside for it; by default nothing is limited or set aside.
   */
  readonly resources?: Resources;
  /**
   * The network that the agent is on and what it may reach.
   */
  readonly network?: Network;
  /**
   * Services that the agent offers to other agents or uses; one whose port is a port of this agent is offered, any other is used.
   */
  readonly services?: Service[];
  /**
   * Agents that must be there before this one starts, by name.
   */
  readonly dependsOn?: {
    [k: string]: Dependency;
  };
  /**
   * How many replicas of the agent run.
   */
  readonly scaling?: Scaling;
  /**
   * How the number of replicas follows the load; by default it does not.
   */
  readonly autoscaling?: Autoscaling;
  /**
   * How a new version replaces the running one.
   */
  readonly update?: Update;
  /**
   * The user that the agent runs as and the rights that it has.
   */
  readonly security?: Security;
  /**
   * How far the agent is kept apart from the machine; what is asked for is proven when it starts.
   */
  readonly isolation?: Isolation;
  /**
   * What happens when the agent ends, and how it is stopped.
   */
  readonly supervision?: Supervision;
  /**
   * Programs that run when the agent starts, stops or fails; they get AAC_AGENT, AAC_REPLICA, AAC_EVENT and more as variables.
   */
  readonly lifecycle?: Lifecycle;
  /**
   * Importance of the agent where resources are short; by default normal.
   */
  readonly priority?: ("high" | "normal" | "low") | number;
  /**
   * How the agent logs and how much of its output is kept.
   */
  readonly logging?: Logging;
  /**
   * Metrics and traces of the agent.
   */
  readonly observability?: Observability;
  /**
   * Changes to what a target makes from this file, by the target's name, for what the format itself lacks; labels, selectors and names cannot be changed.
   */
  readonly overrides?: {
    /**
     * Changes for one target, made in this order.
     */
    [k: string]: Override[];
  };
  /**
   * Names of the secrets that hold the logins of image registries; by default images are pulled with the login that the engine has.
   *
   * Items: Name of one secret.
   */
  readonly imagePullSecrets?: ObjectName[];
  /**
   * Account that the agent runs under where the target has accounts for workloads; by default the target's own.
   */
  readonly serviceAccount?: string;
  /**
   * Which files of the agent's folder are its code; by default all but agent files, ignored files, data files, logs and caches.
   */
  readonly code?: Code;
}
/**
 * A model and its settings.
 */
export interface Model {
  /**
   * Provider of the model; the agent reads it from AAC_MODEL_PROVIDER and MODEL_PROVIDER.
   */
  readonly provider: string;
  /**
   * Name of the model as its provider calls it; the agent reads it from AAC_MODEL_NAME and MODEL_NAME.
   */
  readonly name: string;
  /**
   * Settings of the model, passed to the agent as JSON in AAC_MODEL_CONFIG; any keys. A temperature outside 0 to 2 or a top_p outside 0 to 1 gives a warning.
   */
  readonly config?: {
    [k: string]: unknown;
  };
}
/**
 * One of several models, with what it is used for.
 */
export interface ModelUse {
  /**
   * Provider of the model; the agent reads it from AAC_MODEL_PROVIDER and MODEL_PROVIDER.
   */
  readonly provider: string;
  /**
   * Name of the model as its provider calls it; the agent reads it from AAC_MODEL_NAME and MODEL_NAME.
   */
  readonly name: string;
  /**
   * Settings of the model, passed to the agent as JSON in AAC_MODEL_CONFIG; any keys. A temperature outside 0 to 2 or a top_p outside 0 to 1 gives a warning.
   */
  readonly config?: {
    [k: string]: unknown;
  };
  /**
   * What the agent uses this model for, in a word of its own.
   */
  readonly use?: string;
}
/**
 * How the image of the agent is built.
 */
export interface Build {
  /**
   * Folder that the build sees, relative to the agent's file; by default the folder of that file.
   */
  readonly context?: string;
  /**
   * Path of the Dockerfile, relative to the context; by default the file Dockerfile there.
   */
  readonly dockerfile?: string;
  /**
   * Image that the build starts from; by default that of the runtime.
   */
  readonly baseImage?: string;
  /**
   * Build arguments by name; each value is text.
   */
  readonly args?: StringMap;
  /**
   * Stage of the Dockerfile to build; by default the last.
   */
  readonly target?: string;
  /**
   * Whether the image is pushed to its registry after the build; by default it is not.
   */
  readonly push?: boolean;
}
/**
 * A map from names to text.
 */
export interface StringMap {
  /**
   * Value that the name stands for.
   */
  [k: string]: string;
}
/**
 * A variable with a value that is written in the file.
 */
export interface EnvironmentValue {
  /**
   * Name of the variable that the program sees.
   */
  readonly name: VariableName;
  /**
   * Value of the variable, exactly as written.
   */
  readonly value: string;
}
/**
 * A variable whose value is a secret; without secretName and secretKey it is the entry of spec.secrets that has the variable's name.
 */
export interface EnvironmentFromSecret {
  /**
   * Name of the variable that the program sees.
   */
  readonly name: VariableName;
  /**
   * Says that the value comes from a secret.
   */
  readonly from: "secret";
  /**
   * Name of the secret that holds the value; written together with secretKey, or left out to use the secret that has the variable's name.
   */
  readonly secretName?: ObjectName;
  /**
   * Key of the value inside the secret; written together with secretName.
   */
  readonly secretKey?: ObjectKey;
  /**
   * Whether the secret may be absent; if it may and is, the variable is not set and a note says so. By default its absence is an error.
   */
  readonly optional?: boolean;
}
/**
 * A variable whose value is one key of a ConfigMap.
 */
export interface EnvironmentFromConfigMap {
  /**
   * Name of the variable that the program sees.
   */
  readonly name: VariableName;
  /**
   * Says that the value comes from a ConfigMap.
   */
  readonly from: "configmap";
  /**
   * Name of the ConfigMap that holds the value.
   */
  readonly configMapName: ObjectName;
  /**
   * Key of the value inside the ConfigMap.
   */
  readonly configMapKey: ObjectKey;
  /**
   * Whether the ConfigMap or its key may be absent; if it may and is, the variable is not set and a note says so. By default its absence is an error.
   */
  readonly optional?: boolean;
}
/**
 * A variable whose value is a key of spec.config.
 */
export interface EnvironmentFromConfig {
  /**
   * Name of the variable that the program sees.
   */
  readonly name: VariableName;
  /**
   * Says that the value comes from spec.config.
   */
  readonly from: "config";
  /**
   * Key in spec.config; by default the variable's name.
   */
  readonly key?: string;
  /**
   * Whether the key may be absent; if it may and is, the variable is not set and a note says so. By default its absence is an error.
   */
  readonly optional?: boolean;
}
/**
 * A variable whose value is that of a variable of the caller or of the .env file beside the agent's file.
 */
export interface EnvironmentFromEnv {
  /**
   * Name of the variable that the program sees.
   */
  readonly name: VariableName;
  /**
   * Says that the value comes from the caller's environment.
   */
  readonly from: "env";
  /**
   * Name of the caller's variable; by default the same name as this one.
   */
  readonly envKey?: VariableName;
  /**
   * Value to use where the caller's variable is not set; by default there is none.
   */
  readonly defaultValue?: string;
  /**
   * Whether the caller's variable may be absent; if it may and is, the variable is not set and a note says so. By default its absence is an error.
   */
  readonly optional?: boolean;
}
/**
 * A variable whose value is the content of a file, read when the agent starts.
 */
export interface EnvironmentFromFile {
  /**
   * Name of the variable that the program sees.
   */
  readonly name: VariableName;
  /**
   * Says that the value comes from a file.
   */
  readonly from: "file";
  /**
   * Path of the file to read, relative to the agent's file.
   */
  readonly path: string;
  /**
   * Whether the file may be absent; if it may and is, the variable is not set and a note says so. By default its absence is an error.
   */
  readonly optional?: boolean;
}
/**
 * A variable that holds the address of a service from spec.services.
 */
export interface EnvironmentFromService {
  /**
   * Name of the variable that the program sees.
   */
  readonly name: VariableName;
  /**
   * Says that the value is the address of a service.
   */
  readonly from: "service";
  /**
   * Name of the service in spec.services.
   */
  readonly service: DnsLabel;
  /**
   * Text of the value, in which {scheme}, {host} and {port} are replaced by those of the service; by default the three as a URL.
   */
  readonly format?: string;
  /**
   * Whether the service may be absent; if it may and is, the variable is not set and a note says so. By default its absence is an error.
   */
  readonly optional?: boolean;
}
/**
 * A secret whose value is that of a variable of the caller or of the .env file beside the agent's file.
 */
export interface SecretFromEnv {
  /**
   * Name of the secret inside this file, by which environment entries use it.
   */
  readonly name: VariableName;
  /**
   * Says that the value comes from the caller's environment.
   */
  readonly from: "env";
  /**
   * Name of the caller's variable; by default the name of the secret.
   */
  readonly envKey?: VariableName;
  /**
   * Whether the variable may be absent; if it may and is, the secret is left out and a note says so. By default its absence is an error.
   */
  readonly optional?: boolean;
}
/**
 * A secret whose value is the content of a file, read when the agent starts.
 */
export interface SecretFromFile {
  /**
   * Name of the secret inside this file, by which environment entries use it.
   */
  readonly name: VariableName;
  /**
   * Says that the value comes from a file.
   */
  readonly from: "file";
  /**
   * Path of the file that holds the value, relative to the agent's file.
   */
  readonly path: string;
  /**
   * Whether the file may be absent; if it may and is, the secret is left out and a note says so. By default its absence is an error.
   */
  readonly optional?: boolean;
}
/**
 * A secret whose value is one key of a Secret object, or of the place that stands for it where there are no such objects.
 */
export interface SecretFromKubernetes {
  /**
   * Name of the secret inside this file, by which environment entries use it.
   */
  readonly name: VariableName;
  /**
   * Says that the value comes from a Secret object.
   */
  readonly from: "kubernetes-secret";
  /**
   * Name of the Secret object.
   */
  readonly secretName: ObjectName;
  /**
   * Key of the value inside the Secret object.
   */
  readonly secretKey: ObjectKey;
  /**
   * Whether the Secret object or its key may be absent; if it may and is, the secret is left out and a note says so. By default its absence is an error.
   */
  readonly optional?: boolean;
}
/**
 * A secret that a swarm keeps; no target supports it yet, and planning it is an error that says what to write instead.
 */
export interface SecretFromDocker {
  /**
   * Name of the secret inside this file, by which environment entries use it.
   */
  readonly name: VariableName;
  /**
   * Says that the value is a swarm secret.
   */
  readonly from: "docker-secret";
  /**
   * Name of the swarm secret.
   */
  readonly secretName: ObjectName;
  /**
   * Whether the swarm secret may be absent; if it may and is, the secret is left out and a note says so. By default its absence is an error.
   */
  readonly optional?: boolean;
}
/**
 * A secret that is found by its name, or by secretName and secretKey, where the target keeps secrets.
 */
export interface SecretByName {
  /**
   * Name of the secret inside this file, by which environment entries use it.
   */
  readonly name: VariableName;
  /**
   * Name under which the target keeps the secret; written together with secretKey, or left out to find the value by the name of this entry.
   */
  readonly secretName?: ObjectName;
  /**
   * Key of the value inside the secret; written together with secretName.
   */
  readonly secretKey?: ObjectKey;
  /**
   * Whether the secret may be absent; if it may and is, the secret is left out and a note says so. By default its absence is an error.
   */
  readonly optional?: boolean;
}
/**
 * A port that the agent listens on, and where it can be reached.
 */
export interface PortMapping {
  /**
   * Port that the agent listens on.
   */
  readonly container: Port;
  /**
   * Port on the machine by which the agent is reached. By default the container's port where that is free, else a free one of the project's portRange; only a written one is reserved.
   */
  readonly host?: number | "none";
  /**
   * Address of the machine that the port is opened on; by default 127.0.0.1, which only the machine itself can reach.
   */
  readonly hostIP?: string;
  /**
   * Protocol of the port; by default tcp.
   */
  readonly protocol?: "tcp" | "udp";
  /**
   * Name of the port, a DNS label of at most 15 characters; by default it has none.
   */
  readonly name?: string;
}
/**
 * A folder, a file or stored data that the agent sees at a path.
 */
export interface Volume {
  /**
   * Name of the volume, a DNS label; by default it follows from source.
   */
  readonly name?: DnsLabel;
  /**
   * What is mounted: a path relative to the agent's file for bind, the volume's name for volume, the ConfigMap's name for configmap, nothing for tmpfs.
   */
  readonly source?: string;
  /**
   * Absolute path where the agent sees the volume.
   */
  readonly target: string;
  /**
   * Kind of volume: bind is a path of the machine, volume is data that is kept, tmpfs is memory that is lost, configmap is a ConfigMap as files. By default bind where source is a path, else volume.
   */
  readonly type?: "bind" | "volume" | "tmpfs" | "configmap";
  /**
   * Whether the agent may only read; by default it may also write.
   */
  readonly readOnly?: boolean;
  /**
   * Size of the volume; by default that which the target gives.
   */
  readonly size?: Memory;
  /**
   * Class of storage that keeps the volume; by default that of the target.
   */
  readonly storageClass?: string;
  /**
   * How many machines may mount the volume at a time, and whether they may write; by default that which the target gives.
   */
  readonly accessMode?: "ReadWriteOnce" | "ReadOnlyMany" | "ReadWriteMany" | "ReadWriteOncePod";
}
/**
 * One check for everything, or separate checks in startup, readiness and liveness.
 */
export interface HealthCheck {
  /**
   * How the agent is asked. By default it follows from what is written: path means http, command means command, file means file, and anything else means tcp on port.
   */
  readonly type?: "http" | "command" | "tcp" | "file";
  /**
   * Path that an http check requests, which must answer with a success status; by default /health.
   */
  readonly path?: string;
  /**
   * Port that an http or tcp check connects to; by default the first TCP port of the agent.
   */
  readonly port?: Port;
  /**
   * Program that a command check runs in the agent's place; exit code 0 means healthy.
   */
  readonly command?: Command;
  /**
   * Path of the file that a file check looks for; the agent is healthy while it exists.
   */
  readonly file?: string;
  /**
   * Time from one check to the next; by default 30s.
   */
  readonly interval?: Duration;
  /**
   * Time after which a check without an answer counts as failed; by default 10s.
   */
  readonly timeout?: Duration;
  /**
   * Number of failed checks in a row after which the agent is unhealthy; by default 3.
   */
  readonly retries?: number;
  /**
   * Time after the start in which failed checks do not count; by default 5s.
   */
  readonly startPeriod?: Duration;
  /**
   * Check that tells whether the agent has started; by default the plain check.
   */
  readonly startup?: HealthProbe;
  /**
   * Check that tells whether the agent can take work; by default the plain check.
   */
  readonly readiness?: HealthProbe;
  /**
   * Check whose failure restarts the agent; by default the plain check, unless supervision.restart is no.
   */
  readonly liveness?: HealthProbe;
}
/**
 * One check of the agent.
 */
export interface HealthProbe {
  /**
   * How the agent is asked. By default it follows from what is written: path means http, command means command, file means file, and anything else means tcp on port.
   */
  readonly type?: "http" | "command" | "tcp" | "file";
  /**
   * Path that an http check requests, which must answer with a success status; by default /health.
   */
  readonly path?: string;
  /**
   * Port that an http or tcp check connects to; by default the first TCP port of the agent.
   */
  readonly port?: Port;
  /**
   * Program that a command check runs in the agent's place; exit code 0 means healthy.
   */
  readonly command?: Command;
  /**
   * Path of the file that a file check looks for; the agent is healthy while it exists.
   */
  readonly file?: string;
  /**
   * Time from one check to the next; by default 30s.
   */
  readonly interval?: Duration;
  /**
   * Time after which a check without an answer counts as failed; by default 10s.
   */
  readonly timeout?: Duration;
  /**
   * Number of failed checks in a row after which the agent is unhealthy; by default 3.
   */
  readonly retries?: number;
  /**
   * Time after the start in which failed checks do not count; by default 5s.
   */
  readonly startPeriod?: Duration;
}
/**
 * What one replica may use and what is set aside for it.
 */
export interface Resources {
  /**
   * The most that one replica may use; by default nothing is limited.
   */
  readonly limits?: ResourceLimits;
  /**
   * What is set aside for one replica; by default nothing is.
   */
  readonly requests?: ResourceRequests;
}
/**
 * The most that one replica may use.
 */
export interface ResourceLimits {
  /**
   * Most processor time, in cores; by default there is no limit.
   */
  readonly cpu?: Cpu;
  /**
   * Most memory; by default there is no limit.
   */
  readonly memory?: Memory;
  /**
   * Most disk space outside volumes; by default there is no limit.
   */
  readonly "ephemeral-storage"?: Memory;
  /**
   * Most processes and threads at a time; by default there is no limit.
   */
  readonly pids?: number;
  /**
   * Most open files at a time; by default there is no limit.
   */
  readonly files?: number;
  /**
   * Most open network connections at a time; by default there is no limit.
   */
  readonly connections?: number;
  /**
   * Most disk input and output per second; by default there is no limit.
   */
  readonly io?: ResourceIo;
  /**
   * Number of GPUs that the replica gets; by default none.
   */
  readonly gpu?: number;
}
/**
 * Limits of disk input and output.
 */
export interface ResourceIo {
  /**
   * Most bytes read from disk per second; by default there is no limit.
   */
  readonly read?: DataRate;
  /**
   * Most bytes written to disk per second; by default there is no limit.
   */
  readonly write?: DataRate;
}
/**
 * What is set aside for one replica; no request may exceed the limit of the same name.
 */
export interface ResourceRequests {
  /**
   * Processor time set aside, in cores; by default none is.
   */
  readonly cpu?: Cpu;
  /**
   * Memory set aside; by default none is.
   */
  readonly memory?: Memory;
  /**
   * Disk space outside volumes that is set aside; by default none is.
   */
  readonly "ephemeral-storage"?: Memory;
}
/**
 * The network that the agent is on.
 */
export interface Network {
  /**
   * Network of the agent: bridge is that of the project, host is that of the machine, none is no network, custom is the one in name. By default bridge.
   */
  readonly mode?: "bridge" | "host" | "none" | "custom";
  /**
   * Name of the network for mode custom.
   */
  readonly name?: string;
  /**
   * Addresses of the name servers that the agent asks; by default those of the machine or engine.
   *
   * Items: Address of one name server.
   */
  readonly dns?: string[];
  /**
   * More ports that the agent listens on; they join spec.ports.
   */
  readonly ports?: PortMapping[];
  /**
   * What the agent may reach on the network; by default everything.
   */
  readonly security?: NetworkSecurity;
}
/**
 * What the agent may reach on the network.
 */
export interface NetworkSecurity {
  /**
   * Whether the agent may reach hosts outside the project; by default it may.
   */
  readonly allowExternalConnections?: boolean;
  /**
   * Hosts that the agent may reach, each as host, *.host or host:port.
   *
   * Items: One host, with *. in front for all hosts below it or with a port behind.
   */
  readonly allowedHosts?: string[];
}
/**
 * A service that the agent offers or uses; those who use it get NAME_HOST, NAME_PORT and NAME_URL.
 */
export interface Service {
  /**
   * Name of the service, a DNS label.
   */
  readonly name: DnsLabel;
  /**
   * Port of the service; if it is one of this agent's ports, the agent offers the service, else it uses it.
   */
  readonly port?: Port;
  /**
   * Protocol of the service, which is also the scheme of its URL; by default tcp.
   */
  readonly protocol?: "tcp" | "udp" | "http" | "https" | "grpc";
  /**
   * Host of a service that no agent of the project offers; by default that of the agent that offers the name.
   */
  readonly host?: string;
}
/**
 * How this agent depends on another.
 */
export interface Dependency {
  /**
   * State of the other agent that this one waits for; by default started.
   */
  readonly condition?: "started" | "healthy" | "completed";
  /**
   * Whether this agent is restarted when the other one is replaced or restarted; by default it is not.
   */
  readonly restart?: boolean;
}
/**
 * How many replicas of the agent run.
 */
export interface Scaling {
  /**
   * Number of replicas; by default 1.
   */
  readonly replicas?: number;
  /**
   * Fewest replicas that an autoscaler leaves; by default 1.
   */
  readonly minReplicas?: number;
  /**
   * Most replicas that an autoscaler starts; by default there is no autoscaling.
   */
  readonly maxReplicas?: number;
  /**
   * Metrics that decide the number of replicas; use of cpu and memory is measured against resources.requests.
   */
  readonly metrics?: ScalingMetric[];
}
/**
 * A metric by which replicas are added and removed, written as in version 2 of the HorizontalPodAutoscaler.
 */
export interface ScalingMetric {
  /**
   * Kind of metric, which names the block that describes it.
   */
  readonly type: "Resource" | "Pods" | "Object" | "External" | "ContainerResource";
  [k: string]: unknown;
}
/**
 * How the number of replicas follows the load.
 */
export interface Autoscaling {
  /**
   * Whether the number of replicas follows the load; by default it does where this block is written.
   */
  readonly enabled?: boolean;
  /**
   * Fewest replicas; by default 1.
   */
  readonly minReplicas?: number;
  /**
   * Most replicas; there is no default.
   */
  readonly maxReplicas?: number;
  /**
   * Average use of the requested processor time to aim for, in percent; by default it is not looked at.
   */
  readonly targetCPUUtilizationPercentage?: number;
  /**
   * Average use of the requested memory to aim for, in percent; by default it is not looked at.
   */
  readonly targetMemoryUtilizationPercentage?: number;
  /**
   * More metrics that decide the number of replicas.
   */
  readonly metrics?: ScalingMetric[];
  /**
   * Time that the load must stay high before replicas are added; by default 60s.
   */
  readonly scaleUpDelay?: Duration;
  /**
   * Time that the load must stay low before replicas are removed; by default 300s.
   */
  readonly scaleDownDelay?: Duration;
  /**
   * How the size of a replica follows its load; by default it does not.
   */
  readonly vertical?: VerticalScaling;
}
/**
 * How the size of a replica follows its load.
 */
export interface VerticalScaling {
  /**
   * Whether the size follows the load; by default it does where this block is written.
   */
  readonly enabled?: boolean;
  /**
   * Least processor time, in cores; by default there is no lower bound.
   */
  readonly minCPU?: Cpu;
  /**
   * Most processor time, in cores; by default there is no upper bound.
   */
  readonly maxCPU?: Cpu;
  /**
   * Least memory; by default there is no lower bound.
   */
  readonly minMemory?: Memory;
  /**
   * Most memory; by default there is no upper bound.
   */
  readonly maxMemory?: Memory;
}
/**
 * How a new version replaces the running one.
 */
export interface Update {
  /**
   * Way of replacing: rolling starts the new one before the old one stops, recreate stops first. By default rolling where there is more than one replica or no port is published on the machine, else recreate.
   */
  readonly strategy?: "rolling" | "recreate";
  /**
   * How far a rolling update may go above the wanted number of replicas; by default that which the target gives.
   */
  readonly maxSurge?: number | string;
  /**
   * How far a rolling update may go below the wanted number of ready replicas; by default that which the target gives.
   */
  readonly maxUnavailable?: number | string;
}
/**
 * The user that the agent runs as and the rights that it has.
 */
export interface Security {
  /**
   * Numeric id of the user that the agent runs as; by default 1000 in images that aac builds and where the target requires a user, else that of the image or the caller.
   */
  readonly runAsUser?: number;
  /**
   * Numeric id of the group that the agent runs as; by default that which goes with the user.
   */
  readonly runAsGroup?: number;
  /**
   * Whether the agent may write only to its volumes; by default that which the target gives.
   */
  readonly readOnlyRootFilesystem?: boolean;
  /**
   * Whether the agent is kept from gaining more rights than it was started with; by default that which the target gives.
   */
  readonly noNewPrivileges?: boolean;
  /**
   * Linux capabilities that the agent loses or gains; by default those that the target gives.
   */
  readonly capabilities?: LinuxCapabilities;
  /**
   * Filter for system calls: default is that of the target, unconfined is none, anything else is the path of a profile, relative to the agent's file. If left out, that which the target gives applies.
   */
  readonly seccomp?: string;
  /**
   * Rights that can give the agent the whole machine and that are refused unless they are listed here; by default none.
   *
   * Items: One such right.
   */
  readonly dangerous?: (
    "root" | "docker-socket" | "host-root" | "privileged" | "host-network" | "host-pid" | "sys-admin"
  )[];
}
/**
 * Linux capabilities that the agent loses or gains.
 */
export interface LinuxCapabilities {
  /**
   * Capabilities that are taken away; ALL means every one.
   *
   * Items: Name of one capability.
   */
  readonly drop?: string[];
  /**
   * Capabilities that are given, after those in drop were taken away.
   *
   * Items: Name of one capability.
   */
  readonly add?: string[];
}
/**
 * How far the agent is kept apart from the machine.
 */
export interface Isolation {
  /**
   * Strength of the isolation, from none through resource-limits, process and sandbox to container; by default process.
   */
  readonly level?: "none" | "resource-limits" | "process" | "sandbox" | "container";
  /**
   * Whether the agent may change files outside writable and its volumes; by default that which the level gives.
   */
  readonly filesystem?: "readwrite" | "readonly";
  /**
   * Paths that stay writable where filesystem is readonly.
   *
   * Items: One path.
   */
  readonly writable?: string[];
  /**
   * What the agent can reach: full is everything, loopback is the machine itself, none is nothing, restricted is network.security.allowedHosts. By default that which the level gives.
   */
  readonly network?: "full" | "loopback" | "none" | "restricted";
  /**
   * What happens where the isolation that was asked for is not possible; by default the agent is refused.
   */
  readonly degraded?: DegradedMode & string;
}
/**
 * What happens when the agent ends, and how it is stopped.
 */
export interface Supervision {
  /**
   * When the agent is started again after it ended; by default always.
   */
  readonly restart?: "always" | "on-failure" | "unless-stopped" | "no";
  /**
   * How often the agent is started again before it counts as failed; by default without limit.
   */
  readonly maxRestarts?: "unlimited" | number;
  /**
   * How long to wait before a restart; by default twice as long each time, from 1s to 60s.
   */
  readonly backoff?: Backoff;
  /**
   * When to stop restarting an agent that keeps failing; by default after 10 failures in 10 minutes.
   */
  readonly circuitBreaker?: CircuitBreaker;
  /**
   * Exit codes that count as success; by default only 0.
   *
   * Items: One exit code.
   */
  readonly successCodes?: number[];
  /**
   * Time that the agent has to end after the stop signal before it is killed; by default 10s.
   */
  readonly stopGracePeriod?: Duration;
  /**
   * Signal that asks the agent to end; by default SIGTERM.
   */
  readonly stopSignal?: string;
}
/**
 * How long to wait before a restart.
 */
export interface Backoff {
  /**
   * How the wait grows from one restart to the next: by a factor, by a fixed step, or not at all. By default exponential.
   */
  readonly type?: "exponential" | "linear" | "fixed";
  /**
   * Wait before the first restart; by default 1s.
   */
  readonly initial?: Duration;
  /**
   * Longest wait; by default 60s.
   */
  readonly max?: Duration;
  /**
   * Factor by which an exponential wait grows each time; by default 2.
   */
  readonly multiplier?: number;
  /**
   * Share of the wait, from 0 to 1, by which it varies at random; by default 0.25.
   */
  readonly jitter?: number;
}
/**
 * When to stop restarting an agent that keeps failing.
 */
export interface CircuitBreaker {
  /**
   * Number of failures within window after which no restart follows; by default 10.
   */
  readonly failures?: number;
  /**
   * Time within which failures are counted; by default 10m.
   */
  readonly window?: Duration;
  /**
   * Time after which a restart is tried again; by default 15m.
   */
  readonly resetAfter?: Duration;
  /**
   * Number of restarts that are tried then before the agent counts as failed again; by default 1.
   */
  readonly halfOpen?: number;
}
/**
 * Programs that run when the agent starts, stops or fails.
 */
export interface Lifecycle {
  /**
   * Program that runs after the agent has started; by default there is none.
   */
  readonly onStart?: LifecycleHook;
  /**
   * Program that runs before the stop signal is sent; by default there is none.
   */
  readonly onStop?: LifecycleHook;
  /**
   * Program that runs after the agent has failed, before the wait for its restart; by default there is none.
   */
  readonly onError?: LifecycleHook;
}
/**
 * A program that runs at a certain moment of the agent's life.
 */
export interface LifecycleHook {
  /**
   * The program and its arguments, one item each, run without a shell.
   */
  readonly command: Command;
  /**
   * Time after which the program is stopped; by default 10s.
   */
  readonly timeout?: Duration;
}
/**
 * How the agent logs and how much of its output is kept.
 */
export interface Logging {
  /**
   * How much the agent logs; it reads this from LOG_LEVEL unless that is set in environment. By default nothing is passed.
   */
  readonly level?: LogLevel;
  /**
   * Form of the lines that the agent logs; by default the agent's own.
   */
  readonly format?: "text" | "json";
  /**
   * Size at which a log file is closed and the next one begun; by default 10MB.
   */
  readonly maxSize?: Memory;
  /**
   * Number of log files that are kept; by default 5.
   */
  readonly maxFiles?: number;
  /**
   * Where the agent's output goes; by default the target keeps it, for the logs command to read.
   */
  readonly destination?: string;
}
/**
 * Metrics and traces of the agent.
 */
export interface Observability {
  /**
   * Where the metrics of the agent are read; by default they are not.
   */
  readonly metrics?: MetricsEndpoint;
  /**
   * Where the traces of the agent go; by default nowhere.
   */
  readonly tracing?: Tracing;
}
/**
 * Where the metrics of the agent are read.
 */
export interface MetricsEndpoint {
  /**
   * Whether metrics are read; by default they are where this block is written.
   */
  readonly enabled?: boolean;
  /**
   * Port that serves the metrics; by default the first TCP port of the agent.
   */
  readonly port?: Port;
  /**
   * Path that serves the metrics; by default /metrics.
   */
  readonly path?: string;
  /**
   * Time from one reading to the next; by default 5s.
   */
  readonly interval?: Duration;
}
/**
 * Where the traces of the agent go; it reads this from OTEL_ variables.
 */
export interface Tracing {
  /**
   * Whether the agent sends traces; by default it does where this block is written.
   */
  readonly enabled?: boolean;
  /**
   * Kind of system that takes the traces; by default that which the agent's library assumes.
   */
  readonly provider?: string;
  /**
   * URL that traces are sent to; by default that which the agent's library assumes.
   */
  readonly endpoint?: string;
  /**
   * Share of traces that is sent, from 0 to 1; by default that which the agent's library assumes.
   */
  readonly samplingRate?: number;
}
/**
 * A change to the objects of one kind that a target makes.
 */
export interface Override {
  /**
   * Kind of object that is changed.
   */
  readonly kind: string;
  /**
   * JSON merge patch over the object; null removes a key, and lists of objects merge by name, containerPort or mountPath.
   */
  readonly patch: {
    [k: string]: unknown;
  };
}
/**
 * Which files of the agent's folder are its code.
 */
export interface Code {
  /**
   * Globs of files that are code although they would be left out by default.
   *
   * Items: One glob, relative to the agent's folder.
   */
  readonly include?: string[];
  /**
   * Globs of files that are not code although they would be taken by default.
   *
   * Items: One glob, relative to the agent's folder.
   */
  readonly exclude?: string[];
}
