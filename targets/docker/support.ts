import type { FieldSupport, Support } from "../../src/model/target.ts";
import {
  emulated,
  enforced,
  later as laterFor,
  notBuiltIn,
  notForIt,
  type Words,
} from "../../src/wanted/support.ts";

export const WORDS: Words = { one: "a container", several: "containers" };

const later = (instead: string): Support => laterFor(WORDS, instead);

/** Every field of the format, below `spec`: the nearest ancestor that is named holds. */
export const support: FieldSupport = {
  runtime: emulated("by an image that is made for it; go, rust and java need a `build` or an `image`"),
  model: enforced,
  models: enforced,
  capabilities: enforced,
  capability_config: notForIt("it is for other tools to read; the agent gets `capabilities` alone"),
  dependencies: emulated("by installing them into the image that is made from the agent's folder"),
  dev_dependencies: emulated("by leaving them out: nothing asks for them yet"),
  image: enforced,
  build: enforced,
  "build.push": later("leave it out, and push the image by its name"),
  command: enforced,
  args: enforced,
  workingDir: enforced,
  shell: enforced,
  environment: enforced,
  envFile: enforced,
  inheritEnv: later("name each variable under `environment`, with `from: env`"),
  secrets: enforced,
  config: enforced,
  configReload: later("leave it out: the agent is started anew with another config"),
  ports: enforced,
  volumes: enforced,
  "volumes.size": emulated("for memory (tmpfs); an engine gives a volume all the room there is"),
  "volumes.storageClass": notForIt("an engine keeps its volumes on its own disk"),
  "volumes.accessMode": notForIt("an engine keeps its volumes on its own disk"),
  healthCheck: emulated(
    "by the engine, where a program inside can ask; else from outside while somebody waits",
  ),
  "healthCheck.startup": emulated("by the time that the engine gives a start before a failure counts"),
  "healthCheck.liveness": later(
    "a plain check, or `readiness`: an unhealthy container is shown, not restarted",
  ),
  "resources.limits.memory": enforced,
  "resources.limits.pids": enforced,
  "resources.limits.cpu": enforced,
  "resources.limits.files": enforced,
  "resources.limits.ephemeral-storage": later("leave it out, or a volume of type tmpfs with a `size`"),
  "resources.limits.connections": later("leave it out"),
  "resources.limits.io": later("leave it out"),
  "resources.limits.gpu": later("leave it out, or -t kubernetes"),
  "resources.requests": notForIt("nothing is scheduled on one engine"),
  "network.mode": enforced,
  "network.name": enforced,
  "network.dns": enforced,
  "network.ports": enforced,
  "network.security": later("leave it out, or `mode: none` for an agent that needs nobody"),
  services: enforced,
  dependsOn: emulated("in the order of an apply; an engine that comes back starts all at once"),
  "scaling.replicas": enforced,
  "scaling.minReplicas": enforced,
  "scaling.maxReplicas": later("a fixed number in `replicas`, or -t kubernetes"),
  "scaling.metrics": later("a fixed number in `replicas`, or -t kubernetes"),
  autoscaling: later("a fixed number in `scaling.replicas`, or -t kubernetes"),
  "update.strategy": enforced,
  "update.maxSurge": later("leave it out: each replica is exchanged by itself"),
  "update.maxUnavailable": later("leave it out: each replica is exchanged by itself"),
  "security.runAsUser": enforced,
  "security.runAsGroup": enforced,
  "security.readOnlyRootFilesystem": enforced,
  "security.noNewPrivileges": enforced,
  "security.capabilities": enforced,
  "security.seccomp": enforced,
  "security.dangerous": emulated(
    "by refusing what is not listed; `privileged` and `host-pid` are also given, the first only where nothing narrower needs it",
  ),
  "isolation.level": emulated("by the container, which is more than `process` asks for"),
  "isolation.filesystem": enforced,
  "isolation.writable": later("mount a volume there, of type volume or tmpfs"),
  "isolation.network": emulated("by no network for `none`"),
  "isolation.degraded": enforced,
  "supervision.restart": emulated(
    "by the engine, which waits longer from one restart to the next as it sees fit",
  ),
  "supervision.maxRestarts": enforced,
  "supervision.backoff": later("leave it out: the engine has pauses of its own, from 100 ms to a minute"),
  "supervision.circuitBreaker": later("leave it out, or `restart: on-failure` with `maxRestarts`"),
  "supervision.successCodes": later("leave it out: 0 is success"),
  "supervision.stopGracePeriod": emulated("in whole seconds, rounded up"),
  "supervision.stopSignal": enforced,
  lifecycle: later("let the program itself do that when it starts and stops"),
  priority: later("leave it out, or a limit of cpu for the others"),
  "logging.level": enforced,
  "logging.format": notForIt("nothing tells the program, which writes its lines as it likes"),
  "logging.maxSize": enforced,
  "logging.maxFiles": enforced,
  "logging.destination": notForIt("the engine keeps what an agent prints"),
  "observability.metrics": notForIt("whoever scrapes finds the port that the agent listens on"),
  "observability.tracing.enabled": enforced,
  "observability.tracing.endpoint": enforced,
  "observability.tracing.samplingRate": enforced,
  "observability.tracing.provider": notForIt("libraries know no variable for it"),
  overrides: notForIt("they are for other targets"),
  imagePullSecrets: notForIt("the engine pulls with what `docker login` has left"),
  serviceAccount: notForIt("there are no accounts on an engine"),
  code: enforced,
};

/** Of fields that are carried otherwise: values that are not. */
export const notBuiltValues = {
  runtime: {
    what: "the runtimes go, rust and java without a `build` or an `image`",
    instead: "write a Dockerfile and `build: {dockerfile: Dockerfile}`, or name an `image`",
  },
  build: {
    what: "a build context or a Dockerfile outside the agent's own folder",
    instead: "put the agent file into the folder that the build sees",
  },
  volumes: {
    what: "volumes of type configmap",
    instead: "mount a folder: `type: bind`, or take single keys with `from: configmap`",
  },
  healthCheck: {
    what: "a check of the start that asks something else than that of readiness",
    instead: "ask the same in both; each may have its own times",
  },
  dependsOn: {
    what: "waiting until an agent has ended",
    instead: "`condition: started` or `healthy`",
  },
  scaling: {
    what: "several replicas with a port of the machine",
    instead: "`host: none` for each port, or one replica",
  },
  update: {
    what: "a rolling update of an agent that holds a port of the machine",
    instead: "`host: none` for each port, or `strategy: recreate`",
  },
  "security.seccomp": {
    what: "a seccomp profile of your own",
    instead: "`seccomp: default`",
  },
  "isolation.level": {
    what: "a sandbox",
    instead: "`level: container`, or allow that with `degraded: allow`",
  },
  "isolation.network": {
    what: "a network that reaches only some",
    instead: "`network: none` or `full`, or allow the latter with `degraded: allow`",
  },
  "supervision.maxRestarts": {
    what: "a limit of restarts where every end is followed by one",
    instead: "`restart: on-failure`",
  },
  overrides: {
    what: "overrides of docker",
    instead: "leave them out: each field that a container has can be written in `spec`",
  },
} as const;

/** All that is part of the format and still to come here, in one place. */
export const notBuiltYet = (): readonly string[] => notBuiltIn(support, notBuiltValues);
