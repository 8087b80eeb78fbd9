import { find, type MapNode, made, type Node, textOf } from "../node.ts";
import type { Tools } from "./table.ts";

/** `runAsNonRoot: true` becomes a user that is not root; false says nothing that is not so already. */
export function runAsNonRoot(security: MapNode, tools: Tools): boolean | string {
  const flag = find(security, "runAsNonRoot")?.value;
  if (flag?.is !== "scalar" || typeof flag.value !== "boolean")
    return "write `true` or `false`, or better `runAsUser`";
  const user = find(security, "runAsUser")?.value;
  if (flag.value && user?.is === "scalar" && user.value === 0) {
    return "it says not root, and `runAsUser: 0` beside it says root: keep one";
  }
  tools.remove(security, "runAsNonRoot");
  if (flag.value && user === undefined) tools.put("spec.security.runAsUser", made.value(flag, 1000));
  return true;
}

/** `egress: [{to: [host], ports: [443]}]`: a list of what may be reached means that nothing else may. */
export function egress(network: MapNode, tools: Tools): boolean | string {
  const list = find(network, "egress")?.value;
  const form = "each entry takes `to` (host names) and `ports`: write `spec.network.security.allowedHosts`";
  if (list?.is !== "list") return form;
  const hosts: Node[] = [];
  for (const item of list.items) {
    const to = find(item, "to")?.value;
    const ports = find(item, "ports")?.value;
    if (item.is !== "map" || to?.is !== "list") return form;
    if (item.entries.some((entry) => entry.key !== "to" && entry.key !== "ports")) return form;
    if (ports !== undefined && ports.is !== "list") return form;
    for (const host of to.items) {
      const name = textOf(host);
      if (name === undefined) return form;
      if (ports === undefined) hosts.push(host);
      for (const one of ports?.items ?? []) {
        if (one.is !== "scalar") return form;
        hosts.push(made.text(host, `${name}:${one.text}`));
      }
    }
  }
  const written = tools.get("spec.network.security.allowedHosts");
  tools.remove(network, "egress");
  tools.put("spec.network.security.allowExternalConnections", made.value(list, false));
  const all = [...(written?.is === "list" ? written.items : []), ...hosts];
  tools.put("spec.network.security.allowedHosts", made.list(list, all));
  return true;
}

/** `ingress: [{port: 8080}]` names ports that are open: ours are listed once, under `ports`. */
export function ingress(network: MapNode, tools: Tools): boolean | string {
  const list = find(network, "ingress")?.value;
  const form = "each entry takes `port`: write `spec.ports`";
  if (list?.is !== "list") return form;
  const written = tools.get("spec.ports");
  const ports = written?.is === "list" ? [...written.items] : [];
  for (const item of list.items) {
    const port = find(item, "port")?.value;
    if (item.is !== "map" || port?.is !== "scalar" || typeof port.value !== "number") return form;
    for (const entry of item.entries) {
      if (entry.key !== "port")
        tools.lost(
          entry,
          "it belongs to what stands before the agent, which nothing here sets up: remove it",
        );
    }
    const known = ports.some((one) => {
      const container = find(one, "container")?.value;
      return container?.is === "scalar" && container.value === port.value;
    });
    if (!known) ports.push(made.map(item, [made.entry("container", port)]));
  }
  tools.remove(network, "ingress");
  if (ports.length > 0) tools.put("spec.ports", made.list(list, ports));
  return true;
}
