import { err, ok, type Result } from "../../../src/base/result.ts";
import type { System } from "../../../src/model/system.ts";
import type { Failure } from "../../../src/model/target.ts";
import { leadsToCache } from "./folder.ts";
import type { Installed } from "./installed.ts";
import { LINK } from "./nodejs.ts";
import { variablesOf } from "./programs.ts";

const LINK_MS = 10_000;

/**
 * `import` does not read NODE_PATH: it looks for `node_modules` beside the importing file and in the folders above,
 * and nowhere else. So an agent finds its packages only if its folder has that name. A link serves, as it is replaced
 * in one step, costs nothing, is no code of the agent, and npm takes it away when somebody installs there himself.
 * What is there and not ours is never touched. Returns what a person is told, where something was done.
 */
export async function linkModules(
  system: System,
  one: Installed,
  request: { readonly folder: string; readonly cache: string },
): Promise<Result<string | undefined, Failure>> {
  const { files } = system;
  if (one.runtime !== "nodejs") return ok(undefined);
  const target = `${one.folder}/node_modules`;
  const path = `${request.folder}/node_modules`;
  const ours = leadsToCache(files, request.cache, path);
  if (ours && files.realPath(path) === files.realPath(target)) return ok(undefined);
  if (files.stat(path) !== undefined && !ours) return ok(undefined);
  const staged = `${request.folder}/.node_modules.${system.host.pid}`;
  files.remove(staged);
  const ran = await system.processes.run({
    command: [one.program, "-e", LINK, target, ours ? staged : path],
    cwd: "/",
    environment: variablesOf(system),
    timeoutMs: LINK_MS,
  });
  if (ran.is === "ended" && ran.code === 0) {
    if (ours) files.rename(staged, path);
    return ok(`${path} leads to the environment ${one.key}`);
  }
  // Somebody installed there in the meantime: then that is used.
  if (!ours && files.stat(path) !== undefined) return ok(undefined);
  return err({
    message: `node_modules cannot be linked into ${request.folder}: import would find no package`,
    lines: ran.is === "not started" ? [ran.why] : ran.output.trim().split("\n").slice(-3),
    passing: false,
  });
}
