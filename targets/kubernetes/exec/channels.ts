import type { Json } from "../../../src/base/canonical.ts";
import { unstartable } from "../../../src/wanted/unstartable.ts";
import { listAt, textAt } from "../answers.ts";
import { joined } from "./frames.ts";

/** What the first byte of a message says. Pure. */
export const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, end: 3, size: 4, close: 255 } as const;

/** The later one can say that the input has ended. */
export const PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"] as const;
export const canEndInput = (protocol: string): boolean => protocol === PROTOCOLS[0];

export const message = (channel: number, bytes: Uint8Array): Uint8Array =>
  joined([Uint8Array.of(channel), bytes]);

export const END_OF_INPUT = Uint8Array.of(CHANNEL.close, CHANNEL.stdin);

export const sizeMessage = (size: { readonly columns: number; readonly rows: number }): Uint8Array =>
  message(CHANNEL.size, new TextEncoder().encode(JSON.stringify({ Width: size.columns, Height: size.rows })));

/** How a command ended, or that it was never started. */
export interface Ending {
  readonly code: number;
  /** Where it is not the command that says so. */
  readonly why?: string;
}

/** Of the last message of a command; undefined where the cluster says something else than how it ended. */
export function endingIn(status: Json): Ending | undefined {
  if (textAt(status, "status") === "Success") return { code: 0 };
  if (textAt(status, "reason") === "NonZeroExitCode") {
    const code = listAt(status, "details", "causes").find((one) => textAt(one, "reason") === "ExitCode");
    const number = Number(textAt(code, "message") ?? "");
    return { code: Number.isInteger(number) && number > 0 ? number : 1 };
  }
  const fault = unstartable(textAt(status, "message") ?? "");
  return fault === undefined ? undefined : { code: fault.code, why: fault.why };
}
