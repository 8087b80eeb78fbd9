import { nearest } from "../base/nearest.ts";
import { err, ok, type Result } from "../base/result.ts";
import { type Diagnostic, diagnostic } from "../model/diagnostic.ts";

/** One replica that is there, running or not. */
export interface Replica {
  readonly agent: string;
  readonly replica: number;
  readonly isUp: boolean;
  /** As a status says it. */
  readonly state: string;
}

/** The one that was asked for, or the first that runs; else why not, in the same words on each target. */
export function runningReplica<T extends Replica>(
  asked: { readonly agent: string; readonly replica?: number },
  all: readonly T[],
): Result<T, Diagnostic> {
  const { agent, replica } = asked;
  const own = all.filter((one) => one.agent === agent).sort((a, b) => a.replica - b.replica);
  if (own.length === 0) return err(unknown(agent, [...new Set(all.map((one) => one.agent))].sort()));
  const found = own.filter((one) => replica === undefined || one.replica === replica);
  const [first] = found;
  if (first === undefined)
    return err(
      diagnostic("AAC4008", undefined, `\`${agent}\` has no replica ${replica ?? 0}`, {
        notes: [`there ${own.length === 1 ? "is" : "are"} ${own.map((one) => one.replica).join(", ")}`],
      }),
    );
  const up = found.find(({ isUp }) => isUp);
  return up === undefined ? err(notRunning(first, replica !== undefined)) : ok(up);
}

function unknown(agent: string, live: readonly string[]): Diagnostic {
  const near = nearest(agent, live);
  return diagnostic(
    "AAC4008",
    undefined,
    `no agent \`${agent}\` lives here${near === undefined ? "" : `: did you mean \`${near}\`?`}`,
    {
      notes: [
        live.length === 0
          ? "nothing is applied yet: aac apply"
          : `there ${live.length === 1 ? "is" : "are"} ${live.slice(0, 10).join(", ")}`,
      ],
    },
  );
}

function notRunning({ agent, replica, state }: Replica, isNamed: boolean): Diagnostic {
  const which = isNamed ? `replica ${replica} of \`${agent}\`` : `\`${agent}\``;
  return diagnostic("AAC4008", undefined, `${which} does not run now: ${state}`, {
    notes: [
      state === "stopped" ? `start it: aac start ${agent}` : `aac status ${agent} tells what it waits for`,
    ],
  });
}
