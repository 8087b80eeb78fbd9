import type { Context } from "../table.ts";
import { UsageError } from "../usage.ts";
import { change } from "./stop.ts";

export const run = (context: Context): Promise<number> =>
  change(context, { what: () => "resumed" }, (operates, agents, { session, place }) => {
    if (operates.resume === undefined) {
      session.close();
      throw new UsageError(
        `agents cannot be frozen on ${place.target}, so none can be thawed`,
        `what was stopped: aac start ${context.args.join(" ")}`.trimEnd(),
      );
    }
    return operates.resume(agents);
  });
