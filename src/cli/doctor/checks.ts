import type { Check, Finding } from "../../model/doctor.ts";
import type { Clock } from "../../model/system.ts";
import { worldFault } from "../world-fault.ts";

/** So long is waited for each; what hangs is told, and does not hold up the others. */
const PATIENCE_MS = 3000;
/** An answer that came while this program itself was busy lies there unread when the time is up: it is read first. */
const GRACE_MS = 200;

/** All at the same time; the findings come in the order of the checks. */
export async function looked(clock: Clock, checks: readonly Check[]): Promise<readonly Finding[]> {
  return (await Promise.all(checks.map((check) => one(clock, check)))).flat();
}

function one(clock: Clock, { about, look }: Check): Promise<readonly Finding[]> {
  const over = new AbortController();
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      over.abort();
      resolve([{ about, is: "fail", found: `no answer within ${PATIENCE_MS / 1000} s` }]);
    };
    let cancel = clock.after(PATIENCE_MS, () => {
      cancel = clock.after(GRACE_MS, giveUp);
    });
    look(over.signal).then(
      (findings) => {
        cancel();
        resolve(findings);
      },
      (error: unknown) => {
        cancel();
        const fault = worldFault(error);
        if (fault === undefined) reject(error);
        else resolve([{ about, is: "fail", found: fault.message, repair: fault.repair }]);
      },
    );
  });
}
