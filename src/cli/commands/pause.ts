import type { Context } from "../table.ts";
import { UsageError } from "../usage.ts";
import { change, decisionOf, reasonOf } from "./stop.ts";

export const run = (context: Context): Promise<number> =>
  change(
    context,
    { what: () => "paused", reason: reasonOf(context) },
    (operates, agents, { session, place }) => {
      if (operates.pause === undefined) {
        session.close();
        throw new UsageError(
          `agents cannot be frozen on ${place.target}`,
          `held without running: aac stop ${context.args.join(" ")}`.trimEnd(),
        );
      }
      return operates.pause(agents, decisionOf(context));
    },
  );
