import type { Node } from "../node.ts";

/** Whether two trees say the same, in the same order and the same texts; only their places may differ. */
export function sameTree(a: Node, b: Node): boolean {
  return describe(a, true) === describe(b, true);
}

/** Whether they mean the same: the order of keys is free, and so is what stands in quotes. */
export function sameMeaning(a: Node, b: Node): boolean {
  return describe(a, false) === describe(b, false);
}

function describe(node: Node, exact: boolean): string {
  switch (node.is) {
    case "scalar":
      return JSON.stringify([typeof node.value, String(node.value), node.text, exact && node.plain]);
    case "list":
      return `[${node.items.map((item) => describe(item, exact)).join(",")}]`;
    case "map": {
      const entries = node.entries.map(
        (entry) => `${JSON.stringify(entry.key)}:${describe(entry.value, exact)}`,
      );
      return `{${(exact ? entries : entries.sort()).join(",")}}`;
    }
  }
}
