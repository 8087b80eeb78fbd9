import { aside } from "../../model/aside.ts";
import { type Diagnostic, diagnostic } from "../../model/diagnostic.ts";
import type { Place } from "../../model/target.ts";
import { type Lock, takeLock } from "../../state/lock.ts";
import { system } from "../../system/system.ts";

/** One writer a place. Whoever waits asks again until the time that was given is over. */
export async function lock(
  place: Place,
  wait: number,
): Promise<{ readonly release: () => void } | { readonly fault: Diagnostic }> {
  const { files, clock, host } = system;
  const deadline = clock.now() + wait;
  for (;;) {
    const taken: Lock = takeLock(files, place.home, {
      pid: host.pid,
      host: host.name,
      command: ["aac", ...process.argv.slice(2)].join(" "),
      since: clock.wall(),
    });
    if (taken.is === "held") return taken;
    if (taken.is === "refused")
      return {
        fault: diagnostic("AAC4005", undefined, `${taken.path} ${taken.why}`, {
          notes: [
            "nothing was changed",
            "make room, or take care that you may write there",
            `if it is no lock of ours, move it aside: ${aside(files, taken.path)}`,
          ],
        }),
      };
    if (clock.now() >= deadline) {
      const { holder } = taken;
      const who =
        holder === undefined
          ? "somebody who has just begun"
          : `pid ${holder.pid} on ${holder.host}, since ${holder.since}: ${holder.command}`;
      return {
        fault: diagnostic("AAC4001", undefined, `${place.project} is being changed by ${who}`, {
          notes: ["nothing was changed", "wait for it: --lock-timeout 5m; the lock ends with its process"],
        }),
      };
    }
    await new Promise<void>((resolve) => void clock.after(100, resolve));
  }
}
