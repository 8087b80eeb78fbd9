import { canonicalJson, type Json } from "../../../src/base/canonical.ts";
import { err, ok, type Result } from "../../../src/base/result.ts";
import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import {
  KEPT_REVISIONS,
  type Revision,
  type RevisionHead,
  type RevisionStore,
} from "../../../src/model/revision.ts";
import { isFine, isGone, listAt, textAt, unanswered } from "../answers.ts";
import { atOnce } from "../at-once.ts";
import type { Answer } from "../client.ts";
import { PARALLEL } from "../live/gather.ts";
import type { On } from "../live/lists.ts";
import { keptOf, listPath, objectPath } from "../manifest/paths.ts";
import { LABEL, MANAGER, partName, REVISION_TYPE, revisionName } from "../names.ts";
import { base64Of, bytesOf, joined, packed, unpacked } from "./pack.ts";
import { type HeadKept, headIn, headOf, headText, jsonIn, type Named, partsOf, revisionOf } from "./parts.ts";

/** A Secret holds at most 1 MiB, and the server takes it in a text that is a third longer. */
const PIECE = 700 * 1024 - 1;
/** The names alone: what is in them is not asked for. */
const NAMES = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";

export interface ClusterRevisions extends RevisionStore {
  /** The namespace is there by now: what had to wait for that is written. */
  begin(): Promise<void>;
}

/** Revisions as Secrets of the namespace, so that another machine sees them too. */
export function revisionsOn(on: On): ClusterRevisions {
  let waiting: Revision | undefined;
  const write = async (revision: Revision): Promise<Result<void, Diagnostic>> => {
    const wrote = await writeRevision(on, revision);
    if (wrote !== "nowhere") return wrote;
    // Before its first apply there is no namespace, and nothing yet that it would be a revision of.
    waiting = revision;
    return ok(undefined);
  };
  return {
    write,
    async heads() {
      const found = await headsOf(on);
      return found.ok ? ok(found.value.map(({ head }) => head)) : found;
    },
    read: (number) => readRevision(on, number),
    async begin() {
      const revision = waiting;
      waiting = undefined;
      if (revision !== undefined) await write(revision);
    },
  };
}

async function headsOf(on: On): Promise<Result<readonly HeadKept[], Diagnostic>> {
  const { cluster, namespace, place } = on;
  const answer = await cluster.request("GET", listPath(namespace, "Secret"), {
    query: { labelSelector: keptOf(place.project, "revision") },
  });
  if (!isFine(answer)) return err(unanswered(cluster.server, answer, `list Secrets in ${namespace}`));
  const found = await Promise.all(listAt(answer.body, "items").map(keptIn));
  return ok(found.flatMap((one) => one ?? []).toSorted((a, b) => b.head.number - a.head.number));
}

async function keptIn(secret: Json): Promise<HeadKept | undefined> {
  return headIn(await unpacked(bytesOf(textAt(secret, "data", "head") ?? "")));
}

async function readRevision(on: On, number: number): Promise<Result<Revision | undefined, Diagnostic>> {
  const { cluster, namespace, place } = on;
  const name = revisionName(place.project, number);
  const answer = await cluster.request("GET", objectPath(namespace, "Secret", name));
  if (isGone(answer)) return ok(undefined);
  if (!isFine(answer)) return err(unanswered(cluster.server, answer, `read Secrets in ${namespace}`));
  const kept = await keptIn(answer.body);
  const broken = (what: string): Result<Revision | undefined, Diagnostic> =>
    err(
      diagnostic("AAC4006", undefined, `revision ${number} cannot be read: ${what}`, {
        notes: ["another revision can be: aac history lists them"],
      }),
    );
  if (kept === undefined) return broken(`the Secret ${name} is none of this version`);
  const entries = Object.entries(kept.parts);
  const parts = await atOnce(entries, PARALLEL, ([, one]) => readPart(on, one));
  const found = new Map<string, Json>();
  for (const [i, [part]] of entries.entries()) {
    const value = parts[i];
    if (value === undefined) return broken(`its part ${part} is not there`);
    found.set(part, value);
  }
  const revision = revisionOf(kept.head, found);
  return revision === undefined ? broken("its parts do not fit together") : ok(revision);
}

const namesOf = (project: string, { digest, pieces }: Named[string]): readonly string[] =>
  Array.from({ length: pieces }, (_, i) => partName(project, i === 0 ? digest : `${digest}-${i}`));

async function readPart(on: On, part: Named[string]): Promise<Json | undefined> {
  const { cluster, namespace, place, system } = on;
  const answers = await Promise.all(
    namesOf(place.project, part).map((name) => cluster.request("GET", objectPath(namespace, "Secret", name))),
  );
  const pieces = answers.map((one) => bytesOf(isFine(one) ? (textAt(one.body, "data", "part") ?? "") : ""));
  const text = await unpacked(joined(pieces));
  return text !== undefined && digestOf(system, text) === part.digest ? jsonIn(text) : undefined;
}

const digestOf = (system: On["system"], text: string): string => system.digests.sha256(text).slice(0, 20);

async function writeRevision(on: On, revision: Revision): Promise<Result<void, Diagnostic> | "nowhere"> {
  const { cluster, namespace, place, system } = on;
  const refused = (answer: Answer): Result<void, Diagnostic> =>
    err(unanswered(cluster.server, answer, `keep Secrets in ${namespace}`));
  const there = await partsThere(on);
  if (!there.ok) return there;
  const parts = await Promise.all(
    [...partsOf(revision)].map(async ([part, value]) => {
      const text = canonicalJson(value);
      const bytes = await packed(text);
      const pieces = Math.max(1, Math.ceil(bytes.length / PIECE));
      return { part, bytes, named: { digest: digestOf(system, text), pieces } };
    }),
  );
  const secrets = parts.flatMap(({ bytes, named }) =>
    namesOf(place.project, named).flatMap((name, i) =>
      there.value.has(name)
        ? []
        : [{ name, kept: "part", data: { part: base64Of(bytes.subarray(i * PIECE, (i + 1) * PIECE)) } }],
    ),
  );
  const made = await atOnce(secrets, PARALLEL, (one) => create(on, one));
  const failed = made.find((answer) => !isFine(answer) && !isConflict(answer));
  if (failed !== undefined) return isGone(failed) ? "nowhere" : refused(failed);
  const head: HeadKept = {
    head: headOf(revision),
    parts: Object.fromEntries(parts.map(({ part, named }) => [part, named])),
  };
  const wrote = await writeHead(on, revision, base64Of(await packed(canonicalJson(headText(head)))));
  if (wrote.is === "another")
    return err(
      diagnostic("AAC4001", undefined, `revision ${revision.number} was written by another apply meanwhile`, {
        notes: ["see what it did: aac history", "plan again, then apply"],
      }),
    );
  if (wrote.is === "refused") return isGone(wrote.answer) ? "nowhere" : refused(wrote.answer);
  if (revision.outcome !== "pending") await prune(on, there.value);
  return ok(undefined);
}

const isConflict = (answer: Answer): boolean => answer.is === "answer" && answer.status === 409;

interface Kept {
  readonly name: string;
  readonly kept: string;
  readonly data: Readonly<Record<string, string>>;
}

function secretOf({ place }: On, { name, kept, data }: Kept, version?: string): Json {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name,
      labels: { [LABEL.project]: place.project, [LABEL.kept]: kept },
      ...(version === undefined ? {} : { resourceVersion: version }),
    },
    type: REVISION_TYPE,
    data,
    // What a part is called says what is in it.
    ...(kept === "part" ? { immutable: true } : {}),
  };
}

function create(on: On, one: Kept): Promise<Answer> {
  return on.cluster.request("POST", listPath(on.namespace, "Secret"), {
    body: secretOf(on, one),
    query: { fieldManager: MANAGER },
  });
}

type Wrote = { readonly is: "written" | "another" } | { readonly is: "refused"; readonly answer: Answer };

/** A number is one apply's: that writes it again, and nobody else does. */
async function writeHead(on: On, { number, apply }: RevisionHead, head: string): Promise<Wrote> {
  const { cluster, namespace, place } = on;
  const one: Kept = { name: revisionName(place.project, number), kept: "revision", data: { head } };
  const made = await create(on, one);
  if (isFine(made)) return { is: "written" };
  if (!isConflict(made)) return { is: "refused", answer: made };
  const path = objectPath(namespace, "Secret", one.name);
  const now = await cluster.request("GET", path);
  if (!isFine(now)) return { is: "refused", answer: now };
  if ((await keptIn(now.body))?.head.apply !== apply) return { is: "another" };
  const version = textAt(now.body, "metadata", "resourceVersion") ?? "";
  const answer = await cluster.request("PUT", path, {
    body: secretOf(on, one, version),
    query: { fieldManager: MANAGER },
  });
  if (isFine(answer)) return { is: "written" };
  return { is: "refused", answer };
}

/** By name. */
async function partsThere(on: On): Promise<Result<ReadonlySet<string>, Diagnostic>> {
  const { cluster, namespace, place } = on;
  const answer = await cluster.request("GET", listPath(namespace, "Secret"), {
    query: { labelSelector: keptOf(place.project, "part") },
    accept: NAMES,
  });
  if (!isFine(answer)) return err(unanswered(cluster.server, answer, `list Secrets in ${namespace}`));
  return ok(new Set(listAt(answer.body, "items").flatMap((one) => textAt(one, "metadata", "name") ?? [])));
}

/** What is older than the last ones, and then what none of them has a part in. A next one sees to what stays now. */
async function prune(on: On, before: ReadonlySet<string>): Promise<void> {
  const { cluster, namespace, place } = on;
  const heads = await headsOf(on);
  if (!heads.ok) return;
  const remove = (name: string): Promise<Answer> =>
    cluster.request("DELETE", objectPath(namespace, "Secret", name));
  const old = heads.value.slice(KEPT_REVISIONS);
  await atOnce(old, PARALLEL, ({ head }) => remove(revisionName(place.project, head.number)));
  const needed = new Set(
    heads.value
      .slice(0, KEPT_REVISIONS)
      .flatMap(({ parts }) => Object.values(parts).flatMap((part) => namesOf(place.project, part))),
  );
  await atOnce(
    [...before].filter((name) => !needed.has(name)),
    PARALLEL,
    remove,
  );
}
