import type { Charge, SlotStatus } from "../model/supervision.ts";

/** The first thing that an agent still waits for, as a person is told; undefined where it may start. */
export function waitsFor(
  charge: Charge,
  statusOf: (agent: string) => SlotStatus | undefined,
): string | undefined {
  for (const [name, { condition }] of Object.entries(charge.dependsOn)) {
    const status = statusOf(name);
    // Of another scope, or not applied: nobody here could ever say that it is ready.
    if (status === undefined) continue;
    if (!holds(condition, status)) return `waits for ${name} (${condition}): it is ${status.state}`;
  }
  return undefined;
}

function holds(condition: "started" | "healthy" | "completed", { state }: SlotStatus): boolean {
  switch (condition) {
    case "started":
      return state === "running" || state === "ready" || state === "completed";
    case "healthy":
      return state === "ready" || state === "completed";
    case "completed":
      return state === "completed";
  }
}
