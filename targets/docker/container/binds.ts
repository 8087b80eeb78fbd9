import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import { attempt, type Engine } from "../engine.ts";
import { familiar } from "../image/live-image.ts";
import { absolute } from "./mounts.ts";
import type { ContainerFields } from "../shapes.ts";

/** Folders of this machine that a container is to have: whether they are there, and whether it may write into them. */
export async function bindFaults(
  engine: Engine,
  agent: string,
  fields: ContainerFields,
): Promise<readonly Diagnostic[]> {
  const { system, place, isLocal, where } = engine;
  const binds = Object.entries(fields.mounts).filter(([, { type }]) => type === "bind");
  if (binds.length === 0) return [];
  if (!isLocal)
    return binds.map(([target, { source = "." }]) =>
      diagnostic("AAC4015", undefined, `${agent}: ${source} is not on the machine of the engine ${where}`, {
        notes: [`give ${target} a named volume instead, or copy the files into the image`],
      }),
    );
  const user = await userOf(engine, fields);
  return binds.flatMap(([, { source = ".", readOnly }]) => {
    const path = absolute(source, place.root);
    if (system.files.kind(path) === "absent")
      return [
        diagnostic("AAC4004", undefined, `${agent}: ${path} is not there, and is to be mounted`, {
          notes: [`make it: mkdir -p ${path}`],
        }),
      ];
    if (
      readOnly ||
      user === undefined ||
      mayWrite(system.files.stat(system.files.realPath(path) ?? path), user)
    )
      return [];
    return [
      diagnostic(
        "AAC4004",
        undefined,
        `${agent}: the user ${user} of the container may not write into ${path}`,
        {
          notes: [
            `give it to that user: sudo chown ${user} ${path}`,
            `or run as its owner: \`security: {runAsUser: ${system.files.stat(path)?.uid ?? 0}}\``,
            "or mount it with `readOnly: true`",
          ],
        },
      ),
    ];
  });
}

/** Which groups that user is in is not known here: what any group may write counts as writable. */
function mayWrite(
  stat: { readonly uid: number; readonly mode: number; readonly is: string } | undefined,
  user: number,
): boolean {
  // A socket asks its own questions of whoever connects.
  if (stat === undefined || user === 0 || stat.is === "other") return true;
  return (stat.mode & (stat.uid === user ? 0o200 : 0o022)) !== 0;
}

/** As a number; undefined where only the image could tell what number a name has there, or there is no image yet. */
async function userOf({ docker }: Engine, { user, image }: ContainerFields): Promise<number | undefined> {
  if (user !== undefined) return numberIn(user);
  const found = await attempt(() => docker.getImage(familiar(image)).inspect());
  if (!found.ok) return undefined;
  return found.value.Config.User === "" ? 0 : numberIn(found.value.Config.User);
}

function numberIn(user: string): number | undefined {
  const [name = ""] = user.split(":");
  return /^\d+$/.test(name) ? Number(name) : name === "root" ? 0 : undefined;
}
