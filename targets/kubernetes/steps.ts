import type { Change } from "../../src/model/plan.ts";
import type { Step } from "../../src/model/step.ts";

/** As long as an agent may take to become ready or to go, unless the command says otherwise. */
const WAIT_MS = 300_000;

/** What an apply does to one object of the cluster, in order. */
export function steps(change: Change): readonly Step[] {
  const { id } = change;
  const kind = id.split("/")[1];
  const call = (does: string): Step => ({ is: "call", id, does });
  const wait = (until: "ready" | "gone"): readonly Step[] =>
    kind === "Deployment" ? [{ is: "await", id, until, timeoutMs: WAIT_MS }] : [];
  switch (change.is) {
    case "keep":
      return [];
    case "create":
      return [call("apply"), ...wait("ready")];
    case "update":
      return [
        call("apply"),
        ...(rollsUnchanged(change) ? [call("roll")] : []),
        ...wait("ready"),
        ...(endsHold(change) ? [call("release")] : []),
      ];
    case "replace":
      return [call("replace"), ...wait("ready")];
    case "delete":
      // What holds data, and what others may live in, is left to people.
      return kind === "PersistentVolumeClaim" || kind === "Namespace"
        ? []
        : [call("remove"), ...wait("gone")];
  }
}

/** Whoever is put back is as held as before. */
function endsHold({ before, because }: Extract<Change, { readonly is: "update" | "replace" }>): boolean {
  return (
    before.kind === "Deployment" &&
    before.hold !== undefined &&
    because.every(({ is }) => is !== "rolled back")
  );
}

/** Pods that are wanted anew though nothing about them changed: only another template makes the server exchange them. */
function rollsUnchanged({
  because,
  fields,
}: Extract<Change, { readonly is: "update" | "replace" }>): boolean {
  return (
    because.some(({ is }) => is === "asked for" || is === "follows") &&
    fields.every(({ rolls }) => rolls === undefined)
  );
}
