import type { Change } from "../../src/model/plan.ts";
import type { Step } from "../../src/model/step.ts";
import { isTheFormer, isWayBack } from "./back/was.ts";
import { imageFields } from "./shapes.ts";

/** As long as an agent may take to become ready, unless the command says otherwise. */
const READY_MS = 300_000;

type Changing = Exclude<Change, { readonly is: "keep" }>;

/** What an apply does to one object of an engine, in order. */
export function steps(change: Change): readonly Step[] {
  if (change.is === "keep") return [];
  const call = (does: string): Step => ({ is: "call", id: change.id, does });
  return doings(change).map((does) =>
    does === "ready" ? { is: "await", id: change.id, until: "ready", timeoutMs: READY_MS } : call(does),
  );
}

function doings(change: Changing): readonly string[] {
  switch (kindOf(change)) {
    case "image":
      // One that nobody needs any more stays: somebody may, and an engine has its own way to clean up.
      if (change.is === "delete") return [];
      // One that was there is not made anew: what it was made of is kept nowhere, and it itself is.
      return [change.resource.was === undefined ? imageFields(change.resource.fields).from : "tag"];
    case "volume":
      // What is in it outlives everything, unless an apply that failed made it and nothing ever had it.
      if (change.is === "delete") return isWayBack(change) ? ["remove"] : [];
      return change.is === "create" ? ["create"] : [];
    case "network":
      return change.is === "delete" ? ["remove"] : [change.is === "create" ? "create" : "exchange"];
    case "config":
      return [change.is === "delete" ? "remove" : "write"];
    case "container":
      return ofContainer(change);
    default:
      throw new Error(`nothing is known of ${change.id}`);
  }
}

/** The new one is ready before what is left of the old one goes: until then it can be gone back to. */
function ofContainer(change: Changing): readonly string[] {
  switch (change.is) {
    case "create":
      return ["start", "ready"];
    case "update":
      return ["update", "ready"];
    case "replace":
      // The former one is there still: of what it is made of nothing is new to it, and at most it has to run again.
      if (isTheFormer(change)) return change.fields.length === 0 ? ["ready"] : ["update", "ready"];
      return [change.resource.exchange === "start first" ? "start" : "exchange", "ready", "retire"];
    case "delete":
      return ["remove"];
  }
}

const kindOf = (change: Changing): string =>
  change.is === "delete" ? change.before.kind : change.resource.kind;
