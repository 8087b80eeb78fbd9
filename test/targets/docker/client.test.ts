import { createServer, type IncomingMessage, type Server } from "node:http";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { files } from "../../../src/system/files.ts";
import { connect, failureOf } from "../../../targets/docker/client.ts";
import { folderOf } from "../../helpers/run-aac.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

/** An engine that says who it is, and answers the rest as it is told. */
async function engine(
  answer: (request: IncomingMessage) => readonly [number, unknown] = () => [200, {}],
): Promise<{ readonly host: string; readonly asked: Asked[]; readonly trace: string }> {
  const folder = mkdtempSync(join(tmpdir(), "aac-engine-"));
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece: Buffer) => {
      body += piece.toString();
    });
    request.on("end", () => {
      asked.push({ method: request.method ?? "", url: request.url ?? "", body });
      const [status, value] = request.url === "/info" ? [200, { ID: "engine-1" }] : answer(request);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    });
  });
  servers.push(server);
  const socket = join(folder, "engine.sock");
  await new Promise<void>((resolve) => {
    server.listen(socket, resolve);
  });
  return { host: `unix://${socket}`, asked, trace: join(folder, "trace") };
}

async function wordsOf(environment: Readonly<Record<string, string>>): Promise<string> {
  const connected = await connect(environment, files);
  if (connected.ok) throw new Error(`it answers: ${connected.value.where}`);
  expect(connected.error.code).toBe("AAC4011");
  return [connected.error.message, ...connected.error.notes].join(" | ");
}

describe("an engine", () => {
  test("is found by DOCKER_HOST and asked once, for who it is", async () => {
    const { host, asked } = await engine();
    const connected = await connect({ DOCKER_HOST: host }, files);
    expect(connected.ok && [connected.value.where, connected.value.isLocal, connected.value.id]).toEqual([
      host,
      true,
      "engine-1",
    ]);
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual(["GET /info"]);
  });

  test("is found by the context in use, and by the one that DOCKER_CONTEXT names before it", async () => {
    const [first, second] = [await engine(), await engine()];
    const meta = (name: string, host: string): string =>
      JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } });
    const home = folderOf({
      ".docker/config.json": JSON.stringify({ currentContext: "one" }),
      ".docker/contexts/meta/aaaa/meta.json": meta("one", first.host),
      ".docker/contexts/meta/bbbb/meta.json": meta("two", second.host),
    });
    const used = await connect({ HOME: home }, files);
    const named = await connect({ HOME: home, DOCKER_CONTEXT: "two" }, files);
    expect([used.ok && used.value.where, named.ok && named.value.where]).toEqual([first.host, second.host]);
    expect(await wordsOf({ HOME: home, DOCKER_CONTEXT: "three" })).toContain("context `three` is not there");
  });

  test("that is not there is one line, and what to do", async () => {
    expect(await wordsOf({ DOCKER_HOST: "unix:///nowhere/engine.sock" })).toBe(
      "the docker engine at unix:///nowhere/engine.sock does not answer: no such file | start it, or name another with DOCKER_HOST or `docker context use NAME`",
    );
  });

  test("is never shown with the credentials of its address", async () => {
    const words = await wordsOf({ DOCKER_HOST: "tcp://me:hunter2@127.0.0.1:1" });
    expect(words).toContain("at tcp://127.0.0.1:1 does not answer: nobody listens there");
    expect(words).not.toContain("hunter2");
  });

  test("behind ssh is refused with the way around", async () => {
    expect(await wordsOf({ DOCKER_HOST: "ssh://me@box" })).toContain("ssh -nNT -L");
  });

  test("gets a body in the body alone: addresses are logged, and bodies hold secrets", async () => {
    const { host, asked, trace } = await engine(() => [201, { Id: "c1" }]);
    const connected = await connect({ DOCKER_HOST: host, AAC_TRACE_REQUESTS: trace }, files);
    if (!connected.ok) throw new Error(connected.error.message);
    await connected.value.docker.createContainer({ name: "desk", Image: "busybox", Env: ["KEY=hunter2"] });
    expect(asked[1]).toEqual({
      method: "POST",
      url: "/containers/create?name=desk",
      body: JSON.stringify({ Image: "busybox", Env: ["KEY=hunter2"] }),
    });
    await connected.value.docker.listContainers({ all: true, filters: { label: ["a=b"] } }).catch(failureOf);
    expect(readFileSync(trace, "utf8").split("\n")).toEqual([
      "GET /info",
      "POST /containers/create?name=desk",
      `GET /containers/json?all=true&filters=${encodeURIComponent('{"label":["a=b"]}')}`,
      "",
    ]);
  });

  test.each([
    [404, "No such container: desk", false],
    [409, "removal of container desk is already in progress", true],
    [500, "driver failed: port is already allocated", false],
    [503, "no leader", true],
  ])("that refuses with %i says why in its own words", async (status, message, passing) => {
    const { host } = await engine(() => [status, { message }]);
    const connected = await connect({ DOCKER_HOST: host }, files);
    if (!connected.ok) throw new Error(connected.error.message);
    const failed: unknown = await connected.value.docker.getContainer("desk").inspect().catch(failureOf);
    expect(failed).toEqual({ message, status, passing });
  });
});
