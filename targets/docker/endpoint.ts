import type { Json } from "../../src/base/canonical.ts";
import { isLoopbackAddress } from "../../src/base/loopback.ts";
import { err, ok, type Result } from "../../src/base/result.ts";
import { type Diagnostic, diagnostic } from "../../src/model/diagnostic.ts";
import type { Files } from "../../src/model/system.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where an engine is, found as `docker` finds it. */
export interface Endpoint {
  /** Without credentials. */
  readonly where: string;
  readonly isLocal: boolean;
  readonly to:
    | { readonly is: "socket"; readonly path: string }
    | {
        readonly is: "network";
        readonly host: string;
        readonly port: number;
        readonly tls?: Certificates;
      };
}

/** What is absent is not asked for, or is the system's. */
export interface Certificates {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

interface Found {
  readonly host: string;
  readonly tls?: Certificates | undefined;
}

const DEFAULT_HOST = "unix:///var/run/docker.sock";
const LIMIT = 1024 * 1024;

/** `DOCKER_HOST`, else the context that is named, else the one in use, else the usual socket. */
export function findEndpoint(environment: Environment, files: Files): Result<Endpoint, Diagnostic> {
  const home = environment["HOME"] ?? environment["USERPROFILE"] ?? "";
  const folder = environment["DOCKER_CONFIG"] || `${home}/.docker`;
  const host = environment["DOCKER_HOST"];
  if (host !== undefined && host !== "") {
    const certificates = certificatesIn(environment["DOCKER_CERT_PATH"] || folder, files);
    return endpointOf(
      { host, tls: environment["DOCKER_TLS_VERIFY"] ? certificates : undefined },
      certificates,
    );
  }
  const context =
    environment["DOCKER_CONTEXT"] || textOf(at(read(`${folder}/config.json`, files), "currentContext"));
  if (context === undefined || context === "" || context === "default")
    return endpointOf({ host: DEFAULT_HOST });
  const found = contextOf(context, folder, files);
  return found.ok ? endpointOf(found.value) : found;
}

/** The folder of a context is named by a digest of its name; what is in it says the name itself. */
function contextOf(name: string, folder: string, files: Files): Result<Found, Diagnostic> {
  for (const entry of files.list(`${folder}/contexts/meta`)) {
    const meta = read(`${folder}/contexts/meta/${entry.name}/meta.json`, files);
    if (at(meta, "Name") !== name) continue;
    const endpoint = at(at(meta, "Endpoints"), "docker");
    const host = textOf(at(endpoint, "Host")) ?? DEFAULT_HOST;
    if (at(endpoint, "SkipTLSVerify") === true)
      return err(
        unreachable(`the docker context \`${name}\` asks not to check who answers, and aac always does`, [
          `give it the engine's authority: docker context update ${name} --docker host=…,ca=…`,
        ]),
      );
    const tls = certificatesIn(`${folder}/contexts/tls/${entry.name}/docker`, files);
    return ok({ host, tls: Object.keys(tls).length === 0 ? undefined : tls });
  }
  return err(
    unreachable(`the docker context \`${name}\` is not there`, [
      "see which there are: docker context ls",
      "choose one with DOCKER_CONTEXT or `docker context use NAME`",
    ]),
  );
}

function endpointOf({ host, tls }: Found, usual: Certificates = {}): Result<Endpoint, Diagnostic> {
  const socket = /^(?:unix|npipe):\/\/(?<path>.*)$/.exec(host)?.groups?.["path"];
  if (socket !== undefined)
    return ok({
      where: host,
      isLocal: true,
      to: { is: "socket", path: socket || DEFAULT_HOST.slice("unix://".length) },
    });
  const text = host.includes("://") ? host : `tcp://${host}`;
  if (!URL.canParse(text))
    return err(
      unreachable("the address of the docker engine cannot be read", [
        "write it as unix:///var/run/docker.sock or tcp://HOST:2376, in DOCKER_HOST or in the docker context",
      ]),
    );
  const url = new URL(text);
  const where = `${url.protocol}//${url.host}`;
  if (url.protocol === "ssh:")
    return err(
      unreachable(`the docker engine at ${where} is behind ssh, which aac does not speak`, [
        `forward its socket: ssh -nNT -L /tmp/engine.sock:/var/run/docker.sock ${url.hostname}`,
        "then DOCKER_HOST=unix:///tmp/engine.sock",
      ]),
    );
  if (url.protocol !== "tcp:" && url.protocol !== "http:" && url.protocol !== "https:")
    return err(
      unreachable(`the docker engine at ${where} cannot be reached: only unix, npipe and tcp are spoken`, [
        "write it as unix:///var/run/docker.sock or tcp://HOST:2376",
      ]),
    );
  const isSecret = tls !== undefined || url.protocol === "https:" || url.port === "2376";
  const port = url.port === "" ? (isSecret ? 2376 : 2375) : Number(url.port);
  const name = url.hostname.replace(/^\[|\]$/g, "");
  return ok({
    where,
    isLocal: isLoopbackAddress(name),
    to: { is: "network", host: name, port, ...(isSecret ? { tls: tls ?? usual } : {}) },
  });
}

function certificatesIn(folder: string, files: Files): Certificates {
  const found: { ca?: string; cert?: string; key?: string } = {};
  for (const name of ["ca", "cert", "key"] as const) {
    const file = files.read(`${folder}/${name}.pem`, LIMIT);
    if (file.is === "read") found[name] = new TextDecoder().decode(file.bytes);
  }
  return found;
}

export const unreachable = (message: string, notes: readonly string[]): Diagnostic =>
  diagnostic("AAC4011", undefined, message, { notes });

function read(path: string, files: Files): Json | undefined {
  const file = files.read(path, LIMIT);
  if (file.is !== "read") return undefined;
  try {
    const value: Json = JSON.parse(new TextDecoder().decode(file.bytes));
    return value;
  } catch {
    return undefined;
  }
}

type Table = { readonly [key: string]: Json | undefined };
const isTable = (value: Json | undefined): value is Table =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const at = (value: Json | undefined, key: string): Json | undefined =>
  isTable(value) ? value[key] : undefined;

const textOf = (value: Json | undefined): string | undefined =>
  typeof value === "string" ? value : undefined;
