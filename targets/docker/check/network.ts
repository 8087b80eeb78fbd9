import type { AgentView } from "../../../src/model/checked.ts";
import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import type { AgentIr } from "../../../src/model/ir.ts";
import type { Path, Span } from "../../../src/model/source.ts";
import { notBuilt } from "../../../src/wanted/support.ts";
import { isOpen } from "../logs/open-text.ts";
import { networkOf, publishedPorts, wayTo } from "../container/reach.ts";
import { notBuiltValues, WORDS } from "../support.ts";

/** Nobody's own network is named like this, and a file has no project by itself. */
const PROJECT = "";

/** What an engine's networks cannot be, and who would hold one port twice. */
export function networkFaults(view: AgentView): Diagnostic[] {
  return [...nameFaults(view), ...portFaults(view), ...holderFaults(view)];
}

const refusal = (at: Span, why: string, instead: string): Diagnostic =>
  diagnostic("AAC2306", at, why, { notes: [instead] });

const OWN_NAMES = new Set(["bridge", "host", "none", "default"]);
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

function nameFaults({ ir, doc }: AgentView): Diagnostic[] {
  const { mode, name } = ir.network;
  if (mode !== "custom")
    return name === undefined
      ? []
      : [
          diagnostic(
            "AAC2304",
            doc.at(["spec", "network", "name"], "key"),
            `\`network.name\` has no meaning for \`mode: ${mode}\`: it names a network of \`mode: custom\``,
          ),
        ];
  if (name === undefined)
    return [
      refusal(
        doc.at(["spec", "network", "mode"]),
        "`mode: custom` does not say which network",
        "write its `name` beside it, or leave `mode` out",
      ),
    ];
  if (isOpen(name)) return [];
  const at = doc.at(["spec", "network", "name"]);
  if (OWN_NAMES.has(name))
    return [
      refusal(at, `\`${name}\` is a network of the engine's own`, "write `mode: bridge`, `host` or `none`"),
    ];
  return NAME.test(name) ? [] : [refusal(at, `no network can be named \`${name}\``, "write its name")];
}

function portFaults(view: AgentView): Diagnostic[] {
  const { ir } = view;
  const network = networkOf(ir, PROJECT);
  const open = Object.entries(ir.ports).filter(([, { host }]) => host !== "none");
  const refused = open.flatMap(([key, { host, hostIP, container }]) => {
    if (!isOpen(hostIP) && !/^(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-fA-F:]*:[\da-fA-F:.]*)$/.test(hostIP))
      return [
        refusal(
          portAt(view, key, "hostIP"),
          `\`${hostIP}\` is no address that an engine can listen on`,
          "write one such as 127.0.0.1",
        ),
      ];
    if (typeof host !== "number" || (network !== "none" && (network !== "host" || host === container)))
      return [];
    return [
      refusal(
        portAt(view, key, "host"),
        network === "none"
          ? "an agent without a network has no port on the machine"
          : `on the machine's own network port ${container} of the agent is port ${container} of the machine`,
        network === "none" ? "leave `host` out, or give it a network" : "leave `host` out, or `mode: bridge`",
      ),
    ];
  });
  if (refused.length > 0 || network !== "none" || open.length === 0) return refused;
  const [[key] = [""]] = open;
  return [
    diagnostic(
      "AAC2304",
      portAt(view, key),
      "`ports` have no meaning for a container without a network: nobody reaches them",
    ),
  ];
}

/** One port of the machine has one holder: neither two replicas nor an old and a new one share it. */
function holderFaults(view: AgentView): Diagnostic[] {
  const { ir, doc } = view;
  const holds =
    Object.keys(publishedPorts(ir, PROJECT, {})).length > 0 ||
    (networkOf(ir, PROJECT) === "host" && Object.keys(ir.ports).length > 0);
  if (!holds) return [];
  const found: Diagnostic[] = [];
  if (ir.scaling.replicas > 1) {
    const { scaling } = doc.value.spec;
    const path: Path =
      scaling?.replicas !== undefined
        ? ["spec", "scaling", "replicas"]
        : scaling?.minReplicas !== undefined
          ? ["spec", "scaling", "minReplicas"]
          : ["spec", "autoscaling", "minReplicas"];
    const what = "a port of the machine that several replicas share";
    found.push(notBuilt(doc.at(path), what, notBuiltValues.scaling.instead, WORDS));
  }
  if (doc.value.spec.update?.strategy === "rolling") {
    const { what, instead } = notBuiltValues.update;
    found.push(notBuilt(doc.at(["spec", "update", "strategy"]), what, instead, WORDS));
  }
  return found;
}

function portAt({ ir, doc }: AgentView, key: string, part?: "host" | "hostIP"): Span {
  const port = ir.ports[key];
  const { spec } = doc.value;
  const lists: readonly (readonly [Path, typeof spec.ports])[] = [
    [["spec", "ports"], spec.ports],
    [["spec", "network", "ports"], spec.network?.ports],
  ];
  for (const [path, list] of lists) {
    const i = (list ?? []).findIndex(
      (one) => one.container === port?.container && (one.protocol ?? "tcp") === port.protocol,
    );
    if (i >= 0) return doc.at([...path, i, ...(part === undefined ? [] : [part])]);
  }
  return doc.at(["spec"]);
}

/** A name leads only to who is on the same network. */
export function serviceFaults({ ir, doc }: AgentView, agents: ReadonlyMap<string, AgentIr>): Diagnostic[] {
  return (doc.value.spec.services ?? []).flatMap(({ name }, i) => {
    const service = ir.services[name];
    if (service?.role !== "used" || service.from !== "agent") return [];
    const other = agents.get(service.agent);
    if (other === undefined || wayTo(ir, other, `${service.port}/tcp`, PROJECT, {}) !== undefined) return [];
    return [
      refusal(
        doc.at(["spec", "services", i]),
        `no way leads from here to \`${other.name}\`, which is on another network`,
        "give both the same `network`",
      ),
    ];
  });
}
