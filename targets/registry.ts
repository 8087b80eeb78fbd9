import type { AgentView } from "../src/model/checked.ts";
import type { Diagnostic } from "../src/model/diagnostic.ts";

/** One line a target. Its code is loaded only when it is named. */
export const CHECKS = {
  docker: () => import("./docker/check.ts"),
  kubernetes: () => import("./kubernetes/check.ts"),
  "local-process": () => import("./local-process/check.ts"),
} as const satisfies Readonly<Record<string, () => Promise<{ readonly check: TargetCheck }>>>;

/** What a target cannot carry, or carries otherwise than the file suggests. */
export type TargetCheck = (agents: readonly AgentView[]) => Diagnostic[];

export type TargetName = keyof typeof CHECKS;
export const TARGETS: readonly TargetName[] = ["docker", "kubernetes", "local-process"];

export function isTarget(name: string): name is TargetName {
  return Object.hasOwn(CHECKS, name);
}
