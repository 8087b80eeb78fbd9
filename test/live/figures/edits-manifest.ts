import type { Json } from "../../../src/base/canonical.ts";
import { jsonIn, type Tree, treeIn } from "./edits-model.ts";

/** What is empty is not there at all. */
export const filled = (fields: Tree): Tree =>
  Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) =>
        value !== undefined && (typeof value !== "object" || Object.keys(value ?? {}).length > 0),
    ),
  );

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
export const nameOf = (object: Json): string => String(treeIn(treeIn(object)["metadata"])["name"]);

export const at = (tree: Tree, path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>((found, step) => treeIn(found)[step], tree);

/** Lists by what tells their items apart. */
const by = (list: Json | undefined, key: (item: Tree) => string, without: readonly string[]): Tree =>
  Object.fromEntries(
    listOf(list).map((item) => [
      key(treeIn(item)),
      Object.fromEntries(Object.entries(treeIn(item)).filter(([one]) => !without.includes(one))),
    ]),
  );

const only = (map: Json | undefined, names: readonly string[]): Tree =>
  Object.fromEntries(Object.entries(treeIn(map)).filter(([name]) => names.includes(name)));

const LABELS = ["team", "floor"];
const NOTES = ["note", "seen-by"];
const marksIn = (metadata: Json | undefined): Tree =>
  filled({
    labels: only(treeIn(metadata)["labels"], LABELS),
    annotations: only(treeIn(metadata)["annotations"], NOTES),
  });

/** As the cluster says it, read for this test alone. */
export function seen(id: string, live: Tree): Tree {
  const metadata = filled({ metadata: marksIn(live["metadata"]) });
  const spec = treeIn(live["spec"]);
  if (id.includes("/ConfigMap/"))
    return { ...metadata, config: jsonIn(String(treeIn(live["data"])["config.json"])) };
  if (id.includes("/Service/")) {
    const ports = by(spec["ports"], ({ port, protocol }) => `${String(port)}/${String(protocol)}`, [
      "port",
      "protocol",
      "nodePort",
    ]);
    return { ...metadata, spec: { ports, type: String(spec["type"]) } };
  }
  const template = treeIn(spec["template"]);
  const pod = treeIn(template["spec"]);
  const digest = treeIn(treeIn(template["metadata"])["annotations"])["agent.dev/config"];
  return {
    ...metadata,
    ...(digest === undefined ? {} : { configDigest: digest }),
    spec: {
      ...only(spec, ["progressDeadlineSeconds", "replicas", "revisionHistoryLimit", "strategy"]),
      template: {
        ...filled({ metadata: marksIn(template["metadata"]) }),
        spec: filled({
          containers: Object.fromEntries(
            listOf(pod["containers"]).map((one) => [String(treeIn(one)["name"]), containerIn(treeIn(one))]),
          ),
          ...only(pod, ["terminationGracePeriodSeconds"]),
          volumes: Object.fromEntries(
            listOf(pod["volumes"]).map((one) => [
              String(treeIn(one)["name"]),
              { configMap: only(treeIn(one)["configMap"], ["name"]) },
            ]),
          ),
        }),
      },
    },
  };
}

function containerIn(live: Tree): Tree {
  const asked = (name: string): Tree =>
    only(live[name], ["exec", "periodSeconds", "timeoutSeconds", "failureThreshold"]);
  return filled({
    ...only(live, ["command", "args", "image"]),
    env: Object.fromEntries(
      listOf(live["env"]).map((one) => [String(treeIn(one)["name"]), { value: treeIn(one)["value"] ?? "" }]),
    ),
    startupProbe: asked("startupProbe"),
    readinessProbe: asked("readinessProbe"),
    livenessProbe: asked("livenessProbe"),
    ports: by(
      live["ports"],
      ({ containerPort, protocol }) => `${String(containerPort)}/${String(protocol)}`,
      ["containerPort", "protocol"],
    ),
    resources: filled(only(live["resources"], ["limits"])),
    volumeMounts: by(live["volumeMounts"], ({ mountPath }) => String(mountPath), ["mountPath"]),
  });
}
