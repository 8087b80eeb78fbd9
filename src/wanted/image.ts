import { canonicalJson } from "../base/canonical.ts";
import type { AgentFacts } from "../model/facts.ts";
import type { AgentIr } from "../model/ir.ts";
import { sha256 } from "./sha256.ts";

/** Where an agent's image comes from: it is there or can be had under its name, or it is made from the agent's folder. */
export type ImageSource =
  | { readonly is: "named"; readonly reference: string }
  | { readonly is: "built"; readonly reference: string };

/**
 * Named by the author, else `NAME:VERSION`. Without a version the digest of what goes into it stands in its place, so that
 * another content is another image, and the same content has one name on every target.
 */
export function imageOf(
  agent: AgentIr,
  facts: AgentFacts,
  hash: (text: string) => string = sha256,
): ImageSource {
  const { image, build } = agent.program;
  const isBuilt = build !== undefined || image === undefined;
  if (!isBuilt) return { is: "named", reference: tagged(image) };
  const { version } = agent.metadata;
  const content = { code: facts.code, locks: facts.locks, dependencies: agent.dependencies };
  // A tag knows no `+`, which a version may have.
  const tag = version?.replaceAll("+", "_") ?? hash(canonicalJson(content)).slice(0, 12);
  return { is: "built", reference: image === undefined ? `${agent.name}:${tag}` : tagged(image) };
}

/** As every tool reads it: without a tag or digest it is `latest`. */
export function tagged(image: string): string {
  if (image.includes("@")) return image;
  return /:[^/]+$/.test(image) ? image : `${image}:latest`;
}
