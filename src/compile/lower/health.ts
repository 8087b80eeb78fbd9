import type { HealthProbe } from "../../model/document.gen.ts";
import type { Health, PortIr, Probe } from "../../model/ir.ts";
import type { Path } from "../../model/source.ts";
import { type Reader, time } from "../reader.ts";
import { curlCheck } from "./curl.ts";

type Ports = Readonly<Record<string, PortIr>>;
const KINDS = ["startup", "readiness", "liveness"] as const;

/**
 * A plain check is startup and readiness, and liveness too unless the agent is not restarted. Where the three
 * are written apart, what stands beside them holds for each that does not say otherwise.
 */
export function health(reader: Reader, ports: Ports): Health {
  const written = reader.spec.healthCheck;
  if (written === undefined) return {};
  const { startup, readiness, liveness, ...plain } = written;
  const apart = { startup, readiness, liveness };
  const found: Partial<Record<(typeof KINDS)[number], Probe>> = {};
  if (KINDS.some((kind) => apart[kind] !== undefined)) {
    for (const kind of KINDS) {
      const own = apart[kind];
      if (own === undefined) continue;
      const one = probe(reader, { ...inherited(plain, own), ...own }, ["spec", "healthCheck", kind], ports);
      if (one !== undefined) found[kind] = one;
    }
    return found;
  }
  const one = probe(reader, plain, ["spec", "healthCheck"], ports);
  if (one === undefined) return {};
  const restarts = (reader.spec.supervision?.restart ?? "always") !== "no";
  return { startup: one, readiness: one, ...(restarts ? { liveness: one } : {}) };
}

/** Times are inherited; what is asked only where the probe itself does not say what to ask. */
function inherited(plain: HealthProbe, own: HealthProbe): HealthProbe {
  const { type, path, port, command, file, ...times } = plain;
  const says = own.type ?? own.path ?? own.command ?? own.file ?? own.port;
  return says === undefined ? { ...plain } : { ...times, ...(port === undefined ? {} : { port }) };
}

function probe(reader: Reader, written: HealthProbe, path: Path, ports: Ports): Probe | undefined {
  const times = {
    interval: time(reader, [...path, "interval"], written.interval, "30s"),
    timeout: time(reader, [...path, "timeout"], written.timeout, "10s"),
    retries: written.retries ?? 3,
    startPeriod: time(reader, [...path, "startPeriod"], written.startPeriod, "5s"),
  };
  const port = written.port ?? firstTcpPort(reader);
  const nothing = (what: string): undefined => {
    if (what === "port") {
      // The guides of other tools show such a check on an agent that names no port: it reads, and says what it lacks.
      reader.report("AAC2020", path, "nothing says which port this health check asks, so it is left out", {
        level: "warning",
        notes: [
          "until then the agent counts as healthy as soon as it runs",
          "name the port: `ports: [{container: 8080}]`",
        ],
      });
    } else {
      reader.report("AAC2020", path, `this health check has no \`${what}\``, {
        notes: [`write \`${what}\` under \`healthCheck\``],
      });
    }
    return undefined;
  };
  switch (kindOf(written)) {
    case "command":
      if (written.command === undefined) return nothing("command");
      return asked(reader, written.command, path, ports, times);
    case "file":
      return written.file === undefined ? nothing("file") : { type: "file", file: written.file, ...times };
    case "http":
      return port === undefined
        ? nothing("port")
        : { type: "http", path: written.path ?? "/health", port, ...times };
    case "tcp":
      return port === undefined ? nothing("port") : { type: "tcp", port, ...times };
  }
}

/** The first that is written, not the smallest. */
function firstTcpPort({ spec }: Reader): number | undefined {
  const all = [...(spec.ports ?? []), ...(spec.network?.ports ?? [])];
  return all.find((port) => (port.protocol ?? "tcp") === "tcp")?.container;
}

function kindOf(written: HealthProbe): NonNullable<HealthProbe["type"]> {
  if (written.type !== undefined) return written.type;
  if (written.path !== undefined) return "http";
  if (written.command !== undefined) return "command";
  return written.file !== undefined ? "file" : "tcp";
}

type Times = Pick<Probe, "interval" | "timeout" | "retries" | "startPeriod">;

/** Slim images have neither curl nor wget: a command that only asks a port of the agent becomes that question. */
function asked(reader: Reader, command: readonly string[], path: Path, ports: Ports, times: Times): Probe {
  const url = curlCheck(command);
  if (url === undefined) return { type: "command", command, ...times };
  if (!Object.values(ports).some((one) => one.container === url.port && one.protocol === "tcp")) {
    return { type: "command", command, ...times };
  }
  const strict = url.failsOnError
    ? []
    : ["without `-f` curl is content with an error page too; the http check is not"];
  reader.report(
    "AAC2408",
    [...path, "command"],
    `this check asks ${url.path} on port ${url.port}; aac asks it itself, without ${url.tool}`,
    {
      label: `write \`path: ${url.path}\` and \`port: ${url.port}\``,
      notes: ["slim images have neither curl nor wget, so the command would fail there", ...strict],
    },
  );
  return { type: "http", path: url.path, port: url.port, ...times };
}
