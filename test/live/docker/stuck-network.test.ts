import { createServer, request, type RequestOptions, type Server } from "node:http";
import { expect, test } from "vitest";
import { describeOn } from "../engines.ts";
import { agentFile, FOREVER, onEngine } from "./on-engine.ts";

const DESK = agentFile(
  "desk",
  `  image: busybox\n  command: ${FOREVER}\n  supervision: {stopGracePeriod: 1s}\n`,
);

const networksIn = (leftovers: readonly string[]): readonly string[] =>
  leftovers.filter((line) => line.startsWith("the network"));

/** Where an engine is reached, as requests want it. */
function addressOf(host: string): RequestOptions {
  if (host.startsWith("unix://")) return { socketPath: host.slice("unix://".length) };
  const { hostname, port } = new URL(host.replace(/^tcp:/, "http:"));
  return { host: hostname, port };
}

interface Stubborn {
  readonly url: string;
  /** So often it says of a network that somebody is connected to it. */
  refusals: number;
  readonly server: Server;
}

/** The real engine, except that it lost track of who is in a network: it happens to engines that are hurried. */
function stubborn(host: string): Promise<Stubborn> {
  const engine = addressOf(host);
  const server = createServer((asked, answer) => {
    const { method = "GET", url = "/", headers } = asked;
    if (method === "DELETE" && /\/networks\/[^/]+$/.test(url) && one.refusals > 0) {
      one.refusals--;
      answer.writeHead(403, { "Content-Type": "application/json" });
      answer.end(JSON.stringify({ message: "error while removing network: it has active endpoints" }));
      return;
    }
    const passed = request({ ...engine, method, path: url, headers }, (given) => {
      answer.writeHead(given.statusCode ?? 500, given.headers);
      given.pipe(answer);
    });
    passed.once("error", () => answer.destroy());
    answer.once("close", () => passed.destroy());
    asked.pipe(passed);
  });
  const one = { url: "", refusals: 0, server };
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const at = server.address();
      resolve(Object.assign(one, { url: `tcp://127.0.0.1:${typeof at === "object" ? at?.port : ""}` }));
    });
  });
}

await describeOn("docker", "an engine that lost track of who is in a network", (environment) => {
  test("keeps nobody from taking all else down: what it holds on to stays, and is named", {
    timeout: 60_000,
  }, async () => {
    const engine = await stubborn(environment["DOCKER_HOST"] ?? "");
    const world = await onEngine({ ...environment, DOCKER_HOST: engine.url }, { "desk/agent.yaml": DESK });
    try {
      await world.applied();
      engine.refusals = 2;
      const late = await world.applied({ destroy: true });
      expect([engine.refusals, networksIn(late.leftovers)]).toEqual([0, []]);
      expect(await world.left()).toEqual([]);

      await world.applied();
      engine.refusals = Number.POSITIVE_INFINITY;
      const { leftovers } = await world.applied({ destroy: true });
      expect(networksIn(leftovers)).toEqual([
        expect.stringMatching(
          /^the network \S+ stays: .*once the engine was started anew: docker network rm /,
        ),
      ]);
      expect(await world.left()).toEqual(["network PROJECT"]);
      // It is known again, by whoever comes next.
      engine.refusals = 0;
      await world.applied();
      await world.applied({ destroy: true });
      expect(await world.left()).toEqual([]);
    } finally {
      engine.refusals = 0;
      await world.end();
      engine.server.closeAllConnections();
      engine.server.close();
    }
  });
});
