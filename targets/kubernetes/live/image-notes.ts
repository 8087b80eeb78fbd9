import type { Observed, Resource } from "../../../src/model/resource.ts";
import { textAt } from "../answers.ts";

/** Images that are made from an agent's folder: whoever edits the code has to bring them to the cluster. */
export function imageNotes(desired: readonly Resource[], objects: readonly Observed[]): readonly string[] {
  const live = new Map(objects.map((one) => [one.id, one]));
  const images = desired.flatMap(({ id, kind, agent, fields }) => {
    const { code } = fields;
    if (kind !== "Deployment" || code === undefined || live.get(id)?.fields["code"] === code) return [];
    return textAt(fields, "spec", "template", "spec", "containers", agent, "image") ?? [];
  });
  const names = [...new Set(images)].sort();
  if (names.length === 0) return [];
  const shown = names.slice(0, 3).join(", ") + (names.length > 3 ? ` and ${names.length - 3} more` : "");
  return [`aac builds no images for a cluster: ${shown} has to be where its nodes find images`];
}
