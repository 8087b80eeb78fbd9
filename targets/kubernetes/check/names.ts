import type { AgentView } from "../../../src/model/checked.ts";
import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import type { Path } from "../../../src/model/source.ts";
import { isOurs } from "../manifest/shape.ts";

/** What a cluster can be called by: its names are stricter than those of files and machines. */

const OBJECT = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_NAME = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)$/;
const LONGEST_LABEL = 63;

/** A Secret, a ConfigMap, an account: lower-case words with hyphens and dots. */
export const isObjectName = (name: string): boolean => name.length <= 253 && OBJECT.test(name);

/** A variable in it is not set: nobody knows yet what the text will be, and the plan will say so. */
export function isOpen({ doc }: AgentView, path: Path): boolean {
  return doc.held.has(`/${path.join("/")}`);
}

export function nameFaults(view: AgentView): Diagnostic[] {
  return [...serviceFaults(view), ...markFaults(view), ...referenceFaults(view)];
}

/** Names in the cluster's name service begin with a letter. */
function serviceFaults({ ir, doc }: AgentView): Diagnostic[] {
  if (Object.keys(ir.ports).length === 0 || /^[a-z]/.test(ir.name)) return [];
  return [
    diagnostic(
      "AAC2306",
      doc.at(["metadata", "name"]),
      `no Service can be named \`${ir.name}\`: its name has to begin with a letter`,
      { notes: ["others reach the ports of an agent by its name: give it another"] },
    ),
  ];
}

function markFaults(view: AgentView): Diagnostic[] {
  const { ir, doc } = view;
  return (["labels", "annotations"] as const).flatMap((group) =>
    Object.entries(ir.metadata[group]).flatMap(([key, value]): Diagnostic[] => {
      const path: Path = ["metadata", group, key];
      if (isOurs(key))
        return [
          diagnostic(
            "AAC2306",
            doc.at(path, "key"),
            "`agent.dev/` begins the marks by which aac knows its own objects",
            { notes: ["give it another name"] },
          ),
        ];
      if (!isMarkName(key))
        return [
          diagnostic("AAC2306", doc.at(path, "key"), `\`${key}\` is no name that a cluster knows`, {
            notes: ["letters, digits, `-`, `_` and `.`, at most 63, after a domain and a slash if need be"],
          }),
        ];
      if (group === "labels" && !isLabelValue(value) && !isOpen(view, path))
        return [
          diagnostic("AAC2306", doc.at(path), `\`${value}\` is no value that a label can have`, {
            notes: [
              "letters, digits, `-`, `_` and `.`, at most 63, with a letter or digit at both ends",
              "any text can stand under `annotations`",
            ],
          }),
        ];
      return [];
    }),
  );
}

function isMarkName(key: string): boolean {
  const cut = key.lastIndexOf("/");
  const name = key.slice(cut + 1);
  const domain = cut < 0 ? undefined : key.slice(0, cut);
  return (
    name.length <= LONGEST_LABEL && LABEL_NAME.test(name) && (domain === undefined || isObjectName(domain))
  );
}

const isLabelValue = (value: string): boolean =>
  value === "" || (value.length <= LONGEST_LABEL && LABEL_NAME.test(value));

/** Names of objects that the agent takes something from. */
function referenceFaults(view: AgentView): Diagnostic[] {
  const { doc } = view;
  const { environment, secrets, imagePullSecrets, serviceAccount } = doc.value.spec;
  const named: (readonly [Path, string | undefined])[] = [
    ...(environment ?? []).flatMap((entry, i): (readonly [Path, string | undefined])[] => {
      const path: Path = ["spec", "environment", i];
      if (!("from" in entry)) return [];
      if (entry.from === "secret") return [[[...path, "secretName"], entry.secretName]];
      return entry.from === "configmap" ? [[[...path, "configMapName"], entry.configMapName]] : [];
    }),
    ...(secrets ?? []).flatMap((entry, i): (readonly [Path, string | undefined])[] =>
      !("from" in entry) || entry.from === "kubernetes-secret"
        ? [[["spec", "secrets", i, "secretName"], entry.secretName]]
        : [],
    ),
    ...(imagePullSecrets ?? []).map((name, i) => [["spec", "imagePullSecrets", i], name] as const),
    [["spec", "serviceAccount"], serviceAccount],
  ];
  return named.flatMap(([path, name]) =>
    name === undefined || isObjectName(name) || isOpen(view, path)
      ? []
      : [
          diagnostic("AAC2306", doc.at(path), `nothing in a cluster can be named \`${name}\``, {
            notes: ["its names have lower-case letters, digits, hyphens and dots"],
          }),
        ],
  );
}
