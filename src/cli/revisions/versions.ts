import { canonicalJson, type Json } from "../../base/canonical.ts";
import type { Fields, Resource } from "../../model/resource.ts";
import type { Revision } from "../../model/revision.ts";
import type { Target } from "../../model/target.ts";

/** By agent, from what runs it: what a person calls its version. */
export function versionsOf(
  resources: readonly Resource[],
  { kinds, runs }: Pick<Target, "kinds" | "runs">,
  digest: (text: string) => string,
): Revision["versions"] {
  const found: Record<string, string> = {};
  for (const { agent, kind, fields } of resources) {
    if (kind !== runs || found[agent] !== undefined) continue;
    const image = textIn(fields, "image");
    const id = textIn(fields, "imageId");
    const code = (kinds[kind]?.code ?? []).map((name) => fields[name]).find((one) => isMap(one));
    if (image !== undefined) found[agent] = id === undefined ? image : `${image} ${shortId(id)}`;
    else if (isMap(code)) found[agent] = filesOf(code, digest);
  }
  return found;
}

function filesOf(code: Fields, digest: (text: string) => string): string {
  const count = Object.keys(code).length;
  if (count === 0) return "no files";
  return `${count} ${count === 1 ? "file" : "files"} ${digest(canonicalJson(code)).slice(0, 8)}`;
}

const shortId = (id: string): string => id.replace(/^sha256:/, "").slice(0, 12);

/** The first of that name, however deep it stands; what an author calls so in variables is none. */
function textIn(value: Json | undefined, name: string): string | undefined {
  if (!isMap(value)) return undefined;
  const own = value[name];
  if (typeof own === "string") return own;
  for (const [key, one] of Object.entries(value)) {
    const found = key === "environment" || key === "labels" ? undefined : textIn(one, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

const isMap = (value: Json | undefined): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
