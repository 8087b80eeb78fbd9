import { describe, expect, test } from "vitest";
import type { Json } from "../../../src/base/canonical.ts";
import { at, textAt } from "../../../targets/kubernetes/answers.ts";
import type { Answer, Cluster } from "../../../targets/kubernetes/client.ts";
import { namespaceFindings, rightsFindings } from "../../../targets/kubernetes/doctor/rights.ts";

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: Json | undefined;
}

function clusterThat(answers: (asked: Asked) => Answer): {
  readonly cluster: Pick<Cluster, "context" | "namespace" | "request">;
  readonly asked: readonly Asked[];
} {
  const asked: Asked[] = [];
  const cluster: Pick<Cluster, "context" | "namespace" | "request"> = {
    context: "work",
    namespace: "desks",
    request(method, path, options) {
      const one = { method, path, body: options?.body };
      asked.push(one);
      return Promise.resolve(answers(one));
    },
  };
  return { cluster, asked };
}

const answer = (status: number, body: Json = null): Answer => ({ is: "answer", status, body });
const rightOf = ({ body }: Asked): string => {
  const attributes = at(body, "spec", "resourceAttributes");
  const [verb = "", resource = "", namespace = ""] = ["verb", "resource", "namespace"].map((key) =>
    textAt(attributes, key),
  );
  return `${verb} ${resource} in ${namespace}`;
};

describe("what this user may do in a cluster", () => {
  test("is asked of the server, right by right, and all of it is one line", async () => {
    const { cluster, asked } = clusterThat(() => answer(201, { status: { allowed: true } }));
    expect(await rightsFindings(cluster)).toMatchObject([{ is: "ok" }]);
    expect(new Set(asked.map(({ method, path }) => `${method} ${path}`))).toEqual(
      new Set(["POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews"]),
    );
    expect(asked.map(rightOf)).toEqual(
      expect.arrayContaining([
        "create deployments in desks",
        "patch services in desks",
        "get secrets in desks",
        "create secrets in desks",
        "list events in desks",
        "update leases in desks",
      ]),
    );
  });

  test("without one that an apply needs is a failure, and without one that only tells more a warning", async () => {
    const { cluster } = clusterThat((one) =>
      answer(201, {
        status: { allowed: !["delete services in desks", "get pods in desks"].includes(rightOf(one)) },
      }),
    );
    expect((await rightsFindings(cluster)).map(({ is, found }) => `${is}: ${found}`)).toEqual([
      "fail: this user may not delete services in desks",
      "warn: this user may not get pods/log in desks",
    ]);
  });

  test("to keep the lock is needed, and the lines that give it are told", async () => {
    const { cluster } = clusterThat((one) =>
      answer(201, { status: { allowed: !/(?:create|update) leases/.test(rightOf(one)) } }),
    );
    expect(await rightsFindings(cluster)).toEqual([
      {
        about: "rights",
        is: "fail",
        found: "this user may not create or update leases.coordination.k8s.io in desks",
        repair:
          "kubectl --context work -n desks create role aac-lock --verb=get,create,update,delete --resource=leases.coordination.k8s.io; kubectl --context work -n desks create rolebinding aac-lock --role=aac-lock --user=USER",
      },
    ]);
  });

  test("that nobody can tell is a warning", async () => {
    const { cluster } = clusterThat(() => answer(403, { message: "no reviews here" }));
    expect(await rightsFindings(cluster)).toEqual([
      { about: "rights", is: "warn", found: "nobody can tell what this user may do: no reviews here" },
    ]);
  });
});

describe("a namespace", () => {
  test.each([
    [answer(200, { status: { phase: "Active" } }), "ok: desks is there"],
    [answer(404), "ok: desks is not there: the first apply makes it"],
    [answer(403), "ok: desks: this user may work in it, and not look at it"],
    [answer(200, { status: { phase: "Terminating" } }), "fail: desks is being deleted"],
    [answer(500, { message: "etcd is away" }), "fail: desks cannot be looked at: etcd is away"],
  ])("that answers %j is told", async (given, expected) => {
    const { cluster } = clusterThat(() => given);
    expect((await namespaceFindings(cluster)).map(({ is, found }) => `${is}: ${found}`)).toEqual([expected]);
  });
});
