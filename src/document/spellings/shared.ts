import { type Entry, find, type ListNode, type MapNode, type Node } from "../node.ts";

/** What is written at another place than where it is read. An anchor always comes before what stands for it. */

export function aliasedEntry(entry: Entry): boolean {
  return entry.shared === true || entry.value.start < entry.keyStart;
}

/** A list that was made has items from anywhere, so nothing follows from their places. */
export function aliasedItem(item: Node, list: ListNode): boolean {
  return list.origin !== undefined && item.start < list.start;
}

export function behindAlias(root: MapNode, path: string): boolean {
  let node: Node = root;
  for (const step of path.split(".")) {
    const entry = find(node, step);
    if (entry === undefined) return false;
    if (aliasedEntry(entry)) return true;
    node = entry.value;
  }
  return false;
}

/** Holds what `<<` brings in, or a variable that may hide a separator: it is not taken apart in the file. */
export function closed(node: Node): boolean {
  if (node.is === "map") return node.entries.some((entry) => entry.shared === true);
  if (node.is === "list")
    return node.items.some(
      (item) => item.is === "scalar" && item.text.includes("${") && item.text.includes(","),
    );
  return node.text.includes("${");
}

export function mark(entry: Entry, shared: boolean): Entry {
  return shared ? { ...entry, shared } : entry;
}
