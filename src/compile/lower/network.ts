import type { NetworkIr, PortIr, ServiceIr } from "../../model/ir.ts";
import type { Path } from "../../model/source.ts";
import { present, type Reader, repeated, sortedMap } from "../reader.ts";

/** `ports` and `network.ports` are one list. */
export function ports(reader: Reader): Readonly<Record<string, PortIr>> {
  const found = new Map<string, PortIr>();
  const lists: [Path, readonly NonNullable<typeof reader.spec.ports>[number][]][] = [
    [["spec", "ports"], reader.spec.ports ?? []],
    [["spec", "network", "ports"], reader.spec.network?.ports ?? []],
  ];
  for (const [path, list] of lists) {
    for (const [i, port] of list.entries()) {
      const protocol = port.protocol ?? "tcp";
      const key = `${port.container}/${protocol}`;
      const made: PortIr = {
        container: port.container,
        host: port.host ?? "free",
        hostIP: port.hostIP ?? "127.0.0.1",
        protocol,
        ...present("name", port.name),
      };
      const before = found.get(key);
      if (before === undefined) found.set(key, made);
      else if (
        before.host !== made.host ||
        before.hostIP !== made.hostIP ||
        before.name !== made.name ||
        path.length === 2
      ) {
        reader.report("AAC2002", [...path, i, "container"], `the container port ${key} is written twice`, {
          notes: ["keep one; for two ports outside that lead to one inside, use two agents"],
        });
      }
    }
  }
  return sortedMap([...found].map(([key, port]) => [key, port] as const));
}

export function network(reader: Reader): NetworkIr {
  const written = reader.spec.network;
  return {
    mode: written?.mode ?? "bridge",
    ...present("name", written?.name),
    dns: written?.dns ?? [],
    allowExternalConnections: written?.security?.allowExternalConnections ?? true,
    allowedHosts: (written?.security?.allowedHosts ?? []).toSorted(),
  };
}

/** Offered on a port of the agent's own, else used; which agent offers it is found when all are known. */
export function services(
  reader: Reader,
  own: Readonly<Record<string, PortIr>>,
): Readonly<Record<string, ServiceIr>> {
  const found = new Map<string, ServiceIr>();
  for (const [i, service] of (reader.spec.services ?? []).entries()) {
    const protocol = service.protocol ?? "tcp";
    const { port } = service;
    const offered =
      service.host === undefined &&
      port !== undefined &&
      Object.values(own).some((one) => one.container === port);
    if (found.has(service.name)) {
      repeated(reader, "services", i, `the service \`${service.name}\` is written twice`);
    } else if (offered) found.set(service.name, { role: "offered", port, protocol });
    else if (service.host !== undefined) {
      found.set(service.name, {
        role: "used",
        from: "host",
        host: service.host,
        ...present("port", port),
        protocol,
      });
    } else found.set(service.name, { role: "used", from: "nobody", ...present("port", port), protocol });
  }
  return sortedMap(found);
}
