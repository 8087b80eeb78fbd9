import { describe, expect, test } from "vitest";
import { err } from "../src/base/result.ts";
import { diagnostic } from "../src/model/diagnostic.ts";
import { system } from "../src/system/system.ts";
import { BUILT, type TargetName } from "../targets/registry.ts";
import { compileFiles } from "./helpers/compile-text.ts";
import { dockerWorld } from "./helpers/docker-world.ts";
import { fakeClock } from "./helpers/fake-clock.ts";
import { fakeTarget, fakeWorld, NOWHERE, ORIGIN, own, put } from "./helpers/fake-target.ts";
import { kubernetesWorld } from "./helpers/kubernetes-world.ts";
import { localWorld } from "./helpers/local-world.ts";
import { describeConformance, type World } from "./helpers/target-conformance.ts";
import { describeOn } from "./live/engines.ts";

/** Where each target that is built can be tried. */
const TRIED: Readonly<Partial<Record<TargetName, () => Promise<void>>>> = {
  docker: () =>
    describeOn("docker", "on an engine", (environment) =>
      describeConformance("docker", () => dockerWorld(environment), { concurrent: true }),
    ),
  kubernetes: () =>
    describeOn("kubernetes", "in a cluster", (environment) =>
      describeConformance("kubernetes", () => kubernetesWorld(environment), { concurrent: true }),
    ),
  "local-process": async () => describeConformance("local-process", localWorld),
};

describe("the laws", () => {
  test("are tried on every target that is built", () => {
    expect(Object.keys(TRIED).toSorted()).toEqual(Object.keys(BUILT).toSorted());
  });
});

describeConformance("of these tests", worldInMemory, { runs: false });
for (const tryIt of Object.values(TRIED)) await tryIt();

const agent = (name: string, spec: string): string =>
  `apiVersion: agent.dev/v1\nkind: Agent\nmetadata: {name: ${name}}\nspec:\n  runtime: exec\n  command: [run]\n${spec}`;

function worldInMemory(): Promise<World> {
  const world = fakeWorld();
  const clock = fakeClock();
  const state = { broken: false };
  const target = fakeTarget(world, clock, {
    fate: (step) => (state.broken && step.id === "store/box/main" ? "fails" : "ok"),
  });
  const change = (id: string, fields: object): Promise<void> => {
    const there = world.objects.get(id);
    if (there === undefined) throw new Error(`${id} is not there`);
    world.objects.set(id, { ...there, fields: { ...there.fields, ...fields } });
    return Promise.resolve();
  };
  return Promise.resolve({
    target,
    clock,
    origin: ORIGIN,
    secret: () => err(diagnostic("AAC3102", undefined, "there are no secrets here")),
    async open() {
      const session = await target.open(system, NOWHERE);
      if (!session.ok) throw new Error("it can always be opened");
      return session.value;
    },
    settle: (promise) => clock.run(promise),
    async request() {
      const { ir } = await compileFiles({
        "store/agent.yaml": agent("store", "  config: {size: 1}\n"),
        "desk/agent.yaml": agent("desk", "  dependsOn: [store]\n"),
        "page/agent.yaml": agent("page", "  environment: [{name: A, value: b}]\n"),
      });
      return { ir, facts: { agents: {}, target: {} }, written: {} };
    },
    drifts: [
      {
        what: "another command",
        id: "store/box/main",
        path: "command/0",
        origin: "drift",
        make: () => change("store/box/main", { command: ["walk"] }),
      },
      {
        what: "a variable that is gone",
        id: "page/box/main",
        path: "environment/A",
        origin: "drift",
        make: () => change("page/box/main", { environment: {} }),
      },
      {
        what: "a field that nobody asked for",
        id: "desk/box/main",
        path: "extra",
        origin: "drift",
        make: () => change("desk/box/main", { extra: 1 }),
      },
    ],
    foreign() {
      const theirs = own({
        id: "their/box/main",
        agent: "their",
        kind: "box",
        name: "main",
        fields: { a: 1 },
      });
      put({ ...world, objects: world.foreign }, theirs);
      return Promise.resolve(() => Promise.resolve(JSON.stringify([[...world.foreign], world.broken])));
    },
    breakOne() {
      state.broken = true;
      return Promise.resolve({ failing: "store/box/main", dependents: ["desk/box/main"] });
    },
    left: () => Promise.resolve([...world.objects.keys()]),
    end() {
      expect(world.broken).toEqual([]);
      return Promise.resolve();
    },
  });
}
