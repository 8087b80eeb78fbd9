import { looksSecret } from "../base/secret-words.ts";
import type { AgentView } from "../model/checked.ts";
import type { Value } from "../model/ir.ts";
import type { Written } from "../model/resource.ts";
import { RUNTIMES } from "../model/runtimes.ts";
import type { Path, Span } from "../model/source.ts";
import { listItem, portItem } from "./rule.ts";

/**
 * Where each part of an agent's IR was written, by its path as targets name fields. The nearest ancestor holds for
 * what is below, so a list that is sorted on its way has one place. What nobody wrote has none.
 */
export function writtenPlaces(
  view: AgentView,
  lineOf: (span: Span) => Written,
): Readonly<Record<string, Written>> {
  const places = new Map<string, Written>();
  const at: Page = {
    view,
    mark: (to, ...from) => {
      const path = from.find((one) => valueAt(view.doc.value, one) !== undefined);
      if (path !== undefined && !places.has(to)) places.set(to, lineOf(view.doc.at(path, "key")));
    },
  };
  blocks(at);
  program(at);
  variables(at);
  ports(at);
  volumes(at);
  health(at);
  network(at);
  scaling(at);
  return Object.fromEntries([...places].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

interface Page {
  readonly view: AgentView;
  /** Notes the first of some places that is written, unless the path has one already. */
  readonly mark: (to: string, ...from: readonly Path[]) => void;
}

const spec = (...steps: Path): Path => ["spec", ...steps];

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const step of path) {
    if (!isMap(found) || !Object.hasOwn(found, step)) return undefined;
    found = found[step];
  }
  return found;
}

/** A block and every key in it, but not the items of its lists: some of them are sorted. */
function deep(at: Page, to: string, from: Path): void {
  at.mark(to, from);
  const value = valueAt(at.view.doc.value, from);
  if (!isMap(value) || Array.isArray(value)) return;
  for (const key of Object.keys(value)) deep(at, `${to}/${key}`, [...from, key]);
}

/** A list whose order stays. */
function items(at: Page, to: string, from: Path, first = 0): void {
  at.mark(to, from);
  const list = valueAt(at.view.doc.value, from);
  if (Array.isArray(list)) list.forEach((_, i) => at.mark(`${to}/${first + i}`, [...from, i]));
}

/** What is called the same in the file, or has another name for all of it. */
function blocks(at: Page): void {
  deep(at, "metadata", ["metadata"]);
  for (const name of [
    "model",
    "config",
    "resources",
    "dependsOn",
    "update",
    "security",
    "isolation",
    "supervision",
    "lifecycle",
    "logging",
    "observability",
    "code",
  ])
    deep(at, name, spec(name));
  for (const name of ["configReload", "priority", "inheritEnv", "imagePullSecrets", "serviceAccount"])
    at.mark(name, spec(name));
  for (const name of ["models", "dependencies", "capabilities", "envFile"]) items(at, name, spec(name));
  items(at, "devDependencies", spec("dev_dependencies"));
  deep(at, "capabilityConfig", spec("capability_config"));
  at.mark("overrides", spec("overrides"));
  for (const target of Object.keys(at.view.doc.value.spec.overrides ?? {}))
    items(at, `overrides/${target}`, spec("overrides", target));
  at.mark("services", spec("services"));
  for (const { name } of at.view.doc.value.spec.services ?? [])
    deep(at, `services/${name}`, listItem(at.view, "services", name));
}

/** Arguments follow the command in what is run, and a runtime brings its own command where none is written. */
function program(at: Page): void {
  const { program } = at.view.ir;
  const brought = RUNTIMES[program.runtime?.name ?? ""]?.entry ?? [];
  for (const name of ["runtime", "image", "shell", "workingDir"]) at.mark(name, spec(name));
  deep(at, "build", spec("build"));
  at.mark("command", spec("command"), spec("args"), spec("runtime"));
  if (!program.shell) {
    items(at, "command", spec("command"));
    items(at, "command", spec("args"), (program.command ?? brought).length);
  }
  items(at, "args", spec("args"));
}

function variables(at: Page): void {
  const { ir, doc } = at.view;
  at.mark("environment", spec("environment"));
  at.mark("secrets", spec("secrets"));
  for (const [name, value] of Object.entries(ir.environment)) {
    const item = listItem(at.view, "environment", name);
    const found: readonly Path[] =
      item.length > 2
        ? value.is === "config"
          ? [spec("config", value.key), item]
          : [[...item, "value"], item]
        : brought(at.view, name, value);
    at.mark(`environment/${name}`, ...found);
    // Targets keep variables with a secret apart, under the same name.
    if (value.is !== "text" && value.is !== "late" && value.is !== "service")
      at.mark(`secrets/${name}`, ...found);
  }
  for (const { name } of doc.value.spec.secrets ?? []) {
    const item = listItem(at.view, "secrets", name);
    const variable = ir.secrets[name]?.variable ?? name;
    at.mark(`environment/${variable}`, item);
    at.mark(`secrets/${variable}`, item);
    deep(at, `secrets/${name}`, item);
  }
  const first = Object.values(ir.ports)[0];
  if (first !== undefined) at.mark("environment/PORT", portItem(at.view, first.container, first.protocol));
}

/** What put a variable there that its author did not write. */
function brought(view: AgentView, name: string, value: Value): readonly Path[] {
  const { by } = value;
  if (by === undefined) return [];
  switch (by) {
    case "model": {
      const config = spec("model", "config");
      const secret = Object.keys(view.doc.value.spec.model?.config ?? {}).find(looksSecret);
      if (name === "AAC_MODELS") return [spec("models")];
      if (name.endsWith("_API_KEY") && secret !== undefined) return [[...config, secret]];
      if (name.endsWith("_PROVIDER")) return [spec("model", "provider")];
      if (name.endsWith("_NAME")) return [spec("model", "name")];
      return [config, spec("model")];
    }
    case "capabilities":
      return [spec("capabilities")];
    case "logging":
      return [spec("logging", "level")];
    case "observability": {
      const tracing = spec("observability", "tracing");
      if (name.endsWith("_ENDPOINT")) return [[...tracing, "endpoint"]];
      if (name.includes("_SAMPLER")) return [[...tracing, "samplingRate"]];
      return [["metadata", "name"]];
    }
    case "services":
      return value.is === "service" ? [listItem(view, "services", value.service)] : [];
  }
}

function ports(at: Page): void {
  at.mark("ports", spec("ports"), spec("network", "ports"));
  for (const [key, port] of Object.entries(at.view.ir.ports))
    deep(at, `ports/${key}`, portItem(at.view, port.container, port.protocol));
}

/** A target path begins with a slash; fields are named with it and without. */
function volumes(at: Page): void {
  at.mark("volumes", spec("volumes"));
  for (const [i, { target }] of (at.view.doc.value.spec.volumes ?? []).entries()) {
    deep(at, `volumes/${target}`, spec("volumes", i));
    deep(at, `volumes/${target.replace(/^\/+/, "")}`, spec("volumes", i));
  }
}

/** A plain check is up to three probes; what stands beside probes that are written apart holds for each of them. */
function health(at: Page): void {
  const check = spec("healthCheck");
  at.mark("health", check);
  for (const [kind, probe] of Object.entries(at.view.ir.health)) {
    const own = [...check, kind];
    at.mark(`health/${kind}`, own, check);
    // Without a path or port of its own it was read out of a command.
    for (const field of Object.keys(probe))
      at.mark(
        `health/${kind}/${field}`,
        [...own, field],
        [...check, field],
        ...(field === "path" || field === "port"
          ? [
              [...own, "command"],
              [...check, "command"],
            ]
          : []),
      );
  }
}

function network(at: Page): void {
  const path = spec("network");
  at.mark("network", path);
  for (const name of ["mode", "name", "dns"]) at.mark(`network/${name}`, [...path, name]);
  for (const name of ["allowExternalConnections", "allowedHosts"])
    at.mark(`network/${name}`, [...path, "security", name]);
}

/** Two blocks say how many there are. */
function scaling(at: Page): void {
  const plain = (name: string): Path => spec("scaling", name);
  const auto = (name: string): Path => spec("autoscaling", name);
  at.mark("scaling", spec("scaling"), spec("autoscaling"));
  at.mark("scaling/replicas", plain("replicas"), plain("minReplicas"), auto("minReplicas"));
  at.mark("scaling/auto", spec("autoscaling"), spec("scaling"));
  at.mark("scaling/auto/min", plain("minReplicas"), auto("minReplicas"));
  at.mark("scaling/auto/max", plain("maxReplicas"), auto("maxReplicas"));
  at.mark("scaling/auto/metrics", auto("metrics"), plain("metrics"));
  at.mark("scaling/auto/cpuPercent", auto("targetCPUUtilizationPercentage"));
  at.mark("scaling/auto/memoryPercent", auto("targetMemoryUtilizationPercentage"));
  for (const name of ["scaleUpDelay", "scaleDownDelay"]) at.mark(`scaling/auto/${name}`, auto(name));
  deep(at, "scaling/vertical", auto("vertical"));
}
