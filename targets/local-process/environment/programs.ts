import { byCodeUnit } from "../../../src/base/canonical.ts";
import { err, ok, type Result } from "../../../src/base/result.ts";
import type { System } from "../../../src/model/system.ts";
import type { Failure } from "../../../src/model/target.ts";
import { parsedObject, textOf } from "./json.ts";

export type RuntimeName = "python" | "nodejs";

/** A runtime of this machine. */
export interface RuntimeProgram {
  /** The real program: not the script of a version manager that chooses one anew each time. */
  readonly path: string;
  readonly version: string;
  /** What compiled packages are made for: system, processor and C library. */
  readonly platform: string;
}

const ASKED_MS = 10_000;

/** Absolute path of a program on `path`. Only there: an empty or relative entry would be the current folder. */
export function findProgram(system: System, name: string, path: string): string | undefined {
  return everyProgram(system, name, path)[0];
}

function everyProgram({ files }: System, name: string, path: string): string[] {
  if (name === "" || name.includes("/")) return [];
  return path
    .split(":")
    .filter((folder) => folder.startsWith("/"))
    .map((folder) => `${folder.replace(/\/+$/, "")}/${name}`)
    .filter((file) => {
      if (files.kind(file) !== "file") return false;
      const real = files.realPath(file);
      return real !== undefined && ((files.stat(real)?.mode ?? 0) & 0o111) !== 0;
    });
}

/** What a runtime's program says of itself, as one line of JSON. The interpreter is asked, since a name may be a shim. */
const ASK: Readonly<Record<RuntimeName, readonly string[]>> = {
  python: [
    "-I",
    "-c",
    "import json, platform, sys, sysconfig; print(json.dumps({'path': sys.executable, 'version': platform.python_version(), 'platform': sysconfig.get_config_var('SOABI') or sysconfig.get_platform()}))",
  ],
  nodejs: [
    "-e",
    "const p = process; if (p.report) p.report.excludeNetwork = true; const libc = p.platform !== 'linux' ? '' : p.report && p.report.getReport().header.glibcVersionRuntime ? '-glibc' : '-musl'; console.log(JSON.stringify({path: p.execPath, version: p.versions.node, platform: p.platform + '-' + p.arch + libc}))",
  ],
};

/** Where version managers put each version: the folder that lists them, and the program in one of them. */
const MANAGED: Readonly<
  Record<
    RuntimeName,
    readonly { readonly under: string; readonly prefix: string; readonly program: string }[]
  >
> = {
  python: [
    { under: ".pyenv/versions", prefix: "", program: "bin/python" },
    { under: ".local/share/uv/python", prefix: "cpython-", program: "bin/python3" },
    { under: ".asdf/installs/python", prefix: "", program: "bin/python3" },
    { under: ".local/share/mise/installs/python", prefix: "", program: "bin/python3" },
  ],
  nodejs: [
    { under: ".nvm/versions/node", prefix: "v", program: "bin/node" },
    { under: ".local/share/fnm/node-versions", prefix: "v", program: "installation/bin/node" },
    { under: ".fnm/node-versions", prefix: "v", program: "installation/bin/node" },
    { under: ".asdf/installs/nodejs", prefix: "", program: "bin/node" },
    { under: ".local/share/mise/installs/node", prefix: "", program: "bin/node" },
  ],
};
const ROOT_VARIABLES: Readonly<Record<string, string>> = { PYENV_ROOT: ".pyenv", NVM_DIR: ".nvm" };

/**
 * The program of a runtime in the version that is wanted. Runs what it finds, once each, to ask for its version.
 * `folder` is the agent's: a version manager may look there for the version to choose.
 */
export async function runtimeProgram(
  system: System,
  runtime: RuntimeName,
  version: string | undefined,
  path: string,
  folder = "/",
): Promise<Result<RuntimeProgram, Failure>> {
  // `latest` or `lts` is no number: any will do. Python 2 never is what `python` means.
  const wanted = /^v?(\d+(?:\.\d+)*)/.exec(version ?? "")?.[1] ?? (runtime === "python" ? "3" : "");
  const seen = new Set<string>();
  const found: string[] = [];
  for (const file of candidates(system, runtime, wanted, path)) {
    const real = system.files.realPath(file) ?? file;
    // A shim is one file under many names and answers by its name, so the name is part of what was seen.
    const once = isShim(real) ? file : real;
    if (seen.has(once)) continue;
    seen.add(once);
    const answer = await ask(system, runtime, file, path, folder);
    if (answer === undefined) continue;
    if (matches(answer.version, wanted)) return ok(answer);
    found.push(`${file.slice(file.lastIndexOf("/") + 1)} ${answer.version} at ${answer.path}`);
  }
  const name = runtime === "python" ? "python" : "node";
  return err({
    message:
      `${name} ${version ?? wanted}`.trim() + ` is wanted; found: ${found.join(", ") || "none on PATH"}`,
    lines: [],
    passing: false,
  });
}

/** In the order in which they are asked: what names the version, what a version manager keeps, what may be any. */
function candidates(system: System, runtime: RuntimeName, wanted: string, path: string): string[] {
  const on = (name: string): string[] => everyProgram(system, name, path);
  const managed = managedPrograms(system, runtime, wanted);
  if (runtime === "nodejs") return [...on("node"), ...managed];
  const [major = "3", minor] = wanted.split(".");
  const plain = [`python${major}`, "python"].flatMap(on);
  return minor === undefined
    ? [...plain, ...managed]
    : [...on(`python${major}.${minor}`), ...managed, ...plain];
}

/** The newest first. */
function managedPrograms({ files, host }: System, runtime: RuntimeName, wanted: string): string[] {
  const home = host.environment["HOME"];
  return MANAGED[runtime].flatMap(({ under, prefix, program }) => {
    const variable = Object.keys(ROOT_VARIABLES).find((one) =>
      under.startsWith(`${ROOT_VARIABLES[one] ?? ""}/`),
    );
    const root = variable === undefined ? undefined : host.environment[variable];
    const folder =
      root?.startsWith("/") === true
        ? `${root}/${under.split("/").slice(1).join("/")}`
        : home?.startsWith("/") === true
          ? `${home}/${under}`
          : undefined;
    if (folder === undefined) return [];
    return files
      .list(folder)
      .filter(({ name }) => name.startsWith(prefix))
      .map(({ name }) => ({ name, version: /^\d+(?:\.\d+)*/.exec(name.slice(prefix.length))?.[0] ?? "" }))
      .filter(({ version }) => version !== "" && matches(version, wanted))
      .sort((a, b) => newerFirst(a.version, b.version) || byCodeUnit(a.name, b.name))
      .map(({ name }) => `${folder}/${name}/${program}`)
      .filter((file) => files.kind(file) === "file");
  });
}

function newerFirst(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split(".").map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (right?.[i] ?? 0) - (left?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function isShim(path: string): boolean {
  return /\/(?:shims|libexec)\/|\/(?:volta-shim|mise)$/.test(path);
}

/** `3.11` is met by 3.11.7, and not by 3.1. */
function matches(version: string, wanted: string): boolean {
  return wanted === "" || version === wanted || version.startsWith(`${wanted}.`);
}

async function ask(
  system: System,
  runtime: RuntimeName,
  file: string,
  path: string,
  cwd: string,
): Promise<RuntimeProgram | undefined> {
  const ran = await system.processes.run({
    command: [file, ...ASK[runtime]],
    cwd,
    environment: { ...variablesOf(system), PATH: path },
    timeoutMs: ASKED_MS,
  });
  if (ran.is !== "ended" || ran.code !== 0) return undefined;
  const line = ran.output.split("\n").findLast((one) => one.startsWith("{"));
  const said = parsedObject(line ?? "");
  const [program, version, platform] = [said?.["path"], said?.["version"], said?.["platform"]].map(textOf);
  if (program?.startsWith("/") !== true || version === undefined || platform === undefined) return undefined;
  return { path: program, version, platform };
}

/** The caller's variables: version managers, proxies and private registries are set up by them. */
export function variablesOf({ host }: System): Record<string, string> {
  return Object.fromEntries(
    Object.entries(host.environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
