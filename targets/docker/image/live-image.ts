import type { Docker } from "../client.ts";
import type { Fields, Observed, Resource } from "../../../src/model/resource.ts";
import type { Digests } from "../../../src/model/system.ts";
import { askedIn, digestOfFields, isOurs, type Labels } from "../labels.ts";
import { LABEL } from "../names.ts";

/** As an engine shows it: what everybody leaves out is left out. */
export function familiar(reference: string): string {
  const bare = reference.replace(/^(?:index\.)?docker\.io\//, "").replace(/^library\//, "");
  // With a digest the tag says nothing more.
  return bare.replace(/:[^/@]+@/, "@");
}

export function imageNamed(
  images: readonly Docker.ImageInfo[],
  reference: string,
): Docker.ImageInfo | undefined {
  const name = familiar(reference);
  return images.find(({ RepoTags, RepoDigests }) =>
    [...(RepoTags ?? []), ...(RepoDigests ?? [])].some((one) => familiar(one) === name),
  );
}

/** An image never changes: what went into it is what it is. One that we did not make is none of ours. */
export function liveImage(
  image: Docker.ImageInfo | undefined,
  wanted: Resource,
  project: string,
  sha256: Digests["sha256"],
): Pick<Observed, "fields" | "asked"> | undefined {
  if (image === undefined) return undefined;
  const { fields } = wanted;
  if (fields["from"] === "pull") return { fields, asked: fields };
  const labels: Labels | null = image.Labels;
  if (!isOurs(labels, project, "image") || labels?.[LABEL.agent] !== wanted.agent) return undefined;
  const asked = askedIn(labels);
  if (asked !== undefined) return { fields: asked, asked };
  return { fields: withoutLabel(fields, labels[LABEL.digest] ?? "", sha256) };
}

/** More went into it than a label holds: all that can be told is whether it is the same. */
function withoutLabel(fields: Fields, digest: string, sha256: Digests["sha256"]): Fields {
  return digest === digestOfFields(fields, sha256) ? fields : { ...fields, code: digest };
}

/** The paths of the code that an image was made from. */
export function codeIn(image: Docker.ImageInfo): ReadonlySet<string> | undefined {
  const code = askedIn(image.Labels)?.["code"];
  return typeof code === "object" && code !== null ? new Set(Object.keys(code)) : undefined;
}
