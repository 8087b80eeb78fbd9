import { canonicalJson, type Json } from "../../../src/base/canonical.ts";
import { err, ok, type Result } from "../../../src/base/result.ts";
import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import type { Fields, Resource } from "../../../src/model/resource.ts";
import type { Adopted, AdoptRequest } from "../../../src/model/target.ts";
import { isFine, isGone, isManifest, saidBy, unanswered } from "../answers.ts";
import { manifestOf, send } from "../live/send.ts";
import { differences } from "../live/differences.ts";
import { dryRun } from "../live/dry-run.ts";
import { liveObject } from "../live/live.ts";
import type { On } from "../live/lists.ts";
import { project } from "../manifest/owned.ts";
import { objectPath } from "../manifest/paths.ts";
import { ANNOTATION, LABEL, ROLLED_OUT } from "../names.ts";
import type { Manifest } from "../shapes.ts";
import { strangerIn } from "./stranger.ts";

/** In the words that people use for them. */
const KINDS: Readonly<Record<string, string>> = {
  cm: "ConfigMap",
  configmap: "ConfigMap",
  configmaps: "ConfigMap",
  deploy: "Deployment",
  deployment: "Deployment",
  deployments: "Deployment",
  persistentvolumeclaim: "PersistentVolumeClaim",
  persistentvolumeclaims: "PersistentVolumeClaim",
  pvc: "PersistentVolumeClaim",
  service: "Service",
  services: "Service",
  svc: "Service",
};

/**
 * Marks a live object as one of this project's. Nothing of it changes by that: where it is as the files say, its fields
 * become ours as well, and where not, the next plan shows each that differs.
 */
export async function adopt(
  on: On,
  { kind: asked, name, agent, desired }: AdoptRequest,
): Promise<Result<Adopted, Diagnostic>> {
  const { cluster, namespace, place } = on;
  const kind = KINDS[asked.toLowerCase()];
  if (kind === undefined)
    return refused(`no \`${asked}\` can be adopted in a cluster`, [
      "Deployment, Service, ConfigMap and PersistentVolumeClaim can",
    ]);
  const what = `the ${kind} ${name}`;
  const own = desired.filter((one) => one.kind === kind && one.agent === agent);
  const wanted = own.find((one) => one.name === name);
  // Without a place in the files it would be something that is left over, and the next apply would delete it.
  if (wanted === undefined)
    return refused(`the files of ${agent} ask for no ${kind} ${name}`, [
      own.length === 0
        ? `they ask for no ${kind} at all`
        : `what they ask for is called ${own.map((one) => one.name).join(", ")}`,
      "write into the file what is live, or give the agent the name of the live object: aac plan shows what it asks for",
    ]);
  const answer = await cluster.request("GET", objectPath(namespace, kind, name));
  if (isGone(answer))
    return err(diagnostic("AAC4008", undefined, `there is no ${kind} ${name} in ${namespace}`));
  if (!isFine(answer)) return err(unanswered(cluster.server, answer, `read ${what}`));
  if (!isManifest(answer.body)) return refused(`${what} is none that can be read`, []);
  const live: Manifest = { ...answer.body, kind };
  const { labels = {} } = live.metadata;
  const owner = strangerIn(live, place.project, agent);
  if (owner !== undefined)
    return err(diagnostic("AAC4013", undefined, `${what} ${owner.is}`, { notes: owner.notes }));
  const id = wanted.id;
  if (labels[LABEL.project] === place.project && labels[LABEL.agent] === agent)
    return ok({ id, notes: [`${what} is ${agent}'s already`] });
  const differing = await differs(on, live, wanted);
  const done = await mark(on, live, wanted, differing.length === 0);
  return done.ok ? ok({ id, notes: notesOf(live, differing) }) : done;
}

const refused = (message: string, notes: readonly string[]): Result<never, Diagnostic> =>
  err(diagnostic("AAC4013", undefined, message, { notes }));

async function differs(on: On, live: Manifest, wanted: Resource): Promise<readonly string[]> {
  const { observed, paths } = liveObject(live, wanted, "");
  const { [ROLLED_OUT]: _, ...fields } = wanted.fields;
  const found = differences(observed.fields, fields, isUnknown);
  if (found.length === 0) return found;
  const judged = await dryRun(on, wanted, live.metadata.uid);
  const becomes: Fields = judged.is === "becomes" ? project(judged.fields, paths) : fields;
  return differences(observed.fields, becomes, isUnknown);
}

/** Nobody can tell what a secret was that was never compared. */
const isUnknown = (path: string, live: unknown, wanted: unknown): boolean =>
  path.startsWith("secrets/") && (live === null || wanted === null);

async function mark(
  on: On,
  live: Manifest,
  wanted: Resource,
  isEqual: boolean,
): Promise<Result<void, Diagnostic>> {
  const uid = live.metadata.uid ?? "";
  const whole = manifestOf(on, wanted);
  // The labels of its pods are no field that is compared: where those would change, all its pods would be exchanged.
  if (isEqual) {
    const trial = await send(on, whole, { uid, dryRun: true });
    const stays = isFine(trial) && isManifest(trial.body) && insideOf(trial.body) === insideOf(live);
    const all = stays ? await send(on, whole, { uid }) : undefined;
    if (all !== undefined && isFine(all)) return ok(undefined);
  }
  const { metadata, apiVersion, kind } = whole;
  const { [ANNOTATION.digest]: _, ...annotations } = metadata.annotations ?? {};
  const ours = ([key]: readonly [string, string]): boolean => key.startsWith("agent.dev/");
  const marks: Manifest = {
    apiVersion,
    kind,
    metadata: {
      name: metadata.name,
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      labels: Object.fromEntries(Object.entries(metadata.labels ?? {}).filter(ours)),
      annotations: Object.fromEntries(Object.entries(annotations).filter(ours)),
    },
  };
  const answer = await send(on, marks, { uid, force: true });
  if (isFine(answer)) return ok(undefined);
  return err(
    diagnostic("AAC4014", undefined, `the ${kind} ${metadata.name} cannot be marked: ${saidBy(answer)}`),
  );
}

/** All but what it is called and what becomes of it. */
function insideOf({ apiVersion: _, kind: __, metadata: ___, status: ____, ...inside }: Manifest): string {
  // A manifest is JSON: only its type says less.
  return canonicalJson(inside as unknown as Json);
}

function notesOf(live: Manifest, differing: readonly string[]): readonly string[] {
  const selector = differing.some((path) => path.startsWith("spec/selector"));
  const isPods = live.kind === "Deployment";
  return [
    isPods ? "it was marked in place, and its pods run on" : "it was marked in place",
    ...(differing.length === 0
      ? ["it is as the files say: the next apply leaves it as it is"]
      : [
          `${differing.length === 1 ? "1 field differs" : `${differing.length} fields differ`} from the files: aac plan shows what the next apply does`,
        ]),
    ...(isPods && selector
      ? ["it chooses its pods by other labels, which cannot change: the next apply replaces it"]
      : []),
  ];
}
