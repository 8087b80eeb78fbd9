import { describe, expect, test } from "vitest";
import { byCodeUnit } from "../../../src/base/canonical.ts";
import type { Change } from "../../../src/model/plan.ts";
import type { Fields, Observed, Resource } from "../../../src/model/resource.ts";
import { plan } from "../../../src/plan/plan.ts";
import { imageNeeds } from "../../../targets/docker/back/kept-images.ts";
import { kinds } from "../../../targets/docker/kinds.ts";
import { steps } from "../../../targets/docker/steps.ts";
import { agent, type Given, wanted } from "./wanted.ts";

const live = ({ exchange: _, follows: __, written: ___, ...rest }: Resource): Observed => ({
  ...rest,
  asked: rest.fields,
  origin: "here",
  identity: rest.id,
});

function planned(
  desired: readonly Resource[],
  observed: readonly Observed[],
  more: Partial<Parameters<typeof plan>[0]> = {},
): readonly Change[] {
  const { changes } = plan({
    desired,
    observed,
    rules: kinds,
    scope: { paths: ["."], origin: "here" },
    destroy: false,
    prune: false,
    replace: new Set(),
    release: false,
    ...more,
  });
  return changes.toSorted((a, b) => byCodeUnit(a.id, b.id));
}

/** One line for each object that changes: how, why, and what is done. */
const shown = (changes: readonly Change[]): readonly string[] =>
  changes.flatMap((change) => {
    if (change.is === "keep") return [];
    const because = change.because
      .map((one) => ("path" in one ? `${one.is} ${one.path}` : one.is))
      .join(", ");
    const done = steps(change).map((step) => (step.is === "call" ? step.does : `until ${step.until}`));
    return [`${change.id} ${change.is} (${because}): ${done.join(", ") || "nothing"}`];
  });

const PYTHON = "runtime: python";
const LINES = [PYTHON, "config: {a: 1}", "volumes: [{source: data, target: /data, readOnly: true}]"];
const resources = (lines: readonly string[], given: Given = {}): Promise<readonly Resource[]> =>
  wanted({ "agent.yaml": agent("desk", ...lines) }, given);

test("what is not there is made, the container last", async () => {
  const changes = planned(await resources(LINES), []);
  expect(shown(changes)).toEqual([
    "/network/shop create (new): create",
    "/volume/data create (new): create",
    "desk/config/config create (new): write",
    "desk/container/0 create (new): start, until ready",
    "desk/image/main create (new): build",
  ]);
  expect(shown(planned(await resources(["image: desk:1"]), []))).toContain(
    "desk/image/main create (new): pull",
  );
});

test("what is as it is wanted is left alone", async () => {
  const all = await resources(LINES);
  expect(shown(planned(all, all.map(live)))).toEqual([]);
});

test("what goes is taken down, and images and data stay", async () => {
  const all = await resources(LINES);
  expect(shown(planned(all, all.map(live), { destroy: true }))).toEqual([
    "/network/shop delete (destroy): remove",
    "/volume/data delete (destroy): nothing",
    "desk/config/config delete (destroy): remove",
    "desk/container/0 delete (destroy): remove",
    "desk/image/main delete (destroy): nothing",
  ]);
});

describe("an edit", () => {
  const BASE = ["image: desk:1", "environment: [{name: A, value: a}]"];
  const between = async (
    before: readonly string[],
    after: readonly string[],
    given: readonly [Given?, Given?] = [],
  ): Promise<readonly string[]> =>
    shown(planned(await resources(after, given[1]), (await resources(before, given[0])).map(live)));
  const edit = (...lines: readonly string[]): Promise<readonly string[]> =>
    between(BASE, [...BASE, ...lines]);

  test.each([
    ["resources: {limits: {memory: 1Gi}}", "limits/memory"],
    ["resources: {limits: {cpu: 1}}", "limits/cpu"],
    ["resources: {limits: {pids: 9}}", "limits/pids"],
    ["supervision: {restart: unless-stopped}", "restart/policy"],
  ])("%s is made in place", async (line, path) => {
    expect(await edit(line)).toEqual([`desk/container/0 update (edited ${path}): update, until ready`]);
  });

  test.each([
    ["resources: {limits: {files: 9}}", "limits/files"],
    ["command: [serve]", "entrypoint"],
    ["args: [--all]", "command"],
    ["workingDir: /srv", "workingDir"],
    ["security: {runAsUser: 1500}", "user"],
    ["security: {noNewPrivileges: true}", "security/noNewPrivileges"],
    ["healthCheck: {file: /ready}", "health/readiness"],
    ["network: {dns: [1.1.1.1]}", "network/dns"],
    ["supervision: {stopSignal: SIGINT}", "stop/signal"],
    ["logging: {maxFiles: 2}", "logging/maxFiles"],
  ])("%s needs another container", async (line, path) => {
    const [one, ...more] = await edit(line);
    expect(one).toMatch(/^desk\/container\/0 replace \(.*\): start, until ready, retire$/);
    expect([one?.includes(`edited ${path}`), more]).toEqual([true, []]);
  });

  test("of what holds a port takes the former one down first", async () => {
    expect(await edit("ports: [{container: 8080}]")).toEqual([
      "desk/container/0 replace (edited environment/PORT, edited ports/8080/tcp): exchange, until ready, retire",
    ]);
  });

  test("of the code makes another image, and the container follows it", async () => {
    const code = (text: string): Given => ({ facts: { desk: { code: { "main.py": text } } } });
    expect(await between([PYTHON], [PYTHON], [code("1"), code("2")])).toEqual([
      "desk/container/0 replace (follows): start, until ready, retire",
      "desk/image/main replace (code changed, edited reference): build",
    ]);
  });

  test("of the image's name is told once, where it is", async () => {
    expect(await between(["image: desk:1"], ["image: desk:2"])).toEqual([
      "desk/container/0 replace (follows): start, until ready, retire",
      "desk/image/main replace (edited reference): pull",
    ]);
  });

  test("of the config is written beside the former one, and the container follows it", async () => {
    expect(await between([PYTHON, "config: {a: 1}"], [PYTHON, "config: {a: 2}"])).toEqual([
      "desk/config/config update (edited config/a): write",
      "desk/container/0 replace (follows): start, until ready, retire",
    ]);
  });
});

describe("what somebody changed by hand", () => {
  const drift = async (fields: Fields): Promise<readonly string[]> => {
    const all = await resources(["image: desk:1"], { engine: { images: { "desk:1": "sha256:1" } } });
    return shown(
      planned(
        all,
        all
          .map(live)
          .map((one) => (one.kind === "container" ? { ...one, fields: { ...one.fields, ...fields } } : one)),
      ),
    );
  };

  test("is put back in place where an engine can", async () => {
    expect(await drift({ running: false })).toEqual([
      "desk/container/0 update (drifted running): update, until ready",
    ]);
    expect(await drift({ limits: { memory: "64Mi" } })).toEqual([
      "desk/container/0 update (drifted limits/memory): update, until ready",
    ]);
    expect(await drift({ network: { mode: "bridge", aliases: [], dns: [] } })).toEqual([
      "desk/container/0 update (drifted network/aliases): update, until ready",
    ]);
  });

  test("a name that means another image by now is seen by its id", async () => {
    expect(await drift({ imageId: "sha256:0" })).toEqual([
      "desk/container/0 replace (drifted imageId): start, until ready, retire",
    ]);
  });

  test("a volume that is there is never exchanged, whatever keeps it", async () => {
    const all = await resources([PYTHON, "volumes: [{source: data, target: /data}]"]);
    const strange = all
      .map(live)
      .map((one) => (one.kind === "volume" ? { ...one, fields: { driver: "nfs" } } : one));
    expect(shown(planned(all, strange))).toEqual([]);
  });

  test("a network of another making is exchanged", async () => {
    const all = await resources([PYTHON]);
    const strange = all
      .map(live)
      .map((one) => (one.kind === "network" ? { ...one, fields: { driver: "overlay" } } : one));
    expect(shown(planned(all, strange))).toEqual(["/network/shop replace (drifted driver): exchange"]);
  });
});

test("whoever is left over is removed, whatever else stands", async () => {
  const all = await resources([PYTHON]);
  const observed = all.map(live);
  const [container] = observed.filter(({ kind }) => kind === "container");
  if (container === undefined) throw new Error("there is no container");
  const second: Observed = { ...container, id: `${container.id}~abc`, identity: "abc", leftOver: true };
  expect(shown(planned(all, [...observed, second]))).toEqual([
    "desk/container/0~abc delete (left over): remove",
  ]);
});

test("what was is had again without being made: an image by its name, a volume that nothing had by going", async () => {
  const all = await resources(LINES);
  const before = all.map((one): Observed => live(one));
  const changes = before.flatMap((one): readonly Change[] => {
    const resource = { ...all.find(({ id }) => id === one.id), was: { identity: "then" } } as Resource;
    const because = [{ is: "rolled back" }] as const;
    const costs = { order: "gone", dependants: [], losesData: false } as const;
    if (one.kind === "image")
      return [{ is: "replace", id: one.id, resource, before: one, because, fields: [], costs }];
    if (one.kind === "container") {
      const change = { is: "replace", id: one.id, resource, because, costs } as const;
      const fields = [{ path: "running", secret: false, origin: "drift" }] as const;
      const former = { ...one, identity: "then" };
      return [
        { ...change, before: one, fields: [] },
        { ...change, before: former, fields: [] },
        { ...change, before: former, fields },
      ];
    }
    return one.kind === "volume" ? [{ is: "delete", id: one.id, before: one, because, costs }] : [];
  });
  expect(shown(changes)).toEqual([
    "/volume/data delete (rolled back): remove",
    "desk/container/0 replace (rolled back): start, until ready, retire",
    // The former one stands still: it is taken back.
    "desk/container/0 replace (rolled back): until ready",
    "desk/container/0 replace (rolled back): update, until ready",
    "desk/image/main replace (rolled back): tag",
  ]);
  expect(imageNeeds(all)).toEqual([]);
  const kept = all.map((one) => ({
    ...one,
    fields: one.kind === "container" ? { ...one.fields, imageId: "sha256:2" } : one.fields,
    was: { identity: one.kind === "image" ? "sha256:1" : "c1" },
  }));
  expect(imageNeeds(kept)).toEqual(["image:sha256:1", "image:sha256:2"]);
});
