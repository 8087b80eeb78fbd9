import type { Path } from "../model/source.ts";
import type { Node } from "./node.ts";

/** A node by its path, with the place of the key above it; the nearest ancestor where it is not written. */
export interface Place {
  readonly node: Node;
  readonly keyStart: number;
  readonly keyEnd: number;
}

export function findNode(root: Node, path: Path): Place {
  let place: Place = { node: root, keyStart: root.start, keyEnd: Math.min(root.end, root.start + 1) };
  for (const step of path) {
    if (place.node.is === "list") {
      const item: Node | undefined = place.node.items[Number(step)];
      if (item === undefined) break;
      place = { node: item, keyStart: item.start, keyEnd: item.end };
    } else if (place.node.is === "map") {
      const entry = place.node.entries.find((one) => one.key === step);
      if (entry === undefined) break;
      place = { node: entry.value, keyStart: entry.keyStart, keyEnd: entry.keyEnd };
    }
  }
  return place;
}

/** A JSON pointer as the validator writes it; a step into a list becomes a number. */
export function parsePointer(pointer: string, root: Node): Path {
  const path: (string | number)[] = [];
  let node: Node | undefined = root;
  for (const raw of pointer.split("/").slice(1)) {
    const step = raw.replaceAll("~1", "/").replaceAll("~0", "~");
    if (node?.is === "list") {
      path.push(Number(step));
      node = node.items[Number(step)];
    } else {
      path.push(step);
      node = node?.is === "map" ? node.entries.find((entry) => entry.key === step)?.value : undefined;
    }
  }
  return path;
}
