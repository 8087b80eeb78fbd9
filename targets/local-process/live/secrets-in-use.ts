import { Secret } from "../../../src/base/secret.ts";
import type { SecretOrigin } from "../../../src/model/supervision.ts";
import type { System } from "../../../src/model/system.ts";
import type { Place } from "../../../src/model/target.ts";
import { readSlots } from "./records.ts";
import { runnerOf } from "../runner-of.ts";

const LIMIT = 1024 * 1024;

/** What the agents of a place were given, as far as it can still be told: a file may say something else by now. */
export function secretsInUse(system: System, place: Place): readonly Secret[] {
  const withSecrets = readSlots(system.files, place.home).records.filter(
    ({ charge }) => Object.keys(charge.secrets).length > 0,
  );
  if (withSecrets.length === 0) return [];
  const runner = runnerOf(system, place);
  return withSecrets.flatMap(({ charge, run }) => {
    const held = run !== undefined && runner.lives(run) ? runner.environment(run) : undefined;
    return Object.entries(charge.secrets).flatMap(([variable, origin]) =>
      [held?.[variable], now(system, origin)].flatMap((value) =>
        value === undefined || value === "" ? [] : [new Secret(value)],
      ),
    );
  });
}

function now({ files, host }: System, origin: SecretOrigin): string | undefined {
  if (origin.from === "caller") return host.environment[origin.name];
  const read = files.read(origin.path, LIMIT);
  return read.is === "read" ? new TextDecoder().decode(read.bytes).replace(/\r?\n$/, "") : undefined;
}
