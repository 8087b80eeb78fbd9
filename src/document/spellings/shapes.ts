import { type Entry, find, made, type Node, type ScalarNode } from "../node.ts";

/** Short forms to long ones. Parts that are kept stay the same nodes, so their places stay too. */

const PORT = /^(?:(?:(\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-fA-F:]+\]):)?(\d*):)?(\d+)(?:\/([A-Za-z]+))?$/;
const PORT_FORMS =
  "a port is written `80`, `8080:80` or `127.0.0.1:8080:80`, each with `/udp` where it is not tcp";

/** `8080:80`, `8080`, `127.0.0.1:8080:80/udp`; several after commas are spread by `portList`. */
export function port(node: Node): Node | string | undefined {
  if (node.is !== "scalar") return undefined;
  const match = PORT.exec(node.text.trim());
  if (match === null) return PORT_FORMS;
  const [, ip, host, container, protocol] = match;
  const entries: Entry[] = [made.entry("container", made.value(node, Number(container)))];
  if (host !== undefined && host !== "") entries.push(made.entry("host", made.value(node, Number(host))));
  if (ip !== undefined) entries.push(made.entry("hostIP", made.text(node, ip.replaceAll(/^\[|\]$/g, ""))));
  if (protocol !== undefined && protocol.toLowerCase() !== "tcp") {
    entries.push(made.entry("protocol", made.text(node, protocol.toLowerCase())));
  }
  return made.map(node, entries);
}

/** One text instead of a list, and comma lists within items. */
export function portList(node: Node): Node | undefined {
  if (node.is === "scalar") return node.value === null ? undefined : made.list(node, spread(node));
  if (node.is !== "list" || !node.items.some((item) => item.is === "scalar" && item.text.includes(",")))
    return undefined;
  return made.list(
    node,
    node.items.flatMap((item) => (item.is === "scalar" ? spread(item) : [item])),
  );
}

function spread(node: ScalarNode): Node[] {
  if (!node.text.includes(",")) return [node];
  return node.text.split(",").map((part) => made.text(node, part.trim()));
}

/** `source:target`, `source:target:ro`, or only a target. */
export function volume(node: Node): Node | string | undefined {
  if (node.is !== "scalar") return undefined;
  const parts = node.text.trim().split(":");
  const [first = "", second, mode] = parts;
  if (parts.length > 3 || first === "" || (mode !== undefined && mode !== "ro" && mode !== "rw")) {
    return "a volume is written `source:/target`, with `:ro` where it is only read";
  }
  const entries: Entry[] = [];
  if (second !== undefined) entries.push(made.entry("source", made.text(node, first)));
  entries.push(made.entry("target", made.text(node, second ?? first)));
  if (mode === "ro") entries.push(made.entry("readOnly", made.value(node, true)));
  return made.map(node, entries);
}

/** `{KEY: value}`; a value may also be a map such as `{from: secret}`. */
export function environmentMap(node: Node): Node | undefined {
  if (node.is !== "map") return undefined;
  const items = node.entries.map((entry) => {
    const at = { start: entry.keyStart, end: entry.value.end };
    const keyAt = { start: entry.keyStart, end: entry.keyEnd };
    const name = made.entry("name", made.text(keyAt, entry.key));
    if (entry.value.is === "map") return made.map(at, [name, ...entry.value.entries]);
    return made.map(at, [name, made.entry("value", entry.value)]);
  });
  return made.list(node, items);
}

/** A value is the author's text, whatever YAML makes of it: `1.10` stays `1.10`. */
export function environmentValue(node: Node): Node | undefined {
  const value = find(node, "value");
  const text = value === undefined ? undefined : scalarText(value.value);
  if (node.is !== "map" || text === undefined) return undefined;
  return {
    ...node,
    entries: node.entries.map((entry) => (entry === value ? { ...entry, value: text } : entry)),
  };
}

/** `plain` stays as it is: a rule tells where other readers would change the text. */
export function scalarText(node: Node): ScalarNode | undefined {
  if (node.is !== "scalar" || typeof node.value === "string") return undefined;
  // `~` and `null` are ways to write nothing.
  return node.value === null ? { ...node, value: "", text: "" } : { ...node, value: node.text };
}

/** `[a, b]` waits for both to have started. */
export function dependencies(node: Node): Node | undefined {
  if (node.is !== "list" || !node.items.every((item) => item.is === "scalar")) return undefined;
  const names = new Map<string, Entry>();
  for (const item of node.items) {
    if (item.is === "scalar" && !names.has(item.text))
      names.set(item.text, made.entry(item.text, made.map(item, []), item));
  }
  return made.map(node, [...names.values()]);
}

/** Container tools begin a check with CMD, or with CMD-SHELL before one line for the shell. */
export function healthCommand(node: Node): Node | undefined {
  if (node.is !== "list") return undefined;
  const [first, ...rest] = node.items;
  if (first?.is !== "scalar") return undefined;
  if (first.value === "CMD") return made.list(node, rest);
  if (first.value !== "CMD-SHELL") return undefined;
  return made.list(node, [made.text(first, "sh"), made.text(first, "-c"), ...rest]);
}
