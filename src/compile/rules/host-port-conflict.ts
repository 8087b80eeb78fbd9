import type { AgentView, Rule } from "../rule.ts";
import { portItem } from "../rule.ts";

/** A port of the machine can be held once: over all agents of the project. */
export const hostPortConflict: Rule = {
  project({ agents }, report) {
    const held = new Map<string, { view: AgentView; container: number; ip: string }[]>();
    for (const view of agents) {
      for (const port of Object.values(view.ir.ports)) {
        if (typeof port.host !== "number") continue;
        const key = `${port.host}/${port.protocol}`;
        const others = held.get(key) ?? [];
        const other = others.find(
          (one) => sameAddress(one.ip, port.hostIP) || isAny(one.ip) || isAny(port.hostIP),
        );
        const at = view.doc.at([...portItem(view, port.container, port.protocol), "host"]);
        if (other !== undefined) {
          const first = other.view.doc.at([...portItem(other.view, other.container, port.protocol), "host"]);
          report("AAC2001", at, `port ${port.host} is already in use by \`${other.view.ir.name}\``, {
            label: `\`${view.ir.name}\` wants it too`,
            notes: [
              "one port of the machine can lead to one agent",
              "give one of the two another `host`, or leave `host` out and a free port is chosen",
            ],
            related: [{ at: first, message: `\`${other.view.ir.name}\` holds it` }],
          });
        }
        others.push({ view, container: port.container, ip: port.hostIP });
        held.set(key, others);
      }
    }
  },
};

const sameAddress = (one: string, other: string): boolean =>
  one === other ||
  (one === "localhost" && other === "127.0.0.1") ||
  (one === "127.0.0.1" && other === "localhost");
const isAny = (ip: string): boolean => ip === "0.0.0.0" || ip === "::";
