import { err, ok, type Result } from "../../../src/base/result.ts";
import type { Json } from "../../../src/base/canonical.ts";
import type { Connection } from "../../../src/model/control.ts";
import type { SlotStatus } from "../../../src/model/supervision.ts";
import type { Clock } from "../../../src/model/system.ts";
import type { Failure, StepContext } from "../../../src/model/target.ts";

/** So often may an agent fail while an apply waits for it: more tries would only make people wait. */
const FAILED_STARTS = 3;
/** What waits in a connection is read within this. */
const HEARD_MS = 50;

export interface Wait {
  readonly agent: string;
  readonly timeoutMs: number;
  /** What its health check asks, for the line that says what is waited for. */
  readonly condition: string;
  readonly lastLines: (count: number) => Promise<readonly string[]>;
}

/** All statuses of a place as they change, for as long as somebody waits. */
export interface Watched {
  readonly statuses: ReadonlyMap<string, SlotStatus>;
  /** Told after each change; returns how to stop. */
  listen(changed: () => void): () => void;
  readonly broken: Promise<void>;
}

export function watchStatuses(connection: Connection): Watched {
  const statuses = new Map<string, SlotStatus>();
  const ears = new Set<() => void>();
  const broken = connection
    .call("watch", null, {
      event: (event) => {
        take(event, statuses);
        for (const ear of ears) ear();
      },
    })
    .then(() => undefined);
  return {
    statuses,
    listen(changed) {
      ears.add(changed);
      return () => ears.delete(changed);
    },
    broken,
  };
}

function take(event: Json, statuses: Map<string, SlotStatus>): void {
  if (typeof event !== "object" || event === null || Array.isArray(event)) return;
  const told = event as {
    readonly all?: readonly SlotStatus[];
    readonly gone?: string;
    readonly agent?: string;
  };
  if (told.all !== undefined) for (const one of told.all) statuses.set(one.agent, one);
  else if (told.gone !== undefined) statuses.delete(told.gone);
  else if (told.agent !== undefined) statuses.set(told.agent, event as unknown as SlotStatus);
}

/** Until an agent is ready. A crash tells its status and its last lines, and what cannot come up fails in seconds. */
export function untilReady(
  watched: Watched,
  wait: Wait,
  clock: Clock,
  context: Pick<StepContext, "signal" | "report">,
): Promise<Result<void, Failure>> {
  const began = clock.now();
  let failures = 0;
  let lastRun: string | undefined;
  let said: string | undefined;
  const heldBefore = watched.statuses.get(wait.agent)?.hold?.since;
  return new Promise((resolve) => {
    const end = (result: Result<void, Failure>): void => {
      stop();
      cancel();
      context.signal.removeEventListener("abort", aborted);
      resolve(result);
    };
    const fail = async (message: string): Promise<void> => {
      stop();
      end(err({ message, lines: await wait.lastLines(20), passing: false }));
    };
    const look = (): void => {
      const status = watched.statuses.get(wait.agent);
      if (status === undefined) return;
      if (status.state === "ready" || status.state === "completed") {
        end(ok(undefined));
        return;
      }
      if (status.state === "failed") {
        void fail(status.lastExit === undefined ? (status.detail ?? "it failed") : exited(status));
        return;
      }
      // It would be waited for in vain: nobody starts it again before that person does.
      if (status.state === "stopped" && status.hold !== undefined && status.hold.since !== heldBefore) {
        const { by, reason } = status.hold;
        void fail(`stopped by ${by} meanwhile${reason === undefined ? "" : `: ${reason}`}`);
        return;
      }
      const run = status.lastExit?.at;
      if (status.state === "backoff" && run !== lastRun && status.lastExit !== undefined) {
        lastRun = run;
        failures++;
        if (failures >= FAILED_STARTS) {
          void fail(`${exited(status)}, ${failures} times; the supervisor goes on trying`);
          return;
        }
      }
      const text = says(status, wait, clock.now() - began);
      // Told of every agent: what is said again and again says nothing.
      if (text !== said) context.report(text);
      said = text;
    };
    const aborted = (): void =>
      end(err({ message: "interrupted while it waited", lines: [], passing: false }));
    const stop = watched.listen(look);
    const tooLate = (): void => {
      const status = watched.statuses.get(wait.agent);
      void fail(
        `not ready after ${Math.round(wait.timeoutMs / 1000)} s: ${status === undefined ? "nothing is known of it" : says(status, wait, wait.timeoutMs)}`,
      );
    };
    // Where this program was halted for a while, all that was told meanwhile is heard before it is too late.
    let cancel = clock.after(wait.timeoutMs, () => {
      cancel = clock.after(HEARD_MS, tooLate);
    });
    context.signal.addEventListener("abort", aborted, { once: true });
    void watched.broken.then(() =>
      end(err({ message: "the supervisor ended while it was waited for", lines: [], passing: true })),
    );
    look();
  });
}

export function exited(status: SlotStatus): string {
  const { lastExit } = status;
  if (lastExit === undefined) return status.detail ?? "it ended";
  const how = lastExit.oom
    ? "ended by the kernel: out of memory"
    : (lastExit.because ??
      (lastExit.signal !== undefined
        ? `ended by ${lastExit.signal}`
        : lastExit.code !== undefined
          ? `exit ${lastExit.code}`
          : "ended, nobody saw how"));
  return `${how} after ${seconds(lastExit.ranMs)}`;
}

function says(status: SlotStatus, wait: Wait, millis: number): string {
  const up = `up ${seconds(millis)}`;
  switch (status.state) {
    case "pending":
      return status.detail ?? "waits";
    case "starting":
      return "starting";
    case "running": {
      const last = status.lastProbe === undefined ? "" : `: ${status.lastProbe.text}`;
      return `${up}, waiting for ${wait.condition}${last}`;
    }
    case "backoff":
      return `${exited(status)}, tried again soon`;
    default:
      return status.detail === undefined ? status.state : `${status.state}: ${status.detail}`;
  }
}

const seconds = (millis: number): string =>
  millis < 1000 ? `${Math.round(millis)} ms` : `${Math.round(millis / 1000)} s`;
