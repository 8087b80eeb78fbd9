import { canonicalJson, type Json } from "../../../src/base/canonical.ts";
import type { Holder } from "../../../src/model/holder.ts";
import { listAt, textAt } from "../answers.ts";
import { ANNOTATION, LABEL, leaseName, MANAGER } from "../names.ts";

/** A Lease as this tool writes and reads it. Pure. */

/** It ends by itself so long after it was renewed. */
const LEASE_S = 15;
/** Longer than any command that a person reads. */
const COMMAND = 500;

export interface Holding {
  readonly project: string;
  readonly holder: Holder;
  readonly user: string;
  /** Tells two programs apart that are alike in all else. */
  readonly token: string;
}

/** `ana@build-7 4121 9f3a2c` */
export const identityOf = ({ user, holder, token }: Holding): string =>
  `${user}@${holder.host} ${holder.pid} ${token}`;

export interface LeaseSeen {
  readonly uid: string;
  readonly version: string;
  /** Empty: nobody's. */
  readonly identity: string;
  readonly changes: number;
  /** Absent where another tool wrote it in words of its own. */
  readonly holder?: Holder;
  /** UTC, by the server's clock: when it was written last. */
  readonly renewed: string | undefined;
}

export function leaseSeen(body: Json): LeaseSeen {
  const identity = textAt(body, "spec", "holderIdentity") ?? "";
  const [, host, pid] = /^\S*@(\S+) (\d+) \S+$/.exec(identity) ?? [];
  const note = (key: string): string => textAt(body, "metadata", "annotations", key) ?? "";
  const changes = changesIn(body);
  return {
    uid: textAt(body, "metadata", "uid") ?? "",
    version: textAt(body, "metadata", "resourceVersion") ?? "",
    identity,
    changes,
    ...(host === undefined || pid === undefined
      ? {}
      : {
          holder: {
            host,
            pid: Number(pid),
            command: note(ANNOTATION.command),
            since: note(ANNOTATION.since),
          },
        }),
    renewed: writtenAt(body) ?? textAt(body, "spec", "renewTime"),
  };
}

function changesIn(body: Json): number {
  const spec = typeof body === "object" && body !== null && "spec" in body ? body.spec : undefined;
  const found =
    typeof spec === "object" && spec !== null && "leaseTransitions" in spec ? spec.leaseTransitions : 0;
  return typeof found === "number" ? found : 0;
}

/** The server notes itself when whom wrote: the time in the Lease is that of a machine whose clock may be wrong. */
function writtenAt(body: Json): string | undefined {
  return listAt(body, "metadata", "managedFields")
    .filter((one) => canonicalJson(one).includes("f:renewTime"))
    .flatMap((one) => textAt(one, "time") ?? [])
    .sort()
    .at(-1);
}

/** Seconds until it ends, at this time of the server's; 0 or less: it has ended. */
export function secondsLeft({ renewed }: LeaseSeen, date: string | undefined, wall: string): number {
  const [now, then] = [Date.parse(date ?? wall), Date.parse(renewed ?? "")];
  if (Number.isNaN(then)) return 0;
  const left = LEASE_S - Math.floor((now - then) / 1000);
  // A clock that goes wrong must not make a lock last for ever.
  return Math.min(LEASE_S, left);
}

export function leaseBody(holding: Holding, wall: string, over?: LeaseSeen): Json {
  const { holder, project } = holding;
  return {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: {
      name: leaseName(project),
      labels: { [LABEL.project]: project },
      annotations: {
        [ANNOTATION.command]: holder.command.slice(0, COMMAND),
        [ANNOTATION.since]: holder.since,
      },
      ...(over === undefined ? {} : { uid: over.uid, resourceVersion: over.version }),
    },
    spec: {
      holderIdentity: identityOf(holding),
      leaseDurationSeconds: LEASE_S,
      acquireTime: microTime(holder.since),
      renewTime: microTime(wall),
      leaseTransitions:
        over === undefined ? 0 : over.changes + (over.identity === identityOf(holding) ? 0 : 1),
    },
  };
}

/** Given back where it may not be deleted. */
export function emptyLease(project: string, over: LeaseSeen): Json {
  return {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: {
      name: leaseName(project),
      labels: { [LABEL.project]: project },
      uid: over.uid,
      resourceVersion: over.version,
    },
    spec: { holderIdentity: "", leaseDurationSeconds: 1, leaseTransitions: over.changes },
  };
}

export const LEASE_QUERY = { fieldManager: MANAGER };

/** The server wants six digits of a second. */
function microTime(time: string): string {
  const stamp = Date.parse(time);
  return new Date(Number.isNaN(stamp) ? 0 : stamp).toISOString().replace("Z", "000Z");
}
