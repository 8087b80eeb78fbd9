import type { Probe } from "../model/ir.ts";
import type { Charge, SlotStatus } from "../model/supervision.ts";
import type { Cancel, System } from "../model/system.ts";
import { ask } from "./ask.ts";
import {
  asked,
  beginHealth,
  type HealthEvent,
  nextProbe,
  type Outcome,
  type ProbeKind,
  result,
  shownHealth,
} from "./health.ts";

export interface Prober {
  /** As a status says it, before the first answer too. */
  health(): SlotStatus["health"];
  stop(): void;
}

export interface Hears {
  readonly event: (event: HealthEvent) => void;
  readonly seen: (
    probe: { readonly ok: boolean; readonly text: string },
    health: SlotStatus["health"],
  ) => void;
}

/** Asks the checks of one run when they are due, and passes on what their answers amount to. */
export function probe(
  charge: Charge,
  environment: Readonly<Record<string, string>>,
  system: System,
  wasReady: boolean,
  hears: Hears,
): Prober {
  const { clock } = system;
  let health = beginHealth(charge.health, clock.now(), wasReady);
  let stopped = false;
  let timer: Cancel = () => undefined;

  const plan = (): void => {
    timer();
    if (stopped) return;
    const due = nextProbe(health, clock.now());
    if (due === undefined) return;
    timer = clock.after(due.inMs, () => {
      health = asked(health, due.kind, clock.now());
      void ask(realPort(due.probe, charge), charge.cwd, environment, system).then((outcome) => {
        take(due.kind, outcome);
      });
      plan();
    });
  };

  const take = (kind: ProbeKind, outcome: Outcome): void => {
    if (stopped) return;
    const judged = result(health, kind, outcome, clock.now());
    const { lastProbe } = judged.health;
    const counted = lastProbe !== health.lastProbe;
    health = judged.health;
    // What did not count says nothing of the agent, and so it is not shown as if it did.
    if (counted && lastProbe !== undefined)
      hears.seen({ ok: lastProbe.ok, text: lastProbe.text }, shownHealth(health));
    if (judged.event !== undefined) hears.event(judged.event);
    plan();
  };

  plan();
  return {
    health: () => shownHealth(health),
    stop: () => {
      stopped = true;
      timer();
    },
  };
}

/** The file names the port inside; the process may have been told another. */
function realPort(probe: Probe, charge: Charge): Probe {
  if (probe.type !== "http" && probe.type !== "tcp") return probe;
  return { ...probe, port: charge.ports[String(probe.port)] ?? probe.port };
}
