import { atPath } from "../base/at-path.ts";
import type { AgentView } from "../model/checked.ts";
import { type Diagnostic, diagnostic } from "../model/diagnostic.ts";
import type { Path, Span } from "../model/source.ts";
import type { FieldSupport, Support } from "../model/target.ts";

/** How a target speaks of itself: "no meaning for a container", "not built for containers yet". */
export interface Words {
  readonly one: string;
  readonly several: string;
}

export const enforced: Support = { is: "enforced" };
export const emulated = (how: string): Support => ({ is: "emulated", how });
export const refused = (why: string, instead: string): Support => ({ is: "refused", why, instead });
export const notForIt = (why: string): Support => ({ is: "not for this target", why });
/** Part of the format, and still to come: refused until it is there. */
export const later = ({ several }: Words, instead: string): Support =>
  refused(`not built for ${several} yet`, instead);

const isNotBuilt = (how: Support): boolean => how.is === "refused" && how.why.startsWith("not built");

/** Of a field that is written: whether it asks for nothing that is not so anyway, or is told elsewhere in more words. */
export type Harmless = (field: string, value: unknown, view: AgentView) => boolean;

/** Fields as they were written: what nobody wrote is no question. */
export function fieldFaults(
  view: AgentView,
  support: FieldSupport,
  words: Words,
  isHarmless: Harmless,
): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const [field, how] of Object.entries(support)) {
    const path: Path = ["spec", ...field.split(".")];
    const value = atPath(view.doc.value, path);
    if (value === undefined || isEmpty(value) || isHarmless(field, value, view)) continue;
    const one = faultOf(field, how, view.doc.at(path, "key"), words);
    if (one !== undefined) found.push(one);
  }
  return found;
}

const isEmpty = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).length === 0;

function faultOf(field: string, how: Support, at: Span, words: Words): Diagnostic | undefined {
  switch (how.is) {
    case "enforced":
    case "emulated":
      return undefined;
    case "refused":
      if (isNotBuilt(how)) return notBuilt(at, `\`${field}\``, how.instead, words);
      return diagnostic("AAC2306", at, `\`${field}\` cannot be carried out: ${how.why}`, {
        notes: [how.instead],
      });
    case "not for this target":
      return diagnostic("AAC2304", at, `\`${field}\` has no meaning for ${words.one}: ${how.why}`);
  }
}

export function notBuilt(at: Span, what: string, instead: string, { several }: Words): Diagnostic {
  return diagnostic("AAC2303", at, `${what} is not built for ${several} yet`, { notes: [instead] });
}

/** All that is part of the format and still to come on a target: its fields, and values of fields that it carries. */
export function notBuiltIn(
  support: FieldSupport,
  values: Readonly<Record<string, { readonly what: string }>>,
): readonly string[] {
  const fields = Object.entries(support).flatMap(([field, how]) => (isNotBuilt(how) ? [field] : []));
  return [...fields, ...Object.entries(values).map(([field, { what }]) => `${field}: ${what}`)].sort();
}

/** What asks for nothing on any target, and what is told elsewhere in more words. `own`: whose overrides count. */
export function asksNothing(field: string, value: unknown, { ir, doc }: AgentView, own: string): boolean {
  switch (field) {
    case "network.security":
      return ir.network.allowExternalConnections && ir.network.allowedHosts.length === 0;
    case "scaling.maxReplicas":
    case "scaling.metrics":
      // What `autoscaling` asks for is told there.
      return doc.value.spec.autoscaling !== undefined;
    case "autoscaling":
      return ir.scaling.auto === undefined && ir.scaling.vertical === undefined;
    case "logging.destination":
      return value === "stdout";
    case "observability.metrics":
      return ir.observability.metrics?.enabled !== true;
    case "overrides":
      return Object.keys(doc.value.spec.overrides ?? {}).every((name) => name === own);
    default:
      return false;
  }
}

/** A swarm's secrets are for nobody here. */
export function swarmSecrets({ doc }: AgentView): Diagnostic[] {
  return (doc.value.spec.secrets ?? []).flatMap((secret, i) =>
    "from" in secret && secret.from === "docker-secret"
      ? [
          diagnostic(
            "AAC2306",
            doc.at(["spec", "secrets", i, "from"]),
            "`from: docker-secret` works in a swarm alone",
            { notes: ["write `from: file` with a path, or `from: env`"] },
          ),
        ]
      : [],
  );
}
