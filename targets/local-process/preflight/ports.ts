import type { Facts } from "../../../src/model/facts.ts";
import type { Ir } from "../../../src/model/ir.ts";
import type { SlotRecord } from "../../../src/model/supervision.ts";
import type { System } from "../../../src/model/system.ts";
import type { Place } from "../../../src/model/target.ts";
import { choosePorts as choose, type Ports } from "../../../src/wanted/ports.ts";
import { processFields } from "../orders/charge.ts";

/** What is free is what nobody on this machine listens on; what an agent holds is in its record. */
export function choosePorts(
  { net }: System,
  place: Place,
  ir: Ir,
  facts: Facts["agents"],
  records: readonly SlotRecord[],
): Ports {
  const before = records.map(({ charge }) => {
    const ports = Object.entries(processFields(charge.asked).ports);
    return [charge.agent, Object.fromEntries(ports.map(([key, { port }]) => [key, port]))] as const;
  });
  return choose({
    ir,
    asked: new Set(Object.keys(facts)),
    before: new Map(before),
    isFree: (port, address, protocol) => net.holder(port, address, protocol).is === "free",
    range: place.portRange,
  });
}
