import { type Entry, find, made, type MapNode, type Node } from "./node.ts";

/** Lists that merge item by item, and what tells their items apart. */
const KEYED: Readonly<Record<string, string>> = {
  environment: "name",
  secrets: "name",
  services: "name",
  ports: "container",
  volumes: "target",
};

/** `profiles.<name>` over `spec`: maps merge, keyed lists merge by name, other lists replace, null removes. */
export function mergeProfile(root: MapNode, name: string): void {
  const profiles = find(root, "profiles");
  const spec = root.entries.findIndex((entry) => entry.key === "spec");
  const base = root.entries[spec];
  const chosen = find(profiles?.value, name);
  if (profiles === undefined || base === undefined || chosen === undefined) return;
  if (chosen.value.is !== "map") return;
  root.entries[spec] = { ...base, value: merge(base.value, chosen.value, "spec") };
}

function merge(base: Node, over: Node, key: string): Node {
  if (base.is === "map" && over.is === "map") return mergeMaps(base, over);
  const by = KEYED[key];
  if (by !== undefined && base.is === "list" && over.is === "list")
    return mergeLists(base.items, over.items, by, base);
  return over;
}

function mergeMaps(base: MapNode, over: MapNode): Node {
  const entries: Entry[] = [];
  for (const entry of base.entries) {
    const other = find(over, entry.key);
    if (other === undefined) entries.push(entry);
    else if (!isNull(other.value))
      entries.push({ ...other, value: merge(entry.value, other.value, entry.key) });
  }
  for (const entry of over.entries) {
    if (find(base, entry.key) === undefined && !isNull(entry.value)) entries.push(entry);
  }
  return made.map(over, entries);
}

function mergeLists(base: readonly Node[], over: readonly Node[], by: string, at: Node): Node {
  const items = [...base];
  for (const item of over) {
    const index = items.findIndex(
      (one) => label(one, by) !== undefined && label(one, by) === label(item, by),
    );
    const before = items[index];
    if (before === undefined) items.push(item);
    else items[index] = mergeItem(before, item);
  }
  return made.list(at, items);
}

/** Another source replaces the former one whole: `value` must not stay beside `from`. */
function mergeItem(before: Node, item: Node): Node {
  const switches = find(item, "from") !== undefined || find(item, "value") !== undefined;
  return before.is === "map" && item.is === "map" && !switches ? mergeMaps(before, item) : item;
}

function label(node: Node, by: string): string | undefined {
  const value = find(node, by)?.value;
  const protocol = by === "container" ? find(node, "protocol")?.value : undefined;
  if (value?.is !== "scalar") return undefined;
  return protocol?.is === "scalar" && protocol.text !== "tcp" ? `${value.text}/${protocol.text}` : value.text;
}

const isNull = (node: Node): boolean => node.is === "scalar" && node.value === null;
