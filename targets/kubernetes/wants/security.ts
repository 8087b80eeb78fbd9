import type { AgentIr } from "../../../src/model/ir.ts";
import { defined, type JsonMap } from "../manifest/shape.ts";

/** Who an agent is inside its pod unless its author says otherwise: nobody that an image knows, and not root. */
const USER = 1000;

/** What holds for the whole pod: its user, and the group that its volumes are given to. */
export function podSecurity({ security }: AgentIr): JsonMap {
  const user = security.runAsUser ?? USER;
  const group = security.runAsGroup ?? (user === 0 ? 0 : USER);
  return {
    fsGroup: group,
    runAsGroup: group,
    runAsNonRoot: user !== 0,
    runAsUser: user,
    seccompProfile: { type: security.seccomp === "unconfined" ? "Unconfined" : "RuntimeDefault" },
  };
}

/**
 * A right that is named under `dangerous` is allowed; only where nothing narrower asks for it is it also meant.
 * `isDropWritten`: whoever writes that nothing is dropped means it; whoever writes nothing keeps nothing.
 */
export function containerSecurity({ security, isolation }: AgentIr, isDropWritten: boolean): JsonMap {
  const { drop, add } = security.capabilities;
  const dropped = isDropWritten ? drop.map(plain) : ["ALL"];
  const isPrivileged =
    security.dangerous.includes("privileged") &&
    security.seccomp !== "unconfined" &&
    !add.map(plain).includes("ALL");
  return defined({
    // A privileged container has all that it could escalate to.
    allowPrivilegeEscalation: isPrivileged || security.noNewPrivileges === false,
    capabilities:
      dropped.length + add.length === 0
        ? undefined
        : defined({
            add: add.length === 0 ? undefined : add.map(plain),
            drop: dropped.length === 0 ? undefined : dropped,
          }),
    privileged: isPrivileged ? true : undefined,
    readOnlyRootFilesystem: isReadOnly({ security, isolation }) ? true : undefined,
  });
}

export const isReadOnly = ({ security, isolation }: Pick<AgentIr, "security" | "isolation">): boolean =>
  security.readOnlyRootFilesystem || isolation.filesystem === "readonly";

/** Kubernetes leaves `CAP_` out. */
const plain = (name: string): string => name.toUpperCase().replace(/^CAP_/, "");
