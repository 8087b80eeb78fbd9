import { err, ok, type Result } from "../../src/base/result.ts";
import { type Diagnostic, diagnostic } from "../../src/model/diagnostic.ts";
import type { Files } from "../../src/model/system.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Choice {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
}

/** As much of the official client's configuration as is needed to put files together and to choose. */
export interface Kubeconfig {
  clusters: { readonly name: string; readonly server: string; readonly skipTLSVerify: boolean }[];
  users: { readonly name: string }[];
  contexts: {
    readonly name: string;
    readonly cluster: string;
    readonly user: string;
    readonly namespace?: string;
  }[];
  currentContext: string;
  loadFromString(text: string): void;
  loadFromFile(path: string): void;
  loadFromCluster(): void;
  makePathsAbsolute(folder: string): void;
}

export interface Chosen<Config> {
  readonly config: Config;
  readonly server: string;
  readonly context: string;
  readonly namespace: string;
}

const LIMIT = 16 * 1024 * 1024;
const HOW = "name one with --kubeconfig or KUBECONFIG";

/** The files that are named, put together as `kubectl` does it: what comes first holds. */
export function choose<Config extends Kubeconfig>(
  empty: () => Config,
  choice: Choice,
  environment: Environment,
  files: Files | undefined,
): Result<Chosen<Config>, Diagnostic> {
  const { paths, isNamed } = pathsOf(choice, environment);
  const config = empty();
  const found: string[] = [];
  for (const path of paths) {
    const one = empty();
    const fault = load(one, path, files);
    if (fault === "absent" && !isNamed) continue;
    if (fault !== undefined)
      return err(
        unreachable(
          fault === "absent"
            ? `there is no kubeconfig at ${path}`
            : `the kubeconfig ${path} cannot be used: ${fault}`,
          [HOW],
        ),
      );
    found.push(path);
    config.clusters = joined(config.clusters, one.clusters);
    config.users = joined(config.users, one.users);
    config.contexts = joined(config.contexts, one.contexts);
    config.currentContext ||= one.currentContext;
  }
  if (found.length === 0) {
    if (!environment["KUBERNETES_SERVICE_HOST"])
      return err(unreachable(`no cluster is known: there is no kubeconfig at ${paths.join(", ")}`, [HOW]));
    config.loadFromCluster();
  }
  return contextIn(config, choice, found.length === 0 ? "this pod" : found.join(", "));
}

function pathsOf(
  { kubeconfig }: Choice,
  environment: Environment,
): { readonly paths: readonly string[]; readonly isNamed: boolean } {
  if (kubeconfig !== undefined) return { paths: [kubeconfig], isNamed: true };
  const isWindows = environment["OS"] === "Windows_NT";
  const listed = (environment["KUBECONFIG"] ?? "").split(isWindows ? ";" : ":").filter((path) => path !== "");
  const home = environment["HOME"] ?? environment["USERPROFILE"] ?? "";
  return { paths: listed.length === 0 ? [`${home}/.kube/config`] : listed, isNamed: false };
}

/** Why not, never with a line of the file: it holds tokens. */
function load(config: Kubeconfig, path: string, files: Files | undefined): string | undefined {
  try {
    if (files === undefined) {
      config.loadFromFile(path);
      return undefined;
    }
    const file = files.read(path, LIMIT);
    if (file.is === "absent") return "absent";
    if (file.is === "large") return "it is too large";
    if (file.is === "refused") return file.why;
    config.loadFromString(new TextDecoder().decode(file.bytes));
    config.makePathsAbsolute(path.replace(/[^/\\]*$/, ""));
    return undefined;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "absent";
    return error instanceof Error && error.name === "YAMLException"
      ? "it is not valid YAML"
      : "it is no kubeconfig";
  }
}

function joined<One extends { readonly name: string }>(known: readonly One[], more: readonly One[]): One[] {
  const names = new Set(known.map(({ name }) => name));
  return [...known, ...more.filter(({ name }) => !names.has(name))];
}

function contextIn<Config extends Kubeconfig>(
  config: Config,
  choice: Choice,
  where: string,
): Result<Chosen<Config>, Diagnostic> {
  const name = choice.context ?? config.currentContext ?? "";
  const context = config.contexts.find((one) => one.name === name);
  if (context === undefined) {
    const known = config.contexts.map((one) => one.name).sort();
    return err(
      unreachable(name === "" ? `${where} chooses no context` : `${where} has no context \`${name}\``, [
        known.length === 0 ? "it has none" : `it has: ${known.join(", ")}`,
        "choose one with --context, or with `kubectl config use-context NAME`",
      ]),
    );
  }
  const cluster = config.clusters.find((one) => one.name === context.cluster);
  if (cluster === undefined || !/^https?:$/.test(URL.parse(cluster.server)?.protocol ?? ""))
    return err(
      unreachable(
        cluster === undefined
          ? `the context \`${name}\` names the cluster \`${context.cluster}\`, which is not in ${where}`
          : `the cluster \`${cluster.name}\` of ${where} has no address that can be read`,
        ["see what it holds: kubectl config view"],
      ),
    );
  if (!config.users.some((one) => one.name === context.user))
    return err(
      unreachable(`the context \`${name}\` names the user \`${context.user}\`, which is not in ${where}`, [
        "see what it holds: kubectl config view",
      ]),
    );
  config.currentContext = name;
  // Where nothing is encrypted there is nothing to verify, and the library insists on reading that.
  if (cluster.server.startsWith("http:"))
    config.clusters = config.clusters.map((one) => (one === cluster ? { ...one, skipTLSVerify: true } : one));
  return ok({
    config,
    server: cluster.server,
    context: name,
    namespace: choice.namespace ?? (context.namespace || "default"),
  });
}

const unreachable = (message: string, notes: readonly string[]): Diagnostic =>
  diagnostic("AAC4011", undefined, message, { notes });
