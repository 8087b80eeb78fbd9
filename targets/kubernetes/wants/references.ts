import type { Json } from "../../../src/base/canonical.ts";
import type { Fields } from "../../../src/model/resource.ts";
import { at, textAt } from "../answers.ts";
import { isMap } from "../manifest/shape.ts";

/** What the pods of a Deployment need that no apply makes. */
export interface Need {
  readonly kind: "Secret" | "ConfigMap" | "ServiceAccount";
  readonly name: string;
  /** Without one, any content will do. */
  readonly key?: string;
}

/** Without what may be missing. Each once. */
export function needsOf(fields: Fields): readonly Need[] {
  const pod = at(fields, "spec", "template", "spec");
  const account = textAt(pod, "serviceAccountName");
  const found: readonly Need[] = [
    ...containersIn(pod).flatMap((container) => valuesOf(at(container, "env")).flatMap(ofVariable)),
    ...valuesOf(at(pod, "volumes")).flatMap(ofVolume),
    ...(account === undefined || account === "default"
      ? []
      : [{ kind: "ServiceAccount" as const, name: account }]),
  ];
  return [...new Map(found.map((need) => [JSON.stringify(need), need])).values()];
}

function ofVariable(variable: Json): readonly Need[] {
  return (["Secret", "ConfigMap"] as const).flatMap((kind) => {
    const reference = at(variable, "valueFrom", kind === "Secret" ? "secretKeyRef" : "configMapKeyRef");
    return needOf(kind, reference, textAt(reference, "name"), textAt(reference, "key"));
  });
}

function ofVolume(volume: Json): readonly Need[] {
  const [map, secret] = [at(volume, "configMap"), at(volume, "secret")];
  return [
    ...needOf("ConfigMap", map, textAt(map, "name")),
    ...needOf("Secret", secret, textAt(secret, "secretName")),
  ];
}

function needOf(
  kind: Need["kind"],
  reference: Json | undefined,
  name: string | undefined,
  key?: string,
): readonly Need[] {
  if (name === undefined || at(reference, "optional") === true) return [];
  return [{ kind, name, ...(key === undefined ? {} : { key }) }];
}

const containersIn = (pod: Json | undefined): readonly Json[] => [
  ...valuesOf(at(pod, "initContainers")),
  ...valuesOf(at(pod, "containers")),
];

const valuesOf = (map: Json | undefined): readonly Json[] =>
  isMap(map) ? Object.values(map).filter((one) => one !== undefined) : [];

/**
 * By variable: the keys of Secrets that its value is made of, in the order in which what stands for them is put
 * together. A longer text holds them as `$(NAME)` of other variables.
 */
export function secretsOf(
  fields: Fields,
): ReadonlyMap<string, readonly { readonly name: string; readonly key: string }[]> {
  const found = new Map<string, readonly { readonly name: string; readonly key: string }[]>();
  for (const container of containersIn(at(fields, "spec", "template", "spec"))) {
    const env = at(container, "env");
    if (!isMap(env)) continue;
    const refers = (variable: string): readonly { readonly name: string; readonly key: string }[] => {
      const reference = at(env[variable], "valueFrom", "secretKeyRef");
      const [name, key] = [textAt(reference, "name"), textAt(reference, "key")];
      return name === undefined || key === undefined ? [] : [{ name, key }];
    };
    for (const variable of Object.keys(env)) {
      const text = textAt(env[variable], "value") ?? "";
      const parts = [...text.matchAll(/\$\$|\$\(([^)]*)\)/g)].flatMap(([, part]) => part ?? []);
      const own = [...refers(variable), ...[...new Set(parts)].sort().flatMap(refers)];
      if (own.length > 0) found.set(variable, own);
    }
  }
  return found;
}
