import { type SocketLike, type TwoWay, twoWay } from "../../../src/base/two-way.ts";
import type { Docker } from "../client.ts";

/** A request in the engine's own words, for what the library has no word for or leaves out of the answer. */
export interface Request {
  readonly method: "GET" | "POST";
  /** Below the root, without a query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** A tar archive in the place of a body. */
  readonly archive?: Uint8Array;
  readonly signal?: AbortSignal;
}

export function request(docker: Docker, asked: Request): Promise<unknown> {
  return send(docker, asked, "whole");
}

/** The connection itself: what is written goes to whatever the request has started. */
export async function hijack(docker: Docker, asked: Request): Promise<TwoWay> {
  const answer = await send(docker, asked, "hijack");
  if (!isSocket(answer)) throw new Error(`${asked.path} gave no connection`);
  return twoWay(answer);
}

const isSocket = (value: unknown): value is SocketLike =>
  typeof value === "object" && value !== null && "write" in value && "pause" in value && "destroy" in value;

/** The answer as it comes, piece by piece. */
export async function stream(docker: Docker, asked: Request): Promise<AsyncIterable<Uint8Array>> {
  const answer = await send(docker, asked, "stream");
  if (!isStream(answer)) throw new Error(`${asked.path} gave no stream`);
  return answer;
}

const isStream = (value: unknown): value is AsyncIterable<Uint8Array> =>
  typeof value === "object" && value !== null && Symbol.asyncIterator in value;

const DONE = { 200: true, 201: true, 204: true };

interface Modem {
  dial(request: object, answered: (error: Error | null, value: unknown) => void): void;
}

function send(
  { modem }: { readonly modem: Modem },
  asked: Request,
  as: "whole" | "stream" | "hijack",
): Promise<unknown> {
  const { method, path, query = {}, body = {}, archive, signal } = asked;
  return new Promise((resolve, reject) => {
    modem.dial(
      {
        path: `${path}?`,
        method,
        options: { _query: query, _body: body },
        ...(archive === undefined
          ? {}
          : { file: Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength) }),
        ...(signal === undefined ? {} : { abortSignal: signal }),
        isStream: as !== "whole",
        ...(as === "hijack" ? { hijack: true } : {}),
        statusCodes: DONE,
      },
      (error, value) => {
        if (error === null || error === undefined) resolve(value);
        else reject(error);
      },
    );
  });
}
