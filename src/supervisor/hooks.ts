import type { Charge, LastExit } from "../model/supervision.ts";
import type { Clock, System } from "../model/system.ts";

type Name = "onStart" | "onStop" | "onError";

/** Runs what the author wants done beside the agent's life; bounded, and its failure changes nothing but the log. */
export async function runHook(
  name: Name,
  charge: Charge,
  { processes, clock }: Pick<System, "processes"> & { readonly clock: Clock },
  facts: {
    readonly environment: Readonly<Record<string, string>>;
    readonly restarts: number;
    /** Of the run that the hook is about; absent where none has ended. */
    readonly lastExit?: LastExit;
    /** Why it failed. */
    readonly error?: string;
  },
): Promise<string | undefined> {
  const hook = charge.hooks[name];
  const [program, ...args] = hook?.command ?? [];
  if (hook === undefined || program === undefined) return undefined;
  const { lastExit } = facts;
  const began = clock.now();
  const ran = await processes.run({
    command: program.includes("/") ? [program, ...args] : ["/usr/bin/env", program, ...args],
    cwd: charge.cwd,
    environment: {
      ...facts.environment,
      AAC_AGENT: charge.agent,
      AAC_REPLICA: String(charge.replica),
      AAC_EVENT: name,
      AAC_EXIT_CODE: lastExit?.code === undefined ? "" : String(lastExit.code),
      AAC_SIGNAL: lastExit?.signal ?? "",
      AAC_ERROR: facts.error ?? "",
      AAC_RESTARTS: String(facts.restarts),
    },
    timeoutMs: hook.timeout.ms,
  });
  const took = `${Math.round(clock.now() - began)} ms`;
  switch (ran.is) {
    case "ended":
      return ran.code === 0 ? undefined : `${name} ended with ${ran.code} after ${took}`;
    case "signalled":
      return `${name} was ended by ${ran.signal} after ${took}`;
    case "timed out":
      return `${name} took longer than ${hook.timeout.text} and was ended`;
    case "stopped":
      return `${name} was stopped`;
    case "not started":
      return `${name} could not be started: ${ran.why}`;
  }
}
