import { LABEL } from "../names.ts";
import { listAt, textAt } from "../answers.ts";
import type { Json } from "../../../src/base/canonical.ts";
import type { Manifest } from "../shapes.ts";

/** What another tool writes on all that it looks after, and what people call that tool. */
const TOOLS: readonly { readonly key: string; readonly value?: string; readonly words: string }[] = [
  { key: "meta.helm.sh/release-name", words: "the Helm release" },
  { key: "helm.toolkit.fluxcd.io/name", words: "the Helm release of Flux" },
  { key: "kustomize.toolkit.fluxcd.io/name", words: "the Kustomization of Flux" },
  { key: "argocd.argoproj.io/instance", words: "the application of Argo CD" },
  { key: "argocd.argoproj.io/tracking-id", words: "the application of Argo CD" },
];
const MANAGED_BY = "app.kubernetes.io/managed-by";

/** Whose it is, where somebody else would put back what is changed of it. */
export function strangerIn(
  live: Manifest,
  project: string,
  agent: string,
): { readonly is: string; readonly notes: readonly string[] } | undefined {
  const { labels = {}, annotations = {} } = live.metadata;
  const other = labels[LABEL.project];
  const whose = labels[LABEL.agent];
  if (other !== undefined && other !== project)
    return {
      is: `belongs to ${whose ?? "no agent"} of the project ${other}`,
      notes: [`take it out of that project first, or name it: --project ${other}`],
    };
  if (other === project && whose !== undefined && whose !== agent)
    return {
      is: `belongs to the agent ${whose} of this project`,
      notes: [`--agent ${whose} names that one`],
    };
  for (const { key, words } of TOOLS) {
    const name = labels[key] ?? annotations[key];
    if (name !== undefined) return byTool(`${words} ${name.split(":")[0] ?? name}`);
  }
  const tool = labels[MANAGED_BY];
  if (tool !== undefined && tool !== "aac") return byTool(tool);
  // A manifest is JSON: only its type says less.
  const owner = listAt(live as unknown as Json, "metadata", "ownerReferences")[0];
  if (owner === undefined) return undefined;
  return byTool(`the ${textAt(owner, "kind") ?? "object"} ${textAt(owner, "name") ?? ""}`.trim());
}

const byTool = (who: string): { readonly is: string; readonly notes: readonly string[] } => ({
  is: `is looked after by ${who}`,
  notes: ["two tools would change it back and forth: let go of it there first, and keep the object"],
});
