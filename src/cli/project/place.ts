import { createHash } from "node:crypto";
import { homedir, tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { Here } from "../../model/target.ts";
import type { System } from "../../model/system.ts";
import { UsageError } from "../usage.ts";

export interface PlaceRequest {
  readonly system: System;
  readonly root: string;
  /** From `--project`, else `.aac.yaml`. */
  readonly project: string | undefined;
  readonly target: string;
  /** A project has to have a name of its own: another machine would make up another. */
  readonly needsName: boolean;
  readonly portRange: readonly [number, number] | undefined;
  readonly chosen: Here["chosen"];
}

/** Whose objects, as far as it takes no target to know. */
export function hereOf(request: PlaceRequest): Here {
  const { system, root, target } = request;
  const { host } = system;
  if (request.project !== undefined && !/^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/.test(request.project))
    throw new UsageError(
      `\`${request.project}\` cannot name a project`,
      "small letters, digits and dashes, at most 40",
    );
  if (request.project === undefined && request.needsName)
    throw new UsageError(
      "this project has no name: another machine would not know these objects again",
      "write `project: NAME` into .aac.yaml, or give --project NAME",
    );
  const project = request.project ?? madeUp(root);
  const env = host.environment;
  const state = env["XDG_STATE_HOME"] ?? join(homeOf(env), ".local", "state");
  const cache = env["XDG_CACHE_HOME"] ?? join(homeOf(env), ".cache");
  return {
    project,
    target,
    origin: originOf(system, root),
    root,
    home: join(state, "aac", project, target),
    cache: join(cache, "aac"),
    runtime:
      env["XDG_RUNTIME_DIR"] === undefined
        ? join(tmpdir(), `aac-${host.uid}`)
        : join(env["XDG_RUNTIME_DIR"], "aac"),
    portRange: request.portRange ?? [20_000, 29_999],
    chosen: request.chosen,
  };
}

const homeOf = (env: Readonly<Record<string, string | undefined>>): string => env["HOME"] ?? homedir();

const digest = (text: string | Uint8Array): string => createHash("sha256").update(text).digest("hex");

/** The folder's name, and a digest of where it is, so that two folders of one name are two projects. */
export function madeUp(root: string): string {
  const name = basename(root)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 30)
    .replaceAll(/-+$/g, "");
  return `${name === "" ? "project" : name}-${digest(root).slice(0, 6)}`;
}

/** Which checkout this is: its remote without credentials and the path in it, else this machine and path. */
function originOf(system: System, root: string): string {
  for (let folder = root; ; folder = dirname(folder)) {
    const remote = remoteOf(system, join(folder, ".git", "config"));
    if (remote !== undefined) {
      const below = root.slice(folder.length).replace(/^\//, "");
      return below === "" ? remote : `${remote}#${below}`;
    }
    if (system.files.kind(join(folder, ".git")) !== "absent" || dirname(folder) === folder) break;
  }
  return `${system.host.name}:${root}`;
}

function remoteOf(system: System, path: string): string | undefined {
  const read = system.files.read(path, 1024 * 1024);
  if (read.is !== "read") return undefined;
  const text = new TextDecoder().decode(read.bytes);
  const section = /\[remote "origin"\]([^[]*)/.exec(text)?.[1] ?? "";
  const url = /^\s*url\s*=\s*(\S+)/m.exec(section)?.[1];
  return url?.replace(/^([a-z+]+:\/\/)[^/@]*@/i, "$1").replace(/\.git$/, "");
}
