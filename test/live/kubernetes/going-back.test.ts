import { expect, test } from "vitest";
import { at, listAt, textAt } from "../../../targets/kubernetes/answers.ts";
import type { Json } from "../../../src/base/canonical.ts";
import { describeOn, loadImage } from "../engines.ts";
import { shellAgent, STAYS, worldIn, type World } from "./namespace.ts";

const LONG = { timeout: 180_000, concurrent: true };

const PAGE = `  environment: [{name: GREETING, value: hello}]
  ports: [{container: 8080}]
  config: {topics: [rain]}
`;

/** What an object is and remembers, without what the cluster writes in it all the time. */
async function shown(world: World, kind: string, name: string): Promise<Json> {
  const answer = await world.get(kind, name);
  if (answer.is === "lost" || answer.status !== 200) return null;
  const { body } = answer;
  const own = listAt(body, "metadata", "managedFields").find((one) => textAt(one, "manager") === "aac");
  const annotations = Object.entries(at(body, "metadata", "annotations") ?? {}).filter(
    ([key]) => !key.startsWith("deployment.kubernetes.io/") && !/agent.dev\/(?:apply|revision)/.test(key),
  );
  const fieldsV1 = JSON.stringify(at(own, "fieldsV1"), (key, value: unknown) =>
    /agent.dev\/(?:apply|revision)$/.test(key) ? undefined : value,
  );
  return {
    uid: textAt(body, "metadata", "uid") ?? "",
    annotations: Object.fromEntries(annotations),
    own: fieldsV1,
    data: at(body, "data") ?? null,
    spec: at(body, "spec") ?? null,
  };
}

const KINDS = [
  ["deployments", "page"],
  ["services", "page"],
  ["configmaps", "page-config"],
] as const;

const all = (world: World): Promise<readonly Json[]> =>
  Promise.all(KINDS.map(([kind, name]) => shown(world, kind, name)));

const pods = async (world: World): Promise<readonly string[]> => {
  const answer = await world.get("pods", "");
  return answer.is === "lost"
    ? []
    : listAt(answer.body, "items")
        .filter((one) => textAt(one, "metadata", "deletionTimestamp") === undefined)
        .map((one) => textAt(one, "metadata", "name") ?? "")
        .sort();
};

await describeOn("kubernetes", "an apply to a cluster that fails and goes back", (environment) => {
  test("leaves each field and each owner as it was, and the pod that served all the time", LONG, async () => {
    await loadImage("busybox:latest");
    const world = await worldIn(environment);
    try {
      world.write("page/agent.yaml", shellAgent("page", STAYS, PAGE));
      expect((await world.apply()).outcome).toBe("applied");
      const [before, served] = [await all(world), await pods(world)];

      // Another value in each object, one more field, one less, another agent, and an image that is nowhere.
      world.write(
        "page/agent.yaml",
        shellAgent(
          "page",
          STAYS,
          PAGE.replace("hello", "bye").replace("8080", "8081").replace("rain", "snow"),
        )
          .replace("busybox:latest", "nowhere.invalid/none:1")
          .replace("stopGracePeriod: 1s", "stopGracePeriod: 7s"),
      );
      world.write("desk/agent.yaml", shellAgent("desk", STAYS, "  config: {a: 1}\n"));
      // A disk that was made on the way may have been written to: it stays, and that is said.
      world.write(
        "disk/agent.yaml",
        shellAgent("disk", STAYS, "  volumes: [{name: notes, target: /data, size: 8Mi}]\n"),
      );
      const failed = await world.apply({ goesBack: true, mark: { apply: "f00", revision: 2 } });
      expect(failed.outcome).toBe("failed");
      expect(failed.back?.applied.outcome).toBe("applied");
      expect(failed.back?.rest).toEqual([]);
      expect(failed.back?.first.lost).toEqual([{ is: "kept", id: "disk/PersistentVolumeClaim/disk-notes" }]);
      expect(await shown(world, "persistentvolumeclaims", "disk-notes")).not.toBeNull();
      expect(await shown(world, "deployments", "disk")).toBeNull();
      expect(await all(world)).toEqual(before);
      expect(await pods(world)).toEqual(served);
      expect(await shown(world, "deployments", "desk")).toBeNull();
      expect(await shown(world, "configmaps", "desk-config")).toBeNull();

      world.remove("desk/agent.yaml");
      world.remove("disk/agent.yaml");
      world.write("page/agent.yaml", shellAgent("page", STAYS, PAGE));
      expect((await world.plan()).plan.changes.filter(({ is }) => is !== "keep")).toEqual([]);
    } finally {
      await world.end();
    }
  });

  test("makes again what went, and gives back what somebody else had written", LONG, async () => {
    await loadImage("busybox:latest");
    const world = await worldIn(environment);
    try {
      world.write("page/agent.yaml", shellAgent("page", STAYS, PAGE));
      world.write("desk/agent.yaml", shellAgent("desk", STAYS, "  config: {a: 1}\n"));
      expect((await world.apply()).outcome).toBe("applied");
      await world.change("deployments", "page", "kubectl-set", {
        spec: {
          template: {
            spec: { containers: [{ name: "page", env: [{ name: "GREETING", value: "by hand" }] }] },
          },
        },
      });
      world.remove("desk/agent.yaml");
      world.write(
        "page/agent.yaml",
        shellAgent("page", STAYS, PAGE).replace("busybox:latest", "nowhere.invalid/none:1"),
      );
      const failed = await world.apply({ goesBack: true });
      expect(failed.outcome).toBe("failed");
      expect([failed.back?.applied.lines, failed.back?.rest]).toEqual([expect.anything(), []]);
      expect(failed.back?.applied.outcome).toBe("applied");

      world.write("page/agent.yaml", shellAgent("page", STAYS, PAGE));
      world.write("desk/agent.yaml", shellAgent("desk", STAYS, "  config: {a: 1}\n"));
      const { plan } = await world.plan();
      const changes = plan.changes.flatMap((one) => (one.is === "update" ? one.fields : []));
      expect(changes.map(({ path, from, to, origin }) => ({ path, from, to, origin }))).toEqual([
        {
          path: "spec/template/spec/containers/page/env/GREETING/value",
          from: "by hand",
          to: "hello",
          origin: "drift",
        },
      ]);
      expect(plan.changes.map(({ is }) => is).filter((is) => is !== "keep")).toEqual(["update"]);

      // What was asked for then is still known beside another edit.
      world.write(
        "page/agent.yaml",
        shellAgent("page", STAYS, PAGE).replace("stopGracePeriod: 1s", "stopGracePeriod: 7s"),
      );
      const edited = await world.plan();
      expect(
        edited.plan.changes
          .flatMap((one) => (one.is === "update" ? one.fields : []))
          .map(({ path, origin }) => [path, origin]),
      ).toEqual([
        ["spec/template/spec/containers/page/env/GREETING/value", "drift"],
        ["spec/template/spec/terminationGracePeriodSeconds", "edit"],
      ]);
    } finally {
      await world.end();
    }
  });
});
