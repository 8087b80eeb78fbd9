import { byCodeUnit, type Json } from "../../../src/base/canonical.ts";
import { isFine, listAt, textAt } from "../answers.ts";
import { removeKey } from "./key.ts";
import type { On } from "./lists.ts";
import { LABEL } from "../names.ts";
import { CLAIMS, LISTED } from "./observe.ts";
import { keptOf, listPath, namespacePath, ofAgents } from "../manifest/paths.ts";

/**
 * After something was taken down: where nothing of the project is left, its key goes too, and what stays is told, one
 * line each. As long as anything is left, that is no end.
 */
export async function whatIsLeft({ cluster, namespace, place }: On): Promise<readonly string[]> {
  const labelSelector = ofAgents(place.project);
  const lists = await Promise.all(
    LISTED.map((kind) => cluster.request("GET", listPath(namespace, kind), { query: { labelSelector } })),
  );
  if (!lists.every((one) => isFine(one) && listAt(one.body, "items").every(isGoing))) return [];
  await removeKey({ cluster, namespace, project: place.project });
  const [claims, kept, own] = await Promise.all([
    cluster.request("GET", listPath(namespace, CLAIMS), { query: { labelSelector } }),
    cluster.request("GET", listPath(namespace, "Secret"), {
      query: { labelSelector: keptOf(place.project, "revision") },
    }),
    cluster.request("GET", namespacePath(namespace)),
  ]);
  const revisions = isFine(kept) ? listAt(kept.body, "items").length : 0;
  const staying = (isFine(claims) ? listAt(claims.body, "items") : [])
    .flatMap((one) => {
      const name = textAt(one, "metadata", "name");
      const size =
        textAt(one, "status", "capacity", "storage") ??
        textAt(one, "spec", "resources", "requests", "storage");
      return name === undefined ? [] : [{ name, size }];
    })
    .sort((a, b) => byCodeUnit(a.name, b.name));
  const isOurs = isFine(own) && textAt(own.body, "metadata", "labels", LABEL.project) === place.project;
  return [
    ...staying.map(
      ({ name, size }) =>
        `the claim ${name} stays with its data${size === undefined ? "" : `, ${size}`}: kubectl -n ${namespace} delete pvc ${name}`,
    ),
    ...(revisions === 0
      ? []
      : [
          `the history stays, ${revisions === 1 ? "1 revision" : `${revisions} revisions`}: kubectl -n ${namespace} delete secret -l ${LABEL.project}=${place.project},${LABEL.kept}`,
        ]),
    ...(isOurs ? [`the namespace ${namespace} stays: kubectl delete namespace ${namespace}`] : []),
  ];
}

const isGoing = (object: Json): boolean => textAt(object, "metadata", "deletionTimestamp") !== undefined;
