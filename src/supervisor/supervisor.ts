import type { AgentEvent } from "../model/operates.ts";
import type { Charge, HeldBy, Runner, SlotRecord, SlotStatus } from "../model/supervision.ts";
import type { System } from "../model/system.ts";
import type { Around, Remembered } from "./around.ts";
import { waitsFor } from "./dependencies.ts";
import type { Slot } from "./machine.ts";
import { pause, type PauseAnswer, resume, type ResumeAnswer, thaw } from "./pausing.ts";
import { recordsIn } from "./records.ts";
import { resumeAll, thisBoot } from "./resume.ts";
import { SlotKeeper } from "./slot.ts";
import { straysOf } from "./strays.ts";

export type { Remembered };

export interface SupervisorRequest {
  readonly system: System;
  readonly runner: Runner;
  readonly home: string;
  readonly newRunId: () => string;
  readonly chance: () => number;
  readonly runStarted: (charge: Charge, runId: string) => void;
  readonly forgotten: (charge: Charge) => void;
  readonly say: (line: string) => void;
  readonly note?: (event: AgentEvent) => void;
  /** What an earlier supervisor left on disk. */
  readonly before: readonly Remembered[];
}

/** `rest`: its orders are written down, and it is not to run. */
export type How = "start" | "exchange" | "update" | "rest";

/** Keeps all agents of a place running. Pure decisions are the machine's; what is live is the runner's. */
export interface Supervisor {
  /** Why nothing was done; undefined where it is on its way. */
  put(charge: Charge, secrets: Readonly<Record<string, string>>, how: How, by?: string): string | undefined;
  /** Back comes what could not be ended. */
  remove(agent: string, by?: string): Promise<readonly number[]>;
  stop(agent: string, hold: SlotRecord["hold"], by?: string): Promise<StopAnswer>;
  start(
    agent: string,
    secrets: Readonly<Record<string, string>>,
    by?: string,
  ): "started" | "already running" | "already running, and no longer held" | "unknown";
  restart(agent: string, by?: string): "restarted" | "unknown";
  /** Writes a decision down; the agent is left as it is. Back comes why it could not be written. */
  hold(agent: string, hold: HeldBy): string | undefined;
  /** Ends a hold, and starts nothing. */
  release(agent: string, by?: string): "released" | "not held" | "unknown" | { readonly why: string };
  pause(agent: string, hold: HeldBy): Promise<PauseAnswer | { readonly is: "unknown" }>;
  resume(agent: string, by?: string): Promise<ResumeAnswer | { readonly is: "unknown" }>;
  /** A signal to the main process alone, such as the one that makes it read its config again. */
  signal(agent: string, signal: string): boolean;
  statuses(): readonly SlotStatus[];
  watch(tell: (told: Told) => void): () => void;
  /** Ends looking after the agents; they are left alone. */
  leave(): void;
}

export type Told = SlotStatus | { readonly gone: string };

export type StopAnswer =
  /** `started again`: somebody else wanted it to run before it had stopped. */
  | { readonly is: "stopped" | "already stopped" | "started again" | "unknown" }
  | { readonly is: "survivors"; readonly pids: readonly number[] };

export function supervise(request: SupervisorRequest): Supervisor {
  const { system, runner } = request;
  const slots = new Map<string, SlotKeeper>();
  /** By agent: the run that those who depend on it have heard of last. */
  const runs = new Map<string, string>();
  const watchers = new Set<(told: Told) => void>();
  const strays = straysOf(system, runner, (agent, pids) =>
    request.note?.({
      at: system.clock.wall(),
      agent,
      what: "orphan ended",
      why: `of an earlier run: pid${pids.length === 1 ? "" : "s"} ${pids.join(" ")}`,
      by: "supervisor",
    }),
  );
  const records = recordsIn(system.files, system.clock, request.home, system.host.bootId, ({ agent }, line) =>
    request.say(`${agent}: its record cannot be written: ${line}`),
  );
  /** Of one whose end nobody has told us yet it is not known that it is there. */
  const statusOf = (agent: string): SlotStatus | undefined => {
    const slot = slots.get(agent);
    if (slot?.run === undefined || runner.lives(slot.run)) return slot?.status();
    return { ...slot.status(), state: "unknown" };
  };
  let isComplete = false;

  /** What follows from it for those who depend on it. */
  const spread = (status: SlotStatus): void => {
    const before = runs.get(status.agent);
    const now = status.run?.runId;
    if (now !== undefined) runs.set(status.agent, now);
    const isAnother = now !== undefined && before !== undefined && before !== now;
    for (const slot of slots.values()) {
      const need = slot.charge.dependsOn[status.agent];
      if (need === undefined) continue;
      slot.check();
      // It asked to be started anew with what it depends on.
      if (need.restart && isAnother && isStarted(slot.slot) && !slot.isPaused) slot.tell({ is: "restart" });
    }
  };

  const around: Around = {
    system,
    runner,
    records,
    newRunId: request.newRunId,
    chance: request.chance,
    waitsFor: (charge) => waitsFor(charge, statusOf),
    clear: ({ agent }, runId) => strays.clear(agent, runId),
    runStarted: request.runStarted,
    changed(status) {
      for (const tell of watchers) tell(status);
      // Nothing follows before all that lives is known.
      if (isComplete) spread(status);
    },
    forgotten(charge) {
      slots.delete(charge.agent);
      runs.delete(charge.agent);
      records.forget(charge);
      request.forgotten(charge);
      for (const tell of watchers) tell({ gone: charge.agent });
    },
    say: (charge, line) => request.say(`${charge.agent}: ${line}`),
    ...(request.note === undefined ? {} : { note: request.note }),
  };

  /** Begins something, and waits until what has changed is an answer. */
  const settled = <T>(answer: () => T | undefined, begin: () => void): Promise<T> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = answer();
        if (found === undefined) return;
        watchers.delete(look);
        resolve(found);
      };
      begin();
      watchers.add(look);
      look();
    });

  const all = request.before.map((one) => {
    const before = thisBoot(one, system.host.bootId);
    const { charge, run } = before.record;
    const slot = new SlotKeeper(around, charge, before);
    slots.set(charge.agent, slot);
    // A run that its status does not show yet is one that the others have not heard of.
    const told = one.status === undefined ? run : one.status.run;
    runs.set(charge.agent, run !== undefined && told?.runId === run.runId ? run.runId : "");
    return { slot, before };
  });
  resumeAll(all, strays);
  isComplete = true;
  for (const { slot } of all) {
    slot.check();
    spread(slot.status());
  }

  return {
    put(charge, secrets, how, by) {
      const known = slots.get(charge.agent);
      const slot = known ?? new SlotKeeper(around, charge);
      // What is wanted is written before it is acted on: where it cannot be, nothing is done.
      slot.askedBy(by);
      const why = slot.decide(undefined);
      if (why !== undefined) return why;
      slots.set(charge.agent, slot);
      slot.supply(secrets);
      const isSame = unmarked(slot.charge) === unmarked(charge);
      slot.assign(charge, how === "update");
      // Whoever applies wants it to run, and not to be frozen.
      if (how === "update" || isSame) void thaw(slot, by, runner);
      if (how === "rest") slot.tell({ is: "stop" });
      else if (how === "update") {
        slot.tell({ is: "start", manual: isDown(slot.slot) });
        // What it waited for may be there now, or not be asked for any more.
        slot.tell({ is: "secrets known" });
        slot.check();
      } else {
        // One that is on its way out comes back by a start alone.
        const isKept = slot.slot.wanted === "removed" || (how === "start" && isSame);
        slot.tell({ is: isKept ? "start" : "restart", manual: true });
      }
      return undefined;
    },
    async remove(agent, by) {
      const slot = slots.get(agent);
      slot?.askedBy(by);
      if (slot === undefined) return strays.clear(agent, undefined);
      const strange = strays.clear(agent, slot.run?.runId);
      const own = await settled(
        () => {
          const { state, wanted } = slot.slot;
          // Gone, or somebody wants it again.
          if (slot.isOver || wanted !== "removed") return [];
          return state.is === "left over" ? state.pids : undefined;
        },
        () => slot.tell({ is: "remove" }),
      );
      return [...new Set([...own, ...(await strange)])].toSorted((a, b) => a - b);
    },
    async stop(agent, hold, by = hold?.by) {
      const slot = slots.get(agent);
      if (slot === undefined) return { is: "unknown" };
      const wasStopped = slot.slot.state.is === "stopped";
      const answer = await settled(
        (): StopAnswer | undefined => {
          const { state, wanted } = slot.slot;
          if (state.is === "left over") return { is: "survivors", pids: state.pids };
          if (state.is === "stopped") return { is: wasStopped ? "already stopped" : "stopped" };
          return wanted === "running" ? { is: "started again" } : undefined;
        },
        () => {
          slot.askedBy(by);
          slot.hold(hold);
          slot.tell({ is: "stop" });
        },
      );
      if (slot.slot.state.is !== "stopped") return answer;
      // What an earlier run left, of which no record tells any more, is no part of a stopped agent either.
      const pids = await strays.clear(agent, undefined);
      return pids.length === 0 ? answer : { is: "survivors", pids };
    },
    start(agent, secrets, by) {
      const slot = slots.get(agent);
      if (slot === undefined) return "unknown";
      slot.askedBy(by);
      void thaw(slot, by, runner);
      slot.supply(secrets);
      const wasHeld = slot.holdsWhat !== undefined;
      slot.hold(undefined);
      const wasStarted = isStarted(slot.slot);
      slot.tell({ is: "start", manual: true });
      if (!wasStarted) return "started";
      return wasHeld ? "already running, and no longer held" : "already running";
    },
    restart(agent, by) {
      const slot = slots.get(agent);
      if (slot === undefined) return "unknown";
      slot.askedBy(by);
      slot.hold(undefined);
      slot.tell({ is: "restart", manual: true });
      return "restarted";
    },
    hold(agent, hold) {
      const slot = slots.get(agent);
      return slot === undefined ? "there is no such agent here" : slot.decide(hold);
    },
    release(agent, by) {
      const slot = slots.get(agent);
      if (slot === undefined) return "unknown";
      if (slot.holdsWhat === undefined) return "not held";
      slot.askedBy(by);
      const why = slot.decide(undefined);
      return why === undefined ? "released" : { why };
    },
    async pause(agent, hold) {
      const slot = slots.get(agent);
      return slot === undefined ? { is: "unknown" } : pause(slot, hold, runner);
    },
    async resume(agent, by) {
      const slot = slots.get(agent);
      return slot === undefined ? { is: "unknown" } : resume(slot, by, runner);
    },
    signal(agent, signal) {
      const slot = slots.get(agent);
      if (slot?.run === undefined) return false;
      runner.signal(slot.charge, slot.run, signal);
      return true;
    },
    statuses: () => [...slots.values()].map((slot) => slot.status()),
    watch(tell) {
      watchers.add(tell);
      return () => watchers.delete(tell);
    },
    leave() {
      records.settle();
      for (const slot of slots.values()) slot.leave();
    },
  };
}

/** Which apply asked for it changes nothing of what was asked for. */
const unmarked = ({ mark: _, ...charge }: Charge): string => JSON.stringify(charge);

const isStarted = ({ state }: Slot): boolean =>
  state.is === "running" || state.is === "ready" || state.is === "starting";

/** An update is what may have been missing; work that is done is not done again for it. */
const isDown = ({ state }: Slot): boolean =>
  state.is === "failed" || state.is === "stopped" || state.is === "backoff";
