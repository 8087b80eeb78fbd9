import type { LogFault, LogLimits } from "../../model/logs.ts";
import type { Cancel, System } from "../../model/system.ts";
import { folderOf, placeOf, STREAMS } from "./place.ts";
import { keepStream, type StreamKeeper } from "./keep-stream.ts";

/**
 * The supervisor's side of the logs. Agents write their files themselves, so nothing here can stall or end one: this
 * only looks how long the files have become, writes that beside them, and rotates what grew too large.
 */
export interface LogKeeper {
  watch(agent: string, replica: number, limits: LogLimits): void;
  /** To be called before the program of a run is started, so that all of its output comes after. */
  started(agent: string, replica: number, runId: string): void;
  /** The files stay. */
  forget(agent: string, replica: number): void;
  close(): void;
}

/** A hint may be missed: without any it is looked this often. */
const EACH_MS = 1000;
/** Hints may come for each single write: it is looked no more often than this. */
const APART_MS = 100;

interface Replica {
  readonly streams: readonly StreamKeeper[];
  readonly look: () => void;
  readonly close: () => void;
}

export function keepLogs(
  system: System,
  folder: string,
  tell: (fault: LogFault) => void = () => undefined,
): LogKeeper {
  const { clock, files } = system;
  const replicas = new Map<string, Replica>();
  let next: Cancel | undefined;
  let closed = false;

  const tick = (): void => {
    for (const replica of replicas.values()) replica.look();
    next = clock.after(EACH_MS, tick);
  };

  const open = (own: string, limits: LogLimits): Replica => {
    files.makePrivateFolder(own);
    const streams = STREAMS.map((stream) => keepStream(system, placeOf(own, stream), limits, tell));
    let due: Cancel | undefined;
    let looked = -Infinity;
    const look = (): void => {
      due?.();
      due = undefined;
      looked = clock.now();
      for (const stream of streams) stream.look();
    };
    const unwatch = files.watch(own, (name) => {
      // What is written here by ourselves is no news.
      if (name !== "" && !STREAMS.some((stream) => name === `${stream}.log`)) return;
      due ??= clock.after(Math.max(0, looked + APART_MS - clock.now()), look);
    });
    look();
    return {
      streams,
      look,
      close(): void {
        unwatch();
        due?.();
        for (const stream of streams) stream.close();
      },
    };
  };

  return {
    watch(agent, replica, limits): void {
      if (closed) return;
      const own = folderOf(folder, agent, replica);
      const known = replicas.get(own);
      if (known === undefined) replicas.set(own, open(own, limits));
      else for (const stream of known.streams) stream.limit(limits);
      next ??= clock.after(EACH_MS, tick);
    },

    started(agent, replica, runId): void {
      const known = replicas.get(folderOf(folder, agent, replica));
      if (known === undefined) throw new Error(`logs of ${agent} ${replica} are not watched`);
      for (const stream of known.streams) stream.started(runId);
    },

    forget(agent, replica): void {
      const own = folderOf(folder, agent, replica);
      replicas.get(own)?.close();
      replicas.delete(own);
    },

    close(): void {
      closed = true;
      next?.();
      for (const replica of replicas.values()) replica.close();
      replicas.clear();
    },
  };
}
