import type { Json } from "../../base/canonical.ts";
import { jsonText } from "../../ui/visible.ts";
import { tellFaults } from "../project/checked.ts";
import { openOnly } from "../project/place-only.ts";
import { redactJson, redactorOf } from "../redact.ts";
import type { Context } from "../table.ts";
import { UsageError } from "../usage.ts";

export async function run(context: Context): Promise<number> {
  const [agent, more] = context.args;
  if (agent === undefined || more !== undefined)
    throw new UsageError("name one agent", "aac inspect chatbot");
  const opened = await openOnly(context);
  if (opened === undefined) return 2;
  const found = await opened.session.operates.inspect(agent);
  if (!found.ok) {
    await tellFaults(context, [found.error]);
    return 2;
  }
  const shown = redactJson(found.value, redactorOf(opened.session));
  const known = isMap(shown) ? shown : {};
  context.out(`${jsonText({ apiVersion: "agent.dev/v1", kind: "Inspection", ...known }, 2)}\n`);
  return 0;
}

function isMap(value: Json): value is { readonly [key: string]: Json | undefined } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
