import type { Context } from "../table.ts";
import { change } from "./stop.ts";

export const run = (context: Context): Promise<number> =>
  change(context, { what: () => "started" }, (operates, agents) => operates.start(agents));
