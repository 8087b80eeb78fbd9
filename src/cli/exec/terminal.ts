import { inbox } from "../../base/two-way.ts";
import type { ExecTerminal } from "../../model/operates.ts";

/** The terminal of this program, for a command that gets one of its own. */
export function ownTerminal(environment: Readonly<Record<string, string | undefined>>): ExecTerminal {
  const { stdout } = process;
  return {
    kind: environment["TERM"],
    size: () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 }),
    resized(tell) {
      stdout.on("resize", tell);
      return () => void stdout.off("resize", tell);
    },
    raw() {
      const { stdin } = process;
      const set = (isRaw: boolean): void => {
        // One that is gone has nothing to be set.
        if (!stdin.destroyed) stdin.setRawMode(isRaw);
      };
      // Whoever halts this program sets the terminal for himself meanwhile.
      const again = (): void => {
        set(false);
        set(true);
      };
      const leave = (): void => set(false);
      // A terminal that was closed meanwhile cannot be set, and says so.
      stdin.on("error", () => undefined);
      set(true);
      process.on("SIGCONT", again);
      process.on("exit", leave);
      return () => {
        process.off("SIGCONT", again);
        process.off("exit", leave);
        leave();
      };
    },
  };
}

/** Standard input, read no sooner than somebody takes it; a program that shares it may never want to. */
export function ownInput(): { readonly bytes: AsyncIterable<Uint8Array>; readonly end: () => void } {
  let end = (): void => undefined;
  const begin = (): AsyncIterator<Uint8Array> => {
    const { stdin } = process;
    const { bytes, put, end: over } = inbox((isFull) => void (isFull ? stdin.pause() : stdin.resume()));
    // A screen that was up before has left its encoding behind.
    const take = (chunk: Uint8Array | string): void =>
      put(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
    // One that somebody has paused does not flow by being listened to.
    stdin.on("data", take).once("end", over).once("error", over).resume();
    end = () => {
      stdin.off("data", take).off("end", over).pause();
      over();
    };
    return bytes[Symbol.asyncIterator]();
  };
  return { bytes: { [Symbol.asyncIterator]: begin }, end: () => end() };
}

/** Bytes as they are, at the pace of whoever reads them; told when nobody does any more. */
export function ownOutput(
  gone: () => void,
): (bytes: Uint8Array, stream: "stdout" | "stderr") => Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", gone);
  return (bytes, stream) =>
    new Promise((resolve) => {
      process[stream].write(bytes, () => resolve());
    });
}
