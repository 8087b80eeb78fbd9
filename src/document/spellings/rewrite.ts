import { canonicalJson } from "../../base/canonical.ts";
import { type Diagnostic, diagnostic } from "../../model/diagnostic.ts";
import type { Span } from "../../model/source.ts";
import { type Entry, find, made, type MapNode, type Node, toJson } from "../node.ts";
import { mayMove } from "./dead.ts";
import { aliasedEntry, aliasedItem, behindAlias, closed, mark } from "./shared.ts";
import { SPELLINGS, type Spelling, type Tools } from "./table.ts";

/** Told of each change, so that `fmt --fix` can make the same one in the file. */
export interface Edits {
  remove(map: MapNode, key: string): void;
  set(map: MapNode, key: string, value: Node, moved: Entry | undefined): void;
  item(list: Node, index: number, value: Node): void;
  /** A block that nothing carries out and that may move. False where there is no place for it. */
  dead(map: MapNode, entry: Entry, name: string): boolean;
}

const STEPS = SPELLINGS.map((spelling) => ({ spelling, steps: spelling.path.split(".") }));

/** Rewrites a tree in place, one warning for each spelling that a document uses. */
export function rewriteSpellings(file: string, root: Node, edits?: Edits): Diagnostic[] {
  if (root.is !== "map") return [];
  const rewriter = new Rewriter(file, root, edits);
  for (const { spelling, steps } of STEPS) {
    rewriter.apply(spelling, steps);
  }
  return rewriter.diagnostics();
}

/** The same for the part of a spec that a profile holds: it is read as if it stood in a file of its own. */
export function rewriteProfile(file: string, profile: Node): Diagnostic[] {
  return rewriteSpellings(file, made.map(profile, [made.entry("spec", profile)]));
}

interface Seen {
  readonly spelling: Spelling;
  readonly at: Span;
  /** As it is written, for the message. */
  readonly shown: string;
  count: number;
  fixable: boolean;
}

class Rewriter {
  readonly #file: string;
  readonly #root: MapNode;
  readonly #edits: Edits | undefined;
  readonly #seen = new Map<Spelling, Seen>();
  readonly #errors: Diagnostic[] = [];

  constructor(file: string, root: MapNode, edits: Edits | undefined) {
    this.#file = file;
    this.#root = root;
    this.#edits = edits;
  }

  diagnostics(): Diagnostic[] {
    const warnings = [...this.#seen.values()].map(({ spelling, at, shown, count, fixable }) => {
      const dead = "dead" in spelling.how;
      const more = count > 1 ? ` (${count} times in this document)` : "";
      const message = dead ? `\`${shown}\` has no effect${more}` : `\`${shown}\` is another spelling${more}`;
      return diagnostic(dead ? "AAC1102" : "AAC1101", at, message, {
        label: dead ? "no effect" : spelling.says,
        notes: dead
          ? [spelling.says, fixable ? "aac fmt --fix moves it there" : "remove it"]
          : [
              fixable
                ? "it is read all the same · aac fmt --fix rewrites it"
                : "it is read all the same · it stands behind an anchor or holds a variable, so rewrite it by hand",
            ],
        fixable,
      });
    });
    return [...warnings, ...this.#errors];
  }

  apply(spelling: Spelling, steps: readonly string[]): void {
    this.#descend(this.#root, spelling, steps, 0, false);
  }

  #descend(node: Node, spelling: Spelling, steps: readonly string[], i: number, shared: boolean): void {
    const step = steps[i];
    const last = i === steps.length - 1;
    if (step === "[]") {
      if (node.is !== "list") return;
      node.items.forEach((item, n) => {
        const below = shared || aliasedItem(item, node);
        if (last) this.#item(node.items, node, n, spelling, below);
        else this.#descend(item, spelling, steps, i + 1, below);
      });
      return;
    }
    if (node.is !== "map" || step === undefined) return;
    const entry = node.entries.find((one) => one.key === step);
    if (entry === undefined) return;
    const below = shared || aliasedEntry(entry);
    if (last) this.#entry(node, entry, spelling, below);
    else this.#descend(entry.value, spelling, steps, i + 1, below);
  }

  #item(items: Node[], list: Node, n: number, spelling: Spelling, shared: boolean): void {
    const item = items[n];
    if (item === undefined || !("reshape" in spelling.how)) return;
    const made = spelling.how.reshape(item);
    if (made === undefined) return;
    if (typeof made === "string") {
      this.#fail(item, `\`${clip(item)}\` cannot be read here`, made);
      return;
    }
    items[n] = made;
    const kept = shared || closed(item);
    if (spelling.says !== "" && !kept) this.#edits?.item(list, n, made);
    this.#note(spelling, item, kept, item.is === "scalar" ? clip(item) : undefined);
  }

  /** `shared`: it stands behind an anchor. Then the tree is rewritten, all of it marked so, and the file is not. */
  #entry(map: MapNode, entry: Entry, spelling: Spelling, shared: boolean): void {
    const { how } = spelling;
    const key = { start: entry.keyStart, end: entry.keyEnd };
    if ("move" in how) {
      const kept =
        shared ||
        behindAlias(this.#root, how.move) ||
        (closed(entry.value) && this.#get(how.move) !== undefined);
      this.#remove(map, entry, kept);
      const empty = entry.value.is === "map" && entry.value.entries.length === 0;
      if (empty || this.#put(how.move, entry, kept)) {
        if (!empty || entry.value.origin === undefined) this.#note(spelling, key, kept);
      }
    } else if ("words" in how) {
      const word =
        entry.value.is === "scalar" && typeof entry.value.value === "string"
          ? how.words[entry.value.value]
          : undefined;
      if (word === undefined) return;
      this.#note(spelling, entry.value, shared, clip(entry.value));
      this.#replace(map, entry, made.text(entry.value, word), shared);
    } else if ("reshape" in how) {
      const value = how.reshape(entry.value);
      if (value === undefined) return;
      if (typeof value === "string")
        this.#fail(entry.value, `\`${spelling.path}\` cannot be read here`, value);
      else {
        const kept = shared || closed(entry.value);
        this.#note(spelling, key, kept);
        // A free choice is no rewriting: what stands below it is still the author's own.
        if (spelling.says === "") map.entries[map.entries.indexOf(entry)] = { ...entry, value };
        else this.#replace(map, entry, value, kept);
      }
    } else if ("rework" in how) {
      const done = how.rework(map, this.#tools(shared));
      if (typeof done === "string") this.#fail(key, `\`${spelling.path}\` cannot be read here`, done);
      else if (done) this.#note(spelling, key, shared);
    } else {
      const kept =
        shared || !mayMove(this.#root, entry) || this.#edits?.dead(map, entry, entry.key) === false;
      this.#note(spelling, key, kept);
      map.entries.splice(map.entries.indexOf(entry), 1);
    }
  }

  #tools(shared: boolean): Tools {
    return {
      remove: (map, key) => {
        const entry = find(map, key);
        if (entry !== undefined) this.#remove(map, entry, shared);
      },
      put: (path, value) => {
        const [map, key] = this.#reach(path, value, shared);
        const old = map.entries.findIndex((one) => one.key === key);
        const entry = mark(made.entry(key, value), shared);
        if (old >= 0) map.entries[old] = entry;
        else map.entries.push(entry);
        if (!shared) this.#edits?.set(map, key, value, undefined);
      },
      get: (path) => this.#get(path),
      lost: ({ key, keyStart, keyEnd }, why) => {
        const at = { file: this.#file, start: keyStart, end: keyEnd };
        this.#errors.push(
          diagnostic("AAC1102", at, `\`${key}\` has no effect`, { label: "no effect", notes: [why] }),
        );
      },
    };
  }

  #get(path: string): Node | undefined {
    return path.split(".").reduce<Node | undefined>((node, key) => find(node, key)?.value, this.#root);
  }

  /** The map that holds the last step of a path, made where it is not there. */
  #reach(path: string, near: Node, shared: boolean): [MapNode, string] {
    const steps = path.split(".");
    const key = steps.pop() ?? "";
    let map = this.#root;
    for (const step of steps) {
      const found = find(map, step);
      if (found?.value.is === "map") {
        map = found.value;
        continue;
      }
      const next = made.map(near, []);
      if (found !== undefined) {
        map.entries.splice(map.entries.indexOf(found), 1);
        this.#blocked(found, step);
      }
      map.entries.push(mark(made.entry(step, next), shared));
      if (!shared) this.#edits?.set(map, step, next, undefined);
      map = next;
    }
    return [map, key];
  }

  /** What stands where a map is wanted would be lost without a word. Nothing at all is no loss. */
  #blocked({ value }: Entry, step: string): void {
    if (value.is === "scalar" && value.value === null) return;
    const at = { file: this.#file, start: value.start, end: value.end };
    const got = value.is === "list" ? "a list" : "text";
    this.#errors.push(
      diagnostic("AAC1005", at, `\`${step}\` takes a map, but this is ${got}`, {
        notes: [`aac explain ${step}`],
      }),
    );
  }

  #put(path: string, moved: Entry, shared: boolean): boolean {
    const [map, key] = this.#reach(path, moved.value, shared);
    const there = find(map, key);
    if (there === undefined) {
      map.entries.push(mark({ ...moved, key }, shared));
      if (!shared) this.#edits?.set(map, key, moved.value, moved);
      return true;
    }
    if (there.value.is === "map" && moved.value.is === "map") {
      let fine = true;
      for (const inner of moved.value.entries)
        fine = this.#put(`${path}.${inner.key}`, inner, shared) && fine;
      return fine;
    }
    if (canonicalJson(toJson(there.value)) === canonicalJson(toJson(moved.value))) return true;
    this.#errors.push(
      diagnostic(
        "AAC1103",
        { file: this.#file, start: moved.keyStart, end: moved.keyEnd },
        `\`${path}\` is written in two spellings with two values`,
        {
          notes: ["nobody could tell which one holds", "keep the one that is meant"],
          related: [
            { at: { file: this.#file, start: there.keyStart, end: there.keyEnd }, message: "the other one" },
          ],
        },
      ),
    );
    return false;
  }

  #remove(map: MapNode, entry: Entry, shared: boolean): void {
    map.entries.splice(map.entries.indexOf(entry), 1);
    if (!shared) this.#edits?.remove(map, entry.key);
  }

  #replace(map: MapNode, entry: Entry, value: Node, shared: boolean): void {
    map.entries[map.entries.indexOf(entry)] = mark({ ...entry, value }, shared);
    if (!shared) this.#edits?.set(map, entry.key, value, undefined);
  }

  #note(
    spelling: Spelling,
    at: { readonly start: number; readonly end: number },
    shared: boolean,
    text?: string,
  ): void {
    if (spelling.says === "") return;
    const seen = this.#seen.get(spelling);
    if (seen === undefined) {
      const place = { file: this.#file, start: at.start, end: at.end };
      const shown = text ?? spelling.path.split(".").findLast((step) => step !== "[]") ?? spelling.path;
      this.#seen.set(spelling, { spelling, at: place, shown, count: 1, fixable: !shared });
    } else {
      seen.count++;
      if (shared) seen.fixable = false;
    }
  }

  #fail(at: { readonly start: number; readonly end: number }, message: string, note: string): void {
    this.#errors.push(
      diagnostic("AAC1104", { file: this.#file, start: at.start, end: at.end }, message, { notes: [note] }),
    );
  }
}

const clip = (node: Node): string => (node.is === "scalar" ? node.text.slice(0, 60) : "this");
