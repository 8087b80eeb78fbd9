import { canonicalJson, type Json } from "../base/canonical.ts";
import { err, ok, type Result } from "../base/result.ts";
import type { Facts } from "../model/facts.ts";
import type { Ir } from "../model/ir.ts";
import type { Plan } from "../model/plan.ts";
import type { Resource } from "../model/resource.ts";
import type { Files } from "../model/system.ts";

/** A plan as it is kept in a file: all that is needed to carry out exactly this, and to refuse if the world moved. */
export interface SavedPlan {
  readonly apiVersion: "agent.dev/v1";
  readonly kind: "SavedPlan";
  /** Of this form. */
  readonly version: 1;
  readonly madeBy: string;
  /** UTC */
  readonly madeAt: string;
  readonly place: {
    readonly project: string;
    readonly target: string;
    readonly where: string;
    readonly key: string;
    readonly origin: string;
    /** Absolute: where the code is read from. */
    readonly root: string;
    readonly portRange: readonly [number, number];
    /** How a cluster was named: it is found again under the same names. */
    readonly chosen: { readonly context?: string; readonly namespace?: string };
  };
  readonly destroy: boolean;
  readonly ir: Ir;
  readonly facts: Facts;
  readonly desired: readonly Resource[];
  readonly plan: Plan;
}

const LIMIT = 256 * 1024 * 1024;

export function writePlan(files: Files, path: string, plan: SavedPlan): void {
  files.replace(path, `${canonicalJson(plan as unknown as Json, 1)}\n`, 0o600);
}

export type Unreadable =
  | { readonly is: "absent" }
  | { readonly is: "not a plan"; readonly why: string }
  | { readonly is: "newer"; readonly madeBy: string };

export function readPlan(files: Files, path: string): Result<{ plan: SavedPlan; text: string }, Unreadable> {
  const read = files.read(path, LIMIT);
  if (read.is === "absent") return err({ is: "absent" });
  if (read.is !== "read")
    return err({ is: "not a plan", why: read.is === "large" ? "it is larger than 256 MiB" : read.why });
  const text = new TextDecoder().decode(read.bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err({ is: "not a plan", why: "it is not JSON" });
  }
  if (typeof value !== "object" || value === null || !("kind" in value) || value.kind !== "SavedPlan")
    return err({ is: "not a plan", why: "it was not made by `aac plan --out`" });
  if (!("version" in value) || value.version !== 1)
    return err({ is: "newer", madeBy: "madeBy" in value ? String(value.madeBy) : "another version" });
  const fault = faultOf(value);
  if (fault !== undefined) return err({ is: "not a plan", why: fault });
  // Written by us in this very version; what could have been changed by hand is compared with the live world.
  return ok({ plan: value as unknown as SavedPlan, text });
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Only the shape that everybody who reads it counts on; what is inside of it is weighed against what is live. */
function faultOf(value: object): string | undefined {
  const saved: Readonly<Record<string, unknown>> = { ...value };
  const keys = ["madeBy", "madeAt", "place", "destroy", "ir", "facts", "desired", "plan"];
  const missing = keys.find((key) => !(key in saved));
  if (missing !== undefined) return `\`${missing}\` is missing in it`;
  const { place, ir, facts, desired, plan } = saved;
  const texts = ["project", "target", "where", "key", "origin", "root"];
  const fits: Readonly<Record<string, boolean>> = {
    place: isObject(place) && texts.every((name) => typeof place[name] === "string"),
    destroy: typeof saved["destroy"] === "boolean",
    ir: isObject(ir) && isObject(ir["agents"]),
    facts: isObject(facts) && isObject(facts["agents"]) && "target" in facts,
    desired: Array.isArray(desired) && desired.every(isNamed),
    plan:
      isObject(plan) &&
      Array.isArray(plan["changes"]) &&
      plan["changes"].every(isChange) &&
      Array.isArray(plan["refusals"]),
  };
  const wrong = Object.keys(fits).find((key) => fits[key] === false);
  return wrong === undefined ? undefined : `\`${wrong}\` in it was changed`;
}

const isNamed = (value: unknown): boolean =>
  isObject(value) && typeof value["id"] === "string" && Array.isArray(value["after"]);

/** A change says what it is about, and whatever it is done with. */
function isChange(value: unknown): boolean {
  if (!isObject(value) || typeof value["id"] !== "string") return false;
  const { is, resource, before } = value;
  const [wanted, live] = [isNamed(resource), isNamed(before)];
  if (is === "create") return wanted;
  if (is === "update" || is === "replace") return wanted && live;
  return (is === "delete" || is === "keep") && live;
}
