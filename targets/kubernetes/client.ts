import type { KubeConfig } from "@kubernetes/client-node";
import type { Agent, IncomingMessage } from "node:http";
import type { RequestOptions, request as overTls } from "node:https";
import { canonicalJson, type Json } from "../../src/base/canonical.ts";
import { connectionWords, mayConnectLater } from "../../src/base/connection-words.ts";
import { err, ok, type Result } from "../../src/base/result.ts";
import { type TwoWay, twoWay } from "../../src/base/two-way.ts";
import type { Diagnostic } from "../../src/model/diagnostic.ts";
import type { Files } from "../../src/model/system.ts";
import type { Failure } from "../../src/model/target.ts";
import { choose, type Choice, type Environment } from "./kubeconfig.ts";

/** One namespace of a cluster, as whom the kubeconfig says. */
export interface Cluster {
  /** Without credentials. */
  readonly server: string;
  readonly context: string;
  /** The one that was asked for, else that of the context, else `default`. */
  readonly namespace: string;
  request(method: Method, path: string, options?: RequestExtra): Promise<Answer>;
  /** What comes as it comes, such as a log that is followed. It ends with the signal, or when the connection does. */
  stream(
    path: string,
    query: Query,
    signal: AbortSignal,
  ): Promise<Result<AsyncIterable<Uint8Array>, Failure>>;
  /** The connection itself, in the other words that were asked for; or what the cluster answered instead. */
  upgrade(
    path: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Result<Upgraded, Answer>>;
  close(): void;
}

export interface Upgraded {
  readonly line: TwoWay;
  /** With names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
}

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
export type Query = Readonly<Record<string, string | number | boolean>>;

export interface RequestExtra {
  readonly query?: Query;
  readonly body?: Json;
  /** Of the body: `application/json` unless it is said. */
  readonly contentType?: string;
  /** Of the answer: the same. */
  readonly accept?: string;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

export type Answer =
  | {
      readonly is: "answer";
      readonly status: number;
      readonly body: Json;
      /** What time it was there, to the second. */
      readonly date?: string;
    }
  /** Nobody can tell whether it was carried out. */
  | { readonly is: "lost"; readonly why: string };

/** So many connections are kept and used again; more requests wait. */
const CONNECTIONS = 32;
const ANSWER_MS = 30_000;

/** Finds the cluster, and asks it nothing. */
export async function connect(
  choice: Choice,
  environment: Environment,
  files?: Files,
): Promise<Result<Cluster, Diagnostic>> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const chosen = choose(() => new KubeConfig(), choice, environment, files);
  if (!chosen.ok) return chosen;
  const { config, server, context, namespace } = chosen.value;
  const url = new URL(server);
  const shown = `${url.protocol}//${url.host}${url.pathname.replace(/\/$/, "")}`;
  const isPlain = url.protocol === "http:";
  const { Agent, request } = isPlain ? await import("node:http") : await import("node:https");
  const trace = environment["AAC_TRACE_REQUESTS"];
  const wire: Wire = {
    base: server.replace(/\/$/, ""),
    config,
    isProxied: config.getCurrentCluster()?.proxyUrl !== undefined,
    short: new Agent({ keepAlive: true, maxSockets: CONNECTIONS }),
    // What is followed holds its connection, and must not hold up the rest.
    long: new Agent({ keepAlive: false }),
    open: request,
    signIn: undefined,
    note: (line) => {
      if (trace !== undefined && trace !== "") files?.append(trace, `${line}\n`);
    },
  };
  return ok({
    server: shown,
    context,
    namespace,
    request: (method, path, options = {}) => ask(wire, method, path, options),
    stream: (path, query, signal) => follow(wire, path, query, signal),
    upgrade: (path, headers, signal) => upgrade(wire, path, headers, signal),
    close: () => {
      wire.short.destroy();
      wire.long.destroy();
    },
  });
}

interface Wire {
  readonly base: string;
  readonly config: KubeConfig;
  readonly isProxied: boolean;
  readonly short: Agent;
  readonly long: Agent;
  readonly open: typeof overTls;
  /** Under way: requests that begin together sign in once. */
  signIn: Promise<RequestOptions> | undefined;
  readonly note: (line: string) => void;
}

/** Before each request, because tokens run out: what is still good is kept by the library. */
function signedIn(wire: Wire): Promise<RequestOptions> {
  const found: RequestOptions = {};
  wire.signIn ??= wire.config
    .applyToHTTPSOptions(found)
    .then(() => found)
    .finally(() => {
      wire.signIn = undefined;
    });
  return wire.signIn;
}

async function ask(wire: Wire, method: Method, path: string, options: RequestExtra): Promise<Answer> {
  const late = AbortSignal.timeout(options.timeoutMs ?? ANSWER_MS);
  const signal = options.signal === undefined ? late : AbortSignal.any([late, options.signal]);
  try {
    const response = await send(wire, { ...options, method, path, signal, agent: wire.short });
    const { date } = response.headers;
    const body = jsonOf(await textOf(response));
    return { is: "answer", status: response.statusCode ?? 0, body, ...(date === undefined ? {} : { date }) };
  } catch (error) {
    return { is: "lost", why: whyOf(error) };
  }
}

async function follow(
  wire: Wire,
  path: string,
  query: Query,
  signal: AbortSignal,
): Promise<Result<AsyncIterable<Uint8Array>, Failure>> {
  try {
    const response = await send(wire, { method: "GET", path, query, signal, agent: wire.long });
    const status = response.statusCode ?? 0;
    if (status < 300) return ok(untilCut(response));
    const body = jsonOf(await textOf(response));
    const said = typeof body === "object" && body !== null && "message" in body ? body.message : undefined;
    const message = typeof said === "string" ? said : `the cluster answers with status ${status}`;
    return err({ message, lines: [], passing: status === 429 || status >= 500 });
  } catch (error) {
    return err({ message: whyOf(error), lines: [], passing: mayConnectLater(codeOf(error)) });
  }
}

/** Whoever needs more asks again: a connection that is cut is no fault of the stream. */
async function* untilCut(response: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response) if (chunk instanceof Uint8Array) yield chunk;
  } catch {
    return;
  }
}

/** What stays open afterwards must not end with the time for an answer. */
async function upgrade(
  wire: Wire,
  path: string,
  asked: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Result<Upgraded, Answer>> {
  const begun = new AbortController();
  const stop = (): void => begun.abort();
  const late = AbortSignal.timeout(ANSWER_MS);
  late.addEventListener("abort", stop);
  signal.addEventListener("abort", stop);
  try {
    const { agent: proxied, headers, ...secrets } = await signedIn(wire);
    signal.throwIfAborted();
    wire.note(`GET ${path}`);
    const request = wire.open(`${wire.base}${path}`, {
      ...secrets,
      method: "GET",
      signal: begun.signal,
      agent: wire.isProxied ? proxied : wire.long,
      headers: { ...Object.fromEntries(Object.entries(headers ?? {})), "user-agent": "aac", ...asked },
    });
    return await new Promise((resolve, reject) => {
      request.on("error", reject);
      request.on("upgrade", (response, socket, head) => {
        if (head.length > 0) socket.unshift(head);
        socket.on("error", () => undefined);
        const given = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
        resolve(ok({ line: twoWay(socket), headers: Object.fromEntries(given) }));
      });
      request.on("response", (response) => {
        const status = response.statusCode ?? 0;
        textOf(response).then((text) => resolve(err({ is: "answer", status, body: jsonOf(text) })), reject);
      });
      request.end();
    });
  } catch (error) {
    return err({ is: "lost", why: late.aborted ? "no answer in time" : whyOf(error) });
  } finally {
    late.removeEventListener("abort", stop);
    signal.removeEventListener("abort", stop);
  }
}

interface Sent {
  readonly method: Method;
  readonly path: string;
  readonly query?: Query;
  readonly body?: Json;
  readonly contentType?: string;
  readonly accept?: string;
  readonly signal: AbortSignal;
  readonly agent: Agent;
}

async function send(wire: Wire, sent: Sent, isAgain = false): Promise<IncomingMessage> {
  const { agent: proxied, headers, ...secrets } = await signedIn(wire);
  const query = new URLSearchParams(
    Object.entries(sent.query ?? {}).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
  const address = `${sent.path}${query === "" ? "" : `?${query}`}`;
  const body = sent.body === undefined ? undefined : canonicalJson(sent.body);
  const options: RequestOptions = {
    ...secrets,
    method: sent.method,
    signal: sent.signal,
    agent: wire.isProxied ? proxied : sent.agent,
    headers: {
      ...Object.fromEntries(Object.entries(headers ?? {})),
      accept: sent.accept ?? "application/json",
      "user-agent": "aac",
      ...(body === undefined
        ? {}
        : {
            "content-type": sent.contentType ?? "application/json",
            "content-length": new TextEncoder().encode(body).length,
          }),
    },
  };
  wire.note(`${sent.method} ${address}`);
  return new Promise((resolve, reject) => {
    const request = wire.open(`${wire.base}${address}`, options, resolve);
    request.on("error", (error) => {
      // A kept connection that the other side gave up at the same moment. All but a POST can be said twice.
      const isStale = request.reusedSocket && /^(?:ECONNRESET|EPIPE)$/.test(codeOf(error));
      if (isStale && sent.method !== "POST" && !isAgain) resolve(send(wire, sent, true));
      else reject(error);
    });
    request.end(body);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response)
    if (chunk instanceof Uint8Array) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}

/** What is no JSON, such as the lines of a log, stays text. */
function jsonOf(text: string): Json {
  if (text === "") return null;
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";

function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error && error.cause.name === "TimeoutError") return "no answer in time";
  if (error.name === "AbortError") return "it was stopped";
  const words = connectionWords(codeOf(error));
  // Certificates and programs that sign in are named by the kubeconfig.
  if (words !== undefined && "path" in error) return `${String(error.path)}: ${words}`;
  // Such programs explain themselves at length, and say what to do at the end.
  const last = error.message
    .split("\n")
    .map((line) => line.trim())
    .findLast((line) => line !== "");
  return words ?? last ?? error.name;
}
