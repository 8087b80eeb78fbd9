import { canonicalJson } from "../../base/canonical.ts";
import { type Diagnostic, diagnostic } from "../../model/diagnostic.ts";
import type { Span } from "../../model/source.ts";
import { type Entry, find, made, type MapNode, type Node, toJson } from "../node.ts";
import { SPELLINGS, type Spelling, type Tools } from "./table.ts";

/** Told of each change, so that `fmt --fix` can make the same one in the file. */
export interface Edits {
  remove(map: MapNode, key: string): void;
  set(map: MapNode, key: string, value: Node, moved: Entry | undefined): void;
  item(list: Node, index: number, value: Node): void;
  /** A block that nothing carries out. False where it has to stay (it holds a secret). */
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
    const warnings = [...this.#seen.values()].map(({ spelling, at, count, fixable }) => {
      const dead = "dead" in spelling.how;
      const name = spelling.path.replaceAll(/\.\[\]/g, "");
      const more = count > 1 ? ` (${count} times in this document)` : "";
      const message = dead ? `\`${name}\` has no effect${more}` : `\`${name}\` is another spelling${more}`;
      return diagnostic(dead ? "AAC1102" : "AAC1101", at, message, {
        label: dead ? "no effect" : spelling.says,
        notes: dead
          ? [spelling.says, fixable ? "aac fmt --fix moves it there" : "remove it"]
          : [fixable ? "it is read all the same · aac fmt --fix rewrites it" : "it is read all the same · it stands behind an anchor, so rewrite it by hand"],
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
        if (last) this.#item(node.items, node, n, spelling, shared);
        else this.#descend(item, spelling, steps, i + 1, shared);
      });
      return;
    }
    if (node.is !== "map" || step === undefined) return;
    const entry = node.entries.find((one) => one.key === step);
    if (entry === undefined) return;
    const below = shared || entry.shared === true;
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
    if (spelling.says !== "" && !shared) this.#edits?.item(list, n, made);
    this.#note(spelling, item, shared);
  }

  #entry(map: MapNode, entry: Entry, spelling: Spelling, shared: boolean): void {
    const { how } = spelling;
    const key = { start: entry.keyStart, end: entry.keyEnd };
    const edits = shared || spelling.says === "" ? undefined : this.#edits;
    if ("move" in how) {
      this.#remove(map, entry, edits);
      const empty = entry.value.is === "map" && entry.value.entries.length === 0;
      if (empty || this.#put(how.move, entry, edits)) {
        if (!empty || entry.value.origin === undefined) this.#note(spelling, key, shared);
      }
    } else if ("words" in how) {
      const word = entry.value.is === "scalar" && typeof entry.value.value === "string" ? how.words[entry.value.value] : undefined;
      if (word === undefined) return;
      this.#note(spelling, entry.value, shared);
      this.#replace(map, entry, made.text(entry.value, word), edits);
    } else if ("reshape" in how) {
      const value = how.reshape(entry.value);
      if (value === undefined) return;
      if (typeof value === "string") this.#fail(entry.value, `\`${spelling.path}\` cannot be read here`, value);
      else {
        this.#note(spelling, key, shared);
        this.#replace(map, entry, value, edits);
      }
    } else if ("rework" in how) {
      const done = how.rework(map, this.#tools(edits));
      if (typeof done === "string") this.#fail(key, `\`${spelling.path}\` cannot be read here`, done);
      else if (done) this.#note(spelling, key, shared);
    } else {
      const kept = edits?.dead(map, entry, entry.key) === false;
      this.#note(spelling, key, shared || kept);
      map.entries.splice(map.entries.indexOf(entry), 1);
    }
  }

  #tools(edits: Edits | undefined): Tools {
    return {
      remove: (map, key) => {
        const entry = find(map, key);
        if (entry !== undefined) this.#remove(map, entry, edits);
      },
      put: (path, value) => {
        const [map, key] = this.#reach(path, value, edits);
        const old = map.entries.findIndex((one) => one.key === key);
        const entry = made.entry(key, value);
        if (old >= 0) map.entries[old] = entry;
        else map.entries.push(entry);
        edits?.set(map, key, value, undefined);
      },
      get: (path) => path.split(".").reduce<Node | undefined>((node, key) => find(node, key)?.value, this.#root),
    };
  }

  /** The map that holds the last step of a path, made where it is not there. */
  #reach(path: string, near: Node, edits: Edits | undefined): [MapNode, string] {
    const steps = path.split(".");
    const key = steps.pop() ?? "";
    let map = this.#root;
    for (const step of steps) {
      const found = find(map, step);
      if (found?.value.is === "map") {
        map = found.value;
        continue;
      }
      const next = made.map(near, []) as MapNode;
      if (found !== undefined) map.entries.splice(map.entries.indexOf(found), 1);
      map.entries.push(made.entry(step, next));
      edits?.set(map, step, next, undefined);
      map = next;
    }
    return [map, key];
  }

  #put(path: string, moved: Entry, edits: Edits | undefined): boolean {
    const [map, key] = this.#reach(path, moved.value, edits);
    const there = find(map, key);
    if (there === undefined) {
      const entry = { ...moved, key };
      map.entries.push(entry);
      edits?.set(map, key, moved.value, moved);
      return true;
    }
    if (there.value.is === "map" && moved.value.is === "map") {
      let fine = true;
      for (const inner of moved.value.entries) fine = this.#put(`${path}.${inner.key}`, inner, edits) && fine;
      return fine;
    }
    if (canonicalJson(toJson(there.value)) === canonicalJson(toJson(moved.value))) return true;
    this.#errors.push(
      diagnostic("AAC1103", { file: this.#file, start: moved.keyStart, end: moved.keyEnd }, `\`${path}\` is written in two spellings with two values`, {
        notes: ["nobody could tell which one holds", "keep the one that is meant"],
        related: [{ at: { file: this.#file, start: there.keyStart, end: there.keyEnd }, message: "the other one" }],
      }),
    );
    return false;
  }

  #remove(map: MapNode, entry: Entry, edits: Edits | undefined): void {
    map.entries.splice(map.entries.indexOf(entry), 1);
    edits?.remove(map, entry.key);
  }

  #replace(map: MapNode, entry: Entry, value: Node, edits: Edits | undefined): void {
    map.entries[map.entries.indexOf(entry)] = { ...entry, value };
    edits?.set(map, entry.key, value, undefined);
  }

  #note(spelling: Spelling, at: { readonly start: number; readonly end: number }, shared: boolean): void {
    if (spelling.says === "") return;
    const seen = this.#seen.get(spelling);
    if (seen === undefined) {
      const place = { file: this.#file, start: at.start, end: at.end };
      this.#seen.set(spelling, { spelling, at: place, count: 1, fixable: !shared });
    } else {
      seen.count++;
      if (shared) seen.fixable = false;
    }
  }

  #fail(at: { readonly start: number; readonly end: number }, message: string, note: string): void {
    this.#errors.push(diagnostic("AAC1104", { file: this.#file, start: at.start, end: at.end }, message, { notes: [note] }));
  }
}

const clip = (node: Node): string => (node.is === "scalar" ? node.text.slice(0, 60) : "this");
