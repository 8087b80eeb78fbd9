import type { Status } from "../../model/operates.ts";
import { flat, jsonText } from "../visible.ts";
import { inOrder } from "./table.ts";

export function statusJson(status: Status): string {
  return `${jsonText(
    {
      apiVersion: "agent.dev/v1",
      kind: "Status",
      agents: inOrder(status.agents).map((one) => ({ ...one })),
      notes: status.notes,
    },
    2,
  )}\n`;
}

/** One name a line, for loops of a shell. */
export function statusNames(status: Status): string {
  const names = [...new Set(status.agents.map(({ agent }) => agent))].sort();
  return names.map((name) => `${flat(name)}\n`).join("");
}
