import { ok, type Result } from "../../../src/base/result.ts";
import type { Resource } from "../../../src/model/resource.ts";
import type { Failure } from "../../../src/model/target.ts";
import { isFine, isManifest } from "../answers.ts";
import type { Putting } from "../does/apply.ts";
import { toFields } from "./fields.ts";
import type { KeyLook } from "../live/key.ts";
import type { On } from "../live/lists.ts";
import { objectPath } from "./paths.ts";
import { secretsOf } from "../wants/references.ts";
import { digestIn, secretLooks } from "../live/secrets.ts";
import { isMap } from "./shape.ts";

/**
 * What stands for each secret, also where the plan could not tell: before the first apply there is no key. Without
 * this nobody would see that a secret was rotated after that.
 */
export async function filled(
  on: On,
  change: Putting,
  key: () => Promise<Result<KeyLook, Failure>>,
): Promise<Result<Resource, Failure>> {
  const { resource } = change;
  const { secrets } = resource.fields;
  if (!isMap(secrets)) return ok(resource);
  const open = Object.keys(secrets).filter((variable) => secrets[variable] === null);
  if (open.length === 0) return ok(resource);
  const made = await key();
  if (!made.ok) return made;
  const live = await liveSecrets(on, change);
  const looks = secretLooks(on, () => Promise.resolve(made.value));
  const references = secretsOf(resource.fields);
  const found = await Promise.all(
    open.map(async (variable) => {
      // Another text there would exchange pods that the plan leaves alone.
      if (isMap(live)) return [variable, live[variable] ?? null] as const;
      const own = references.get(variable) ?? [];
      const digests = await Promise.all(
        own.map(async ({ name, key: of }) => digestIn(await looks(name), of)),
      );
      const isKnown = digests.length > 0 && digests.every((one) => typeof one === "string");
      return [variable, isKnown ? digests.join("+") : null] as const;
    }),
  );
  return ok({
    ...resource,
    fields: { ...resource.fields, secrets: { ...secrets, ...Object.fromEntries(found) } },
  });
}

/** As they stand on the live pods, where those are not exchanged by this change. */
async function liveSecrets({ cluster, namespace }: On, change: Putting) {
  if (change.is !== "update" || change.fields.some(({ rolls }) => rolls !== undefined)) return undefined;
  const { kind, name } = change.resource;
  const answer = await cluster.request("GET", objectPath(namespace, kind, name));
  if (!isFine(answer) || !isManifest(answer.body)) return undefined;
  return toFields({ ...answer.body, kind })["secrets"];
}
