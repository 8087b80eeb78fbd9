import type { Context } from "../table.ts";
import { UsageError } from "../usage.ts";
import { applyOrDestroy } from "./apply.ts";

export function run(context: Context): Promise<number> {
  if (context.options["volumes"] !== undefined)
    throw new UsageError("`--volumes` is not built yet", "named volumes stay, and the report names them");
  return applyOrDestroy(context, true);
}
