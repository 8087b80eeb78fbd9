import { expect, test } from "vitest";
import { conflictsIn, unseen } from "../../../targets/kubernetes/does/conflicts.ts";
import { fieldPath, overlap } from "../../../targets/kubernetes/manifest/server-paths.ts";
import type { Manifest } from "../../../targets/kubernetes/shapes.ts";
import type { Change } from "../../../src/model/plan.ts";

const manifest: Manifest = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "desk" },
  spec: {
    template: {
      spec: {
        containers: [
          {
            name: "desk",
            env: [{ name: "A" }, { name: "LOG.LEVEL" }],
            ports: [{ containerPort: 8080 }],
            volumeMounts: [{ mountPath: "/data/in", name: "in" }],
          },
        ],
        tolerations: [{ key: "gpu" }],
      },
    },
  },
};
const CONTAINER = "spec/template/spec/containers/desk";

test.each([
  ["spec.template.spec.containers[0].image", `${CONTAINER}/image`],
  ["spec.template.spec.containers[0].env[1].value", `${CONTAINER}/env/LOG.LEVEL/value`],
  ["spec.template.spec.containers[0].ports[0].containerPort", `${CONTAINER}/ports/8080/TCP/containerPort`],
  ["spec.template.spec.containers[7].image", "spec/template/spec/containers/7/image"],
  ["spec.template.spec.tolerations[0].key", "spec/template/spec/tolerations/0/key"],
  ["spec.selector", "spec/selector"],
  ["metadata.labels", "metadata/labels"],
  ["", ""],
])("a field that the server finds fault with is a field of the plan: %s", (text, path) => {
  expect(fieldPath(manifest, text)).toBe(path);
});

test.each([
  [".spec.replicas", "spec/replicas"],
  [
    '.spec.template.spec.containers[name="desk"].env[name="LOG.LEVEL"].value',
    `${CONTAINER}/env/LOG.LEVEL/value`,
  ],
  [
    '.spec.template.spec.containers[name="desk"].ports[containerPort=8080,protocol="TCP"].name',
    `${CONTAINER}/ports/8080/TCP/name`,
  ],
  [
    '.spec.template.spec.containers[name="desk"].volumeMounts[mountPath="/data/in"].readOnly',
    `${CONTAINER}/volumeMounts//data/in/readOnly`,
  ],
  [".metadata.annotations.example.com/note.v1", "metadata/annotations/example.com/note.v1"],
  [".spec.template.metadata.annotations.agent.dev/secrets", "secrets"],
  ['.spec.template.spec.containers[name="a]b"].image', "spec/template/spec/containers/a]b/image"],
])("so is one that the server says somebody owns: %s", (text, path) => {
  expect(fieldPath(manifest, text)).toBe(path);
});

test("keys of maps that anybody chooses keep their dots", () => {
  expect(fieldPath({ kind: "ConfigMap" }, ".data.config.json")).toBe("config");
  expect(fieldPath({ kind: "ConfigMap" }, ".data.other.json")).toBe("data/other.json");
  expect(fieldPath({ kind: "ConfigMap" }, "data[no key]")).toBe("data/no key");
  expect(fieldPath({ kind: "Service" }, ".spec.selector.agent.dev/agent")).toBe(
    "spec/selector/agent.dev/agent",
  );
});

test("two paths overlap where one holds the other, and not where their names only begin alike", () => {
  expect(overlap("spec/a", "spec/a/b")).toBe(true);
  expect(overlap("spec/a/b", "spec/a")).toBe(true);
  expect(overlap("spec/a", "spec/ab")).toBe(false);
});

const refusal = (...fields: readonly string[]) =>
  ({
    is: "answer",
    status: 409,
    body: {
      details: {
        causes: fields.map((field) => ({
          reason: "FieldManagerConflict",
          message: 'conflict with "hand" using apps/v1',
          field,
        })),
      },
    },
  }) as const;

test("only what a plan shows may be taken from somebody else", () => {
  const update: Change = {
    is: "update",
    id: "desk/Deployment/desk",
    resource: {
      id: "desk/Deployment/desk",
      agent: "desk",
      kind: "Deployment",
      name: "desk",
      after: [],
      follows: [],
      fields: {},
      exchange: "start first",
      holdsData: false,
      protect: false,
      source: "",
      written: {},
    },
    before: {
      id: "desk/Deployment/desk",
      agent: "desk",
      kind: "Deployment",
      name: "desk",
      after: [],
      fields: {},
      holdsData: false,
      protect: false,
      source: "",
      origin: "",
      identity: "1",
    },
    because: [],
    // A variable that is not there at all is one field of a plan, whatever is below it.
    fields: [{ path: `${CONTAINER}/env/A`, secret: false, origin: "drift" }],
    costs: { order: "rolling", dependants: [], losesData: false },
  };
  const conflicts = conflictsIn(
    refusal(
      '.spec.template.spec.containers[name="desk"].env[name="A"].value',
      ".spec.replicas",
      ".metadata.labels.agent.dev/project",
    ),
    manifest,
  );
  expect(conflicts.map(({ manager }) => manager)).toEqual(["hand", "hand", "hand"]);
  expect(unseen(conflicts, update)).toEqual([{ path: "spec/replicas", manager: "hand" }]);
  expect(conflictsIn({ is: "answer", status: 409, body: { message: "uid mismatch" } }, manifest)).toEqual([]);
});
