import type Docker from "dockerode";
import { connectionWords, mayConnectLater } from "../../src/base/connection-words.ts";
import { err, ok, type Result } from "../../src/base/result.ts";
import type { Diagnostic } from "../../src/model/diagnostic.ts";
import type { Files } from "../../src/model/system.ts";
import { type Endpoint, type Environment, findEndpoint, unreachable } from "./endpoint.ts";

export type { default as Docker } from "dockerode";

/** An engine that answers. */
export interface Connected {
  readonly docker: Docker;
  /** The address as people write it, without credentials. */
  readonly where: string;
  /** On this machine: its published ports can be reached at a loopback address. */
  readonly isLocal: boolean;
  /** The engine's own: it stays when the address changes. */
  readonly id: string;
}

export interface Failed {
  readonly message: string;
  /** What the engine answered with; absent where it did not answer. */
  readonly status?: number;
  /** Trying again may help. */
  readonly passing: boolean;
}

const ANSWER_MS = 5000;

/**
 * Asks the engine who it is: one request, and the only one that is made here. `meanwhile` begins what can be asked
 * before that is answered, which takes an engine longer than most answers.
 */
export async function connect(
  environment: Environment,
  files: Files,
  meanwhile: (docker: Docker) => void = () => undefined,
): Promise<Result<Connected, Diagnostic>> {
  const found = findEndpoint(environment, files);
  if (!found.ok) return found;
  const { where, isLocal } = found.value;
  try {
    const { default: Engine } = await import("dockerode");
    const docker = new Engine(optionsFor(found.value));
    passThrough(docker.modem, environment["AAC_TRACE_REQUESTS"], files);
    const asked = askWho(docker.modem);
    meanwhile(docker);
    const info = await asked;
    const id = typeof info === "object" && info !== null && "ID" in info ? info.ID : undefined;
    if (typeof id !== "string" || id === "")
      return err(
        unreachable(`what answers at ${where} is no docker engine`, [
          "name the engine with DOCKER_HOST or `docker context use NAME`",
        ]),
      );
    return ok({ docker, where, isLocal, id });
  } catch (error) {
    return err(silent(found.value, error));
  }
}

/** By hand: the library's own `info` would wait for ever. */
function askWho(modem: Modem): Promise<unknown> {
  return new Promise((resolve, reject) => {
    modem.dial(
      {
        path: "/info",
        method: "GET",
        statusCodes: { 200: true },
        abortSignal: AbortSignal.timeout(ANSWER_MS),
      },
      (error, value) => {
        if (error === null) resolve(value);
        else reject(error);
      },
    );
  });
}

function silent({ where, to }: Endpoint, error: unknown): Diagnostic {
  const { message, status } = failureOf(error);
  if (status !== undefined) return unreachable(`the docker engine at ${where} refuses: ${message}`, []);
  const isLocked = to.is === "socket" && message === connectionWords("EACCES");
  return unreachable(`the docker engine at ${where} does not answer: ${message}`, [
    isLocked
      ? "your user may not open it: join the group that owns the socket, which is mostly `docker`"
      : "start it, or name another with DOCKER_HOST or `docker context use NAME`",
  ]);
}

/** The library fills in what it finds in the environment itself, unless each of these is there. */
function optionsFor({ to }: Endpoint): Docker.DockerOptions {
  if (to.is === "socket")
    return {
      socketPath: to.path,
      host: undefined,
      port: undefined,
      protocol: "http",
      ca: undefined,
      cert: undefined,
      key: undefined,
      timeout: undefined,
    };
  return {
    socketPath: undefined,
    host: to.host,
    port: to.port,
    protocol: to.tls === undefined ? "http" : "https",
    ca: to.tls?.ca,
    cert: to.tls?.cert,
    key: to.tls?.key,
    timeout: undefined,
  };
}

type Options = Readonly<Record<string, unknown>>;

interface Dialled {
  readonly path: string;
  readonly method?: string;
  options?: Options;
  readonly statusCodes: Readonly<Record<number, string | boolean>>;
  readonly abortSignal?: AbortSignal;
}

interface Modem {
  dial(request: Dialled, answered: (error: Error | null, value: unknown) => void): void;
}

/**
 * The library writes the body of a request into its address too, where engines and proxies log it with every
 * variable. What belongs where can be told by the names: those of bodies begin with a capital.
 */
function passThrough(modem: Modem, trace: string | undefined, files: Files): void {
  const dial = modem.dial.bind(modem);
  modem.dial = (request, answered) => {
    const { method = "GET", path, options = {} } = request;
    const given = Object.entries(options).filter(([name]) => name !== "abortSignal" && name !== "authconfig");
    const isMixed =
      method === "POST" &&
      path.endsWith("?") &&
      !("_query" in options) &&
      given.some(([name]) => /^[A-Z]/.test(name));
    const query = isMixed
      ? Object.fromEntries(given.filter(([name]) => !/^[A-Z]/.test(name)))
      : (options["_query"] ?? Object.fromEntries(given));
    if (isMixed) {
      const body = Object.fromEntries(given.filter(([name]) => /^[A-Z]/.test(name)));
      request.options = { _query: query, _body: body };
    }
    if (trace !== undefined && trace !== "")
      files.append(trace, `${method} ${path.replace(/\?$/, "")}${path.endsWith("?") ? shown(query) : ""}\n`);
    dial(request, answered);
  };
}

function shown(query: unknown): string {
  if (typeof query !== "object" || query === null) return "";
  const parts = Object.entries(query).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [`${name}=${encodeURIComponent(typeof value === "object" ? JSON.stringify(value) : String(value))}`],
  );
  return parts.length === 0 ? "" : `?${parts.sort().join("&")}`;
}

/** What went wrong with a request, in the engine's own words where it has some. */
export function failureOf(error: unknown): Failed {
  if (!(error instanceof Error)) return { message: String(error), passing: false };
  const status = "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : undefined;
  if (status === undefined) {
    const code = "code" in error && typeof error.code === "string" ? error.code : "";
    const isLate = code === "ABORT_ERR";
    const message = connectionWords(isLate ? "ETIMEDOUT" : code) ?? (error.message || code);
    // A file of ours, such as a certificate, and not what is at the address.
    const isFile = "syscall" in error && error.syscall === "open" && "path" in error;
    return {
      message: isFile ? `${String(error.path)}: ${message}` : message,
      passing: isLate || mayConnectLater(code),
    };
  }
  const json = "json" in error ? error.json : undefined;
  const said =
    typeof json === "object" && json !== null && "message" in json && typeof json.message === "string"
      ? json.message
      : error.message.replace(/^\(HTTP code \d+\) [^-]* - /, "");
  const passing =
    status === 429 || (status > 500 && status < 505) || (status >= 409 && PASSING_WORDS.test(said));
  return { message: said.trim() || `it answers with status ${status}`, status, passing };
}

/** An engine says these with the same status as what will never work. */
const PASSING_WORDS = /already in progress|timeout|connection reset|try again|temporar/i;
