import { isLoopbackUrl } from "../../src/base/loopback.ts";
import { addressTexts, type AgentView } from "../../src/model/checked.ts";
import { type Diagnostic, diagnostic } from "../../src/model/diagnostic.ts";
import { asksNothing, fieldFaults, type Harmless, notBuilt } from "../../src/wanted/support.ts";
import { nameFaults } from "./check/names.ts";
import { secretFaults } from "./check/secrets.ts";
import { volumeFaults } from "./check/volumes.ts";
import { NOT_BUILT_RUNTIMES, notBuiltValues, support, WORDS } from "./support.ts";

/** What a pod cannot be, and what of its file has no meaning in a cluster. */
export function check(agents: readonly AgentView[]): Diagnostic[] {
  return agents.flatMap((view) => [
    ...loopbackFaults(view),
    ...programFaults(view),
    ...nameFaults(view),
    ...secretFaults(view),
    ...volumeFaults(view),
    ...portNotes(view),
    ...dependencyFaults(view),
    ...isolationNotes(view),
    ...overrideFaults(view),
    ...fieldFaults(view, support, WORDS, isHarmless),
  ]);
}

function loopbackFaults(view: AgentView): Diagnostic[] {
  return addressTexts(view)
    .filter(({ text }) => isLoopbackUrl(text))
    .map(({ path }) =>
      diagnostic("AAC2301", view.doc.at(path), "a pod cannot reach the machine by a loopback address", {
        notes: ["write the name of a Service, or a service that an agent offers: `from: service`"],
      }),
    );
}

function programFaults({ ir, doc }: AgentView): Diagnostic[] {
  const { runtime, image, build } = ir.program;
  if (image !== undefined && build === undefined) return unused({ ir, doc });
  if (build !== undefined) return [];
  const name = runtime?.name;
  if (name !== undefined && NOT_BUILT_RUNTIMES.has(name)) {
    const { instead } = notBuiltValues.runtime;
    return [notBuilt(doc.at(["spec", "runtime"]), `an image for the runtime ${name}`, instead, WORDS)];
  }
  if (name !== undefined && name !== "container" && name !== "exec") return [];
  return [
    diagnostic(
      "AAC2306",
      doc.at(["spec", name === undefined ? "command" : "runtime"]),
      "there is no image here that a pod could run",
      { notes: ["add an `image`, a `build`, or a `runtime` such as python, of which one is made"] },
    ),
  ];
}

/** What goes into an image that is made, where it is there already. */
function unused({ ir, doc }: AgentView): Diagnostic[] {
  const note = (name: string, what: string): Diagnostic =>
    diagnostic(
      "AAC2304",
      doc.at(["spec", name], "key"),
      `\`${name}\` has no meaning for this pod: the image brings its ${what}`,
    );
  return [
    ...(ir.dependencies.length > 0 ? [note("dependencies", "packages")] : []),
    ...(ir.code.include.length + ir.code.exclude.length > 0 ? [note("code", "code")] : []),
  ];
}

/** One note, however many ports there are. */
function portNotes({ doc }: AgentView): Diagnostic[] {
  const { ports, network } = doc.value.spec;
  const lists = [
    { path: ["spec", "ports"], list: ports ?? [] },
    { path: ["spec", "network", "ports"], list: network?.ports ?? [] },
  ];
  const found = lists.flatMap(({ path, list }) =>
    list.flatMap((port, i) => [
      ...(port.host === undefined || port.host === "none"
        ? []
        : [{ path: [...path, i], name: "host" as const }]),
      ...(port.hostIP === undefined ? [] : [{ path: [...path, i], name: "hostIP" as const }]),
    ]),
  );
  const [first, ...more] = found;
  const how = first === undefined ? undefined : support[`ports.${first.name}`];
  if (first === undefined || how?.is !== "not for this target") return [];
  const others =
    more.length === 0 ? "" : `, here and ${more.length === 1 ? "once" : `${more.length} times`} more`;
  return [
    diagnostic(
      "AAC2304",
      doc.at([...first.path, first.name], "key"),
      `\`${first.name}\` has no meaning for ${WORDS.one}${others}: ${how.why}`,
    ),
  ];
}

function dependencyFaults({ ir, doc }: AgentView): Diagnostic[] {
  const { what, instead } = notBuiltValues.dependsOn;
  return Object.entries(ir.dependsOn).flatMap(([name, { condition }]) =>
    condition === "completed"
      ? [notBuilt(doc.at(["spec", "dependsOn", name, "condition"]), what, instead, WORDS)]
      : [],
  );
}

/** Whoever allows less than was asked for is told what it comes to. */
function isolationNotes({ ir, doc }: AgentView): Diagnostic[] {
  const { level, network, degraded } = ir.isolation;
  if (degraded !== "allow" || (level !== "sandbox" && isOpen(network))) return [];
  return [
    diagnostic(
      "AAC2304",
      doc.at(["spec", "isolation"], "key"),
      "a part of `isolation` has no meaning for a pod yet: it is as apart as containers are, as `degraded: allow` lets it",
    ),
  ];
}

const isOpen = (network: AgentView["ir"]["isolation"]["network"]): boolean =>
  network === undefined || network === "full";

function overrideFaults({ doc }: AgentView): Diagnostic[] {
  if (doc.value.spec.overrides?.[OWN] === undefined) return [];
  const at = doc.at(["spec", "overrides", OWN], "key");
  return [notBuilt(at, "an override of an object of the cluster", notBuiltValues.overrides.instead, WORDS)];
}

const OWN = "kubernetes";

/** What asks for nothing that a pod does not have anyway, and what is told elsewhere in more words. */
const isHarmless: Harmless = (field, value, view) => {
  const { ir } = view;
  const { isolation, supervision } = ir;
  switch (field) {
    case "configReload":
      return value === "restart";
    case "network.mode":
      return ir.network.mode === "bridge" || ir.network.mode === "host";
    case "security.seccomp":
      return value === "default" || value === "unconfined";
    case "isolation.level":
      return isolation.level !== "sandbox" || isolation.degraded === "allow";
    case "isolation.network":
      return isOpen(isolation.network) || isolation.degraded === "allow";
    case "supervision.restart":
      return supervision.restart === "always" || supervision.restart === "unless-stopped";
    case "supervision.maxRestarts":
      return value === "unlimited";
    case "supervision.stopSignal":
      return value === "SIGTERM";
    case "priority":
      return value === "normal";
    case "observability.metrics.interval":
      return ir.observability.metrics?.enabled !== true;
    default:
      return asksNothing(field, value, view, OWN);
  }
};
