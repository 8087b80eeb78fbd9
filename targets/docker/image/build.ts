import { isBelow, normalise } from "../../../src/base/paths.ts";
import type { AgentFacts } from "../../../src/model/facts.ts";
import type { AgentIr } from "../../../src/model/ir.ts";

/** What an image is built from: a folder, and a recipe that is ours or its author's. */

type Source = Pick<AgentIr, "source" | "program">;

/** Where agents find their folder, as on every target. */
export const APP = "/app";

/** From the project's root. */
export function folderOf({ source }: Pick<AgentIr, "source">): string {
  return source.file.includes("/") ? source.file.slice(0, source.file.lastIndexOf("/")) : ".";
}

/** From the project's root. */
export function contextOf(agent: Source): string {
  const { build } = agent.program;
  return build === undefined ? folderOf(agent) : normalise(build.context);
}

/** Only of the agent's own folder is it known what is in it. */
export const isContextKnown = (agent: Source): boolean => isBelow(contextOf(agent), folderOf(agent));

/** Digest by path from the context. */
export function codeIn(agent: Source, { code }: Pick<AgentFacts, "code">): Readonly<Record<string, string>> {
  if (!isContextKnown(agent)) return {};
  const below = within(contextOf(agent), folderOf(agent));
  const front = below === "." ? "" : `${below}/`;
  return Object.fromEntries(
    Object.entries(code).flatMap(([path, digest]) =>
      path.startsWith(front) ? [[path.slice(front.length), digest]] : [],
    ),
  );
}

const GENERATED = new Set(["python", "nodejs"]);
const USUAL = "Dockerfile";

/**
 * The author's recipe, as a path from the context; undefined where there is none and ours is used. Where nobody names
 * one it is the usual one, if the folder has that or we could not write one.
 */
export function ownDockerfile(agent: Source, facts: Pick<AgentFacts, "code">): string | undefined {
  const { build, runtime } = agent.program;
  if (build === undefined) return undefined;
  if (build.dockerfile !== undefined) return within(normalise(build.dockerfile), contextOf(agent));
  if (build.target !== undefined || !GENERATED.has(runtime?.name ?? "")) return USUAL;
  return build.baseImage === undefined && Object.hasOwn(codeIn(agent, facts), USUAL) ? USUAL : undefined;
}

/** Whether files alone say that a recipe is the author's; where they do not, his folder does. */
export function namesDockerfile(agent: Source): boolean {
  return ownDockerfile(agent, { code: {} }) !== undefined;
}

/** A path below a folder, both from the project's root, as it is seen from there. */
function within(path: string, folder: string): string {
  if (path === folder) return ".";
  return folder === "." || !isBelow(path, folder) ? path : path.slice(folder.length + 1);
}

/** Who runs in an image that is built, and owns what is in it. */
export function ownerOf({ security }: Pick<AgentIr, "security">): string {
  const user = security.runAsUser ?? USER;
  return `${user}:${security.runAsGroup ?? (user === 0 ? 0 : USER)}`;
}

const USER = 1000;
