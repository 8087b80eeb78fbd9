import { dirname, join, resolve } from "node:path";
import { isBelow } from "../../base/paths.ts";
import { veil } from "../../base/veil.ts";
import { quote } from "../../model/aside.ts";
import type { Facts } from "../../model/facts.ts";
import type { Author } from "../../model/revision.ts";
import type { Files, System } from "../../model/system.ts";

/** Whoever applies waits for nothing: a folder that takes longer to look through is one of which nobody can tell. */
const GIT_MS = 2000;
const SMALL = 1024 * 1024;

/** Who applies, from where and with what: as far as a look at files and surroundings says it. */
export function authorOf({ files, host }: Pick<System, "files" | "host">, root: string): Author {
  const ci = pipelineOf(host.environment);
  const id = commitOf(files, root);
  return {
    user: host.user,
    host: host.name,
    command: commandOf(process.argv.slice(2)),
    madeBy: host.version,
    ...(ci === undefined ? {} : { ci }),
    // Not known to be exactly that, as long as nobody has looked.
    ...(id === undefined ? {} : { commit: { id, isDirty: true } }),
  };
}

/** As it was typed, without the values that it gives variables. */
export function commandOf(args: readonly string[]): string {
  const shown = args.map((arg, i) => {
    const [, flag = "", name = ""] = /^(--set=)?([A-Za-z_][A-Za-z0-9_]*)=/.exec(arg) ?? [];
    return name !== "" && (flag !== "" || args[i - 1] === "--set") ? `${flag}${name}=…` : quote(arg);
  });
  return veil(["aac", ...shown].join(" "), "").slice(0, 500);
}

/** By name of the variable that says it: where the run can be looked at. */
const RUNS = [
  "CI_JOB_URL",
  "CI_PIPELINE_URL",
  "BUILDKITE_BUILD_URL",
  "CIRCLE_BUILD_URL",
  "TRAVIS_BUILD_WEB_URL",
  "BUILD_URL",
];

/** A pipeline's run, as its surroundings name it. */
export function pipelineOf(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = environment;
  if (server !== undefined && repository !== undefined && run !== undefined)
    return plainUrl(`${server}/${repository}/actions/runs/${run}`);
  const named = RUNS.map((name) => environment[name]).find((text) => text !== undefined && text !== "");
  if (named !== undefined) return plainUrl(named);
  return ["true", "1"].includes(environment["CI"] ?? "") ? "CI" : undefined;
}

/** Neither a login nor a question is part of a place. */
const plainUrl = (url: string): string =>
  url
    .replace(/^([a-z+]+:\/\/)[^/@]*@/i, "$1")
    .replace(/[?#].*$/s, "")
    .slice(0, 300);

/** The commit that a folder stands at, read from git's own files; undefined where there is none. */
export function commitOf(files: Files, root: string): string | undefined {
  const folder = gitFolderOf(files, root);
  if (folder === undefined) return undefined;
  const text = (path: string): string | undefined => {
    const read = files.read(path, SMALL);
    return read.is === "read" ? new TextDecoder().decode(read.bytes).trim() : undefined;
  };
  const head = text(join(folder, "HEAD"));
  const ref = /^ref: (refs\/[^\0]+)$/.exec(head ?? "")?.[1];
  if (ref === undefined) return hashIn(head);
  // A second work tree has its own head, and shares the branches.
  const shared = text(join(folder, "commondir"));
  const common = shared === undefined ? folder : resolve(folder, shared);
  const packed = (text(join(common, "packed-refs")) ?? "")
    .split("\n")
    .find((line) => line.endsWith(` ${ref}`));
  return hashIn(text(join(folder, ref))) ?? hashIn(text(join(common, ref))) ?? hashIn(packed?.split(" ")[0]);
}

const hashIn = (text: string | undefined): string | undefined =>
  text !== undefined && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text) ? text : undefined;

function gitFolderOf(files: Files, root: string): string | undefined {
  for (let folder = root; ; folder = dirname(folder)) {
    const path = join(folder, ".git");
    const kind = files.kind(path);
    if (kind === "folder") return path;
    if (kind === "file") {
      const read = files.read(path, 4096);
      const text = read.is === "read" ? new TextDecoder().decode(read.bytes) : "";
      const to = /^gitdir: (.+)$/m.exec(text)?.[1];
      return to === undefined ? undefined : resolve(folder, to);
    }
    if (dirname(folder) === folder) return undefined;
  }
}

/**
 * Whether what was applied is not what that commit holds. Git itself is asked: what is staged stands in its own
 * packed files. It writes nothing while it looks.
 */
export async function isDirty(
  { files, processes, host }: Pick<System, "files" | "processes" | "host">,
  root: string,
  facts: Facts,
): Promise<boolean> {
  const git = (host.environment["PATH"] ?? "")
    .split(":")
    .map((folder) => join(folder, "git"))
    .find((path) => path.startsWith("/") && files.kind(path) === "file");
  if (git === undefined) return true;
  const status = ["status", "--porcelain=v1", "--untracked-files=normal", "--no-renames", "-z", "--", "."];
  const ran = await processes.run({
    command: [git, "-c", "core.fsmonitor=false", ...status],
    cwd: root,
    environment: {
      PATH: host.environment["PATH"] ?? "",
      // Whose folders git may look into stands there.
      HOME: host.environment["HOME"] ?? "/",
      GIT_OPTIONAL_LOCKS: "0",
      LC_ALL: "C",
    },
    timeoutMs: GIT_MS,
  });
  if (ran.is !== "ended" || ran.code !== 0) return true;
  const top = topOf(files, root);
  return ran.output.split("\0").some((line) => isChange(line, facts, top));
}

/** A file that git does not know counts where an agent is made of it, and not where it only lies there. */
function isChange(line: string, facts: Facts, top: string): boolean {
  if (line.length < 4) return false;
  if (!line.startsWith("??")) return true;
  const path = join(top, line.slice(3)).replace(/\/$/, "");
  return Object.values(facts.agents).some(({ folder, code }) =>
    Object.keys(code).some((name) => isBelow(join(folder, name), path)),
  );
}

function topOf(files: Files, root: string): string {
  for (let folder = root; ; folder = dirname(folder))
    if (files.kind(join(folder, ".git")) !== "absent" || dirname(folder) === folder) return folder;
}
