import { canonicalJson, type Json } from "../base/canonical.ts";
import { err, ok, type Result } from "../base/result.ts";
import { aside } from "../model/aside.ts";
import { type Diagnostic, diagnostic } from "../model/diagnostic.ts";
import { faultOfFolder } from "../model/own-files.ts";
import { KEPT_REVISIONS, type Revision, type RevisionHead, type RevisionStore } from "../model/revision.ts";
import type { System } from "../model/system.ts";

/**
 * Revisions in files of this machine: what an apply left, one file each. They help to see what was and to go back to
 * it; nothing here is needed to find out what is live.
 */
export interface FileRevisions extends RevisionStore {
  /** Those that cannot be read, with why; they keep their number. */
  unread(): readonly Unread[];
}

export interface Unread {
  readonly number: number;
  /** Names the file, and says what to do. */
  readonly fault: Diagnostic;
}

const FOLDER = "revisions";
const NAME = /^([1-9]\d{0,8})\.json$/;
/** Enough for the head of almost all of them. */
const FIRST = 16 * 1024;
const LIMIT = 256 * 1024 * 1024;
const NEWLINE = 10;

export function fileRevisions(system: System, home: string): FileRevisions {
  const { files } = system;
  const folder = `${home}/${FOLDER}`;
  const pathOf = (number: number): string => `${folder}/${number}.json`;
  const numbers = (): readonly number[] =>
    files
      .list(folder)
      .flatMap(({ name }) => NAME.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => b - a);
  const fault = (): Diagnostic | undefined => faultOfFolder(system, folder);
  const damaged = (path: string, why: string): Diagnostic =>
    diagnostic("AAC4006", undefined, `the revision ${path} cannot be read: ${why}`, {
      notes: ["what lives does not need it", `move it aside: ${aside(files, path)}`],
    });

  function bytesOf(path: string, length: number): Result<Uint8Array | undefined, string> {
    const read = files.readAt(path, 0, length);
    if (read.is === "absent") return ok(undefined);
    return read.is === "read" ? ok(read.bytes) : err(read.why);
  }

  function headOf(number: number): Result<RevisionHead | undefined, Diagnostic> {
    const path = pathOf(number);
    const said = (why: string): Result<never, Diagnostic> => err(damaged(path, why));
    for (const length of [FIRST, LIMIT]) {
      const bytes = bytesOf(path, length);
      if (!bytes.ok) return said(bytes.error);
      if (bytes.value === undefined) return ok(undefined);
      const end = bytes.value.indexOf(NEWLINE);
      if (end < 0 && bytes.value.length === length) continue;
      const head = headIn(bytes.value.subarray(0, end < 0 ? bytes.value.length : end), number);
      return head.ok ? head : said(head.error);
    }
    return said("it is larger than 256 MiB");
  }

  function all(): { readonly heads: readonly RevisionHead[]; readonly unread: readonly Unread[] } {
    const heads: RevisionHead[] = [];
    const unread: Unread[] = [];
    for (const number of numbers()) {
      const head = headOf(number);
      if (!head.ok) unread.push({ number, fault: head.error });
      else if (head.value !== undefined) heads.push(head.value);
    }
    return { heads, unread };
  }

  return {
    heads() {
      const unfit = fault();
      return Promise.resolve(unfit === undefined ? ok(all().heads) : err(unfit));
    },
    read(number) {
      const unfit = fault();
      return Promise.resolve(unfit === undefined ? whole(number) : err(unfit));
    },
    write(revision) {
      const unfit = fault();
      return Promise.resolve(unfit === undefined ? written(revision) : err(unfit));
    },
    unread: () => (fault() === undefined ? all().unread : []),
  };

  function whole(number: number): Result<Revision | undefined, Diagnostic> {
    const path = pathOf(number);
    const bytes = bytesOf(path, LIMIT);
    if (!bytes.ok) return err(damaged(path, bytes.error));
    if (bytes.value === undefined) return ok(undefined);
    const end = bytes.value.indexOf(NEWLINE);
    const head = headIn(bytes.value.subarray(0, Math.max(0, end)), number);
    if (!head.ok) return err(damaged(path, head.error));
    const body = jsonIn(bytes.value.subarray(end + 1));
    return isBody(body) ? ok({ ...head.value, ...body }) : err(damaged(path, "it is not whole"));
  }

  function written(revision: Revision): Result<void, Diagnostic> {
    const { ir, facts, resources, ...head } = revision;
    const path = pathOf(revision.number);
    const text = [head, { ir, facts, resources }]
      .map((part) => `${canonicalJson(part as unknown as Json)}\n`)
      .join("");
    try {
      files.makePrivateFolder(folder);
      // What is only begun is written anew in a moment, and a loss of power in between loses more than this.
      if (revision.outcome === "pending") files.replaceSoon(path, text, 0o600);
      else files.replace(path, text, 0o600);
      for (const old of numbers().slice(KEPT_REVISIONS)) files.remove(pathOf(old));
      return ok(undefined);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return err(diagnostic("AAC4005", undefined, `the revision ${path} cannot be written: ${why}`));
    }
  }
}

function headIn(bytes: Uint8Array, number: number): Result<RevisionHead, string> {
  const value = jsonIn(bytes);
  if (!isTable(value)) return err("it is not whole");
  if (typeof value["version"] === "number" && value["version"] > 1) {
    const by = isTable(value["by"]) ? value["by"]["madeBy"] : undefined;
    return err(
      `it was written by ${typeof by === "string" ? `aac ${by}` : "a newer aac"}, and its form is not known here`,
    );
  }
  if (!isHead(value)) return err("it is no revision");
  return value.number === number ? ok(value) : err(`it says that it is revision ${value.number}`);
}

function jsonIn(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

type Table = Readonly<Record<string, unknown>>;

const isTable = (value: unknown): value is Table =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isTexts = (value: unknown, keys: readonly string[]): value is Table =>
  isTable(value) && keys.every((key) => typeof value[key] === "string");
const isListOf = (value: unknown, is: (one: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(is);

/** The shape that everybody who reads one counts on. */
function isHead(value: unknown): value is RevisionHead {
  return (
    isTexts(value, ["apply", "does", "began", "outcome"]) &&
    value["version"] === 1 &&
    Number.isSafeInteger(value["number"]) &&
    isTexts(value["by"], ["user", "host", "command", "madeBy"]) &&
    isListOf(value["objects"], (one) => isTexts(one, ["id", "does", "came"])) &&
    isTable(value["versions"]) &&
    Object.values(value["versions"]).every((one) => typeof one === "string") &&
    isListOf(value["needs"], (one) => typeof one === "string")
  );
}

type Body = Pick<Revision, "ir" | "facts" | "resources">;

function isBody(value: unknown): value is Body {
  return (
    isTable(value) &&
    isTable(value["ir"]) &&
    isTable(value["ir"]["agents"]) &&
    isTable(value["facts"]) &&
    isTable(value["facts"]["agents"]) &&
    isListOf(value["resources"], isWanted)
  );
}

const isWanted = (value: unknown): boolean =>
  isTexts(value, ["id", "agent", "kind", "name", "exchange", "source"]) &&
  isTable(value["fields"]) &&
  isTexts(value["was"], ["identity"]) &&
  [value["after"], value["follows"]].every((list) => isListOf(list, (one) => typeof one === "string"));
