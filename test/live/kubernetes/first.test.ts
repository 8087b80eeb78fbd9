import { afterAll, expect, test } from "vitest";
import type { Json } from "../../../src/base/canonical.ts";
import { at, listAt, textAt } from "../../../targets/kubernetes/answers.ts";
import type { Answer } from "../../../targets/kubernetes/client.ts";
import { HOLD_MANAGER } from "../../../targets/kubernetes/verbs/holds.ts";
import { ANNOTATION, keySecret, LABEL } from "../../../targets/kubernetes/names.ts";
import { printPlan } from "../../helpers/print-plan.ts";
import { describeOn, loadImage } from "../engines.ts";
import { type Carried, type Planned, shellAgent, STAYS, type World, worldIn } from "./namespace.ts";

/** Each has a namespace of its own, and mostly waits for it. */
const LONG = { timeout: 120_000, concurrent: true };

await describeOn("kubernetes", "a project in a cluster", (environment) => {
  const worlds: World[] = [];
  const inWorld = async (options: { readonly makesNamespace?: boolean } = {}): Promise<World> => {
    await loadImage("busybox:latest");
    const world = await worldIn(environment, options);
    worlds.push(world);
    return world;
  };
  afterAll(async () => {
    await Promise.all(worlds.map((world) => world.end()));
  }, LONG.timeout);

  test("is made whole, has nothing left to do, and goes without a trace", LONG, async () => {
    const world = await inWorld({ makesNamespace: true });
    world.write("desk/agent.yaml", shellAgent("desk", STAYS, "  dependsOn: [store]\n"));
    world.write("store/agent.yaml", shellAgent("store", STAYS, STORE));
    const first = await world.plan();
    expect(printPlan(first.plan)).toBe(
      [
        `+ /Namespace/${world.namespace}  (new)`,
        "+ desk/Deployment/desk  (new)",
        "+ store/ConfigMap/store-config  (new)",
        "+ store/Deployment/store  (new)",
        "+ store/Service/store  (new)",
      ].join("\n"),
    );
    expect(first.preflight).toEqual([]);
    expect(first.observation.notes).toEqual([
      `not checked by the server: the namespace ${world.namespace} is yet to be made`,
    ]);
    const applied = await world.apply({ planned: first });
    expectApplied(applied);
    const order = applied.told.filter((line) => line.includes('"last":true')).join("\n");
    expect(order.indexOf("/Namespace/")).toBeLessThan(order.indexOf("store/Deployment/store"));
    expect(order.indexOf("store/Deployment/store")).toBeLessThan(order.indexOf("desk/Deployment/desk"));

    const second = await world.plan();
    expect(changing(second)).toEqual([]);
    for (const request of [...first.requests, ...second.requests])
      expect(request).toMatch(/^GET |[?&]dryRun=All(?:&|$)/);
    expect(second.requests).toHaveLength(3);

    const destroyed = await world.apply({ destroy: true });
    expectApplied(destroyed);
    expect(destroyed.leftovers).toEqual([
      `the namespace ${world.namespace} stays: kubectl delete namespace ${world.namespace}`,
    ]);
    expect(await left(world)).toEqual([]);
  });

  test(
    "shows one variable that somebody changed as that one field, with their name, and takes it back",
    LONG,
    async () => {
      const world = await inWorld();
      world.write("store/agent.yaml", shellAgent("store", STAYS, STORE));
      expectApplied(await world.apply());
      await world.change("deployments", "store", "kubectl-set", variable("store", "GREETING", "bye"));

      const drifted = await world.plan();
      expect(printPlan(drifted.plan).split("\n").slice(0, 2)).toEqual([
        `~ store/Deployment/store  (drifted ${GREETING} by kubectl-set) rolling`,
        `    ${GREETING}: "bye" → "hello" [drift] store/agent.yaml:11`,
      ]);
      expect(changing(drifted)).toEqual(["update store/Deployment/store"]);
      expectApplied(await world.apply({ planned: drifted }));
      expect(await valueOf(world, "store", "GREETING")).toBe("hello");
      expect(changing(await world.plan())).toEqual([]);
    },
  );

  test("overrides nothing that its plan did not show", LONG, async () => {
    const world = await inWorld();
    const file = shellAgent("store", STAYS, `${STORE}  scaling: {replicas: 1}\n`);
    world.write("store/agent.yaml", file);
    expectApplied(await world.apply());
    world.write("store/agent.yaml", file.replace("value: hello", "value: hi"));
    const planned = await world.plan();
    expect(changing(planned)).toEqual(["update store/Deployment/store"]);
    await world.change("deployments", "store", "somebody", { spec: { replicas: 2 } });

    const applied = await world.apply({ planned });
    expect(applied.outcome).toBe("failed");
    expect(applied.lines.find(({ came }) => came === "failed")?.cause).toBe(
      "the Deployment store was changed since the plan: spec/replicas by somebody",
    );
    const live = bodyOf(await world.get("deployments", "store"));
    expect(at(live, "spec", "replicas")).toBe(2);
    expect(await valueOf(world, "store", "GREETING")).toBe("hello");

    const again = await world.plan();
    const fields = again.plan.changes.flatMap((one) => (one.is === "update" ? one.fields : []));
    expect(fields.map(({ path, by }) => [path, by])).toEqual([
      ["spec/replicas", "somebody"],
      [GREETING, undefined],
    ]);
    expectApplied(await world.apply({ planned: again }));
    expect(changing(await world.plan())).toEqual([]);
  });

  test("replaces what the server does not let change, and says why", LONG, async () => {
    const world = await inWorld();
    world.write("store/agent.yaml", shellAgent("store", STAYS));
    const labels = { [LABEL.project]: world.project, [LABEL.agent]: "store" };
    const container = { name: "store", image: "busybox:latest", imagePullPolicy: "IfNotPresent" };
    await world.make("deployments", {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "store", labels },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: "store" } },
        template: { metadata: { labels: { app: "store" } }, spec: { containers: [container] } },
      },
    });
    const planned = await world.plan();
    expect(planned.preflight).toEqual([]);
    expect(changing(planned)).toEqual(["replace store/Deployment/store"]);
    expect(planned.observation.objects[0]?.fixed).toEqual({ "spec/selector": "field is immutable" });
    expectApplied(await world.apply({ planned }));
    expect(changing(await world.plan())).toEqual([]);
  });

  test("fails at once with the cause where an image cannot be had, or an agent ends", LONG, async () => {
    const world = await inWorld();
    world.write("store/agent.yaml", shellAgent("store", STAYS).replace("busybox:", "nowhere.invalid/none:"));
    const image = await world.apply();
    expect(image.lines[0]?.cause).toMatch(
      /^0 of 1 new pods ready: store-[a-z0-9-]+: (?:ErrImagePull|ImagePullBackOff): .*nowhere\.invalid\/none/,
    );

    await world.make("secrets", {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "store-secrets" },
      stringData: { API_KEY: "the-first-value" },
    });
    const crash = 'echo begins; echo "with $API_KEY"; exit 3';
    world.write("store/agent.yaml", shellAgent("store", crash, SECRET));
    const crashed = await world.apply();
    // A cluster may take it for ready for a moment, and then it is seen to have ended.
    expect(crashed.lines[0]?.cause).toMatch(
      /^(?:0 of 1 new pods ready: )?store-[a-z0-9-]+: exit 3 after \d s/,
    );
    expect(crashed.lines[0]?.lines).toEqual(["begins", "with (secret)"]);
  });

  test("names the owner of what is in its way, and leaves it alone", LONG, async () => {
    const world = await inWorld();
    await world.make("services", {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "store", labels: { "app.kubernetes.io/managed-by": "Helm" } },
      spec: { ports: [{ port: 80 }], selector: { app: "theirs" } },
    });
    const before = bodyOf(await world.get("services", "store"));
    world.write("store/agent.yaml", shellAgent("store", STAYS, STORE));
    const planned = await world.plan();
    expect(planned.preflight.map(({ code, message, notes }) => [code, message, notes[0]])).toEqual([
      [
        "AAC4013",
        `store: there is a Service store in ${world.namespace} already, and it is not this agent's`,
        "it has the labels app.kubernetes.io/managed-by=Helm; hand wrote it last",
      ],
    ]);
    // Also where somebody makes it between the plan and the apply.
    const applied = await world.apply({ planned });
    expect(applied.lines.find(({ id }) => id === "store/Service/store")?.cause).toBe(
      "there is a Service store that is not this project's",
    );
    await world.apply({ destroy: true });
    expect(bodyOf(await world.get("services", "store"))).toEqual(before);
  });

  test("leaves alone what a person stopped, until it is released", LONG, async () => {
    const world = await inWorld();
    world.write("store/agent.yaml", shellAgent("store", STAYS));
    expectApplied(await world.apply());
    const hold = JSON.stringify({ by: "ana", since: "2026-01-01T02:14:00Z", what: "stopped", replicas: 1 });
    await world.change("deployments", "store", HOLD_MANAGER, {
      metadata: { annotations: { [ANNOTATION.hold]: hold } },
      spec: { replicas: 0 },
    });
    const held = await world.plan();
    expect(printPlan(held.plan)).toBe("= store/Deployment/store held by ana: stopped");
    const released = await world.plan({ release: true });
    expect(changing(released)).toEqual(["update store/Deployment/store"]);
    expectApplied(await world.apply({ planned: released }));
    const live = bodyOf(await world.get("deployments", "store"));
    expect(at(live, "status", "availableReplicas")).toBe(1);
    expect(textAt(live, "metadata", "annotations", ANNOTATION.hold)).toBeUndefined();
    expect(printPlan((await world.plan()).plan)).toBe("= store/Deployment/store");
  });

  test("sees a secret that was rotated, and holds no value of it", LONG, async () => {
    const world = await inWorld();
    world.write("store/agent.yaml", shellAgent("store", STAYS, SECRET));
    const missing = await world.plan();
    expect(missing.preflight.map(({ code, notes }) => [code, notes])).toEqual([
      [
        "AAC4015",
        [
          expect.stringMatching(
            / -n t-[0-9a-f]+ create secret generic store-secrets --from-literal=API_KEY=…$/,
          ),
        ],
      ],
    ]);
    await world.make("secrets", {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "store-secrets" },
      stringData: { API_KEY: "the-first-value" },
    });
    const first = await world.plan();
    expect(first.preflight).toEqual([]);
    expectApplied(await world.apply({ planned: first }));
    expect(changing(await world.plan())).toEqual([]);

    const value = { stringData: { API_KEY: "the-second-value" } };
    await world.change("secrets", "store-secrets", "hand", value);
    const rotated = await world.plan();
    expect(printPlan(rotated.plan)).toBe(
      "~ store/Deployment/store  (secret secrets/API_KEY) rolling\n    secrets/API_KEY: (secret changed) [edit] store/agent.yaml:10",
    );
    expectApplied(await world.apply({ planned: rotated }));
    expect(changing(await world.plan())).toEqual([]);
    const told = JSON.stringify([missing, first, rotated]);
    const live = JSON.stringify(bodyOf(await world.get("deployments", "store")));
    for (const text of [told, live])
      for (const secret of ["the-first-value", "the-second-value"]) {
        expect(text).not.toContain(secret);
        expect(text).not.toContain(btoa(secret));
      }

    expect(bodyOf(await world.get("secrets", keySecret(world.project)))).toHaveProperty("data.key");
    expectApplied(await world.apply({ destroy: true }));
    expect(await left(world)).toEqual([]);
    expect(at(bodyOf(await world.get("secrets", keySecret(world.project))), "code")).toBe(404);
  });
});

const GREETING = "spec/template/spec/containers/store/env/GREETING/value";
const STORE = `  environment:
    - {name: GREETING, value: hello}
  ports: [{container: 8080}]
  config: {topics: [rain]}
  healthCheck: {command: ["true"], interval: 1s}
`;
const SECRET = "  environment: [{name: API_KEY, from: secret}]\n";

function changing({ plan }: Planned): readonly string[] {
  return plan.changes.flatMap(({ is, id }) => (is === "keep" ? [] : [`${is} ${id}`]));
}

function expectApplied(carried: Carried): void {
  expect(carried.lines.filter(({ came }) => came !== "changed")).toEqual([]);
  expect(carried.outcome).toBe("applied");
}

function bodyOf(answer: Answer): Json {
  if (answer.is === "lost") throw new Error(answer.why);
  return answer.body;
}

const variable = (agent: string, name: string, value: string): Json => ({
  spec: { template: { spec: { containers: [{ name: agent, env: [{ name, value }] }] } } },
});

async function valueOf(world: World, agent: string, name: string): Promise<string | undefined> {
  const live = bodyOf(await world.get("deployments", agent));
  const [container] = listAt(live, "spec", "template", "spec", "containers");
  return textAt(
    listAt(container, "env").find((one) => textAt(one, "name") === name),
    "value",
  );
}

/** Everything of the project that is still there, by name. */
async function left(world: World): Promise<readonly string[]> {
  const kinds = ["configmaps", "deployments", "persistentvolumeclaims", "pods", "secrets", "services"];
  const lists = await Promise.all(kinds.map((kind) => world.get(kind, "")));
  return lists.flatMap((answer, i) =>
    listAt(bodyOf(answer), "items")
      .filter((one) => textAt(one, "metadata", "labels", LABEL.project) === world.project)
      .map((one) => `${kinds[i]}/${textAt(one, "metadata", "name")}`),
  );
}
