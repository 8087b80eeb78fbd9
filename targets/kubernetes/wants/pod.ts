import { canonicalJson } from "../../../src/base/canonical.ts";
import type { AgentFacts } from "../../../src/model/facts.ts";
import type { AgentIr, Amounts } from "../../../src/model/ir.ts";
import { isAbsolute, normalise } from "../../../src/base/paths.ts";
import { commandOf } from "../../../src/wanted/command.ts";
import { imageOf } from "../../../src/wanted/image.ts";
import { mainPort } from "../../../src/wanted/told-ports.ts";
import { byteAmount, cpuAmount } from "./amounts.ts";
import { asItIs, portNumber } from "./environment.ts";
import { hooksOf, probesOf, seconds } from "./probes.ts";
import { containerSecurity, podSecurity } from "./security.ts";
import { sha256 } from "../../../src/wanted/sha256.ts";
import { defined, type JsonMap } from "../manifest/shape.ts";
import type { Mounts } from "./volumes.ts";

export interface PodParts {
  readonly agent: AgentIr;
  readonly facts: AgentFacts;
  readonly env: JsonMap;
  readonly mounts: Mounts;
  /** Whether the file says a thing itself, by its path in the IR. */
  readonly isWritten: (path: string) => boolean;
}

/** A pod of an agent, in the shape of fields. */
export function podOf({ agent, facts, env, mounts, isWritten }: PodParts): JsonMap {
  const { lifecycle, supervision, network } = agent;
  const image = imageOf(agent, facts);
  const isHost = network.mode === "host";
  return defined({
    automountServiceAccountToken: agent.serviceAccount === undefined ? false : undefined,
    containers: {
      [agent.name]: defined({
        ...programOf(agent, facts, image.is === "built"),
        env: orNone(env),
        image: image.reference,
        imagePullPolicy: "IfNotPresent",
        lifecycle: orNone(hooksOf(lifecycle)),
        ...probesOf(agent.health),
        ports: orNone(containerPorts(agent)),
        resources: orNone(resourcesOf(agent)),
        securityContext: containerSecurity(agent, isWritten("security/capabilities/drop")),
        volumeMounts: orNone(mounts.mounts),
      }),
    },
    dnsConfig: network.dns.length === 0 ? undefined : { nameservers: network.dns },
    dnsPolicy: isHost ? "ClusterFirstWithHostNet" : "ClusterFirst",
    // Otherwise each Service of the namespace would be told by variables, which may be called as an agent's own are.
    enableServiceLinks: false,
    hostNetwork: isHost ? true : undefined,
    hostPID: agent.security.dangerous.includes("host-pid") ? true : undefined,
    imagePullSecrets: orNone(Object.fromEntries(agent.imagePullSecrets.map((name) => [name, {}]))),
    securityContext: podSecurity(agent),
    // Said even where it is the default: left out, the former one would stay under its old name.
    serviceAccountName: agent.serviceAccount ?? "default",
    // The hook before the signal runs on the same clock.
    terminationGracePeriodSeconds:
      seconds(supervision.stopGracePeriod) +
      (lifecycle.onStop === undefined ? 0 : seconds(lifecycle.onStop.timeout)),
    volumes: orNone(mounts.volumes),
  });
}

/** Labels and annotations of the file, and where Prometheus finds what an agent says of itself. */
export function podMarks(agent: AgentIr): JsonMap | undefined {
  const { metrics } = agent.observability;
  const main = mainPort(agent);
  const port = metrics?.port ?? (main === undefined ? undefined : portNumber(main));
  const scraped: Readonly<Record<string, string>> =
    metrics === undefined || !metrics.enabled
      ? {}
      : {
          "prometheus.io/path": metrics.path,
          ...(port === undefined ? {} : { "prometheus.io/port": String(port) }),
          "prometheus.io/scrape": "true",
        };
  return orNone(
    defined({
      annotations: orNone({ ...scraped, ...agent.metadata.annotations }),
      labels: orNone(agent.metadata.labels),
    }),
  );
}

/** Of what an image is made of that is built from the folder; of one that is named nothing is known. */
export function codeOf(agent: AgentIr, facts: AgentFacts): string | undefined {
  if (imageOf(agent, facts).is !== "built") return undefined;
  const { code, locks } = facts;
  return sha256(canonicalJson({ code, locks, dependencies: agent.dependencies })).slice(0, 16);
}

/**
 * `command` stands in the place of an image's own program, `args` in that of its arguments. In an image that is made
 * for a runtime the program is such an argument too, so that those of the file have to follow it.
 */
function programOf(agent: AgentIr, facts: AgentFacts, isBuilt: boolean): JsonMap {
  const { program } = agent;
  const folder = program.workingDir === undefined ? {} : { workingDir: underApp(program.workingDir) };
  const of = (command: readonly string[], args: readonly string[]): JsonMap =>
    defined({
      ...folder,
      command: command.length === 0 ? undefined : command.map(asItIs),
      args: args.length === 0 ? undefined : args.map(asItIs),
    });
  if (program.command === undefined && program.args.length === 0) return folder;
  if (program.shell) return of(commandOf(program), []);
  if (program.command !== undefined) return of(program.command, program.args);
  return of([], isBuilt && isGenerated(agent, facts) ? commandOf(program) : program.args);
}

const GENERATED: ReadonlySet<string> = new Set(["python", "nodejs"]);

/** Whether an image is made by a recipe of ours: where the author has none, and one can be written for him. */
function isGenerated({ program, source }: AgentIr, { code }: AgentFacts): boolean {
  const { build, runtime } = program;
  if (build === undefined) return true;
  if (build.dockerfile !== undefined || build.target !== undefined) return false;
  if (!GENERATED.has(runtime?.name ?? "")) return false;
  const folder = normalise(source.file.split("/").slice(0, -1).join("/"));
  const context = normalise(build.context);
  const below =
    context === folder ? "" : folder === "." ? `${context}/` : `${context.slice(folder.length + 1)}/`;
  return build.baseImage !== undefined || !Object.hasOwn(code, `${below}Dockerfile`);
}

const underApp = (folder: string): string => (isAbsolute(folder) ? folder : normalise(`/app/${folder}`));

function containerPorts(agent: AgentIr): JsonMap {
  const all = Object.values(agent.ports);
  return Object.fromEntries(
    all.map(({ container, protocol, name }) => {
      const isAlone = name !== undefined && all.filter((one) => one.name === name).length === 1;
      return [`${container}/${protocol.toUpperCase()}`, isAlone && isPortName(name) ? { name } : {}];
    }),
  );
}

/** A pod is stricter than a Service: fifteen signs with a letter among them, and no two hyphens in a row. */
const isPortName = (name: string): boolean => /[a-z]/.test(name) && !name.includes("--");

function resourcesOf(agent: AgentIr): JsonMap {
  const { limits, requests } = agent.resources;
  return defined({ limits: orNone(amounts(limits)), requests: orNone(amounts(requests)) });
}

function amounts({ cpu, memory, "ephemeral-storage": disk, gpu }: Amounts): JsonMap {
  return defined({
    cpu: cpu === undefined ? undefined : cpuAmount(cpu.value),
    "ephemeral-storage": disk === undefined ? undefined : byteAmount(disk.value),
    memory: memory === undefined ? undefined : byteAmount(memory.value),
    "nvidia.com/gpu": gpu === undefined ? undefined : String(gpu),
  });
}

const orNone = <T extends JsonMap>(map: T): T | undefined =>
  Object.keys(map).length === 0 ? undefined : map;
