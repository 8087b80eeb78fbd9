import type { AgentIr, ServiceIr, Value } from "../model/ir.ts";
import { sortedMap } from "./reader.ts";
import type { AgentView } from "./rule.ts";

/**
 * Connects the services that agents use with the agents that offer them, and gives each user the variables
 * `NAME_HOST`, `NAME_PORT`, `NAME_URL`, unless its author wrote them.
 */
export function link(views: readonly AgentView[]): AgentView[] {
  const offers = new Map<
    string,
    { readonly agent: string; readonly port: number; readonly protocol: string }
  >();
  for (const { ir } of views) {
    for (const [name, service] of Object.entries(ir.services)) {
      if (service.role === "offered" && !offers.has(name))
        offers.set(name, { agent: ir.name, port: service.port, protocol: service.protocol });
    }
  }
  return views.map((view) => {
    const named = Object.entries(view.ir.environment).flatMap(([, value]) =>
      value.is === "service" ? [value.service] : [],
    );
    if (Object.keys(view.ir.services).length === 0 && named.length === 0) return view;
    return { ...view, ir: linked(view.ir, named) };
  });

  function linked(ir: AgentIr, named: readonly string[]): AgentIr {
    const services = new Map<string, ServiceIr>(Object.entries(ir.services));
    for (const name of named)
      if (!services.has(name)) services.set(name, { role: "used", from: "nobody", protocol: "tcp" });
    for (const [name, service] of services) {
      const offer = offers.get(name);
      if (
        service.role !== "used" ||
        service.from !== "nobody" ||
        offer === undefined ||
        offer.agent === ir.name
      )
        continue;
      services.set(name, { role: "used", from: "agent", ...offer });
    }
    const environment = new Map<string, Value>(Object.entries(ir.environment));
    for (const [name, service] of services) {
      if (service.role !== "used" || service.from === "nobody") continue;
      const stem = name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
      const add = (end: string, format: string): void => {
        if (!environment.has(`${stem}_${end}`))
          environment.set(`${stem}_${end}`, {
            is: "service",
            service: name,
            format,
            optional: false,
            by: "services",
          });
      };
      add("HOST", "{host}");
      if (service.port !== undefined) {
        add("PORT", "{port}");
        add("URL", "{scheme}://{host}:{port}");
      }
    }
    const known = new Set(Object.keys(ir.services));
    const kept = [...services].filter(
      ([name, service]) => known.has(name) || (service.role === "used" && service.from !== "nobody"),
    );
    return { ...ir, services: sortedMap(kept), environment: sortedMap(environment) };
  }
}
