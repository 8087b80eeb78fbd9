import type { Fields } from "../../../src/model/resource.ts";
import { isTable } from "../labels.ts";

export interface Binding {
  readonly HostIp?: string;
  readonly HostPort?: string;
}

/** The machine whose ports the engine publishes: undefined where that is this one. */
export type Host = string | undefined;

/** Where the ports of another machine are reached: where its engine is. */
export function hostOf({ isLocal, where }: { readonly isLocal: boolean; readonly where: string }): Host {
  return isLocal || !URL.canParse(where) ? undefined : new URL(where).hostname;
}

interface Published {
  readonly HostConfig: {
    readonly PortBindings?: Readonly<Record<string, readonly Binding[] | null>> | null;
  };
  readonly NetworkSettings: { readonly Ports: Readonly<Record<string, readonly Binding[] | null>> | null };
}

/** As addresses that can be opened. */
export function portsOf(
  { HostConfig, NetworkSettings }: Published,
  wanted: Fields | undefined,
  host: Host,
): readonly string[] {
  const asked = HostConfig.PortBindings ?? {};
  const http = httpPorts(wanted);
  const urls = Object.keys(asked)
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1))
    .flatMap((key) => {
      // What the engine chose itself stands only in what is live.
      const live = NetworkSettings.Ports?.[key] ?? asked[key] ?? [];
      const scheme = http.has(key.split("/")[0] ?? "") ? "http" : key.endsWith("/udp") ? "udp" : "tcp";
      return live.flatMap((binding) => {
        const address = addressOf(binding.HostIp ?? "", host);
        const port = Number(binding.HostPort ?? 0);
        return address === undefined || port === 0 ? [] : [`${scheme}://${address}:${port}`];
      });
    });
  // Both kinds of addresses of one machine are one entry each, and lead to the same.
  return [...new Set(urls)];
}

/** From here: what another machine offers to itself alone cannot be opened. */
function addressOf(address: string, host: Host): string | undefined {
  const isAny = address === "" || address === "0.0.0.0" || address === "::";
  const isLoopback = address.startsWith("127.") || address === "::1";
  if (isAny) return host === undefined ? "127.0.0.1" : bracketed(host);
  return isLoopback && host !== undefined ? undefined : bracketed(address);
}

const bracketed = (address: string): string =>
  address.includes(":") && !address.startsWith("[") ? `[${address}]` : address;

/** Ports whose check is asked by http. */
function httpPorts(wanted: Fields | undefined): ReadonlySet<string> {
  const health = wanted?.["health"];
  return new Set(
    Object.values(isTable(health) ? health : {}).flatMap((probe) =>
      isTable(probe) && probe["type"] === "http" && probe["port"] !== undefined
        ? [String(probe["port"])]
        : [],
    ),
  );
}
