import { isLoopbackAddress } from "../../../src/base/loopback.ts";
import type { Fields } from "../../../src/model/resource.ts";
import { hostOf } from "../verbs/addresses.ts";
import type { Engine } from "../engine.ts";
import type { Container } from "../live/look.ts";
import { type Answer, checkOf } from "../verbs/status.ts";

/** Whoever asks for a status does not want to wait as long as an apply does. */
export const PATIENCE_MS = 2000;

/** The answer of one that nothing inside could ask; undefined where there is no such check, or no way leads there. */
export async function answerOf(
  engine: Engine,
  container: Container,
  asked: Fields | undefined,
): Promise<Answer | undefined> {
  const check = checkOf(asked);
  if (check.is !== "outside") return undefined;
  const to = wayTo(engine, container, check.probe.port);
  if (to === undefined) return undefined;
  const { clock, net } = engine.system;
  const timeoutMs = Math.min(check.timeoutMs, PATIENCE_MS);
  if (check.probe.type === "tcp") {
    const opened = await net.connect(to.host, to.port, timeoutMs);
    return opened.is === "open"
      ? { ok: true, text: "it accepts connections" }
      : { ok: false, text: opened.why };
  }
  const began = clock.now();
  const got = await net.get({ ...to, path: check.probe.path, timeoutMs });
  if (got.is === "failed") return { ok: false, text: got.why };
  return {
    ok: got.status >= 200 && got.status < 400,
    text: `${got.status} in ${Math.round(clock.now() - began)} ms`,
  };
}

/** Where it is published; else, on the same machine, its own address in its network. */
function wayTo(
  engine: Engine,
  { HostConfig, NetworkSettings }: Container,
  port: number,
): { readonly host: string; readonly port: number } | undefined {
  const remote = hostOf(engine);
  const [published] = NetworkSettings.Ports?.[`${port}/tcp`] ?? [];
  if (published !== undefined) {
    const { HostIp, HostPort } = published;
    const host = isAny(HostIp) ? (remote ?? "127.0.0.1") : HostIp;
    return remote !== undefined && isLoopbackAddress(host) ? undefined : { host, port: Number(HostPort) };
  }
  // Elsewhere than on Linux an engine lives in a machine of its own, whose networks cannot be reached.
  if (remote !== undefined || engine.system.host.platform !== "linux") return undefined;
  if (HostConfig.NetworkMode === "host") return { host: "127.0.0.1", port };
  const address = Object.values(NetworkSettings.Networks).find(({ IPAddress }) => IPAddress !== "");
  return address === undefined ? undefined : { host: address.IPAddress, port };
}

const isAny = (address: string): boolean => address === "" || address === "0.0.0.0" || address === "::";
