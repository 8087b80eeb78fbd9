import { byCodeUnit } from "../../../src/base/canonical.ts";
import { err, ok, type Result } from "../../../src/base/result.ts";
import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import type { Facts } from "../../../src/model/facts.ts";
import type { Ir } from "../../../src/model/ir.ts";
import { isFine, isForbidden, isGone, textAt, unanswered } from "../answers.ts";
import { atOnce } from "../at-once.ts";
import { referencesOf } from "../wants/environment.ts";
import type { On } from "./lists.ts";
import { namespacePath } from "../manifest/paths.ts";
import { digestIn, type SecretLooks } from "./secrets.ts";
import type { KubernetesFacts } from "../shapes.ts";

/** So many questions are under way at a time. */
export const PARALLEL = 16;

/** What stands behind each Secret that these agents refer to. Reads only. */
export async function gatherSecrets(
  { cluster, namespace }: On,
  ir: Ir,
  facts: Facts["agents"],
  looks: SecretLooks,
): Promise<Result<KubernetesFacts["secrets"], Diagnostic>> {
  const references = Object.entries(facts).flatMap(([name, own]) => {
    const agent = ir.agents[name];
    return agent === undefined ? [] : referencesOf(agent, own).filter(({ kind }) => kind === "Secret");
  });
  const names = [...new Set(references.map(({ name }) => name))].sort();
  const found = await atOnce(names, PARALLEL, looks);
  const lost = found.find((one) => one.is === "lost");
  if (lost !== undefined) return err(unanswered(cluster.server, lost.answer, `read Secrets in ${namespace}`));
  const byName = new Map(names.map((name, i) => [name, found[i]]));
  const digests = references.flatMap(({ name, key }): [string, string | null][] => {
    const digest = digestIn(byName.get(name), key);
    return digest === undefined ? [] : [[`${name}/${key}`, digest]];
  });
  return ok(Object.fromEntries(digests.sort(([a], [b]) => byCodeUnit(a, b))));
}

/** Where something of ours is listed, it is there; else it is asked for. */
export async function hasNamespace({ cluster, namespace }: On): Promise<Result<boolean, Diagnostic>> {
  if (namespace === "default") return ok(true);
  const answer = await cluster.request("GET", namespacePath(namespace));
  if (isGone(answer)) return ok(false);
  if (isFine(answer) && textAt(answer.body, "status", "phase") === "Terminating")
    return err(
      diagnostic("AAC4014", undefined, `the namespace ${namespace} is being deleted`, {
        notes: ["nothing can be made in it: wait until it is gone, or choose another with --namespace"],
      }),
    );
  // Many may work in a namespace and not look at it: if it is not there, the first object will say so.
  if (isFine(answer) || isForbidden(answer)) return ok(true);
  return err(unanswered(cluster.server, answer, `look at the namespace ${namespace}`));
}
