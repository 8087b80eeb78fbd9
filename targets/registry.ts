import type { AgentView } from "../src/model/checked.ts";
import type { Diagnostic } from "../src/model/diagnostic.ts";
import type { Emitter } from "../src/model/emit.ts";
import type { Runner } from "../src/model/supervision.ts";
import type { System } from "../src/model/system.ts";
import type { Place, Target } from "../src/model/target.ts";

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

/** Those that can be planned and applied; the others say that they are not built yet. */
export const BUILT: Readonly<Partial<Record<TargetName, () => Promise<{ readonly target: Target }>>>> = {
  docker: () => import("./docker/index.ts"),
  kubernetes: () => import("./kubernetes/index.ts"),
  "local-process": () => import("./local-process/index.ts"),
};

/** Formats of other tools, each from what one target would make. */
export const EMITTERS: Readonly<Record<string, () => Promise<{ readonly emitter: Emitter }>>> = {
  compose: () => import("./docker/emit/compose.ts"),
  dockerfile: () => import("./docker/emit/dockerfile.ts"),
  kubernetes: () => import("./kubernetes/emit.ts"),
};

/** What a supervisor drives, by the target whose agents it keeps. */
export const RUNNERS: Readonly<
  Record<string, () => Promise<{ readonly runnerOf: (system: System, place: Place) => Runner }>>
> = {
  "local-process": () => import("./local-process/runner-of.ts"),
};

export function isTarget(name: string): name is TargetName {
  return Object.hasOwn(CHECKS, name);
}
