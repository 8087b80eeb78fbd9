import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import type { Plan } from "../../../src/model/plan.ts";
import type { Id, Observed, Resource } from "../../../src/model/resource.ts";
import { isForbidden, isManifest, isFine, saidBy, unanswered } from "../answers.ts";
import { type Changing, isOurs } from "./apply.ts";
import { atOnce } from "../at-once.ts";
import { dryRun, type Judged, type Told } from "../live/dry-run.ts";
import { PARALLEL } from "../live/gather.ts";
import type { On } from "../live/lists.ts";
import { missingThings } from "../live/missing.ts";
import { LABEL } from "../names.ts";
import { changedBy } from "../manifest/owned.ts";
import { objectPath } from "../manifest/paths.ts";
import { podFaults } from "./pod-check.ts";
import type { SecretLooks } from "../live/secrets.ts";
import type { Manifest } from "../shapes.ts";
import { strangerIn } from "../verbs/stranger.ts";

export interface Known {
  /** Of objects that are there: what the server said when they were compared. */
  readonly judged: ReadonlyMap<Id, Judged>;
  readonly looks: SecretLooks;
}

/** What would fail at once, one line each. Only looks, and asks the server what it would do. */
export async function preflight(on: On, plan: Plan, known: Known): Promise<readonly Diagnostic[]> {
  // In a namespace that is not there nothing can be asked.
  const isEmpty = plan.changes.some(({ is, id }) => is === "create" && id.startsWith("/Namespace/"));
  const found = await atOnce(plan.changes, PARALLEL, (change): Promise<readonly Diagnostic[]> => {
    switch (change.is) {
      case "keep":
        return Promise.resolve([]);
      case "create":
        return isEmpty && change.resource.kind !== "Namespace"
          ? Promise.resolve([])
          : creationFaults(on, change.resource);
      case "update":
        return updateFaults(on, change, known);
      case "replace":
        return replacementFaults(on, change, known);
      case "delete":
        return deletionFaults(on, change);
    }
  });
  const missing = await missingThings(on, plan, known.looks, isEmpty);
  return [...found.flat(), ...missing];
}

async function creationFaults(on: On, resource: Resource): Promise<readonly Diagnostic[]> {
  const judged = await dryRun(on, resource);
  if (judged.is === "becomes" && judged.isNew) return podFaults(on, resource, { isNew: true });
  // Something is there, or the server refuses it: often because of what is there.
  const owner = await foreignOwner(on, resource);
  return owner === undefined ? judgedFaults(on, resource, judged) : [owner];
}

async function updateFaults(on: On, change: Changing, known: Known): Promise<readonly Diagnostic[]> {
  const faults = changeFaults(change, known);
  const rolls = change.fields.some((field) => field.rolls !== undefined);
  return faults.length > 0 || !rolls ? faults : podFaults(on, change.resource, { isNew: false });
}

/** The plan is a replace where the server says that a live object cannot change: then only the rest is a fault. */
function changeFaults(change: Changing, { judged }: Known): readonly Diagnostic[] {
  const answer = judged.get(change.id);
  if (answer?.is !== "refused") return [];
  return [...answer.fixed, ...answer.faults].map((told) => refused(change.resource, told));
}

async function replacementFaults(
  on: On,
  change: Changing,
  { judged }: Known,
): Promise<readonly Diagnostic[]> {
  const { resource } = change;
  if (resource.kind === "PersistentVolumeClaim")
    return [
      diagnostic(
        "AAC4014",
        undefined,
        `${resource.agent}: the claim ${resource.name} cannot be changed in place`,
        {
          notes: [
            ...change.fields.flatMap(({ path, forces }) =>
              forces === undefined ? [] : [`${path}: ${forces}`],
            ),
            "it holds data, and aac deletes no claim: put the former value back, or give the volume another name",
          ],
        },
      ),
    ];
  const answer = judged.get(change.id);
  const faults = answer?.is === "refused" ? answer.faults.map((told) => refused(resource, told)) : [];
  const pods = faults.length > 0 ? [] : await podFaults(on, resource, { isNew: false });
  // One that goes by another name comes to a place where somebody else's may be.
  const there = change.before.name === resource.name ? [] : await creationFaults(on, resource);
  return [...faults, ...pods, ...there, ...(await deletionFaults(on, change))];
}

/** Whether this user may: the deletion itself is only played through. */
async function deletionFaults(
  { cluster, namespace }: On,
  { before }: { readonly before: Observed },
): Promise<readonly Diagnostic[]> {
  const answer = await cluster.request("DELETE", objectPath(namespace, before.kind, before.name), {
    query: { dryRun: "All" },
    body: { preconditions: { uid: before.identity }, dryRun: ["All"] },
  });
  if (!isForbidden(answer)) return [];
  return [refused(before, { path: "", words: saidBy(answer) })];
}

function judgedFaults(on: On, resource: Resource, judged: Judged): readonly Diagnostic[] {
  switch (judged.is) {
    case "becomes":
    case "unknown":
      return [];
    case "lost":
      return [unanswered(on.cluster.server, judged.answer, `check the ${resource.kind} ${resource.name}`)];
    case "refused":
      return [...judged.fixed, ...judged.faults].map((told) => refused(resource, told));
  }
}

function refused(
  resource: Pick<Resource, "agent" | "kind" | "name"> & Partial<Pick<Resource, "written">>,
  { path, words }: Told,
): Diagnostic {
  const { agent, kind, name, written = {} } = resource;
  const right = missingRight(words);
  const who = agent === "" ? "" : `${agent}: `;
  const what = `the ${kind} ${name}`;
  if (right !== undefined)
    return diagnostic("AAC4014", undefined, `${who}this user may not ${right.verb} ${what}`, {
      notes: [words, `the right that is missing: ${right.verb} ${right.resource}`],
    });
  const place = placeOf(written, path);
  const field = path === "" ? "" : `${path}: `;
  return diagnostic("AAC4014", undefined, `${who}the cluster refuses ${what}: ${field}${words}`, {
    notes: place === undefined ? [] : [`written at ${place.file}:${place.line}`],
  });
}

function missingRight(words: string): { readonly verb: string; readonly resource: string } | undefined {
  const match = /cannot ([a-z]+) resource "([^"]+)" in API group "([^"]*)"/.exec(words);
  if (match === null) return undefined;
  const [, verb = "", plural = "", group = ""] = match;
  return { verb, resource: group === "" ? plural : `${plural}.${group}` };
}

function placeOf(written: Resource["written"], path: string): Resource["written"][string] | undefined {
  const steps = path.split("/");
  for (let end = steps.length; end > 0; end--) {
    const found = written[steps.slice(0, end).join("/")];
    if (found !== undefined) return found;
  }
  return undefined;
}

/** An object of the same name that is none of this project's: its own words say whose it is. */
async function foreignOwner(
  { cluster, namespace, place }: On,
  { agent, kind, name }: Resource,
): Promise<Diagnostic | undefined> {
  if (kind === "Namespace") return undefined;
  const answer = await cluster.request("GET", objectPath(namespace, kind, name));
  if (!isFine(answer) || !isManifest(answer.body)) return undefined;
  if (isOurs(answer.body.metadata, place.project, agent)) return undefined;
  // What another tool looks after would be changed back by that.
  const isFree = strangerIn({ ...answer.body, kind }, place.project, agent) === undefined;
  return diagnostic(
    "AAC4013",
    undefined,
    `${agent}: there is a ${kind} ${name} in ${namespace} already, and it is not this agent's`,
    {
      notes: [
        ownerOf({ ...answer.body, kind }),
        ...(isFree ? [`take it over as it is: aac adopt ${kind}/${name}`] : []),
        "give the agent another name, choose another namespace, or delete it yourself",
      ],
    },
  );
}

const TOLD = [
  "app.kubernetes.io/managed-by",
  "app.kubernetes.io/instance",
  "app.kubernetes.io/part-of",
  "argocd.argoproj.io/instance",
  "kustomize.toolkit.fluxcd.io/name",
  "app.kubernetes.io/name",
  "app",
];

function ownerOf(manifest: Manifest): string {
  const { labels = {} } = manifest.metadata;
  const project = labels[LABEL.project];
  if (project !== undefined)
    return `it belongs to ${labels[LABEL.agent] ?? "no agent"} of the project ${project}`;
  const told = TOLD.flatMap((name) => (labels[name] === undefined ? [] : [`${name}=${labels[name]}`]));
  const by = changedBy(manifest);
  const last = by === undefined ? [] : [`${by} wrote it last`];
  const words = [...(told.length === 0 ? [] : [`it has the labels ${told.join(", ")}`]), ...last];
  return words.length === 0 ? "it does not say whose it is" : words.join("; ");
}
