import { err, ok, type Result } from "../../../src/base/result.ts";
import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import type { ExecRequest } from "../../../src/model/operates.ts";
import { HOME, type SlotRecord, type SlotState } from "../../../src/model/supervision.ts";
import type { System } from "../../../src/model/system.ts";
import type { Place } from "../../../src/model/target.ts";
import { runningReplica } from "../../../src/wanted/replicas.ts";
import type { Slots } from "../live/records.ts";
import { readPlacement, runFolder } from "../runner/folder.ts";
import { lookFor } from "../runner/identity.ts";
import { insideOf } from "../runner/inside.ts";
import { MARKER } from "../runner/marker.ts";

const STOPPED = 130;

/**
 * A command beside a replica: in its folder, with the variables that its process has, a caller's values among them,
 * and within its limits. It carries no marker, so that nobody takes it for the agent.
 */
export async function execIn(
  system: System,
  place: Place,
  slots: Slots,
  request: ExecRequest,
): Promise<Result<number, Diagnostic>> {
  const { command, input, output, terminal, signal } = request;
  const chosen = runningReplica(
    request,
    slots.records.map((record) => {
      const { charge, run } = record;
      const main = run === undefined ? undefined : lookFor(system, run);
      return {
        agent: charge.agent,
        replica: charge.replica,
        isUp: main !== undefined,
        state: stateOf(record, slots.statuses.get(`${charge.agent}/${charge.replica}`)?.state),
        charge,
        run,
        held: main?.environment,
      };
    }),
  );
  if (!chosen.ok) return chosen;
  const { agent, charge, run, held } = chosen.value;
  if (run === undefined || held === undefined)
    return err(diagnostic("AAC4008", undefined, `\`${agent}\` does not let its variables be read`));
  const placement = readPlacement(system, runFolder(HOME.runs(place.home), run.runId));
  const inside = await insideOf(system, placement, run, charge);
  const kind = terminal?.kind;
  const done = await system.processes.foreground({
    command: inside(command),
    cwd: charge.cwd,
    environment: {
      ...(kind === undefined ? {} : { TERM: kind }),
      ...Object.fromEntries(Object.entries(held).filter(([name]) => name !== MARKER)),
    },
    ...(input === undefined ? {} : { input: terminal === undefined ? input : "ours" }),
    output: terminal === undefined ? output : "ours",
    signal,
  });
  switch (done.is) {
    case "ended":
      return ok(done.code);
    case "stopped":
      return ok(STOPPED);
    case "not started":
      return err(diagnostic("AAC4004", undefined, done.why));
  }
}

/** Of one that does not run: what was written down before it ended may say something else. */
function stateOf({ wanted }: SlotRecord, told: SlotState | undefined): string {
  if (wanted === "stopped") return "stopped";
  return told === undefined || told === "running" || told === "ready" ? "ended" : told;
}
