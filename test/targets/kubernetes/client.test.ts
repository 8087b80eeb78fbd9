import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { files } from "../../../src/system/files.ts";
import { type Cluster, connect } from "../../../targets/kubernetes/client.ts";
import { folderOf } from "../../helpers/run-aac.ts";

const servers: Server[] = [];
const clusters: Cluster[] = [];
afterEach(() => {
  for (const cluster of clusters.splice(0)) cluster.close();
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

interface Asked {
  readonly url: string;
  readonly connection: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A cluster without TLS whose users sign in as `user` says. */
async function cluster(
  answer: (asked: Asked, response: ServerResponse) => void,
  user: object = { token: "hunter2" },
): Promise<{ readonly cluster: Cluster; readonly asked: Asked[]; readonly folder: string }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece: Buffer) => {
      body += piece.toString();
    });
    request.on("end", () => {
      const one = {
        url: request.url ?? "",
        connection: request.socket.remotePort ?? 0,
        headers: request.headers,
        body,
      };
      asked.push(one);
      answer(one, response);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  const folder = folderOf({
    kubeconfig: config({ server: `http://127.0.0.1:${address.port}/base/`, user }),
  });
  const connected = await connect(
    { kubeconfig: join(folder, "kubeconfig") },
    { AAC_TRACE_REQUESTS: join(folder, "trace") },
    files,
  );
  if (!connected.ok) throw new Error(connected.error.message);
  expect(asked).toEqual([]);
  clusters.push(connected.value);
  return { cluster: connected.value, asked, folder };
}

function config(given: { readonly name?: string; readonly server?: string; readonly user?: object }): string {
  const { name = "desk", server = "https://127.0.0.1:1", user = {} } = given;
  return JSON.stringify({
    clusters: [{ name, cluster: { server } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: `of-${name}` } }],
    "current-context": name,
  });
}

const json = (response: ServerResponse, status: number, value: unknown): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
};

describe("a kubeconfig", () => {
  async function shown(
    choice: Parameters<typeof connect>[0],
    environment: Parameters<typeof connect>[1],
  ): Promise<string> {
    const connected = await connect(choice, environment, files);
    if (!connected.ok) expect(connected.error.code).toBe("AAC4011");
    return connected.ok
      ? `${connected.value.server} ${connected.value.context} ${connected.value.namespace}`
      : [connected.error.message, ...connected.error.notes].join(" | ");
  }

  test("is the one that is named, else those of KUBECONFIG put together, else that of the home", async () => {
    const home = folderOf({
      ".kube/config": config({ name: "home" }),
      one: config({ name: "one" }),
      two: config({ name: "two", server: "https://me:hunter2@127.0.0.1:2/k8s/" }),
    });
    const listed = { HOME: home, KUBECONFIG: `${home}/absent:${home}/one:${home}/two` };
    expect(await shown({}, { HOME: home })).toBe("https://127.0.0.1:1 home of-home");
    expect(await shown({}, listed)).toBe("https://127.0.0.1:1 one of-one");
    expect(await shown({ context: "two" }, listed)).toBe("https://127.0.0.1:2/k8s two of-two");
    expect(await shown({ kubeconfig: `${home}/two`, namespace: "mine" }, listed)).toBe(
      "https://127.0.0.1:2/k8s two mine",
    );
  });

  test("that does not help is one line, which never shows what is in it", async () => {
    const home = folderOf({ broken: "token: [hunter2", other: config({ name: "one" }) });
    expect(await shown({}, { HOME: home })).toBe(
      `no cluster is known: there is no kubeconfig at ${home}/.kube/config | name one with --kubeconfig or KUBECONFIG`,
    );
    expect(await shown({ kubeconfig: `${home}/absent` }, {})).toContain(
      `there is no kubeconfig at ${home}/absent`,
    );
    expect(await shown({ kubeconfig: `${home}/other`, context: "two" }, {})).toContain(
      `${home}/other has no context \`two\` | it has: one`,
    );
    const broken = await shown({ kubeconfig: `${home}/broken` }, {});
    expect(broken).toContain("it is not valid YAML");
    expect(broken).not.toContain("hunter2");
  });
});

describe("a cluster", () => {
  test("is asked with what signs in, and answers in JSON", async () => {
    const { cluster: desk, asked, folder } = await cluster((_, response) => json(response, 201, { a: 1 }));
    const answer = await desk.request("PATCH", "/api/v1/things/x", {
      query: { force: true, selector: "a=b" },
      body: { b: "é" },
      contentType: "application/apply-patch+yaml",
    });
    expect(answer).toEqual({
      is: "answer",
      status: 201,
      body: { a: 1 },
      date: expect.stringContaining("GMT"),
    });
    expect(asked[0]).toMatchObject({
      url: "/base/api/v1/things/x?force=true&selector=a%3Db",
      body: '{"b":"é"}',
      headers: { authorization: "Bearer hunter2", "content-type": "application/apply-patch+yaml" },
    });
    expect(readFileSync(join(folder, "trace"), "utf8")).toBe(
      "PATCH /api/v1/things/x?force=true&selector=a%3Db\n",
    );
  });

  test("is asked over few connections, which are used again, and signs in once for many", async () => {
    const sign = `echo once >> "$0"; echo '{"status":{"token":"t"}}'`;
    const runs = join(folderOf({ none: "" }), "runs");
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "/bin/sh",
      args: ["-c", sign, runs],
    };
    const { cluster: desk, asked } = await cluster((_, response) => json(response, 200, {}), { exec });
    await Promise.all(Array.from({ length: 200 }, () => desk.request("GET", "/version")));
    expect(asked).toHaveLength(200);
    expect(new Set(asked.map(({ connection }) => connection)).size).toBeLessThanOrEqual(32);
    expect(readFileSync(runs, "utf8")).toBe("once\n");
  });

  test("that cuts the answer, or gives none, is lost and no fault of ours", async () => {
    const { cluster: desk } = await cluster(({ url }, response) => {
      if (!url.endsWith("/cut")) return;
      response.writeHead(200, { "content-length": "100" });
      response.write("{", () => response.destroy());
    });
    expect(await desk.request("GET", "/cut")).toEqual({ is: "lost", why: "the connection was cut" });
    expect(await desk.request("GET", "/silent", { timeoutMs: 50 })).toEqual({
      is: "lost",
      why: "no answer in time",
    });
    // A signal that never comes takes no time limit away.
    const { signal } = new AbortController();
    expect(await desk.request("GET", "/silent", { timeoutMs: 50, signal })).toEqual({
      is: "lost",
      why: "no answer in time",
    });
    expect(await desk.request("GET", "/silent", { signal: AbortSignal.abort() })).toEqual({
      is: "lost",
      why: "it was stopped",
    });
  });

  test("whose sign-in fails says what the program said last", async () => {
    const exec = {
      apiVersion: "v1",
      command: "/bin/sh",
      args: ["-c", "echo long >&2; echo log in >&2; exit 1"],
    };
    const { cluster: desk } = await cluster((_, response) => json(response, 200, {}), { exec });
    expect(await desk.request("GET", "/version")).toEqual({ is: "lost", why: "log in" });
  });

  test("gives what it says as it comes, until it is stopped", async () => {
    const { cluster: desk } = await cluster(({ url }, response) => {
      if (url.endsWith("/absent")) json(response, 404, { message: 'pods "absent" not found' });
      else response.writeHead(200).write("one\n");
    });
    const stop = new AbortController();
    const stream = await desk.stream("/log", { follow: true }, stop.signal);
    if (!stream.ok) throw new Error(stream.error.message);
    const seen: string[] = [];
    for await (const piece of stream.value) {
      seen.push(new TextDecoder().decode(piece));
      stop.abort();
    }
    expect(seen).toEqual(["one\n"]);
    expect(await desk.stream("/absent", {}, new AbortController().signal)).toEqual({
      ok: false,
      error: { message: 'pods "absent" not found', lines: [], passing: false },
    });
  });
});
