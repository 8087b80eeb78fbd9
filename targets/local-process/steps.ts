import type { Change } from "../../src/model/plan.ts";
import type { Step } from "../../src/model/step.ts";

/** As long as an agent may take to become ready, unless the command says otherwise. */
const READY_MS = 300_000;

/** What an apply does to one object of this machine, in order. */
export function steps(change: Change): readonly Step[] {
  const kind = change.id.split("/")[1];
  const call = (does: string): Step => ({ is: "call", id: change.id, does });
  if (change.is === "keep") return [];
  if (kind === "environment") return change.is === "delete" ? [] : [call("install")];
  if (kind === "config") return [call(change.is === "delete" ? "remove" : "write")];
  const ready: Step = { is: "await", id: change.id, until: "ready", timeoutMs: READY_MS };
  switch (change.is) {
    case "create":
      return [call("start"), ready];
    case "replace":
      return [call("exchange"), ready];
    case "update":
      return [call("update"), ready];
    case "delete":
      return [call("stop")];
  }
}
