import { byCodeUnit } from "../../../src/base/canonical.ts";
import type { AgentIr } from "../../../src/model/ir.ts";
import type { Fields, Resource } from "../../../src/model/resource.ts";
import { renamed } from "../../../src/wanted/places.ts";
import { writtenToldPorts } from "../../../src/wanted/told-ports.ts";
import type { Reference } from "./environment.ts";
import { CONFIG_FOLDER } from "../names.ts";
import { pathsOf } from "../manifest/owned.ts";
import type { Claim, Mounts } from "./volumes.ts";

type Written = Resource["written"];
type Renames = readonly (readonly [from: string, to: string])[];

/** Where the fields of each object were written in the agent's file, under the object's own names. */

const POD = "spec/template/spec";

export function writtenDeployment(
  agent: AgentIr,
  written: Written,
  mounts: Mounts,
  references: readonly Reference[],
): Written {
  const own = `${POD}/containers/${agent.name}`;
  const variables = { ...writtenToldPorts(agent, written), ...written };
  return {
    ...marks(written, "metadata"),
    ...marks(written, "spec/template/metadata"),
    ...renamed(written, [
      ["observability/metrics", "spec/template/metadata/annotations/prometheus.io"],
      ["scaling/replicas", "spec/replicas"],
      ["update", "spec/strategy"],
      ["update/strategy", "spec/strategy/type"],
      ["update/maxSurge", "spec/strategy/rollingUpdate/maxSurge"],
      ["update/maxUnavailable", "spec/strategy/rollingUpdate/maxUnavailable"],
      ["config", "configDigest"],
      ["secrets", "secrets"],
      ["imagePullSecrets", `${POD}/imagePullSecrets`],
      ["serviceAccount", `${POD}/serviceAccountName`],
      ["serviceAccount", `${POD}/automountServiceAccountToken`],
      ["network/dns", `${POD}/dnsConfig`],
      ["network/mode", `${POD}/hostNetwork`],
      ["network/mode", `${POD}/dnsPolicy`],
      ["lifecycle/onStop", `${POD}/terminationGracePeriodSeconds`],
      ["supervision/stopGracePeriod", `${POD}/terminationGracePeriodSeconds`],
      ...securityOf(`${POD}/securityContext`, ["runAsUser", "runAsGroup"]),
      ["security/runAsUser", `${POD}/securityContext/runAsNonRoot`],
      ["security/runAsUser", `${POD}/securityContext/fsGroup`],
      ["security/runAsGroup", `${POD}/securityContext/fsGroup`],
      ["security/seccomp", `${POD}/securityContext/seccompProfile`],
      ...program(own),
      ...health(own),
      ["lifecycle/onStart", `${own}/lifecycle/postStart`],
      ["lifecycle/onStop", `${own}/lifecycle/preStop`],
      ["resources", `${own}/resources`],
      ["resources/limits/gpu", `${own}/resources/limits/nvidia.com/gpu`],
      ["isolation/filesystem", `${own}/securityContext/readOnlyRootFilesystem`],
      ...securityOf(`${own}/securityContext`, ["readOnlyRootFilesystem", "capabilities"]),
      ["security/dangerous", `${own}/securityContext/privileged`],
      ["security/dangerous", `${POD}/hostPID`],
      ["security/noNewPrivileges", `${own}/securityContext/allowPrivilegeEscalation`],
      ...Object.keys(agent.ports).map((key) => [`ports/${key}`, `${own}/ports/${serverPort(key)}`] as const),
    ]),
    ...renamed(variables, [["environment", `${own}/env`]]),
    ...parts(variables, own, references),
    ...mounted(agent, written, own, mounts),
  };
}

export function writtenService(agent: AgentIr, written: Written): Written {
  return {
    ...marks(written, "metadata"),
    ...renamed(
      written,
      Object.keys(agent.ports).map((key) => [`ports/${key}`, `spec/ports/${serverPort(key)}`]),
    ),
  };
}

export const writtenConfig = (written: Written): Written => ({
  ...marks(written, "metadata"),
  ...renamed(written, [["config", "config"]]),
});

export function writtenClaim(written: Written, { targets }: Claim): Written {
  // What stands last holds: of several entries for one volume it is the first.
  const renames = targets.toReversed().flatMap((target): Renames => {
    const at = `volumes/${target}`;
    return [
      [at, "spec"],
      [`${at}/size`, "spec/resources/requests/storage"],
      [`${at}/accessMode`, "spec/accessModes"],
      [`${at}/storageClass`, "spec/storageClassName"],
    ];
  });
  return { ...marks(written, "metadata"), ...renamed(written, renames) };
}

export const serverPort = (key: string): string => key.toUpperCase();

/** Labels and annotations, and the agent as a whole. */
const marks = (written: Written, to: string): Written =>
  Object.fromEntries(
    Object.entries(renamed(written, [["metadata", to]])).filter(
      ([path]) => path === "metadata" || /(?:^|\/)metadata\/(?:labels|annotations)(?:\/|$)/.test(path),
    ),
  );

const program = (own: string): Renames => [
  ["runtime", `${own}/image`],
  ["build", `${own}/image`],
  ["metadata/version", `${own}/image`],
  ["image", `${own}/image`],
  ["command", `${own}/command`],
  ["runtime", `${own}/args`],
  ["args", `${own}/args`],
  ["workingDir", `${own}/workingDir`],
];

const securityOf = (to: string, names: readonly string[]): Renames =>
  names.map((name) => [`security/${name}`, `${to}/${name}`]);

const TIMES: Renames = [
  ["interval", "periodSeconds"],
  ["timeout", "timeoutSeconds"],
  ["retries", "failureThreshold"],
  ["startPeriod", "initialDelaySeconds"],
  ["path", "httpGet/path"],
  ["port", "httpGet/port"],
  ["port", "tcpSocket/port"],
  ["command", "exec/command"],
  ["file", "exec/command"],
];

/** How long a startup may take is a product of three times: the check as a whole is where they stand. */
const health = (own: string): Renames =>
  (["startup", "readiness", "liveness"] as const).flatMap((kind) => {
    const times = kind === "startup" ? TIMES.filter(([, to]) => !/Threshold|Delay|period/.test(to)) : TIMES;
    return [
      [`health/${kind}`, `${own}/${kind}Probe`] as const,
      ...times.map(([from, to]) => [`health/${kind}/${from}`, `${own}/${kind}Probe/${to}`] as const),
    ];
  });

/** A variable that holds a part of a longer text has no line of its own. */
function parts(written: Written, own: string, references: readonly Reference[]): Written {
  return Object.fromEntries(
    references.flatMap(({ variable, part }) => {
      const at = written[`environment/${variable}`];
      return part === undefined || at === undefined ? [] : [[`${own}/env/AAC_SECRET_${part}`, at] as const];
    }),
  );
}

function mounted(agent: AgentIr, written: Written, own: string, { names }: Mounts): Written {
  const renames = Object.entries(names).flatMap(([path, name]): Renames => {
    const isVolume = agent.volumes[path] !== undefined;
    const from = isVolume ? `volumes/${path}` : path === CONFIG_FOLDER ? "config" : "isolation/writable";
    return [
      [from, `${own}/volumeMounts/${path}`],
      [from, `${POD}/volumes/${name}`],
      [`${from}/size`, `${POD}/volumes/${name}/emptyDir/sizeLimit`],
    ];
  });
  return renamed(written, renames);
}

/** Only places of what is there, and of what is around it: a file has many more. */
export function placesOf(fields: Fields, written: Written): Written {
  const leaves = new Set([...pathsOf(fields)].map((path) => path.replace(/\/\.$/, "")));
  const around = new Set(["metadata"]);
  for (const leaf of leaves)
    for (let end = leaf.length; end > 0; end = leaf.lastIndexOf("/", end - 1)) around.add(leaf.slice(0, end));
  return Object.fromEntries(
    Object.entries(written)
      .filter(([path]) => around.has(path) || isItem(path, leaves))
      .sort(([a], [b]) => byCodeUnit(a, b)),
  );
}

/** Lists stay lists where they have no keys. */
function isItem(path: string, leaves: ReadonlySet<string>): boolean {
  const end = path.lastIndexOf("/");
  return end > 0 && leaves.has(path.slice(0, end)) && /^\d+$/.test(path.slice(end + 1));
}
