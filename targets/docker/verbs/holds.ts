import { canonicalJson, type Json } from "../../../src/base/canonical.ts";
import { err, ok, type Result } from "../../../src/base/result.ts";
import type { Hold } from "../../../src/model/resource.ts";
import type { Place } from "../../../src/model/target.ts";
import type { Docker, Failed } from "../client.ts";
import { attempt, unless } from "../engine.ts";
import { isTable, ownerIn } from "../labels.ts";
import { holdVolume, LABEL } from "../names.ts";

/** A hold is an empty volume: it stays when the container goes, and one list tells all of a project. */

interface Volume {
  readonly Name: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly CreatedAt?: string;
}

/** By agent: whose decision it is that a plan leaves it alone. */
export function holdsOf(volumes: readonly Volume[]): ReadonlyMap<string, Hold> {
  const holds = new Map<string, Hold>();
  for (const volume of volumes) {
    const agent = volume.Labels?.[LABEL.agent];
    const text = volume.Labels?.[LABEL.hold];
    if (agent === undefined || agent === "" || text === undefined) continue;
    // One that nobody can read is still somebody's decision.
    holds.set(agent, holdIn(text) ?? { by: "somebody", since: volume.CreatedAt ?? "", what: "stopped" });
  }
  return holds;
}

function holdIn(text: string): Hold | undefined {
  const value = parsed(text);
  if (!isTable(value)) return undefined;
  const { by, since, what, reason } = value;
  if (typeof by !== "string" || typeof since !== "string" || typeof what !== "string") return undefined;
  return { by, since, what, ...(typeof reason === "string" ? { reason } : {}) };
}

function parsed(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** In the place of an earlier one: labels of a volume never change. */
export async function setHold(
  docker: Docker,
  place: Place,
  agent: string,
  hold: Hold,
): Promise<Result<void, Failed>> {
  const released = await releaseHold(docker, place, agent);
  if (!released.ok) return released;
  const Name = holdVolume(place.project, agent);
  const text = canonicalJson({ ...hold });
  const made = await attempt(async () => {
    await docker.createVolume({
      Name,
      Labels: {
        [LABEL.project]: place.project,
        [LABEL.agent]: agent,
        [LABEL.kind]: "hold",
        [LABEL.origin]: place.origin,
        [LABEL.hold]: text,
      },
    });
    return docker.getVolume(Name).inspect();
  });
  if (!made.ok) return made;
  // To make one that is there already does nothing, and says so to nobody.
  return made.value.Labels[LABEL.hold] === text
    ? ok(undefined)
    : err({ message: `somebody else made a volume ${Name} just now`, passing: true });
}

/** Whether there was one. */
export async function releaseHold(
  docker: Docker,
  { project }: Place,
  agent: string,
): Promise<Result<boolean, Failed>> {
  const volume = docker.getVolume(holdVolume(project, agent));
  const found = await unless(404, () => volume.inspect());
  if (!found.ok) return found;
  if (found.value === undefined) return ok(false);
  const labels: Volume["Labels"] = found.value.Labels;
  if (labels?.[LABEL.project] !== project || labels[LABEL.agent] !== agent)
    return err({
      message: `the volume ${found.value.Name} belongs to ${ownerIn(labels)}, and stands where a hold would`,
      passing: false,
    });
  const gone = await unless(404, () => volume.remove());
  return gone.ok ? ok(true) : gone;
}
