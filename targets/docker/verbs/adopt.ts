import { canonicalJson } from "../../../src/base/canonical.ts";
import { err, ok, type Result } from "../../../src/base/result.ts";
import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import type { Resource } from "../../../src/model/resource.ts";
import type { Adopted, AdoptRequest } from "../../../src/model/target.ts";
import { attempt, type Engine } from "../engine.ts";
import { type Labels, ownerIn } from "../labels.ts";
import { ADOPTED } from "../live/adopted.ts";
import { type Container, inspect, lookAt } from "../live/look.ts";
import { adoptedVolume, containerId, LABEL } from "../names.ts";
import { faultOf } from "./fault.ts";

/** What other tools write on containers that they look after: they would make it anew, or take it away. */
const OWNERS = ["com.docker.compose.project", "com.docker.swarm.service.name"];

/** Writes down beside a container whose it is from now on. Nothing of it changes by that. */
export async function adopt(
  engine: Engine,
  { kind, name, agent, desired }: AdoptRequest,
): Promise<Result<Adopted, Diagnostic>> {
  if (kind.toLowerCase() !== "container")
    return refused("AAC4013", `no \`${kind}\` can be adopted on an engine`, [
      "a container can: aac adopt container/NAME",
    ]);
  const id = containerId(agent, 0);
  const wanted = desired.find((one) => one.id === id);
  // Without a place in the files it would be something that is left over, and the next apply would delete it.
  if (wanted === undefined) return refused("AAC4013", `the files ask for no container of ${agent}`, []);
  const read = await attempt(async () => ({
    container: await inspect(engine, name),
    look: await lookAt(engine),
  }));
  if (!read.ok) return err(faultOf(engine, `the container ${name} cannot be read`, read.error));
  const { container, look } = read.value;
  if (container === undefined)
    return refused("AAC4008", `there is no container ${name} on the engine`, [
      "docker ps --all lists those that are",
    ]);
  const own = look.containers.find(({ Id }) => Id === container.Id);
  if (own !== undefined) {
    const whose = own.Labels[LABEL.agent] ?? "";
    if (whose === agent) return ok({ id, notes: [`the container ${name} is ${agent}'s already`] });
    return refused("AAC4013", `the container ${name} is ${whose}'s, of this very project`, []);
  }
  const owner = ownerOf(container);
  if (owner !== undefined)
    return refused("AAC4013", `the container ${name} belongs to ${owner}`, [
      "whoever looks after it would make it anew or take it away: have it let go of it first",
    ]);
  const there = look.containers.find(
    ({ Labels }) => Labels[LABEL.agent] === agent && Labels[LABEL.replica] === "0",
  );
  if (there !== undefined)
    return refused("AAC4013", `${agent} has a container already: ${there.Id.slice(0, 12)}`, [
      "destroy that first, or adopt under the name of another agent",
    ]);
  const marked = await mark(engine, container, wanted);
  if (!marked.ok) return marked;
  return ok({
    id,
    notes: [
      "nothing of it was changed: its labels come with the next replace",
      `until then the volume ${adoptedVolume(engine.place.project, container.Id)} says whose it is`,
    ],
  });
}

const refused = (
  code: "AAC4008" | "AAC4013",
  message: string,
  notes: readonly string[],
): Result<never, Diagnostic> => err(diagnostic(code, undefined, message, { notes }));

function ownerOf({ Config }: Container): string | undefined {
  const labels: Labels | null = Config.Labels;
  if (labels?.[LABEL.project] !== undefined && labels[LABEL.kind] === "container") return ownerIn(labels);
  const tool = OWNERS.find((name) => labels?.[name] !== undefined);
  if (tool === undefined) return undefined;
  return tool === OWNERS[0]
    ? ownerIn({ [tool]: labels?.[tool] ?? "" })
    : `the service ${labels?.[tool] ?? ""}`;
}

async function mark(
  engine: Engine,
  { Id }: Container,
  { agent, source, after, protect }: Resource,
): Promise<Result<void, Diagnostic>> {
  const { docker, place } = engine;
  const Name = adoptedVolume(place.project, Id);
  const Labels = {
    [LABEL.project]: place.project,
    [LABEL.agent]: agent,
    [LABEL.replica]: "0",
    [LABEL.kind]: ADOPTED,
    [LABEL.source]: source,
    [LABEL.origin]: place.origin,
    [LABEL.after]: canonicalJson(after),
    [LABEL.protect]: String(protect),
    [LABEL.container]: Id,
  };
  const made = await attempt(async () => {
    await docker.createVolume({ Name, Labels });
    return docker.getVolume(Name).inspect();
  });
  if (!made.ok) return err(faultOf(engine, `the volume ${Name} cannot be made`, made.error));
  // To make one that is there already does nothing, and says so to nobody.
  return made.value.Labels[LABEL.container] === Id
    ? ok(undefined)
    : refused("AAC4013", `the volume ${Name} belongs to ${ownerIn(made.value.Labels)}`, []);
}
