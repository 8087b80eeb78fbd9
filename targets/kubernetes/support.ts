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

export const WORDS: Words = { one: "a pod", several: "pods" };

const later = (instead: string): Support => laterFor(WORDS, instead);

const BUILT = emulated(
  "by the image that it goes into, which has to be where the cluster finds it: nothing is built here",
);
const KUBELET = "the kubelet restarts what ends, and waits 10s, 20s and so on up to 5m";
const FIXED_SCALE = "write `scaling.replicas` alone";
const HOOK = "it gets the agent's own variables, and one that fails ends the container";

/** Every field of the format, below `spec`: the nearest ancestor that is named holds. */
export const support: FieldSupport = {
  runtime: BUILT,
  model: enforced,
  models: enforced,
  capabilities: enforced,
  capability_config: notForIt("it is for other tools to read; the agent gets `capabilities` alone"),
  dependencies: BUILT,
  dev_dependencies: emulated("by leaving them out: nothing asks for them yet"),
  image: enforced,
  build: BUILT,
  command: enforced,
  args: enforced,
  workingDir: enforced,
  shell: enforced,
  environment: enforced,
  envFile: emulated("as variables; those that look secret are read from the Secret AGENT-secrets"),
  inheritEnv: refused(
    "a pod has no caller whose variables it could get",
    "name each variable under `environment`, with `from: env`",
  ),
  secrets: emulated("as keys of Secrets, which the cluster has to have"),
  config: enforced,
  configReload: refused("nobody sends a signal into a pod", "leave it out: a change exchanges the pods"),
  ports: emulated("as a Service by the name of the agent, which others in the cluster reach"),
  "ports.host": notForIt("no port of a machine is opened; a Service has the port of the container"),
  "ports.hostIP": notForIt("no port of a machine is opened; a Service has an address in the cluster"),
  volumes: enforced,
  healthCheck: emulated("as probes of the kubelet, which counts in whole seconds"),
  "resources.limits.cpu": enforced,
  "resources.limits.memory": enforced,
  "resources.limits.ephemeral-storage": enforced,
  "resources.limits.pids": notForIt("the kubelet limits them, for all pods of a node alike"),
  "resources.limits.files": notForIt("a container has the limit of the node's engine"),
  "resources.limits.connections": notForIt("nothing counts them"),
  "resources.limits.io": notForIt("a pod has no limit of its disk's speed"),
  "resources.limits.gpu": emulated("as nvidia.com/gpu, which a device plugin of the node gives"),
  "resources.requests": enforced,
  "network.mode": refused("a pod is on the network of its cluster", "mode host or bridge"),
  "network.name": notForIt("all pods share the network of their cluster"),
  "network.dns": emulated("by asking them after the cluster's own, which knows the other agents"),
  "network.ports": emulated("as `ports`, which they join"),
  "network.ports.host": notForIt("no port of a machine is opened; a Service has the port of the container"),
  "network.ports.hostIP": notForIt("no port of a machine is opened; a Service has an address in the cluster"),
  "network.security": later("leave it out, and write a NetworkPolicy beside it"),
  services: enforced,
  dependsOn: emulated("as the order of an apply; pods that come back later wait for nobody"),
  "scaling.replicas": enforced,
  "scaling.minReplicas": emulated("by running that many: nothing scales yet"),
  "scaling.maxReplicas": later(FIXED_SCALE),
  "scaling.metrics": later(FIXED_SCALE),
  autoscaling: later(FIXED_SCALE),
  update: enforced,
  "security.runAsUser": enforced,
  "security.runAsGroup": enforced,
  "security.readOnlyRootFilesystem": enforced,
  "security.noNewPrivileges": enforced,
  "security.capabilities": enforced,
  "security.seccomp": refused("a profile of a file has to lie on each node already", "`seccomp: default`"),
  "security.dangerous": emulated(
    "by refusing what is not listed; `privileged` and `host-pid` are also given, the first only where nothing narrower needs it",
  ),
  "isolation.level": later("leave it out, allow less with `degraded: allow`, or write `level: container`"),
  "isolation.filesystem": enforced,
  "isolation.writable": emulated("by an empty folder there, which hides what the image has at that path"),
  "isolation.network": later(
    "leave it out, allow less with `degraded: allow`, and write a NetworkPolicy beside it",
  ),
  "isolation.degraded": emulated("by a note, where less is done than was asked for"),
  "supervision.restart": later("leave it out: an agent that ends is started again"),
  "supervision.maxRestarts": notForIt(KUBELET),
  "supervision.backoff": notForIt(KUBELET),
  "supervision.circuitBreaker": notForIt(KUBELET),
  "supervision.successCodes": notForIt("a pod is started again whatever its agent ended with"),
  "supervision.stopGracePeriod": enforced,
  "supervision.stopSignal": notForIt("the image says it: STOPSIGNAL in its Dockerfile"),
  "lifecycle.onStart": emulated(`as postStart: ${HOOK}`),
  "lifecycle.onStart.timeout": notForIt("the kubelet waits for postStart as long as it takes"),
  "lifecycle.onStop": emulated(`as preStop: ${HOOK}`),
  "lifecycle.onStop.timeout": emulated("by adding it to the time that a pod has to end"),
  "lifecycle.onError": refused(
    "nothing runs in a pod whose agent has ended",
    "leave it out, or -t local-process",
  ),
  priority: later("leave it out"),
  "logging.level": enforced,
  "logging.format": notForIt("nothing tells the program, which writes its lines as it likes"),
  "logging.maxSize": notForIt("the kubelet of each node turns logs over"),
  "logging.maxFiles": notForIt("the kubelet of each node turns logs over"),
  "logging.destination": notForIt("the kubelet keeps what an agent prints"),
  "observability.metrics": emulated("as annotations by which Prometheus finds them"),
  "observability.metrics.interval": notForIt("Prometheus asks as often as it is told to"),
  "observability.tracing.enabled": enforced,
  "observability.tracing.endpoint": enforced,
  "observability.tracing.samplingRate": enforced,
  "observability.tracing.provider": notForIt("libraries know no variable for it"),
  overrides: notForIt("they are for other targets"),
  imagePullSecrets: enforced,
  serviceAccount: enforced,
  code: emulated("by its digest: pods are exchanged for an image that was built anew"),
};

/** Of fields that are carried: values that are not built yet. */
export const notBuiltValues = {
  runtime: {
    what: "the runtimes go, rust and java without an image",
    instead: "add `build` with a `dockerfile` of your own, or the name of an `image`",
  },
  dependsOn: {
    what: "waiting until another agent has completed",
    instead: "`condition: started` or `healthy`",
  },
  overrides: {
    what: "overrides of kubernetes",
    instead: "leave them out, and patch the objects with another tool: what it owns stays as it is",
  },
} as const;

export const NOT_BUILT_RUNTIMES: ReadonlySet<string> = new Set(["go", "rust", "java"]);

/** All that is part of the format and still to come here, in one place. */
export const notBuiltYet = (): readonly string[] => notBuiltIn(support, notBuiltValues);
