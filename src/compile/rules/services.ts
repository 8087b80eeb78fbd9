import { nearest } from "../../base/nearest.ts";
import { type AgentView, listItem, type Rule } from "../rule.ts";

const PARTS = new Set(["scheme", "host", "port", "name"]);

/** A service is offered by one agent and used by others; used from nowhere, it has no address. */
export const services: Rule = {
  project({ agents, settings: { unread } }, report) {
    const whole = unread !== "unknown" && unread.size === 0;
    const offered = new Map<string, AgentView>();
    for (const view of agents) {
      for (const [name, service] of Object.entries(view.ir.services)) {
        if (service.role !== "offered") continue;
        const other = offered.get(name);
        if (other === undefined) offered.set(name, view);
        else {
          report(
            "AAC2108",
            view.doc.at([...listItem(view, "services", name), "name"]),
            `the service \`${name}\` is offered by \`${other.ir.name}\` too`,
            {
              notes: ["users could not tell which one they get", "give one of them another name"],
              related: [
                {
                  at: other.doc.at([...listItem(other, "services", name), "name"]),
                  message: `offered by \`${other.ir.name}\``,
                },
              ],
            },
          );
        }
      }
    }
    for (const view of agents) {
      for (const [name, service] of Object.entries(view.ir.services)) {
        if (!whole || service.role !== "used" || service.from !== "nobody") continue;
        const near = nearest(name, offered.keys());
        report(
          "AAC2105",
          view.doc.at([...listItem(view, "services", name), "name"]),
          `nobody offers the service \`${name}\``,
          {
            label: near === undefined ? undefined : `did you mean \`${near}\`?`,
            notes: [
              "an agent offers a service by naming one of its own ports",
              `for a service outside the project, write its \`host\``,
            ],
          },
        );
      }
      references(view, offered);
    }

    function references(view: AgentView, known: ReadonlyMap<string, AgentView>): void {
      for (const [name, value] of Object.entries(view.ir.environment)) {
        if (value.is !== "service" || value.by !== undefined) continue;
        const item = listItem(view, "environment", name);
        if (whole && !Object.hasOwn(view.ir.services, value.service) && !known.has(value.service)) {
          const near = nearest(value.service, [...known.keys(), ...Object.keys(view.ir.services)]);
          report(
            "AAC2105",
            view.doc.at([...item, "service"]),
            `nobody offers the service \`${value.service}\``,
            {
              label: near === undefined ? undefined : `did you mean \`${near}\`?`,
              notes: ["for a service outside the project, name it under `services` with its `host`"],
            },
          );
        }
        for (const [, part = ""] of value.format.matchAll(/\{([^}]*)\}/g)) {
          if (PARTS.has(part)) continue;
          report("AAC2206", view.doc.at([...item, "format"]), `\`{${part}}\` is no part of a service`, {
            label:
              nearest(part, PARTS) === undefined ? undefined : `did you mean \`{${nearest(part, PARTS)}}\`?`,
            notes: ["there are {scheme}, {host}, {port} and {name}"],
          });
        }
      }
    }
  },
};
