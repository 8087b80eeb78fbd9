import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { nearest } from "../../base/nearest.ts";
import { type Compiled, compile } from "../../compile/compile.ts";
import { applyLevels } from "../../compile/levels.ts";
import { check, type Refused } from "../../document/check.ts";
import { parseEnvFile } from "../../document/env-file.ts";
import { LIMITS } from "../../document/limits.ts";
import { parse } from "../../document/parse.ts";
import { decode } from "../../document/text.ts";
import type { Lookup } from "../../document/variables.ts";
import type { CheckedAgent } from "../../model/checked.ts";
import { type Diagnostic, diagnostic } from "../../model/diagnostic.ts";
import type { Project } from "../../model/project.gen.ts";
import type { Files } from "../../model/system.ts";
import type { Here } from "../../model/target.ts";
import { CHECKS, isTarget, type TargetName, TARGETS } from "../../../targets/registry.ts";
import { expand, findProjectFile, projectFiles, twins } from "./find-files.ts";
import { linksThatLeadOut } from "./links.ts";
import { readProjectFile } from "./project-file.ts";
import { UsageError } from "../usage.ts";

export interface LoadRequest {
  readonly cwd: string;
  readonly files: Files;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Paths, folders, patterns and `-`, as they were named; empty: what the project says. */
  readonly named: readonly string[];
  /** Read the whole project besides what was named: rules over several agents need it. */
  readonly whole: boolean;
  readonly profile?: string | undefined;
  readonly env?: string | undefined;
  readonly target?: string | undefined;
  /** Where nobody names a target, and one is needed. */
  readonly fallback?: string | undefined;
  readonly set?: readonly string[] | undefined;
  readonly envFile?: readonly string[] | undefined;
}

export interface Loaded {
  readonly root: string;
  readonly settings: Project;
  readonly target: TargetName | undefined;
  /** Which cluster, where the chosen environment says it. */
  readonly chosen: Here["chosen"];
  readonly production: boolean;
  /** Variables as an agent file in a folder sees them. */
  readonly lookup: (folder: string) => Lookup;
  readonly compiled: Compiled;
  readonly agents: readonly CheckedAgent[];
  /** Arranged, with the levels of the project. */
  readonly diagnostics: readonly Diagnostic[];
  readonly texts: ReadonlyMap<string, string>;
  /** What was named, as it is shown. */
  readonly reported: readonly string[];
}

/** Files to a compiled project. All faults of all files come back in one list. */
export async function load(request: LoadRequest): Promise<Loaded> {
  const { files, cwd } = request;
  const show = (path: string): string => shownAs(cwd, path);
  const firstPath = request.named.find((one) => one !== "-");
  const start =
    firstPath === undefined ? cwd : folderOf(files, resolve(cwd, firstPath.replace(/[*?].*$/, "")));
  const projectFile = findProjectFile(files, start);
  const root =
    projectFile === undefined ? (files.kind(start) === "folder" ? start : cwd) : dirname(projectFile);
  const texts = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];

  const read =
    projectFile === undefined ? undefined : await readProjectFile(files, projectFile, show(projectFile));
  if (read !== undefined && projectFile !== undefined) {
    texts.set(show(projectFile), read.text);
    diagnostics.push(...read.diagnostics);
  }
  const settings = read?.value ?? {};
  const chosen = chooseEnvironment(settings, request);
  const profile = request.profile ?? chosen?.profile ?? settings.profile;
  const target = request.target ?? chosen?.target ?? settings.target ?? request.fallback;
  if (target !== undefined && !isTarget(target)) {
    const near = nearest(target, TARGETS);
    throw new UsageError(
      `there is no target \`${target}\`${near === undefined ? "" : `: did you mean \`${near}\`?`}`,
      `one of ${TARGETS.join(", ")}`,
    );
  }

  const named = namedFiles(request, show, diagnostics);
  const project =
    projectFile !== undefined && (request.whole || request.named.length === 0)
      ? projectFiles(files, root, settings.files)
      : [];
  const alone =
    request.named.length === 0 && projectFile === undefined
      ? (expand(files, cwd, ".") ?? []).filter((path) => dirname(path) === cwd)
      : [];
  const all = [...new Set([...named, ...project, ...alone])].sort();
  const reported = new Set(
    (request.named.length === 0 ? all : named).map((path) => (path === "-" ? "<stdin>" : show(path))),
  );
  for (const [first, second] of twins(all)) {
    diagnostics.push(
      diagnostic(
        "AAC1021",
        { file: show(second), start: 0, end: 0 },
        `${basename(first)} and ${basename(second)} stand in one folder`,
        {
          notes: [
            "nobody could tell which one holds the agent",
            "keep one; for several agents in a folder, name them `NAME.agent.yaml`",
          ],
        },
      ),
    );
  }
  if (all.length === 0 && diagnostics.length === 0)
    diagnostics.push(
      nothingFound(
        request,
        projectFile === undefined ? undefined : (settings.files ?? ["agent.yaml", "*.agent.yaml"]),
      ),
    );

  const lookups = lookupsBy(request, diagnostics, show);
  const agents: CheckedAgent[] = [];
  const refused: Refused[] = [];
  const profiles = new Set<string>();
  const unread = new Set<string>();
  let nameless = false;
  for (const path of all) {
    const shown = path === "-" ? "<stdin>" : show(path);
    const text = readText(files, path, shown, diagnostics);
    if (text === undefined) {
      nameless = true;
      continue;
    }
    texts.set(shown, text);
    const parsed = parse(shown, text);
    diagnostics.push(...parsed.diagnostics);
    if (parsed.diagnostics.length > 0) nameless = true;
    const lookup = lookups(path === "-" ? cwd : dirname(path));
    const fromRoot = path === "-" ? "-" : relative(root, path).split(sep).join("/");
    for (const document of parsed.documents) {
      const checked = check(document, { lookup, profile, path: fromRoot });
      diagnostics.push(...checked.diagnostics);
      for (const one of checked.profiles) profiles.add(one);
      refused.push(...checked.refused);
      if (checked.agent !== undefined) agents.push(checked.agent);
      else if (checked.name !== undefined) unread.add(checked.name);
      else nameless = true;
    }
  }
  if (refused.length > 0) {
    const { explainRefused } = await import("../../document/validate.ts");
    diagnostics.push(...explainRefused(refused));
  }
  if (profile !== undefined && agents.length > 0 && !profiles.has(profile))
    diagnostics.push(unknownProfile(profile, profiles));

  const compiled = compile(agents, {
    project: settings.project ?? null,
    allowPaths: settings.allowPaths ?? [],
    targets: TARGETS,
    production: chosen?.production === true,
    unread: nameless ? "unknown" : unread,
  });
  diagnostics.push(
    ...compiled.diagnostics,
    ...linksThatLeadOut(files, root, compiled.views, settings.allowPaths ?? []),
  );
  if (target !== undefined && isTarget(target)) {
    const { check: carry } = await CHECKS[target]();
    diagnostics.push(...carry(compiled.views));
  }
  const settled = applyLevels(diagnostics, settings.rules ?? {}, texts);
  const inProjectFile = projectFile === undefined ? "" : show(projectFile);
  const wanted = settled.filter(
    (one) =>
      one.at === undefined ||
      one.at.file === inProjectFile ||
      reported.has(one.at.file) ||
      !texts.has(one.at.file),
  );
  return {
    root,
    settings,
    target,
    chosen: clusterOf(chosen),
    production: chosen?.production === true,
    lookup: lookups,
    compiled,
    agents,
    diagnostics: wanted,
    texts,
    reported: [...reported],
  };
}

/** Of an environment: where it stands, in the words of a cluster. */
export function clusterOf(
  chosen: Pick<Here["chosen"], "context" | "namespace"> | undefined,
): Pick<Here["chosen"], "context" | "namespace"> {
  const { context, namespace } = chosen ?? {};
  return {
    ...(context === undefined ? {} : { context }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}

function folderOf(files: Files, path: string): string {
  return files.kind(path) === "folder" ? path : dirname(path);
}

/** As a person would name it from here. */
export function shownAs(cwd: string, path: string): string {
  const from = relative(cwd, path).split(sep).join("/");
  return from === "" ? "." : from.startsWith("../../..") ? path.split(sep).join("/") : from;
}

function chooseEnvironment(
  settings: Project,
  request: LoadRequest,
): NonNullable<Project["environments"]>[string] | undefined {
  if (request.env === undefined) return undefined;
  const names = Object.keys(settings.environments ?? {});
  const found = names.includes(request.env) ? settings.environments?.[request.env] : undefined;
  if (found !== undefined) return found;
  const near = nearest(request.env, names);
  throw new UsageError(
    `there is no environment \`${request.env}\` in .aac.yaml${near === undefined ? "" : `: did you mean \`${near}\`?`}`,
    names.length === 0 ? "write it under `environments:`" : `one of ${names.join(", ")}`,
  );
}

function namedFiles(
  request: LoadRequest,
  show: (path: string) => string,
  diagnostics: Diagnostic[],
): string[] {
  return request.named.flatMap((one) => {
    if (one === "-") return ["-"];
    const found = expand(request.files, request.cwd, one);
    if (found === undefined || found.length === 0) {
      const shown = show(resolve(request.cwd, one));
      const absent = found === undefined;
      const closed = request.files.read(resolve(request.cwd, one), 0);
      if (!absent && closed.is === "refused" && closed.why === "permission denied") {
        diagnostics.push(
          diagnostic("AAC1010", { file: shown, start: 0, end: 0 }, `${one} cannot be read`, {
            notes: [`you may not look into it: chmod u+rx ${one}, or ask whoever owns it`],
          }),
        );
        return [];
      }
      diagnostics.push(
        diagnostic(
          absent ? "AAC1010" : "AAC1022",
          { file: shown, start: 0, end: 0 },
          absent ? `${one} is not there` : `no agent file in ${one}`,
          {
            notes: [
              absent
                ? "check the name"
                : "an agent is described in agent.yaml, or in NAME.agent.yaml: aac init NAME makes one",
            ],
          },
        ),
      );
    }
    return found ?? [];
  });
}

function nothingFound(request: LoadRequest, patterns: readonly string[] | undefined): Diagnostic {
  const where = patterns === undefined ? "here" : `for ${patterns.join(", ")}`;
  const notes =
    request.named.length > 0 ? ["check what was named"] : ["name it with -f, or make one: aac init NAME"];
  return diagnostic("AAC1022", undefined, `no agent file ${where}`, { notes });
}

function readText(files: Files, path: string, shown: string, diagnostics: Diagnostic[]): string | undefined {
  const read = files.read(path, LIMITS.bytes);
  const at = { file: shown, start: 0, end: 0 };
  if (read.is !== "read") {
    const large = read.is === "large";
    diagnostics.push(
      diagnostic(
        large ? "AAC1012" : "AAC1010",
        at,
        large ? `${shown} is larger than 1 MiB` : `${shown} cannot be read`,
        {
          notes: [
            large
              ? "an agent file is a few kilobytes: split it, or name the right one"
              : read.is === "refused"
                ? read.why
                : "it is not there",
          ],
        },
      ),
    );
    return undefined;
  }
  const text = decode(shown, read.bytes);
  if (text.ok) return text.value;
  diagnostics.push(text.error);
  return undefined;
}

function unknownProfile(profile: string, known: ReadonlySet<string>): Diagnostic {
  const near = nearest(profile, known);
  return diagnostic(
    "AAC1054",
    undefined,
    `no agent has a profile \`${profile}\`${near === undefined ? "" : `: did you mean \`${near}\`?`}`,
    {
      notes: [
        known.size === 0
          ? "write it under `profiles:` beside `spec`"
          : `there ${known.size === 1 ? "is" : "are"}: ${[...known].sort().join(", ")}`,
      ],
    },
  );
}

/** `--set`, then `--env-file`, then `.env` beside the file, then the environment. */
function lookupsBy(
  request: LoadRequest,
  diagnostics: Diagnostic[],
  show: (path: string) => string,
): (folder: string) => Lookup {
  const set = new Map<string, string>();
  for (const one of request.set ?? []) {
    const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=([^]*)$/.exec(one) ?? [];
    if (name === undefined || value === undefined)
      throw new UsageError(
        `\`--set ${one.split("=")[0] ?? ""}\` needs a name and a value`,
        "write --set NAME=value",
      );
    set.set(name, value);
  }
  const fromFile = (path: string, needed: boolean): ReadonlyMap<string, string> => {
    const read = request.files.read(path, LIMITS.bytes);
    if (read.is !== "read") {
      if (needed) throw new UsageError(`${show(path)} cannot be read`, "check the name given to --env-file");
      return new Map();
    }
    const text = decode(show(path), read.bytes);
    if (!text.ok) {
      diagnostics.push(text.error);
      return new Map();
    }
    const parsed = parseEnvFile(show(path), text.value);
    diagnostics.push(...parsed.diagnostics);
    return parsed.values;
  };
  const given = (request.envFile ?? [])
    .map((path) => fromFile(resolve(request.cwd, path), true))
    .toReversed();
  const beside = new Map<string, ReadonlyMap<string, string>>();
  return (folder) => {
    const own = beside.get(folder) ?? fromFile(join(folder, ".env"), false);
    beside.set(folder, own);
    return (name) =>
      set.get(name) ??
      given.find((one) => one.has(name))?.get(name) ??
      own.get(name) ??
      request.environment[name];
  };
}
