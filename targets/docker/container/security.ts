import type { Docker } from "../client.ts";
import type { ContainerFields } from "../shapes.ts";

type Security = ContainerFields["security"];
type Host = Docker.HostConfig;

export function securityFor(security: Security): Host {
  const options = [
    ...(security.noNewPrivileges ? ["no-new-privileges"] : []),
    ...(security.seccomp === "unconfined" ? ["seccomp=unconfined"] : []),
  ];
  return {
    ReadonlyRootfs: security.readOnlyRootFilesystem,
    Privileged: security.privileged,
    ...(security.drop.length === 0 ? {} : { CapDrop: security.drop }),
    ...(security.add.length === 0 ? {} : { CapAdd: security.add }),
    ...(options.length === 0 ? {} : { SecurityOpt: options }),
    ...(security.pidMode === "host" ? { PidMode: "host" } : {}),
  };
}

export function securityIn(host: Host): Security {
  const options = texts(host.SecurityOpt);
  const seccomp = options.find((one) => one.startsWith("seccomp="))?.slice("seccomp=".length);
  return {
    readOnlyRootFilesystem: host.ReadonlyRootfs === true,
    noNewPrivileges: options.some((one) => /^no-new-privileges(?:[:=]true)?$/.test(one)),
    drop: capabilities(host.CapDrop),
    add: capabilities(host.CapAdd),
    // A profile is a page of JSON: that it is one says enough.
    seccomp: seccomp === undefined ? "default" : seccomp.startsWith("{") ? "(a profile)" : seccomp,
    privileged: host.Privileged === true,
    pidMode: host.PidMode ?? "",
  };
}

/** Engines of several versions write them with and without the prefix. */
function capabilities(value: unknown): readonly string[] {
  return texts(value)
    .map((one) => one.toUpperCase().replace(/^CAP_/, ""))
    .sort();
}

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
