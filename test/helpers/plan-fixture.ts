import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { byCodeUnit, canonicalJson, type Json } from "../../src/base/canonical.ts";
import { PROJECT_FILE } from "../../src/cli/project/find-files.ts";
import { writtenIn } from "../../src/cli/plans/prepare.ts";
import { load, type Loaded } from "../../src/cli/project/project.ts";
import { parseEnvFile } from "../../src/document/env-file.ts";
import { gatherFacts } from "../../src/facts/facts.ts";
import type { AgentFacts, Facts } from "../../src/model/facts.ts";
import type { AgentIr, Ir } from "../../src/model/ir.ts";
import type { PlanReport } from "../../src/model/plan.ts";
import type { Resource } from "../../src/model/resource.ts";
import type { Files } from "../../src/model/system.ts";
import type { Target } from "../../src/model/target.ts";
import { imageOf } from "../../src/wanted/image.ts";
import { plan } from "../../src/plan/plan.ts";
import { files } from "../../src/system/files.ts";
import { plainPaint } from "../../src/ui/paint.ts";
import { plain } from "../../src/ui/plan/plain.ts";
import { BUILT, type TargetName } from "../../targets/registry.ts";
import { commandOf } from "../../src/wanted/command.ts";
import { environmentOf } from "../../targets/local-process/environment/wanted.ts";
import { workingFolder } from "../../targets/local-process/folders.ts";
import type { LocalAgent } from "../../targets/local-process/local-facts.ts";
import { FIXTURES } from "./load-fixture.ts";

/** Where each project stands, whatever machine a test runs on. */
const ROOT = "/project";
/** Beside a case, and no part of its project. */
const NOT_OF_THE_PROJECT = new Set(["expect", "secrets.txt"]);

export interface PlannedFixture {
  /** Canonical: the same bytes each time. */
  readonly resources: string;
  readonly desired: readonly Resource[];
  readonly facts: Facts;
  readonly report: PlanReport;
  /** As a person sees it who has nothing of it yet. */
  readonly text: string;
  readonly loaded: Loaded;
}

/** A case planned against a world with nothing in it; undefined where the target refuses it, or it has faults. */
export async function planFixture(name: string, targetName: TargetName): Promise<PlannedFixture | undefined> {
  const cwd = join(FIXTURES, name);
  const named = existsSync(join(cwd, PROJECT_FILE)) ? [] : ["."];
  const loaded = await load({ cwd, files, environment: {}, named, whole: true, target: targetName });
  if (loaded.diagnostics.some(({ level }) => level === "error")) return undefined;
  const built = BUILT[targetName];
  if (built === undefined) throw new Error(`${targetName} is not built`);
  return planLoaded(loaded, (await built()).target, basename(name));
}

function planLoaded(loaded: Loaded, target: Target, name: string): PlannedFixture {
  const project = loaded.settings.project ?? name;
  const ir: Ir = { ...loaded.compiled.ir, project };
  const agents = agentFacts(loaded, ir, target);
  const facts = { agents, target: factsOf(target.name, ir, agents) };
  const desired = target.desired({ ir, facts, written: writtenIn(loaded) });
  const decided = plan({
    desired,
    observed: [],
    rules: target.kinds,
    scope: { paths: ["."], origin: "here" },
    destroy: false,
    prune: false,
    replace: new Set(),
    release: false,
  });
  const report: PlanReport = {
    project,
    target: target.name,
    where: "",
    plan: decided,
    preflight: [],
    warnings: loaded.diagnostics.filter(
      ({ level, code }) => (level === "warning" && code !== "AAC1052") || code.startsWith("AAC23"),
    ),
    notes: [],
    destroy: false,
    next: "aac apply",
  };
  return {
    resources: `${canonicalJson(desired as unknown as Json, 2)}\n`,
    desired,
    facts,
    report,
    text: plain(report, { paint: plainPaint, width: 100, texts: loaded.texts }),
    loaded,
  };
}

/** Those of the real files; a variable that nobody set has a value that says so. */
function agentFacts(loaded: Loaded, ir: Ir, { values }: Target): Readonly<Record<string, AgentFacts>> {
  const gathered = gatherFacts({
    root: loaded.root,
    files: ofTheProject(loaded.root),
    uid: process.getuid?.() ?? 0,
    lookup: (folder) => (variable) => loaded.lookup(folder)(variable) ?? `given-${variable}`,
    parseEnv: (text) => parseEnvFile("", text).values,
    ir,
    hash: sha256,
    keyed: () => undefined,
    values,
  });
  if (gathered.diagnostics.length > 0)
    throw new Error(gathered.diagnostics.map(({ message }) => message).join("\n"));
  return JSON.parse(JSON.stringify(gathered.facts).replaceAll(loaded.root, ROOT)) as typeof gathered.facts;
}

/** Without what tests keep beside a case; keys of a config map are there, with a text that names them. */
function ofTheProject(root: string): Files {
  return {
    ...files,
    list: (folder) =>
      files.list(folder).filter((one) => folder !== root || !NOT_OF_THE_PROJECT.has(one.name)),
    read: (path, limit) => {
      const read = files.read(path, limit);
      const key = /\/\.aac\/config\/(.+)$/.exec(path)?.[1];
      return read.is === "absent" && key !== undefined
        ? { is: "read", bytes: new TextEncoder().encode(`text of ${key}\n`) }
        : read;
    },
  };
}

/** What each built target would find on a machine that has all that is asked for. */
function factsOf(target: string, ir: Ir, agents: Readonly<Record<string, AgentFacts>>): Json {
  const known = Object.entries(agents).flatMap(([name, facts]) => {
    const agent = ir.agents[name];
    return agent === undefined ? [] : [{ name, agent, facts }];
  });
  switch (target) {
    case "local-process":
      return {
        agents: Object.fromEntries(known.map(({ name, agent, facts }) => [name, localAgent(agent, facts)])),
      } as unknown as Json;
    case "docker": {
      const images = known
        .map(({ agent, facts }) => imageOf(agent, facts, sha256))
        .filter(({ is }) => is === "named");
      return {
        images: Object.fromEntries(images.map(({ reference }) => [reference, `sha256:${sha256(reference)}`])),
        ports: Object.fromEntries(known.map(({ name, agent }) => [name, portsOf(agent)])),
        isLocal: true,
      };
    }
    case "kubernetes":
      return { namespace: "default", hasNamespace: true, secrets: {} };
    default:
      throw new Error(`nobody says what ${target} would find`);
  }
}

/** Each port where it is written, as if nobody held it. */
const portsOf = (agent: AgentIr): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(agent.ports).map(([key, { host, container }]) => [
      key,
      typeof host === "number" ? host : container,
    ]),
  );

const VERSIONS: Readonly<Record<string, string>> = { python: "3.11.9", nodejs: "24.15.0" };

function localAgent(agent: AgentIr, facts: AgentFacts): LocalAgent {
  const runtime = agent.program.runtime?.name ?? "";
  const version = VERSIONS[runtime];
  const interpreter = runtime === "python" ? "/usr/bin/python3" : "/usr/bin/node";
  const [from] = Object.keys(facts.locks).sort(byCodeUnit);
  const wanted = environmentOf({
    agent,
    facts,
    program: { path: interpreter, version: version ?? "", platform: "linux-x64" },
    folder: { ...(from === undefined ? {} : { from }), parts: {}, specParts: {}, hasNodeModules: false },
    dev: false,
    hash: sha256,
  });
  const [name = ""] = commandOf(agent.program);
  return {
    program: {
      path: programOf(agent, name, wanted?.key),
      ...(version === undefined ? {} : { version: `${runtime} ${version}` }),
    },
    ...(wanted === undefined ? {} : { environment: { ...wanted, interpreter, folder: facts.folder } }),
    ports: portsOf(agent),
  };
}

function programOf(agent: AgentIr, name: string, environment: string | undefined): string {
  if (name.startsWith("/")) return name;
  if (name.includes("/")) return join(ROOT, workingFolder(agent), name);
  if (environment !== undefined && name.startsWith("python"))
    return `/cache/environments/${environment}/bin/${name}`;
  return name === "python" ? "/usr/bin/python3" : `/usr/bin/${name}`;
}

const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");
