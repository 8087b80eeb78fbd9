import { isAbsolute, normalise } from "../../src/base/paths.ts";
import type { AgentIr, VolumeIr } from "../../src/model/ir.ts";

/** Where the agent's file stands, from the project's root: what containers call `/app`. */
function agentFolder({ source }: Pick<AgentIr, "source">): string {
  return source.file.includes("/") ? source.file.slice(0, source.file.lastIndexOf("/")) : ".";
}

/** Where the program starts: `workingDir` is counted from the agent's folder. From the root, or absolute. */
export function workingFolder(agent: Pick<AgentIr, "source" | "program">): string {
  const folder = agentFolder(agent);
  const written = agent.program.workingDir;
  if (written === undefined) return folder;
  const below = belowApp(written);
  if (below !== undefined) return normalise(`${folder}/${below}`);
  return isAbsolute(written) ? written : normalise(`${folder}/${written}`);
}

/** A bind of a folder to where it is anyway, seen from the agent: it needs no mount. From the agent's folder. */
export function inPlace(agent: Pick<AgentIr, "source">, volume: VolumeIr): string | undefined {
  const below = belowApp(volume.target);
  if (volume.type !== "bind" || volume.source === undefined || below === undefined) return undefined;
  const here = normalise(`${agentFolder(agent)}/${below}`);
  return normalise(volume.source) === here ? normalise(below) : undefined;
}

function belowApp(path: string): string | undefined {
  const clean = normalise(path);
  if (clean === "/app") return ".";
  return clean.startsWith("/app/") ? clean.slice("/app/".length) : undefined;
}
