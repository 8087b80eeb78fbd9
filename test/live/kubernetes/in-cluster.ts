import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadImage } from "../engines.ts";
import { onPlatform, type PlatformProject } from "../platform-project.ts";
import { type Hands, handsIn } from "./hands.ts";

/** A project whose context has a namespace of its own. */
export interface ClusterProject extends PlatformProject {
  readonly hands: Hands;
  readonly namespace: string;
  /** Of another user of the same cluster, in the same namespace. */
  kubeconfig(file: string): string;
  /** `METHOD path?query`: all that was asked of the cluster meanwhile. */
  requests(during: () => Promise<unknown>): Promise<readonly string[]>;
}

export interface InCluster {
  readonly environment: Readonly<Record<string, string>>;
  /** False: it is yet to be made. */
  readonly makes?: boolean;
}

/** Through the real command line; the namespace is taken away afterwards, whatever happened. */
export async function inCluster(
  { environment, makes = true }: InCluster,
  files: Readonly<Record<string, string>>,
  body: (project: ClusterProject) => Promise<void>,
): Promise<void> {
  await loadImage("busybox:latest");
  const hands = await handsIn(environment, { makes });
  const folder = mkdtempSync(join(tmpdir(), "aac-contexts-"));
  const trace = join(folder, "requests");
  const kubeconfig = (file: string): string => {
    const own = join(folder, file.replaceAll("/", "-"));
    writeFileSync(own, inNamespace(readFileSync(file, "utf8"), hands.namespace), { mode: 0o600 });
    return own;
  };
  const asked = (): string => (existsSync(trace) ? readFileSync(trace, "utf8") : "");
  try {
    const at = {
      target: "kubernetes",
      environment: { KUBECONFIG: kubeconfig(environment["KUBECONFIG"] ?? ""), AAC_TRACE_REQUESTS: trace },
      clear: () => Promise.resolve(),
    };
    await onPlatform("t", at, files, (project) =>
      body({
        ...project,
        hands,
        namespace: hands.namespace,
        kubeconfig,
        async requests(during) {
          const before = asked().length;
          await during();
          return asked().slice(before).split("\n").filter(Boolean);
        },
      }),
    );
  } finally {
    await hands.end();
    rmSync(folder, { recursive: true });
  }
}

/** The namespace of a context, whether the file is laid out in blocks or in one line. */
function inNamespace(text: string, namespace: string): string {
  const named = text.replaceAll(/\bnamespace: *[\w-]+/g, `namespace: ${namespace}`);
  if (named !== text) return named;
  return text.replaceAll(/^( *)((?:- )?context:)\s*$/gm, `$1$2\n$1    namespace: ${namespace}`);
}
