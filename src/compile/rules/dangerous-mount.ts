import { normalise } from "../../base/paths.ts";
import type { Rule } from "../rule.ts";

/** Mounts that hand over the machine, and the word that has to be written for each. */
const MOUNTS: readonly (readonly [RegExp, string, string])[] = [
  [
    /(?:^|\/)(?:docker|containerd|crio|podman)(?:\/\w+)*\.sock$/,
    "docker-socket",
    "whoever has this socket is root on the machine, even if it is mounted read-only",
  ],
  [
    /^\/(?:var\/)?run\/(?:docker|containerd|crio)(?:\/|$)/,
    "docker-socket",
    "whoever has this socket is root on the machine, even if it is mounted read-only",
  ],
  [/^\/$/, "host-root", "this is the whole machine, its passwords and keys included"],
  [
    /^\/(?:etc|root|boot|dev|sys|proc|usr|bin|sbin|lib|lib64)(?:\/|$)/,
    "host-root",
    "this belongs to the machine, not to an agent",
  ],
  [
    /^\/var\/lib\/(?:kubelet|docker|containerd|rancher)(?:\/|$)/,
    "host-root",
    "this is where the container engine keeps every container's files",
  ],
];
const PERSONAL =
  /(?:^|\/)\.(?:ssh|aws|kube|gnupg|docker|config\/gcloud|netrc|npmrc)(?:\/|$)|^~\/?$|^\/home\/?$|^\/home\/[^/]+\/?$|\/serviceaccount(?:\/|$)/;

/** What has to be written under `dangerous` for a mount, and why; undefined where nothing has to. */
export function dangerOf(source: string): { readonly word: string; readonly reason: string } | undefined {
  const path = normalise(source);
  const found = MOUNTS.find(([pattern]) => pattern.test(path));
  return found === undefined ? undefined : { word: found[1], reason: found[2] };
}

export const dangerousMount: Rule = {
  agent({ ir, doc }, report) {
    (doc.value.spec.volumes ?? []).forEach((volume, i) => {
      const source = volume.source;
      if (source === undefined || ir.volumes[volume.target]?.type !== "bind") return;
      const at = doc.at(["spec", "volumes", i, "source"]);
      const danger = dangerOf(source);
      if (danger !== undefined) {
        const { word, reason } = danger;
        if (ir.security.dangerous.includes(word)) return;
        report("AAC2014", at, `mounting \`${source}\` hands over the machine`, {
          label: "dangerous",
          notes: [reason, `leave it out; if there is no other way, write \`security.dangerous: [${word}]\``],
        });
      } else if (PERSONAL.test(source)) {
        report("AAC2026", at, `\`${source}\` holds somebody's own keys`, {
          notes: [
            "an agent that reads them can act as that person",
            "give it a secret of its own: `environment` with `from: secret`",
          ],
        });
      }
    });
  },
};
