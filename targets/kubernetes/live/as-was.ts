import type { Fields, Resource } from "../../../src/model/resource.ts";
import { isFine, isManifest } from "../answers.ts";
import { manifestOf, send } from "./send.ts";
import { toFields } from "../manifest/fields.ts";
import { pathsOf, project } from "../manifest/owned.ts";
import { overlap } from "../manifest/server-paths.ts";
import { differences } from "./differences.ts";
import type { On } from "./lists.ts";

/**
 * What has to be sent so that an object becomes what it was. Its fields then were seen beside those of another wish:
 * among them are some that the server had filled in, and some that somebody else had written. Only what was asked for
 * is asked for again, and of the rest what would not come by itself: whatever is sent is ours from then on.
 */
export async function asWas(on: On, resource: Resource, uid?: string): Promise<Resource> {
  const { was, fields } = resource;
  if (was?.asked === undefined) return resource;
  const asked = pathsOf(was.asked);
  const core = project(fields, asked);
  if (differences(core, fields).length === 0) return resource;
  const answer = await send(on, manifestOf(on, { ...resource, fields: core }), {
    force: true,
    dryRun: true,
    ...(uid === undefined ? {} : { uid }),
  });
  // Where the server does not say it, all is sent: too much of it is ours then, and the values are right.
  if (!isFine(answer) || !isManifest(answer.body)) return resource;
  const wanted = pathsOf(fields);
  const becomes: Fields = project(toFields({ ...answer.body, kind: resource.kind }), wanted);
  const open = differences(becomes, fields);
  const rest = [...wanted].filter((path) => open.some((one) => overlap(one, path.replace(/\/\.$/, ""))));
  return { ...resource, fields: project(fields, new Set([...asked, ...rest])) };
}
