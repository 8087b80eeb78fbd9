import { redactor } from "../../../src/base/redact.ts";
import { Secret } from "../../../src/base/secret.ts";
import { byCodeUnit, type Json } from "../../../src/base/canonical.ts";
import { at, isFine, isMap, listAt, textAt } from "../answers.ts";
import type { On } from "../live/lists.ts";
import { listPath, objectPath } from "../manifest/paths.ts";
import type { Pod } from "../verbs/pods.ts";
import type { Crashed } from "./troubles.ts";

/** What else the cluster knows of a pod that does not come up. Where it may not be asked, nothing is said. */

const LINES = 20;

/** The last lines that a container wrote, without what it was given in confidence. */
export async function lastLinesOf(on: On, one: Crashed): Promise<readonly string[]> {
  const { cluster, namespace } = on;
  const path = `${objectPath(namespace, "Pod", one.pod)}/log`;
  const ask = async (previous: boolean): Promise<readonly string[]> => {
    const query = { container: one.container, tailLines: LINES, limitBytes: 64 * 1024, previous };
    const log = await cluster.stream(path, query, AbortSignal.timeout(5000));
    return log.ok ? await linesIn(log.value) : [];
  };
  const found = one.isPast ? await ask(true) : [];
  const lines = found.length > 0 ? found : await ask(false);
  if (lines.length === 0) return [];
  const cover = redactor(await secretsGiven(on, one.pod));
  return lines.map(cover);
}

async function linesIn(chunks: AsyncIterable<Uint8Array>): Promise<readonly string[]> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of chunks) text += decoder.decode(chunk, { stream: true });
  text += decoder.decode();
  if (text === "") return [];
  return text
    .split("\n")
    .slice(0, text.endsWith("\n") ? -1 : undefined)
    .slice(-LINES);
}

/** Asked for when lines are shown, to be left out of them, and kept nowhere. */
async function secretsGiven({ cluster, namespace }: On, pod: string): Promise<readonly Secret[]> {
  const answer = await cluster.request("GET", objectPath(namespace, "Pod", pod));
  if (!isFine(answer)) return [];
  const names = new Set<string>();
  const containers = [
    ...listAt(answer.body, "spec", "initContainers"),
    ...listAt(answer.body, "spec", "containers"),
  ];
  for (const variable of containers.flatMap((one) => listAt(one, "env"))) {
    const name = textAt(variable, "valueFrom", "secretKeyRef", "name");
    if (name !== undefined) names.add(name);
  }
  const found = await Promise.all(
    [...names].map((name) => cluster.request("GET", objectPath(namespace, "Secret", name))),
  );
  return found.flatMap((one) => (isFine(one) ? valuesIn(at(one.body, "data")) : []));
}

function valuesIn(data: Json | undefined): readonly Secret[] {
  if (!isMap(data)) return [];
  return Object.values(data).flatMap((value) => {
    if (typeof value !== "string") return [];
    const bytes = Uint8Array.from(atob(value), (char) => char.codePointAt(0) ?? 0);
    return [new Secret(new TextDecoder().decode(bytes))];
  });
}

/** The newest warning about an object, such as a probe that failed or a volume that is not there. */
export async function lastWarning(
  { cluster, namespace }: On,
  name: string,
  kind = "Pod",
): Promise<string | undefined> {
  const query = { fieldSelector: `involvedObject.kind=${kind},involvedObject.name=${name}` };
  const answer = await cluster.request("GET", listPath(namespace, "Event"), { query });
  if (!isFine(answer)) return undefined;
  const [newest] = listAt(answer.body, "items")
    .filter((one) => kind !== "Pod" || textAt(one, "type") === "Warning")
    .sort((a, b) => byCodeUnit(timeOf(b), timeOf(a)));
  return textAt(newest, "message")?.trim();
}

const timeOf = (event: Json): string =>
  textAt(event, "series", "lastObservedTime") ??
  textAt(event, "lastTimestamp") ??
  textAt(event, "eventTime") ??
  textAt(event, "metadata", "creationTimestamp") ??
  "";

/** Of the claims of a pod, the first that no volume is bound to. */
export async function claimTrouble(on: On, pod: Pod): Promise<string | undefined> {
  const names = listAt(pod.manifest, "spec", "volumes").flatMap(
    (one) => textAt(one, "persistentVolumeClaim", "claimName") ?? [],
  );
  for (const name of names) {
    const answer = await on.cluster.request("GET", objectPath(on.namespace, "PersistentVolumeClaim", name));
    if (!isFine(answer) || textAt(answer.body, "status", "phase") === "Bound") continue;
    const why = await lastWarning(on, name, "PersistentVolumeClaim");
    const storage = textAt(answer.body, "spec", "storageClassName");
    return `the claim ${name} is not bound: ${why ?? (storage === undefined ? "no storage class is set" : `nothing was made for it by the storage class ${storage}`)}`;
  }
  return undefined;
}
