import type { AgentView } from "../../src/model/checked.ts";
import { type Diagnostic, diagnostic } from "../../src/model/diagnostic.ts";
import { asksNothing, fieldFaults, type Harmless, notBuilt, swarmSecrets } from "../../src/wanted/support.ts";
import { inPlace } from "./folders.ts";
import { NOT_BUILT_RUNTIMES, notBuiltValues, support, WORDS } from "./support.ts";

/** What a process of this machine cannot be, and what of its file has no meaning here. */
export function check(agents: readonly AgentView[]): Diagnostic[] {
  return agents.flatMap((view) => [
    ...programFaults(view),
    ...swarmSecrets(view),
    ...volumeFaults(view),
    ...overrideFaults(view),
    ...isolationNotes(view),
    ...fieldFaults(view, support, WORDS, isHarmless),
  ]);
}

function programFaults({ ir, doc }: AgentView): Diagnostic[] {
  const { runtime, image, build, command } = ir.program;
  const name = runtime?.name;
  if (!hasProgram(ir.program)) {
    const at = doc.at(["spec", ...(image !== undefined ? ["image"] : build === undefined ? [] : ["build"])]);
    return [
      diagnostic("AAC2305", at, "there is no program here that could run as a process", {
        notes: ["add `runtime` or `command`, or apply with -t docker"],
      }),
    ];
  }
  if (name !== undefined && NOT_BUILT_RUNTIMES.has(name) && command === undefined)
    return [
      notBuilt(doc.at(["spec", "runtime"]), `the runtime ${name}`, notBuiltValues.runtime.instead, WORDS),
    ];
  // Nothing would install them, and the program would miss them only when it runs.
  if (ir.dependencies.length > 0 && name !== "python" && name !== "nodejs")
    return [
      notBuilt(
        doc.at(["spec", "dependencies"], "key"),
        name === undefined ? "installing packages without a runtime" : `installing packages of ${name}`,
        notBuiltValues.dependencies.instead,
        WORDS,
      ),
    ];
  return [];
}

const hasProgram = ({ command, runtime }: AgentView["ir"]["program"]): boolean =>
  command !== undefined || (runtime !== undefined && runtime.name !== "container");

/** The agent's folder stands for `/app`: a folder that is there already needs no mount. */
function volumeFaults({ ir, doc }: AgentView): Diagnostic[] {
  return (doc.value.spec.volumes ?? []).flatMap((volume, i) => {
    const lowered = ir.volumes[volume.target];
    if (lowered === undefined) return [];
    if (inPlace(ir, lowered) === undefined) {
      const how = support["volumes"];
      const instead = how?.is === "refused" ? how.instead : "";
      return [notBuilt(doc.at(["spec", "volumes", i]), `a volume at ${lowered.target}`, instead, WORDS)];
    }
    if (!lowered.readOnly) return [];
    return [
      diagnostic(
        "AAC2304",
        doc.at(["spec", "volumes", i, "readOnly"]),
        "`readOnly` has no meaning for a process: it writes where its user may",
      ),
    ];
  });
}

function overrideFaults({ doc }: AgentView): Diagnostic[] {
  if (doc.value.spec.overrides?.[OWN] === undefined) return [];
  const at = doc.at(["spec", "overrides", OWN], "key");
  return [notBuilt(at, "an override of a process", notBuiltValues.overrides.instead, WORDS)];
}

const OWN = "local-process";

/** Whoever allows less than was asked for is told what it comes to. */
function isolationNotes(view: AgentView): Diagnostic[] {
  const { ir, doc } = view;
  if (ir.isolation.degraded !== "allow" || isPlain(ir.isolation)) return [];
  return [
    diagnostic(
      "AAC2304",
      doc.at(["spec", "isolation"], "key"),
      "`isolation` has no meaning for a process yet: it runs with the rights of its user, as `degraded: allow` lets it",
    ),
  ];
}

/** What asks for nothing that a process does not have anyway, and what is told elsewhere in more words. */
const isHarmless: Harmless = (field, value, view) => {
  const { ir, doc } = view;
  const { scaling, isolation, security } = ir;
  switch (field) {
    case "volumes":
      return true;
    case "build":
      // One note about both is enough.
      return ir.program.image !== undefined || !hasProgram(ir.program);
    case "image":
      // Refused as a whole already.
      return !hasProgram(ir.program);
    case "network.mode":
      return ir.network.mode === "bridge" || ir.network.mode === "host";
    case "scaling":
      // What `autoscaling` asks for is told there.
      return (
        scaling.replicas === 1 && (scaling.auto === undefined || doc.value.spec.autoscaling !== undefined)
      );
    case "update":
      return ir.update.strategy === "recreate" && ir.update.maxSurge === undefined;
    case "isolation":
      return isolation.degraded === "allow" || isPlain(isolation);
    case "security.readOnlyRootFilesystem":
    case "security.noNewPrivileges":
      return value === false;
    case "security.capabilities":
      return security.capabilities.drop.length === 0 && security.capabilities.add.length === 0;
    case "security.seccomp":
      return value === "default" || value === "unconfined";
    default:
      return asksNothing(field, value, view, OWN);
  }
};

const isPlain = ({ level, filesystem, network }: AgentView["ir"]["isolation"]): boolean =>
  (level === "none" || level === "process") &&
  filesystem !== "readonly" &&
  (network === undefined || network === "full");
