import { Secret } from "../../../src/base/secret.ts";
import type { SecretOrigin } from "../../../src/model/supervision.ts";
import type { System } from "../../../src/model/system.ts";
import type { Place } from "../../../src/model/target.ts";
import { readSlots } from "./records.ts";
import { runnerOf } from "../runner-of.ts";

/** A value that an agent had when the session began. */
export interface FormerSecret {
  readonly value: Secret;
  readonly origin: SecretOrigin;
}

/** By agent and variable. */
export type FormerSecrets = ReadonlyMap<string, ReadonlyMap<string, FormerSecret>>;

/**
 * What living agents were given, read before anything is changed: files that do not name a secret any more cannot say
 * what it was, and who goes back needs it all the same.
 */
export function formerSecrets(system: System, place: Place): FormerSecrets {
  const found = new Map<string, Map<string, FormerSecret>>();
  const { records } = readSlots(system.files, place.home);
  const withSecrets = records.filter(({ charge }) => Object.keys(charge.secrets).length > 0);
  if (withSecrets.length === 0) return found;
  const runner = runnerOf(system, place);
  for (const { charge, run } of withSecrets) {
    const held = run !== undefined && runner.lives(run) ? runner.environment(run) : undefined;
    const values = new Map<string, FormerSecret>();
    for (const [variable, origin] of Object.entries(charge.secrets)) {
      const value = held?.[variable];
      if (value !== undefined) values.set(variable, { value: new Secret(value), origin });
    }
    found.set(charge.agent, values);
  }
  return found;
}
