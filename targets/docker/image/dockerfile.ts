import { byCodeUnit } from "../../../src/base/canonical.ts";
import { normalise } from "../../../src/base/paths.ts";
import type { AgentFacts } from "../../../src/model/facts.ts";
import type { AgentIr } from "../../../src/model/ir.ts";
import { RUNTIMES } from "../../../src/model/runtimes.ts";
import { APP, codeIn, ownerOf } from "./build.ts";
import { nodePackages, pythonPackages } from "./packages.ts";
import { json, shell } from "./quoted.ts";

type Agent = Pick<AgentIr, "name" | "source" | "program" | "dependencies" | "security">;

/**
 * The recipe of an agent's image, for one who has none of his own. What changes least comes first, so that an edit of
 * the code installs nothing again. `volumes`: where data is kept that the agent writes; an engine gives a new volume
 * the owner of the folder that it covers.
 */
export function dockerfileOf(
  agent: Agent,
  facts: Pick<AgentFacts, "code">,
  volumes: readonly string[],
): string {
  const code = new Set(Object.keys(codeIn(agent, facts)));
  const node = agent.program.runtime?.name === "nodejs";
  const owner = ownerOf(agent);
  const packages = node ? nodePackages(agent, code) : pythonPackages(agent, code);
  const folders = [...new Set(volumes.map(normalise))].sort(byCodeUnit).map(shell);
  const args = Object.keys(agent.program.build?.args ?? {})
    .filter((name) => /^[A-Za-z_]\w*$/.test(name))
    .sort(byCodeUnit);
  return [
    `# Written for ${agent.name}. One of your own takes its place: build: {dockerfile: Dockerfile}`,
    `FROM ${baseImage(agent)}`,
    ...args.map((name) => `ARG ${name}`),
    node ? "ENV NODE_ENV=production" : "ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1",
    `WORKDIR ${APP}`,
    ...(packages.length === 0
      ? []
      : ["", "# Packages come first: an edit of the code installs none again.", ...packages]),
    "",
    `RUN ${folders.length === 0 ? "" : `mkdir -p ${folders.join(" ")} && `}chown ${owner} ${[APP, ...folders].join(" ")}`,
    `COPY --chown=${owner} . .`,
    `ENV HOME=${APP}`,
    `USER ${owner}`,
    `CMD ${json(RUNTIMES[agent.program.runtime?.name ?? ""]?.entry ?? [])}`,
    "",
  ].join("\n");
}

/** `python:3.12` is the slim one of that version, as without a version; a version that says more is taken as it is. */
function baseImage({ program }: Pick<AgentIr, "program">): string {
  const { runtime, build } = program;
  const usual = RUNTIMES[runtime?.name ?? ""]?.image ?? "";
  if (build?.baseImage !== undefined) return build.baseImage;
  if (runtime?.version === undefined) return usual;
  const name = usual.slice(0, usual.indexOf(":"));
  const isPlain = /^\d+(?:\.\d+)*(?:(?:a|b|rc)\d+)?$/.test(runtime.version);
  return `${name}:${runtime.version}${isPlain ? "-slim" : ""}`;
}
