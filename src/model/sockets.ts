import type { Result } from "../base/result.ts";

/** Sockets that only this user can reach, in a folder that only this user can change. */
export interface Sockets {
  /**
   * Makes the folder (0700) and the socket (0600). What is left of a listener that died is taken away; one that
   * lives is not. Whoever calls holds the lock of the place, so nobody else does the same meanwhile.
   */
  listen(path: string, accept: (wire: Wire) => void): Promise<Result<Listener, ListenRefusal>>;
  connect(path: string, timeoutMs: number): Promise<Result<Wire, ConnectRefusal>>;
}

export interface Listener {
  /** Takes no more, and removes the socket; open wires stay. */
  close(): void;
}

/** Why a socket is not used, and what a person can do about it: each one line. */
export interface Refusal {
  readonly why: string;
  readonly repair: string;
}

export type ListenRefusal =
  /** Somebody answers there already. */
  ({ readonly is: "in use" } & Refusal) | ({ readonly is: "refused" } & Refusal);

export type ConnectRefusal =
  /** No socket, or nobody behind it. */
  | { readonly is: "absent" }
  /** Somebody is there and does not take the connection. */
  | { readonly is: "busy" }
  | ({ readonly is: "refused" } & Refusal);

/** One connection: bytes in both directions. */
export interface Wire {
  /** Called once, before anything else. */
  listen(ear: Ear): void;
  write(bytes: Uint8Array): void;
  /** Bytes that wait behind those which the other side is taking at the moment. */
  waiting(): number;
  /** Takes nothing from the other side until `resume`. */
  pause(): void;
  resume(): void;
  /** Told once when nothing has come or gone for so long; returns how to be told no more. */
  quiet(millis: number, run: () => void): () => void;
  /** Says that nothing more follows, after all that waits; still hears what comes. */
  end(): void;
  destroy(): void;
}

export interface Ear {
  bytes(chunk: Uint8Array): void;
  /** The other side has taken something: less waits now. */
  drained(): void;
  /** Once, and last: the other side has ended or gone. */
  closed(): void;
}
