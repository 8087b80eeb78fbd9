import type { Json } from "../base/canonical.ts";
import type { Result } from "../base/result.ts";
import type { Refusal } from "./sockets.ts";
import type { Failure } from "./target.ts";

/** What a command and a supervisor speak with each other. Another number is another language. */
export const PROTOCOL = 1;

/** The socket of a place lies in its runtime folder. */
export function socketPath(place: { readonly runtime: string; readonly key: string }): string {
  return `${place.runtime}/${place.key}.sock`;
}

export interface Speaker {
  readonly protocol: number;
  readonly version: string;
}

/** Who a supervisor is. */
export interface Hello extends Speaker {
  readonly pid: number;
  /** UTC */
  readonly since: string;
  /** The state folder it keeps; another folder under the same path has another identity. */
  readonly home: { readonly path: string; readonly identity: string };
}

/** What a command says, one frame each. The first is its hello. */
export type Asked =
  | { readonly hello: Speaker }
  | { readonly id: number; readonly verb: string; readonly body: Json }
  | { readonly id: number; readonly cancel: true };

/** What a supervisor says, one frame each. */
export type Told =
  /** `refused`: it does not speak what was asked for, and ends. Each protocol there will ever be answers in this shape. */
  | { readonly hello: Hello; readonly refused?: string }
  | { readonly id: number; readonly event: Json }
  | { readonly id: number; readonly done: Json }
  /** Without an id: about a frame that was no request. */
  | { readonly id: number | null; readonly error: Failure }
  /** The last frame of a connection that the supervisor ends by itself: what follows is missing. */
  | { readonly cut: string };

/** How a handler answers while it works. */
export interface Reply {
  /** False where nobody takes it any more: the call is cancelled, ended, cut, or its client gone. */
  send(event: Json): boolean;
  /** When the client has caught up: whoever has much to send waits for it, and is never cut. */
  room(): Promise<void>;
  /** Aborted when the client cancels or goes, and when the supervisor ends. */
  readonly signal: AbortSignal;
}

/** Carries out one request. A verb that it does not know is a failure like any other. */
export type Handle = (verb: string, body: Json, reply: Reply) => Promise<Result<Json, Failure>>;

export interface CallOptions {
  readonly event?: (event: Json) => void;
  /** Ends the call at once on this side; the supervisor is told, and ends it when it can. */
  readonly signal?: AbortSignal;
}

export interface Connection {
  readonly hello: Hello;
  /** Many at a time; each is answered once, by its own result or by the end of the connection. */
  call(verb: string, body: Json, options?: CallOptions): Promise<Result<Json, Failure>>;
  readonly closed: Promise<void>;
  close(): void;
}

/** Why there is no connection, and what to do about it. */
export type Unreachable =
  /** Nobody is there; too slow; too many are there; not safe or not a supervisor. */
  | ({ readonly is: "absent" | "silent" | "turned away" | "refused" } & Refusal)
  | ({
      readonly is: "other protocol";
      readonly theirs: Speaker & { readonly pid?: number };
    } & Refusal);
