import type { Context } from "../table.ts";

export async function run(context: Context): Promise<number> {
  if (context.options["output"] === "json") {
    const facts = {
      apiVersion: "aac.dev/v1",
      kind: "Version",
      version: context.version,
      format: "agent.dev/v1",
      node: process.version,
      os: `${process.platform}-${process.arch}`,
    };
    context.out(`${JSON.stringify(facts, null, 2)}\n`);
  } else context.out(`aac ${context.version}\n`);
  return 0;
}
