import { err, ok, type Result } from "../../../src/base/result.ts";
import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import { attempt, type Engine } from "../engine.ts";
import { faultOf } from "../verbs/fault.ts";
import { type Labels, ownerIn } from "../labels.ts";
import type { Volume } from "./look.ts";
import { keyVolume, LABEL } from "../names.ts";

/** The key with which digests of secrets are made lives with the containers that they are of, on an empty volume. */
export function keyIn({ place }: Pick<Engine, "place">, volumes: readonly Volume[]): string | undefined {
  const volume = volumes.find(({ Name }) => Name === keyVolume(place.project));
  const key = ownKey(volume?.Labels, place.project);
  return key === undefined || !/^[0-9a-f]{64}$/.test(key) ? undefined : key;
}

function ownKey(labels: Labels | null | undefined, project: string): string | undefined {
  return labels?.[LABEL.project] === project ? labels[LABEL.key] : undefined;
}

/** The one that is there, else a new one. Of two that begin at once the engine lets one make it, and both get that. */
export async function makeKey(engine: Engine): Promise<Result<string, Diagnostic>> {
  const { docker, place, system } = engine;
  const Name = keyVolume(place.project);
  const made = await attempt(async () => {
    await docker.createVolume({
      Name,
      Labels: {
        [LABEL.project]: place.project,
        [LABEL.kind]: "key",
        [LABEL.origin]: place.origin,
        [LABEL.key]: system.digests.random(32),
      },
    });
    return docker.getVolume(Name).inspect();
  });
  if (!made.ok) return err(faultOf(engine, `the volume ${Name} cannot be made`, made.error));
  const key = keyIn(engine, [made.value]);
  if (key !== undefined) return ok(key);
  const labels: Labels | null = made.value.Labels;
  const isBroken = labels?.[LABEL.project] === place.project;
  return err(
    diagnostic(
      isBroken ? "AAC4006" : "AAC4013",
      undefined,
      isBroken
        ? `the key on the volume ${Name} is not one of this version`
        : `the volume ${Name} belongs to ${ownerIn(labels)}, and stands where the project's key would`,
      { notes: ["nothing was changed", `if nobody needs it, remove it: docker volume rm ${Name}`] },
    ),
  );
}
