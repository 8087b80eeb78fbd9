import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import type { Plan } from "../../../src/model/plan.ts";
import { at, isFine, isGone, isMap } from "../answers.ts";
import { atOnce } from "../at-once.ts";
import { PARALLEL } from "./gather.ts";
import type { On } from "./lists.ts";
import { objectPath } from "../manifest/paths.ts";
import { type Need, needsOf } from "../wants/references.ts";
import type { SecretLooks } from "./secrets.ts";

/** All that the agents of a plan need from the cluster of one object there. */
interface Asked {
  readonly kind: Need["kind"];
  readonly name: string;
  readonly keys: readonly string[];
  readonly agents: readonly string[];
}

/** Secrets, maps and accounts that pods would wait for in vain, each with the line that makes it. */
export async function missingThings(
  on: On,
  plan: Plan,
  looks: SecretLooks,
  isEmpty: boolean,
): Promise<readonly Diagnostic[]> {
  const asked = askedIn(plan);
  const missing = await atOnce(asked, PARALLEL, (one) => whatIsMissing(on, one, looks, isEmpty));
  return asked.flatMap((one, i) => {
    const found = missing[i];
    return found === undefined || found === "nothing" ? [] : [told(on, one, found, isEmpty)];
  });
}

function askedIn(plan: Plan): readonly Asked[] {
  const made = new Set(
    plan.changes.flatMap(({ is, id }) => (is === "delete" ? [] : [id.slice(id.indexOf("/"))])),
  );
  const found = new Map<string, { need: Need; keys: Set<string>; agents: Set<string> }>();
  for (const change of plan.changes) {
    if (change.is === "keep" || change.is === "delete" || change.resource.kind !== "Deployment") continue;
    for (const need of needsOf(change.resource.fields)) {
      // Our own are made on the way.
      if (made.has(`/${need.kind}/${need.name}`)) continue;
      const key = `${need.kind}/${need.name}`;
      const one = found.get(key) ?? { need, keys: new Set(), agents: new Set() };
      if (need.key !== undefined) one.keys.add(need.key);
      one.agents.add(change.resource.agent);
      found.set(key, one);
    }
  }
  return [...found.keys()].sort().flatMap((key) => {
    const one = found.get(key);
    if (one === undefined) return [];
    const { kind, name } = one.need;
    return [{ kind, name, keys: [...one.keys].sort(), agents: [...one.agents].sort() }];
  });
}

/** The whole object, or some of its keys. What may not be looked at is taken to be there. */
type Missing = "nothing" | "all" | { readonly keys: readonly string[] };

async function whatIsMissing(
  { cluster, namespace }: On,
  { kind, name, keys }: Asked,
  looks: SecretLooks,
  isEmpty: boolean,
): Promise<Missing> {
  if (isEmpty) return "all";
  const without = (known: (key: string) => boolean): Missing => {
    const left = keys.filter((key) => !known(key));
    return left.length === 0 ? "nothing" : { keys: left };
  };
  if (kind === "Secret") {
    const look = await looks(name);
    if (look.is === "absent") return "all";
    return look.is === "there" ? without((key) => look.digests.has(key)) : "nothing";
  }
  const answer = await cluster.request("GET", objectPath(namespace, kind, name));
  if (isGone(answer)) return "all";
  if (!isFine(answer) || kind === "ServiceAccount") return "nothing";
  const maps = [at(answer.body, "data"), at(answer.body, "binaryData")].filter(isMap);
  return without((key) => maps.some((map) => Object.hasOwn(map, key)));
}

function told(
  { cluster, namespace }: On,
  { kind, name, keys, agents }: Asked,
  missing: Exclude<Missing, "nothing">,
  isEmpty: boolean,
): Diagnostic {
  const kubectl = `kubectl --context ${quoted(cluster.context)} -n ${namespace}`;
  const who = agents.slice(0, 3).join(", ") + (agents.length > 3 ? ` and ${agents.length - 3} more` : "");
  const wanted = missing === "all" ? keys : missing.keys;
  const values = wanted.map((key) => ` --from-literal=${quoted(key)}=…`).join("");
  const make: Readonly<Record<Need["kind"], string>> = {
    ConfigMap: `create configmap ${name}${values}`,
    Secret: `create secret generic ${name}${values}`,
    ServiceAccount: `create serviceaccount ${name}`,
  };
  const more = wanted.map((key) => `${JSON.stringify(key)}: "…"`).join(", ");
  const add =
    kind === "Secret"
      ? `patch secret ${name} --type merge -p '{"stringData": {${more}}}'`
      : `patch configmap ${name} --type merge -p '{"data": {${more}}}'`;
  const what = `the ${kind} ${name}`;
  return diagnostic(
    "AAC4015",
    undefined,
    missing === "all"
      ? `${who}: ${what} is not in the namespace ${namespace}`
      : `${who}: ${what} has no ${wanted.length === 1 ? "key" : "keys"} ${wanted.join(", ")}`,
    {
      notes: [
        ...(isEmpty ? [`kubectl --context ${quoted(cluster.context)} create namespace ${namespace}`] : []),
        `${kubectl} ${missing === "all" ? make[kind] : add}`,
      ],
    },
  );
}

const quoted = (word: string): string =>
  /^[\w./@:-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
