import { expect, test } from "vitest";
import type { Json } from "../../../src/base/canonical.ts";
import { at } from "../../../targets/kubernetes/answers.ts";
import { does, fieldsOf } from "../answers.ts";
import { describeOn } from "../engines.ts";
import { inCluster } from "./in-cluster.ts";
import { shellAgent, STAYS } from "./namespace.ts";

/** Each has a namespace of its own, and mostly waits for it. */
const LONG = { timeout: 180_000, concurrent: true };

const store = (rest = ""): Readonly<Record<string, string>> => ({
  "store/agent.yaml": shellAgent("store", STAYS, rest),
});

await describeOn("kubernetes", "what cannot be applied to a cluster", (environment) => {
  test("is told before anything is changed: a name, a secret, a quota, a limit", LONG, async () => {
    const files = {
      ...store("  environment: [{name: API_KEY, from: secret}]\n"),
      "desk/agent.yaml": shellAgent("desk", STAYS, "  ports: [{container: 8080}]\n"),
      "page/agent.yaml": shellAgent("page", STAYS),
    };
    await inCluster({ environment }, files, async ({ hands, ...project }) => {
      await hands.make("services", {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "desk", labels: { "app.kubernetes.io/managed-by": "Helm" } },
        spec: { ports: [{ port: 80 }], selector: { app: "theirs" } },
      });
      await hands.secret("store-secrets", { ANOTHER: "value" });
      await hands.make("resourcequotas", quota("none-more", { "count/deployments.apps": "0" }));
      const before = await hands.versions();
      const asked = await project.requests(async () => {
        const refused = await project.aac("apply --yes");
        expect(refused.code, refused.out + refused.err).toBe(1);
      });
      // But for the lock, which was taken and given back.
      for (const line of asked.filter((one) => !one.includes("/leases")))
        expect(line).toMatch(/^GET |[?&]dryRun=All(?:&|$)/);
      expect(await hands.versions()).toEqual(before);

      const { preflight } = await project.plan();
      const told = preflight.map(({ code, message, notes }) => [code, message, notes[0] ?? ""].join(" | "));
      expect(told.filter((line) => line.startsWith("AAC4013"))).toEqual([
        `AAC4013 | desk: there is a Service desk in ${hands.namespace} already, and it is not this agent's | it has the labels app.kubernetes.io/managed-by=Helm; hand wrote it last`,
      ]);
      const missing = told.filter((line) => line.startsWith("AAC4015"));
      expect(missing).toEqual([
        expect.stringMatching(
          /^AAC4015 \| store: the Secret store-secrets has no key API_KEY \| kubectl .*patch secret store-secrets .*"API_KEY"/,
        ),
      ]);
      const quotas = told.filter((line) => line.includes("exceeded quota: none-more"));
      expect(quotas.map((line) => /^AAC4014 \| (\w+): the cluster refuses/.exec(line)?.[1])).toEqual([
        "desk",
        "page",
        "store",
      ]);
    });
  });

  test("is told of its pods too, before anything is changed", LONG, async () => {
    await inCluster({ environment }, store(), async ({ hands, ...project }) => {
      await hands.make("limitranges", {
        apiVersion: "v1",
        kind: "LimitRange",
        metadata: { name: "small" },
        spec: { limits: [{ type: "Container", max: { memory: "16Mi" } }] },
      });
      const before = await hands.versions();
      const refused = await project.aac("apply --yes");
      expect(refused.code, refused.out + refused.err).toBe(1);
      expect(await hands.versions()).toEqual(before);
      expect((await project.plan()).preflight.map(({ code, message }) => [code, message])).toEqual([
        [
          "AAC4014",
          "store: the cluster refuses its pods: maximum memory usage per Container is 16Mi, but limit is 32Mi",
        ],
      ]);
      await hands.delete("limitranges", "small");
      await hands.make("resourcequotas", quota("no-pods", { pods: "0" }));
      const { preflight } = await project.plan();
      expect(preflight.map(({ message }) => message)).toEqual([
        expect.stringMatching(/^store: the cluster refuses its pods: exceeded quota: no-pods, /),
      ]);
    });
  });

  test("fails in seconds where a quota lets only some of its pods in", LONG, async () => {
    const two = store("  scaling: {replicas: 2}\n");
    await inCluster({ environment }, two, async ({ hands, ...project }) => {
      await hands.make("resourcequotas", quota("one-pod", { pods: "1" }));
      const failed = await project.aac("apply --yes --no-rollback");
      expect(failed.code).toBe(7);
      expect(failed.out + failed.err).toMatch(/exceeded quota: one-pod/);
      expect(fieldsOf(await project.plan()).map(({ path }) => path)).toEqual(["rolledOut"]);
      await hands.delete("resourcequotas", "one-pod");
      // By itself the cluster would try again in its own time, which grows longer and longer.
      await project.well("apply --yes");
      await project.well("plan --detailed-exitcode");
    });
  });

  test("names the pull that failed, and the next apply waits for it again", LONG, async () => {
    const bad = {
      "store/agent.yaml": store()["store/agent.yaml"]?.replace("busybox:", "nowhere.invalid/none:") ?? "",
    };
    await inCluster({ environment }, bad, async ({ hands, ...project }) => {
      const cause = /(?:ErrImagePull|ImagePullBackOff): .*nowhere\.invalid\/none/s;
      const first = await project.aac("apply --yes --no-rollback");
      expect([first.code, first.out + first.err]).toEqual([7, expect.stringMatching(cause)]);
      const template = templateOf(await hands.get("deployments", "store"));

      const plan = await project.plan();
      expect(does(plan)).toEqual(["update store/Deployment/store"]);
      expect(fieldsOf(plan).map(({ path, from, to, by }) => [path, from, to, by])).toEqual([
        ["rolledOut", false, true, "the cluster"],
      ]);
      expect((await project.aac("plan --detailed-exitcode")).code).toBe(2);
      // It had not come up before either: there is nothing that it could go back to.
      const second = await project.aac("apply --yes");
      expect([second.code, second.out + second.err]).toEqual([4, expect.stringMatching(cause)]);
      expect(templateOf(await hands.get("deployments", "store"))).toEqual(template);

      project.write("store/agent.yaml", store()["store/agent.yaml"] ?? "");
      expect(fieldsOf(await project.plan()).map(({ path }) => path)).toEqual([
        "spec/template/spec/containers/store/image",
      ]);
      await project.well("apply --yes");
      await project.well("plan --detailed-exitcode");
    });
  });

  test("says how a program ended, with its last lines, and why no node takes a pod", LONG, async () => {
    const files = {
      "store/agent.yaml": shellAgent(
        "store",
        "echo begins; echo no disk >&2; exit 7",
        "  healthCheck: {command: ['true'], interval: 1s}\n",
      ),
      "desk/agent.yaml": shellAgent("desk", STAYS).replace("memory: 32Mi", "memory: 900Gi"),
    };
    await inCluster({ environment }, files, async (project) => {
      const failed = await project.aac("apply --yes --keep-going");
      const told = failed.out + failed.err;
      expect(failed.code, told).toBe(4);
      expect(told).toMatch(/exit 7/);
      expect(told).toContain("begins");
      expect(told).toContain("no disk");
      expect(told).toMatch(/Insufficient memory/i);
    });
  });

  test("is replaced where the server does not let it change, and that is said", LONG, async () => {
    await inCluster({ environment }, store(), async ({ hands, ...project }) => {
      await hands.make("deployments", {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: {
          name: "store",
          labels: { "agent.dev/project": project.name, "agent.dev/agent": "store" },
        },
        spec: {
          replicas: 0,
          selector: { matchLabels: { app: "store" } },
          template: {
            metadata: { labels: { app: "store" } },
            spec: { containers: [{ name: "store", image: "busybox:latest" }] },
          },
        },
      });
      const plan = await project.plan();
      expect(does(plan)).toEqual(["replace store/Deployment/store"]);
      expect(fieldsOf(plan).find(({ forces }) => forces !== undefined)?.forces).toMatch(
        /immutable|cannot change/,
      );
      await project.well("apply --yes --prune");
      await project.well("plan --detailed-exitcode");
    });
  });

  test("to somebody without rights names the right that is missing", LONG, async () => {
    await inCluster({ environment }, store(), async (project) => {
      const file = (environment["KUBECONFIG"] ?? "").replace("admin.", "viewer.");
      const own = { environment: { KUBECONFIG: project.kubeconfig(file) } };
      for (const args of ["plan", "apply --yes", "status"]) {
        const refused = await project.aac(args, own);
        const told = refused.out + refused.err;
        expect(refused.code, told).toBe(1);
        expect(told).toMatch(/does not let this user list|cannot list resource|may not/);
        expect(told).not.toMatch(/\bat .*\.ts|\.js:\d/);
      }
    });
  });
});

const quota = (name: string, hard: Readonly<Record<string, string>>): Json => ({
  apiVersion: "v1",
  kind: "ResourceQuota",
  metadata: { name },
  spec: { hard },
});

/** Another one has other pods. */
const templateOf = (object: Json): readonly (Json | undefined)[] => [
  at(object, "metadata", "uid"),
  at(object, "spec", "template"),
];
