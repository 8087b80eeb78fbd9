import type { Files, System } from "../../../src/model/system.ts";
import { wholeLine, wholeNumber } from "./shim.ts";

export type TreeKind = "cgroup" | "namespace" | "group";
export type Controller = "memory" | "pids" | "cpu";
export const CONTROLLERS: readonly Controller[] = ["cpu", "memory", "pids"];

export interface ControlGroup {
  readonly folder: string;
  readonly version: 1 | 2;
}

/**
 * Where a run was put. It is kept in the run's folder: a later supervisor may live in another control group, and
 * would look for it in the wrong one.
 */
export interface Placement {
  readonly tree: TreeKind;
  /** The control group of the whole tree, where `tree` is one. */
  readonly group?: string;
  readonly limits: Readonly<Partial<Record<Controller, ControlGroup>>>;
}

const LINE_LIMIT = 4096;
const PLACEMENT_LIMIT = 65_536;

/** The folder of one run, and what is written there. */
export function runFolder(runs: string, runId: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(runId)) throw new Error(`no id of a run: ${runId}`);
  return `${runs}/${runId}`;
}

export function textOf(files: Files, path: string, limit = PLACEMENT_LIMIT): string | undefined {
  const read = files.read(path, limit);
  return read.is === "read" ? new TextDecoder().decode(read.bytes) : undefined;
}

/** Pid of what the shim started. */
export function readIdentity(files: Files, folder: string): number | undefined {
  return wholeNumber(textOf(files, `${folder}/identity`, LINE_LIMIT));
}

export function readExit(files: Files, folder: string): number | undefined {
  return wholeNumber(textOf(files, `${folder}/exit`, LINE_LIMIT));
}

/** Why the shim could not start the agent. */
export function readFailure(files: Files, folder: string): string | undefined {
  return wholeLine(textOf(files, `${folder}/failed`, LINE_LIMIT));
}

export function writePlacement(files: Files, folder: string, placement: Placement): void {
  const path = `${folder}/placement.json`;
  // Read by later supervisors of this boot alone: nothing here has to survive a loss of power.
  files.remove(path);
  files.append(path, `${JSON.stringify(placement)}\n`);
}

/** A run whose folder is gone can still be ended: by what its processes have in common. */
export function readPlacement(system: System, folder: string): Placement {
  const unknown: Placement = { tree: "group", limits: {} };
  try {
    const read: unknown = JSON.parse(textOf(system.files, `${folder}/placement.json`) ?? "null");
    return isPlacement(read) ? read : unknown;
  } catch {
    return unknown;
  }
}

function isPlacement(value: unknown): value is Placement {
  if (!isRecord(value) || !isRecord(value["limits"])) return false;
  const { tree, group, limits } = value;
  return (
    (tree === "cgroup" || tree === "namespace" || tree === "group") &&
    (group === undefined || typeof group === "string") &&
    Object.values(limits).every(
      (one) =>
        isRecord(one) && typeof one["folder"] === "string" && (one["version"] === 1 || one["version"] === 2),
    )
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Every control group of a run, each once. */
export function groupsOf(placement: Placement): readonly string[] {
  const limits = CONTROLLERS.flatMap((name) => placement.limits[name]?.folder ?? []);
  return [...new Set([...(placement.group === undefined ? [] : [placement.group]), ...limits])].sort();
}
