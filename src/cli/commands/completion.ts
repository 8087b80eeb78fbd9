import { nearest } from "../../base/nearest.ts";
import { SCRIPTS, SHELLS } from "../complete/scripts.ts";
import type { Context } from "../table.ts";
import { UsageError } from "../usage.ts";

export async function run(context: Context): Promise<number> {
  const [name, more] = context.args;
  const shell = SHELLS.find((one) => one === name);
  if (shell === undefined || more !== undefined) {
    const near = name === undefined ? undefined : nearest(name, SHELLS);
    throw new UsageError(
      name === undefined || more !== undefined
        ? "name one shell"
        : `there is no completion for \`${name}\`${near === undefined ? "" : `: did you mean \`${near}\`?`}`,
      `aac completion ${SHELLS.join("|")}`,
    );
  }
  context.out(SCRIPTS[shell]);
  return 0;
}
