import type { Fields } from "../../../src/model/resource.ts";
import type { ProcessFacts } from "../../../src/model/system.ts";
import { processFields } from "../orders/charge.ts";

/** A process that carries the agent's marker and that nobody of us started: how it differs from what was asked for. */
export function unlike(
  asked: Fields,
  strange: ProcessFacts,
  surroundings: Readonly<Record<string, string>>,
): Fields {
  const fields = processFields(asked);
  const [, ...given] = fields.command;
  const [program, ...args] = strange.argv;
  const same = JSON.stringify(given) === JSON.stringify(args);
  const environment = strange.environment;
  return {
    command: same ? fields.command : [fields.command[0] ?? program ?? "", ...args],
    ...(environment === undefined
      ? {}
      : {
          environment: Object.fromEntries(
            Object.keys(fields.environment).flatMap((name) =>
              environment[name] === undefined && surroundings[name] === undefined
                ? []
                : [[name, environment[name] ?? ""]],
            ),
          ),
        }),
  };
}
