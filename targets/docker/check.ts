import { isLoopbackUrl } from "../../src/base/loopback.ts";
import { addressTexts, type AgentView } from "../../src/model/checked.ts";
import { type Diagnostic, diagnostic } from "../../src/model/diagnostic.ts";
import { asksNothing, fieldFaults, type Harmless, notBuilt, swarmSecrets } from "../../src/wanted/support.ts";
import { healthFaults, unwatched } from "./check/health.ts";
import { networkFaults, serviceFaults } from "./check/network.ts";
import { programFaults } from "./check/program.ts";
import { volumeFaults } from "./check/volumes.ts";
import { notBuiltValues, support, WORDS } from "./support.ts";

/** What a container of one engine cannot be, and what of its file has no meaning there. */
export function check(agents: readonly AgentView[]): Diagnostic[] {
  const byName = new Map(agents.map((view) => [view.ir.name, view.ir]));
  return [
    ...agents.flatMap((view) => [
      ...loopbackFaults(view),
      ...programFaults(view),
      ...swarmSecrets(view),
      ...volumeFaults(view),
      ...networkFaults(view),
      ...serviceFaults(view, byName),
      ...healthFaults(view),
      ...limitFaults(view),
      ...restartFaults(view),
      ...isolationFaults(view),
      ...seccompFaults(view),
      ...labelFaults(view),
      ...overrideFaults(view),
      ...fieldFaults(view, support, WORDS, isHarmless),
    ]),
    ...unwatched(agents),
  ];
}

function loopbackFaults(view: AgentView): Diagnostic[] {
  // There it is the machine itself, as its author means it.
  if (view.ir.network.mode === "host") return [];
  return addressTexts(view)
    .filter(({ text }) => isLoopbackUrl(text))
    .map(({ path }) =>
      diagnostic(
        "AAC2302",
        view.doc.at(path),
        "inside a container a loopback address is the container itself",
        {
          notes: [
            "write `host.docker.internal`, which leads to the machine, or a service that an agent offers",
          ],
        },
      ),
    );
}

/** What an engine gives at the least. */
const LEAST = { memory: [6 * 1024 ** 2, "6Mi of memory"], cpu: [10, "10m of a core"] } as const;

function limitFaults({ ir, doc }: AgentView): Diagnostic[] {
  return (["memory", "cpu"] as const).flatMap((name) => {
    const limit = ir.resources.limits[name];
    const [least, words] = LEAST[name];
    if (limit === undefined || limit.value >= least) return [];
    return [
      diagnostic(
        "AAC2306",
        doc.at(["spec", "resources", "limits", name]),
        `an engine gives no container less than ${words}`,
        { notes: ["give it more, or leave the limit out"] },
      ),
    ];
  });
}

/** An engine counts restarts only where it does not start again whatever ends. */
function restartFaults({ ir, doc }: AgentView): Diagnostic[] {
  const { restart, maxRestarts } = ir.supervision;
  const isCounted = restart === "on-failure" || restart === "no";
  if (isCounted || maxRestarts === "unlimited" || maxRestarts === 0) return [];
  const { instead } = notBuiltValues["supervision.maxRestarts"];
  const at = doc.at(["spec", "supervision", "maxRestarts"]);
  return [notBuilt(at, `a limit of restarts with \`restart: ${restart}\``, instead, WORDS)];
}

/** Whoever allows less than was asked for is told what it comes to. */
function isolationFaults(view: AgentView): Diagnostic[] {
  const { ir, doc } = view;
  const { level, network, degraded } = ir.isolation;
  const found: Diagnostic[] = [];
  if (level === "sandbox") {
    const { instead } = notBuiltValues["isolation.level"];
    found.push(notBuilt(doc.at(["spec", "isolation", "level"]), "a sandbox", instead, WORDS));
  }
  if (network === "loopback" || network === "restricted") {
    const { instead } = notBuiltValues["isolation.network"];
    found.push(
      notBuilt(doc.at(["spec", "isolation", "network"]), `a network that is ${network}`, instead, WORDS),
    );
  }
  if (degraded === "refuse" || (found.length === 0 && !needsWritable(view))) return found;
  return [
    diagnostic(
      "AAC2304",
      doc.at(["spec", "isolation"], "key"),
      "a part of `isolation` has no meaning for a container yet: it is as apart as containers are, as `degraded: allow` lets it",
    ),
  ];
}

const needsWritable = ({ ir }: AgentView): boolean =>
  ir.isolation.writable.length > 0 &&
  (ir.isolation.filesystem === "readonly" || ir.security.readOnlyRootFilesystem);

function seccompFaults({ ir, doc }: AgentView): Diagnostic[] {
  const { seccomp = "default" } = ir.security;
  if (seccomp === "default" || seccomp === "unconfined") return [];
  const { what, instead } = notBuiltValues["security.seccomp"];
  return [notBuilt(doc.at(["spec", "security", "seccomp"]), what, instead, WORDS)];
}

const OURS = "agent.dev/";

/** By those it would say that it belongs to somebody else. */
function labelFaults({ ir, doc }: AgentView): Diagnostic[] {
  return (["labels", "annotations"] as const).flatMap((name) =>
    Object.keys(ir.metadata[name])
      .filter((key) => key.startsWith(OURS))
      .map((key) =>
        diagnostic(
          "AAC2306",
          doc.at(["metadata", name, key], "key"),
          `\`${OURS}\` begins the labels by which aac knows its own containers`,
          { notes: ["give it another name"] },
        ),
      ),
  );
}

function overrideFaults({ doc }: AgentView): Diagnostic[] {
  if (doc.value.spec.overrides?.[OWN] === undefined) return [];
  const at = doc.at(["spec", "overrides", OWN], "key");
  return [notBuilt(at, "an override of a container", notBuiltValues.overrides.instead, WORDS)];
}

const OWN = "docker";

/** What asks for nothing that a container does not have anyway, and what is told elsewhere in more words. */
const isHarmless: Harmless = (field, value, view) => {
  const { ir } = view;
  switch (field) {
    case "build.push":
      return value === false;
    case "configReload":
      return value === "restart";
    case "isolation.writable":
      return ir.isolation.degraded === "allow" || !needsWritable(view);
    case "supervision.successCodes":
      return ir.supervision.successCodes.every((code) => code === 0);
    case "priority":
      return value === "normal";
    case "resources.limits.gpu":
      return value === 0;
    default:
      return asksNothing(field, value, view, OWN);
  }
};
