import type { LogLine, Operates, Stats, Status } from "../../model/operates.ts";
import { growing, pause } from "../../model/pause.ts";
import type { Clock } from "../../model/system.ts";
import { redactLine, redactStatus } from "../redact.ts";

export interface From {
  readonly operates: Pick<Operates, "status" | "stats" | "watch" | "logs">;
  readonly clock: Clock;
  /** Covers what agents hold in confidence at this moment. */
  readonly redactor: () => (text: string) => string;
}

export interface Wanted {
  /** Empty: all. */
  readonly agents: readonly string[];
  readonly intervalMs: number;
}

/** Who wants to hear what is live, as it comes. */
export interface Hears {
  /** `at`: UTC, when it was read. */
  readonly status: (status: Status, at: string) => void;
  readonly stats: (stats: Stats) => void;
  /** The target does not answer; `nextTry`: UTC. */
  readonly trouble: (why: string, nextTry: string) => void;
  readonly noStats: (why: string) => void;
  readonly line: (line: LogLine) => void;
  readonly logs: (trouble: string | undefined) => void;
}

/** Many moves in a row are one. */
const GATHER_MS = 100;
/** A rate needs two readings, and nobody wants to wait for it. */
const SECOND_MS = 700;
/** Also where moves are told: a hint may be missed. */
const SELDOM_MS = 10_000;

export interface Reader {
  /** Somebody did something just now. */
  readonly look: () => void;
  /** After the signal has come; throws what is a fault of ours. */
  readonly ended: Promise<void>;
}

/** Of a status what is asked for, as it may be shown. */
export function wantedOf(status: Status, { agents }: Wanted, redact: (text: string) => string): Status {
  const asked = status.agents.filter(({ agent }) => agents.length === 0 || agents.includes(agent));
  return { ...status, agents: asked.map((one) => redactStatus(one, redact)) };
}

/** What is known now first, then each move, until the signal comes. Never two questions of a kind at once. */
export function readLive(from: From, wanted: Wanted, hears: Hears, signal: AbortSignal): Reader {
  const { clock, operates } = from;
  let wake = new AbortController();
  let isTold = false;
  let redact = from.redactor();
  let ids = "";
  const look = (): void => wake.abort();
  const isWanted = ({ agent }: { readonly agent: string }): boolean =>
    wanted.agents.length === 0 || wanted.agents.includes(agent);

  const statuses = async (): Promise<void> => {
    for (let failures = 0; !signal.aborted; ) {
      wake = new AbortController();
      const read = await operates.status();
      if (signal.aborted) return;
      if (read.ok) {
        failures = 0;
        const now = read.value.agents.map(({ id }) => id ?? "").join(" ");
        // Whoever was started anew may have been given something else in confidence.
        if (now !== ids) redact = from.redactor();
        ids = now;
        hears.status(wantedOf(read.value, wanted, redact), clock.wall());
        await pause(
          clock,
          isTold ? Math.max(SELDOM_MS, wanted.intervalMs) : wanted.intervalMs,
          signal,
          wake.signal,
        );
        if (wake.signal.aborted) await pause(clock, GATHER_MS, signal);
      } else {
        const wait = growing(++failures);
        hears.trouble(read.error.message, later(clock, wait));
        await pause(clock, wait, signal);
      }
    }
  };

  const moves = async (): Promise<void> => {
    for (let failures = 0; !signal.aborted; ) {
      const began = clock.now();
      isTold = true;
      const read = await operates.watch({ signal, moved: look });
      isTold = false;
      look();
      // One that held for a while is asked again soon.
      failures = read.ok || clock.now() - began > SELDOM_MS ? 1 : failures + 1;
      await pause(clock, growing(failures), signal);
    }
  };

  const uses = async (): Promise<void> => {
    for (let failures = 0, readings = 0; !signal.aborted; ) {
      const began = clock.now();
      const read = await operates.stats();
      if (signal.aborted) return;
      const took = clock.now() - began;
      if (read.ok) {
        failures = 0;
        hears.stats({ ...read.value, replicas: read.value.replicas.filter(isWanted) });
        const interval = readings++ === 0 ? Math.min(SECOND_MS, wanted.intervalMs) : wanted.intervalMs;
        // Whoever takes long to answer is asked less often.
        await pause(clock, Math.max(interval - took, took), signal);
      } else {
        hears.noStats(read.error.message);
        await pause(clock, growing(++failures), signal);
      }
    }
  };

  const lines = async (): Promise<void> => {
    let last: string | undefined;
    for (let failures = 0; !signal.aborted; ) {
      const told = last;
      const read = await operates.logs({
        agents: wanted.agents,
        follow: true,
        tail: told === undefined ? 200 : "all",
        ...(told === undefined ? {} : { since: told }),
        streams: ["stdout", "stderr"],
        previous: false,
        signal,
        line: (line) => {
          // What was told before the connection broke is told once.
          if (told !== undefined && line.at <= told) return;
          if (last === undefined || line.at > last) last = line.at;
          if (failures > 0) {
            failures = 0;
            hears.logs(undefined);
          }
          hears.line(redactLine(line, redact));
        },
      });
      if (signal.aborted) return;
      failures++;
      if (!read.ok) hears.logs(read.error.message);
      await pause(clock, growing(failures), signal);
    }
  };

  return { look, ended: Promise.all([statuses(), moves(), uses(), lines()]).then(() => undefined) };
}

const later = (clock: Clock, millis: number): string =>
  new Date(Date.parse(clock.wall()) + millis).toISOString();
