import type { FieldSupport, Support } from "../../src/model/target.ts";
import {
  emulated,
  enforced,
  later as laterFor,
  notBuiltIn,
  notForIt,
  refused,
  type Words,
} from "../../src/wanted/support.ts";

export const WORDS: Words = { one: "a process", several: "processes" };

const later = (instead: string): Support => laterFor(WORDS, instead);

const WATCHED = emulated("by a cgroup where there is one, else by a watch that ends what takes more");

/** Every field of the format, below `spec`: the nearest ancestor that is named holds. */
export const support: FieldSupport = {
  runtime: emulated("by the interpreter that is found on this machine; go, rust and java are not built yet"),
  model: enforced,
  models: enforced,
  capabilities: enforced,
  capability_config: notForIt("it is for other tools to read; the agent gets `capabilities` alone"),
  dependencies: enforced,
  dev_dependencies: emulated("by leaving them out: nothing asks for them yet"),
  image: notForIt("a process runs its program, not an image"),
  build: notForIt("a process runs from its folder, nothing is built"),
  command: enforced,
  args: enforced,
  workingDir: emulated("by a folder of this machine: the agent's own stands for /app"),
  shell: enforced,
  environment: enforced,
  envFile: enforced,
  inheritEnv: enforced,
  secrets: enforced,
  config: enforced,
  configReload: enforced,
  ports: emulated(
    "by PORT and PORT_<NAME>, which tell the program where to listen; it opens the port itself",
  ),
  volumes: later(
    "mount a folder of the agent where it is already, such as ./data at /app/data, or -t docker",
  ),
  healthCheck: enforced,
  "resources.limits.memory": WATCHED,
  "resources.limits.pids": WATCHED,
  "resources.limits.cpu": emulated("by a cgroup where there is one, else it is not held"),
  "resources.limits.files": enforced,
  "resources.limits.ephemeral-storage": notForIt("a process has the machine's disk"),
  "resources.limits.connections": later("leave it out, or -t docker"),
  "resources.limits.io": later("leave it out, or -t docker"),
  "resources.limits.gpu": notForIt("a process sees the machine's own"),
  "resources.requests": notForIt("nothing is scheduled on one machine"),
  "network.mode": refused("processes share the machine's network", "mode host or bridge, or -t docker"),
  "network.name": notForIt("processes share the machine's network"),
  "network.dns": notForIt("processes share the machine's resolver"),
  "network.ports": emulated("as `ports`, which they join"),
  "network.security": refused("nothing can be held back from a process's network yet", "-t kubernetes"),
  services: enforced,
  dependsOn: enforced,
  scaling: later("one replica, or -t docker"),
  autoscaling: later("leave it out, or -t kubernetes"),
  update: later("leave it out: a process is exchanged, stop first"),
  "security.runAsUser": later("run aac as that user, or -t docker"),
  "security.runAsGroup": later("run aac as that user, or -t docker"),
  "security.readOnlyRootFilesystem": later("leave it out, or -t docker"),
  "security.noNewPrivileges": later("leave it out, or -t docker"),
  "security.capabilities": later("leave it out, or -t docker"),
  "security.seccomp": later("leave it out, or -t docker"),
  "security.dangerous": notForIt("a process has what its user has"),
  isolation: later("leave it out, allow it with `degraded: allow`, or -t docker"),
  supervision: enforced,
  lifecycle: enforced,
  priority: emulated("by nice; more than normal needs the right to raise it"),
  "logging.level": enforced,
  "logging.format": notForIt("nothing tells the program, which writes its lines as it likes"),
  "logging.maxSize": enforced,
  "logging.maxFiles": enforced,
  "logging.destination": notForIt("the supervisor keeps what an agent prints"),
  "observability.metrics": notForIt("whoever scrapes finds the port that the agent listens on"),
  "observability.tracing.enabled": enforced,
  "observability.tracing.endpoint": enforced,
  "observability.tracing.samplingRate": enforced,
  "observability.tracing.provider": notForIt("libraries know no variable for it"),
  overrides: notForIt("they are for other targets"),
  imagePullSecrets: notForIt("nothing is pulled"),
  serviceAccount: notForIt("there are no accounts but yours"),
  code: enforced,
};

/** Of fields that are carried otherwise: values that are not. */
export const notBuiltValues = {
  runtime: {
    what: "the runtimes go, rust and java",
    instead: "build it yourself and name the program in `command`, or -t docker",
  },
  dependencies: {
    what: "packages where the runtime is neither python nor nodejs",
    instead: "install them yourself and leave the list out, or -t docker",
  },
  overrides: {
    what: "overrides of local-process",
    instead: "leave them out: each field that a process has can be written in `spec`",
  },
} as const;

export const NOT_BUILT_RUNTIMES: ReadonlySet<string> = new Set(["go", "rust", "java"]);

/** All that is part of the format and still to come here, in one place. */
export const notBuiltYet = (): readonly string[] => notBuiltIn(support, notBuiltValues);
