import { expect, test } from "vitest";
import { textAt } from "../../../targets/kubernetes/answers.ts";
import { ANNOTATION } from "../../../targets/kubernetes/names.ts";
import { does, fieldsOf } from "../answers.ts";
import { describeOn } from "../engines.ts";
import { inCluster } from "./in-cluster.ts";
import { shellAgent, STAYS } from "./namespace.ts";

/** Each has a namespace of its own, and mostly waits for it. */
const LONG = { timeout: 180_000, concurrent: true };
const GREETING = "spec/template/spec/containers/store/env/GREETING/value";

const STORE = `  environment:
    - {name: GREETING, value: hello}
  ports: [{container: 8080}]
  config: {topics: [rain]}
`;

const files = {
  "store/agent.yaml": shellAgent("store", STAYS, STORE),
  "desk/agent.yaml": shellAgent("desk", STAYS, "  dependsOn: [store]\n"),
};

const greeting = (value: string) => ({
  spec: { template: { spec: { containers: [{ name: "store", env: [{ name: "GREETING", value }] }] } } },
});

await describeOn("kubernetes", "a plan of a cluster", (environment) => {
  test("is empty after an apply, and shows one field that somebody set as theirs", LONG, async () => {
    await inCluster({ environment }, files, async ({ hands, ...project }) => {
      expect((await project.well("apply --yes")).out).toMatch(/store.*ready|ready/s);
      const same = await project.requests(() => project.well("plan --detailed-exitcode"));
      // One list a kind: nothing differs, so the server is asked for nothing else.
      expect(same.map((line) => line.replace(/\?.*/, "")).toSorted()).toEqual([
        `GET /api/v1/namespaces/${hands.namespace}/configmaps`,
        `GET /api/v1/namespaces/${hands.namespace}/services`,
        `GET /apis/apps/v1/namespaces/${hands.namespace}/deployments`,
      ]);

      await hands.change("deployments", "store", "kubectl-set", greeting("bye"));
      const drifted = await project.aac("plan --detailed-exitcode");
      expect(drifted.code).toBe(2);
      expect(drifted.out).toContain("kubectl-set");
      const plan = await project.plan();
      expect(does(plan)).toEqual(["update store/Deployment/store"]);
      expect(fieldsOf(plan)).toEqual([
        {
          path: GREETING,
          from: "bye",
          to: "hello",
          origin: "drift",
          by: "kubectl-set",
          secret: false,
          symbol: "!",
          at: { file: "store/agent.yaml", line: 11 },
          rolls: "its pods are exchanged",
        },
      ]);
      await project.well("apply --yes");
      await project.well("plan --detailed-exitcode");
      expect(JSON.stringify(await hands.get("deployments", "store"))).toContain('"hello"');
    });
  });

  test("that is saved is applied exactly, or not at all", LONG, async () => {
    await inCluster({ environment }, files, async ({ hands, ...project }) => {
      await project.well("apply --yes");
      project.edit("store/agent.yaml", "value: hello", "value: hi");
      await project.well("plan --out stale.json");
      await hands.delete("deployments", "store");
      const before = await hands.versions();
      const stale = await project.aac("apply --yes stale.json");
      expect([stale.code, stale.out + stale.err]).toEqual([3, expect.stringContaining("store · Deployment")]);
      expect(await hands.versions()).toEqual(before);

      await project.well("plan --out fresh.json");
      // What the files say by now changes nothing of it.
      project.edit("store/agent.yaml", "value: hi", "value: nobody wants this");
      await project.well("apply --yes fresh.json");
      expect(JSON.stringify(await hands.get("deployments", "store"))).toContain('"hi"');
      const done = await hands.versions();
      const again = await project.aac("apply --yes fresh.json");
      expect(again.code, again.out + again.err).toBe(3);
      expect(await hands.versions()).toEqual(done);
    });
  });

  test("that is saved overrides nothing that changed after it", LONG, async () => {
    await inCluster({ environment }, files, async ({ hands, ...project }) => {
      await project.well("apply --yes");
      project.edit("store/agent.yaml", "value: hello", "value: hi");
      await project.well("plan --out plan.json");
      await hands.change("deployments", "store", "somebody", { spec: { replicas: 2 } });
      const refused = await project.aac("apply --yes plan.json");
      expect([refused.code, refused.out + refused.err]).toEqual([3, expect.stringContaining("replicas")]);
      const live = await hands.get("deployments", "store");
      expect(JSON.stringify(live)).toMatch(/"replicas":2/);
      expect(JSON.stringify(live)).toContain('"hello"');
    });
  });

  test("changes nothing, whatever it finds", LONG, async () => {
    await inCluster({ environment }, files, async ({ hands, ...project }) => {
      await project.well("apply --yes");
      project.edit("store/agent.yaml", "value: hello", "value: hi");
      project.edit("store/agent.yaml", "container: 8080", "container: 8081");
      project.edit("store/agent.yaml", "topics: [rain]", "topics: [snow]");
      project.write("page/agent.yaml", shellAgent("page", STAYS, "  ports: [{container: 80}]\n"));
      await hands.delete("services", "store");
      const before = await hands.versions();
      const events = (await hands.list("events")).length;
      const asked = await project.requests(() => project.plan());
      expect(asked.filter((line) => line.includes("dryRun=All")).length).toBeGreaterThan(2);
      for (const line of asked) expect(line).toMatch(/^GET |[?&]dryRun=All(?:&|$)/);
      expect(await hands.versions()).toEqual(before);
      expect((await hands.list("events")).length).toBe(events);
      // Not a file of this machine either, but for the lists that were asked for.
      expect(project.has("../state/aac")).toBe(true);

      const changed = await project.plan();
      expect(does(changed).toSorted()).toEqual([
        "create page/Deployment/page",
        "create page/Service/page",
        "create store/Service/store",
        "update store/ConfigMap/store-config",
        "update store/Deployment/store",
      ]);
      const store = changed.changes.find(({ id }) => id === "store/Deployment/store");
      expect(store?.costs?.order).toBe("rolling");
      // The new pods are ready before the former ones end: nobody who waits for it is touched.
      expect(store?.costs?.dependants).toEqual([]);
      const port = store?.fields?.filter(({ path }) => path.includes("/ports/"));
      expect(port?.map(({ path, from, to, at }) => [path, from ?? to, at?.line])).toEqual([
        ["spec/template/spec/containers/store/ports/8080/TCP", {}, undefined],
        ["spec/template/spec/containers/store/ports/8081/TCP", {}, 12],
      ]);
      await project.well("apply --yes");
      await project.well("plan --detailed-exitcode");
    });
  });

  test("shows a secret that was rotated, and its value is nowhere", LONG, async () => {
    const sentinel = (one: string): string => `sentinel-${one}-f3a9c1`;
    const secret = "  environment: [{name: API_KEY, from: secret}]\n  ports: [{container: 8080}]\n";
    const own = { "store/agent.yaml": shellAgent("store", STAYS, secret) };
    await inCluster({ environment }, own, async ({ hands, ...project }) => {
      await hands.secret("store-secrets", { API_KEY: sentinel("one") });
      const told: string[] = [];
      const run = async (args: string, code = 0): Promise<void> => {
        const ended = await project.aac(args);
        told.push(ended.out, ended.err);
        expect(ended.code, ended.out + ended.err).toBe(code);
      };
      await run("apply --yes");
      await run("plan --detailed-exitcode");
      await hands.change("secrets", "store-secrets", "hand", { stringData: { API_KEY: sentinel("two") } });
      await run("plan --detailed-exitcode --out plan.json", 2);
      expect(fieldsOf(await project.plan()).map(({ path, secret }) => [path, secret])).toEqual([
        ["secrets/API_KEY", true],
      ]);
      await run("apply --yes plan.json");
      await run("plan --detailed-exitcode");
      await run("status -o json");
      await run("inspect store");
      const live = await hands.get("deployments", "store");
      const made = await Promise.all(
        ["deployments", "replicasets", "pods", "services", "events"].map((kind) => hands.list(kind)),
      );
      const kept = await filesBelow(project.root);
      expect(kept.length).toBeGreaterThan(0);
      for (const text of [...told, ...kept, ...made.map((one) => JSON.stringify(one))])
        for (const one of [sentinel("one"), sentinel("two")]) {
          expect(text).not.toContain(one);
          expect(text).not.toContain(btoa(one));
        }
      expect(textAt(live, "metadata", "annotations", ANNOTATION.digest)).toMatch(/^v1:[0-9a-f]{64}$/);
    });
  });

  test("rolls who follows another, and what is asked for anew", LONG, async () => {
    const follows = "  dependsOn: {store: {condition: healthy, restart: true}}\n";
    const both = { ...files, "desk/agent.yaml": shellAgent("desk", STAYS, follows) };
    await inCluster({ environment }, both, async ({ hands, ...project }) => {
      await project.well("apply --yes");
      const podOf = async (agent: string): Promise<readonly string[]> =>
        (await project.status()).agents.flatMap((one) =>
          one.agent === agent && one.state === "ready" && one.id !== undefined ? [one.id] : [],
        );
      const uids = (): Promise<Readonly<Record<string, string>>> => hands.versions(["deployments"]);
      const first = await podOf("desk");
      const before = await uids();
      project.edit("store/agent.yaml", "value: hello", "value: hi");
      const plan = await project.plan();
      expect(plan.changes.map(({ id, does: done, costs }) => [done, id, costs?.order])).toEqual([
        ["update", "desk/Deployment/desk", "rolling"],
        ["update", "store/Deployment/store", "rolling"],
      ]);
      await project.well("apply --yes");
      await project.well("plan --detailed-exitcode");
      const second = await podOf("desk");
      expect(second).not.toContain(first[0]);

      await project.well("apply --yes --replace desk");
      await project.well("plan --detailed-exitcode");
      expect(await podOf("desk")).not.toContain(second[0]);
      const after = await uids();
      for (const name of Object.keys(before)) expect(uidOf(after[name])).toBe(uidOf(before[name]));
    });
  });

  test("of a namespace that is yet to be made says what nobody checked", LONG, async () => {
    await inCluster({ environment, makes: false }, files, async ({ hands, ...project }) => {
      const plan = await project.plan();
      expect(does(plan)[0]).toBe(`create /Namespace/${hands.namespace}`);
      expect(plan.notes.join("\n")).toContain("not checked by the server");
      await project.well("apply --yes");
      await project.well("plan --detailed-exitcode");
      expect((await project.well("destroy --yes")).out).toContain(`kubectl delete namespace`);
      expect(await hands.ofProject(project.name)).toEqual([]);
    });
  });
});

const uidOf = (version: string | undefined): string | undefined => version?.split(" ")[0];

async function filesBelow(folder: string): Promise<readonly string[]> {
  const { readdir, readFile } = await import("node:fs/promises");
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    all.filter((one) => one.isFile()).map((one) => readFile(`${one.parentPath}/${one.name}`, "utf8")),
  );
}
