import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { builtFiles, loadedBy, packagesOf, sourcesIn } from "../helpers/loaded-files.ts";
import { aac, folderOf, GOOD } from "../helpers/run-aac.ts";
import { describeOn, type Platform } from "../live/engines.ts";

const lazy = new URL("../../dist/lazy/", import.meta.url).href;
const CLIENTS = { dockerode: "dockerode.js", "@kubernetes/client-node": "kubernetes-client.js" };

function loaded(
  args: readonly string[],
  engine: Readonly<Record<string, string>> = {},
  agent: string = GOOD,
): string[] {
  const home = folderOf({ "desk/agent.yaml": agent, "desk/main.py": "" });
  const environment = { PATH: process.env["PATH"] ?? "", HOME: home, XDG_RUNTIME_DIR: home, ...engine };
  try {
    return loadedBy(args, join(home, "desk"), environment);
  } finally {
    // What was applied would go on for as long as the machine does.
    if (args.includes("--yes"))
      aac(["destroy", "--yes", "-t", "local-process"], { cwd: join(home, "desk"), environment });
  }
}

/** One that an engine and a cluster can run without building anything. */
const IMAGED = `apiVersion: agent.dev/v1
kind: Agent
metadata: {name: loads-desk}
spec: {runtime: container, image: "busybox:latest", command: [sleep, "100000"]}
`;

/** A program with nothing around it: what it prints on standard output, and that it warns of nothing. */
function says(program: string): string {
  const result = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
  expect(result.stderr).toBe("");
  return result.stdout.trim();
}

describe("the clients of engines and clusters", () => {
  test.each([
    [["validate"], "dist/main.js"],
    [["validate", "-t", "docker"], "dist/lazy/targets-docker-check.js"],
    [["validate", "-t", "kubernetes"], "dist/lazy/targets-kubernetes-check.js"],
    [["plan", "-t", "local-process"], "dist/lazy/targets-local-process-index.js"],
    [["status", "-t", "local-process"], "dist/lazy/targets-local-process-index.js"],
  ])("are not loaded by %j", (args, needed) => {
    const files = loaded(args);
    expect(files).toContain(needed);
    expect(packagesOf(sourcesIn(files))).toEqual(["commander", "yaml"]);
  });

  test.each(Object.entries(CLIENTS))("%s stands in one file, which stands by itself", (name, file) => {
    const holding = Object.entries(builtFiles()).filter(([, sources]) => packagesOf(sources).includes(name));
    expect(holding.map(([where]) => where)).toEqual([file]);
    const own = holding.flatMap(([, sources]) => sources).filter((one) => /^(?:src|targets)\//.test(one));
    expect(own).toEqual([]);
  });

  test("hold no native code, no gRPC, and no HTTP client beside Node's", () => {
    const packages = packagesOf(sourcesIn(Object.values(CLIENTS)));
    expect(packages).toContain("docker-modem");
    expect(
      packages.filter((name) =>
        /^(?:@grpc\/.*|@protobufjs\/.*|protobufjs|ssh2|cpu-features|undici|ws|readable-stream|debug)$/.test(
          name,
        ),
      ),
    ).toEqual([]);
    expect(sourcesIn(Object.values(CLIENTS)).filter((source) => source.includes("/gen/"))).toEqual([]);
  });

  test.each(["127.0.0.1", "::1", "localhost"])("an engine at %s is asked, and nothing warns", (host) => {
    const program = `
      import { createServer } from "node:http";
      import Docker from "${lazy}dockerode.js";
      const server = createServer((asked, answer) => answer.end(JSON.stringify({ ID: asked.url })));
      server.listen(0, "${host}", async () => {
        const docker = new Docker({ host: "${host}", port: server.address().port, protocol: "http" });
        console.log((await docker.info()).ID);
        server.close();
      });`;
    expect(says(program)).toBe("/info");
  });

  test.each(["socks5://127.0.0.1:1", "http://127.0.0.1:1"])(
    "a cluster behind %s is reached through it",
    (proxyUrl) => {
      const program = `
      import { KubeConfig } from "${lazy}kubernetes-client.js";
      const config = new KubeConfig();
      config.loadFromOptions({
        clusters: [{ name: "c", server: "https://127.0.0.1:2", skipTLSVerify: true, proxyUrl: "${proxyUrl}" }],
        users: [{ name: "u", token: "t" }],
        contexts: [{ name: "x", cluster: "c", user: "u" }],
        currentContext: "x",
      });
      const options = {};
      await config.applyToHTTPSOptions(options);
      console.log(String(options.agent.proxy?.href ?? options.agent.proxy?.host));`;
      expect(says(program)).toContain("127.0.0.1");
    },
  );
});

describe("what draws on a terminal", () => {
  test.each([
    ["plan"],
    ["plan", "-i"],
    ["apply"],
    ["apply", "--yes"],
    ["status"],
    ["stats"],
    ["drift"],
    ["events"],
    ["top"],
    ["logs"],
  ])("is not loaded by %j without one", (...args) => {
    const drawing = loaded([...args, "-t", "local-process"])
      .flatMap((file) => sourcesIn([file]))
      .filter((source) => /^src\/ui\/(?:ink|review)\/|node_modules\/(?:ink|react|diff)\//.test(source));
    expect(drawing).toEqual([]);
  });

  test("stands in files of its own, of which only the one with Ink brings it", () => {
    const holding = Object.entries(builtFiles()).filter(([, sources]) => packagesOf(sources).includes("ink"));
    expect(holding.map(([, sources]) => sources.filter((one) => one.startsWith("src/ui/ink/")))).toEqual([
      ["src/ui/ink/host.tsx"],
    ]);
  });
});

/** Of both clients and all targets: what a plan of one target has no use for. */
const CHUNKS: Readonly<
  Record<
    Exclude<Platform, "compose">,
    { readonly own: readonly string[]; readonly others: readonly string[] }
  >
> = {
  docker: {
    own: ["dist/lazy/targets-docker-index.js", "dist/lazy/dockerode.js"],
    others: ["targets/kubernetes/", "targets/local-process/", "node_modules/@kubernetes/"],
  },
  kubernetes: {
    own: ["dist/lazy/targets-kubernetes-index.js", "dist/lazy/kubernetes-client.js"],
    others: ["targets/docker/", "targets/local-process/", "node_modules/dockerode/"],
  },
};

for (const [name, { own, others }] of Object.entries(CHUNKS))
  await describeOn(name === "docker" ? "docker" : "kubernetes", `a plan with -t ${name}`, (environment) => {
    test("loads its own target and client, and nothing of the others", () => {
      const files = loaded(["plan", "-t", name, "--project", "loads"], environment, IMAGED);
      expect(files).toEqual(expect.arrayContaining([...own]));
      const sources = sourcesIn(files);
      expect(others.filter((part) => sources.some((source) => source.includes(part)))).toEqual([]);
    });
  });
