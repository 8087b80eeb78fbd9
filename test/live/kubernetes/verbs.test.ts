import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Json } from "../../../src/base/canonical.ts";
import type { AgentStatus, LogLine, LogRequest, Operates, Outcome } from "../../../src/model/operates.ts";
import type { Place } from "../../../src/model/target.ts";
import { system } from "../../../src/system/system.ts";
import { at, isManifest, listAt, numberAt, textAt } from "../../../targets/kubernetes/answers.ts";
import { type Answer, type Cluster, connect } from "../../../targets/kubernetes/client.ts";
import { holdOf } from "../../../targets/kubernetes/verbs/holds.ts";
import { operatesOn } from "../../../targets/kubernetes/verbs/operates.ts";
import { listPath, namespacePath, objectPath } from "../../../targets/kubernetes/manifest/paths.ts";
import { until } from "../../helpers/until.ts";
import { describeOn, loadImage } from "../engines.ts";

vi.setConfig({ hookTimeout: 120_000 });
/** Each has agents of its own, and mostly waits for them. */
const LONG = { timeout: 120_000, concurrent: true };

const NAMESPACE = `aac-verbs-${system.digests.random(4)}`;
/** It ends when it is asked to, so that no test waits for a grace. */
const STAY = "trap 'exit 0' TERM; sleep 1000 & wait";

await describeOn("kubernetes", "the verbs of the second day, on a cluster", (environment) => {
  let cluster: Cluster;
  let folder: string;
  let trace: string;

  beforeAll(async () => {
    await loadImage("busybox:latest");
    folder = mkdtempSync(join(tmpdir(), "aac-verbs-"));
    trace = join(folder, "requests");
    const connected = await connect({}, { ...environment, AAC_TRACE_REQUESTS: trace }, system.files);
    if (!connected.ok) throw new Error(connected.error.message);
    cluster = connected.value;
    const body = { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } };
    expect(await cluster.request("POST", "/api/v1/namespaces", { body })).toMatchObject({ status: 201 });
  });

  afterAll(async () => {
    await cluster.request("DELETE", namespacePath(NAMESPACE));
    await until(
      "the namespace is gone",
      async () => statusOf(await cluster.request("GET", namespacePath(NAMESPACE))) === 404,
      100_000,
    );
    cluster.close();
    rmSync(folder, { recursive: true });
  });

  const statusOf = (answer: Answer): number => (answer.is === "answer" ? answer.status : 0);
  const bodyOf = (answer: Answer): Json => (answer.is === "answer" ? answer.body : null);
  /** What was asked of the cluster meanwhile, of what this is about: others ask too. */
  const requests = async (about: RegExp, during: () => Promise<unknown>): Promise<readonly string[]> => {
    const before = readFileSync(trace, "utf8").length;
    await during();
    const asked = readFileSync(trace, "utf8").slice(before).trim().split("\n");
    return asked.filter((line) => about.test(line));
  };
  const on = (project: string): Operates =>
    operatesOn({ cluster, system, namespace: NAMESPACE, place: { project } as unknown as Place });
  const value = <T>(
    result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown },
  ): T => {
    if (!result.ok) throw new Error(JSON.stringify(result.error));
    return result.value;
  };
  const agents = async (project: string, agent?: string): Promise<readonly AgentStatus[]> =>
    value(await on(project).status()).agents.filter((one) => agent === undefined || one.agent === agent);
  const untilReady = (project: string): Promise<void> =>
    until(
      `all of ${project} is ready`,
      async () => (await agents(project)).every(({ state }) => state === "ready"),
      60_000,
    );
  const live = async (agent: string): Promise<Json> =>
    bodyOf(await cluster.request("GET", objectPath(NAMESPACE, "Deployment", agent)));
  const texts = (outcomes: readonly Outcome[]): readonly string[] =>
    outcomes.map(({ agent, ok, text }) => `${ok ? "✓" : "✗"} ${agent}: ${text}`);

  interface Wanted {
    readonly command?: string;
    readonly replicas?: number;
    readonly after?: readonly string[];
    readonly container?: Readonly<Record<string, Json>>;
    readonly pod?: Readonly<Record<string, Json>>;
  }

  /** As an apply does it: what is written belongs to the manager of that name. */
  const put = (project: string, agent: string, wanted: Wanted = {}, manager = "aac"): Promise<Answer> => {
    const labels = { "agent.dev/project": project, "agent.dev/agent": agent };
    const container = {
      name: agent,
      image: "busybox:latest",
      imagePullPolicy: "IfNotPresent",
      command: ["sh", "-c", wanted.command ?? STAY],
      ...wanted.container,
    };
    const after = JSON.stringify((wanted.after ?? []).map((name) => `${name}/Deployment/${name}`));
    const body = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: {
        name: agent,
        labels,
        annotations: { "agent.dev/source": `${agent}/agent.yaml`, "agent.dev/after": after },
      },
      spec: {
        replicas: wanted.replicas ?? 1,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { terminationGracePeriodSeconds: 1, containers: [container], ...wanted.pod },
        },
      },
    };
    return cluster.request("PATCH", objectPath(NAMESPACE, "Deployment", agent), {
      query: { fieldManager: manager },
      contentType: "application/apply-patch+yaml",
      body,
    });
  };

  const logs = async (project: string, request: Partial<LogRequest> = {}): Promise<readonly LogLine[]> => {
    const lines: LogLine[] = [];
    const read = await on(project).logs({
      agents: [],
      follow: false,
      tail: 100,
      streams: ["stdout", "stderr"],
      previous: false,
      signal: new AbortController().signal,
      line: (line) => lines.push(line),
      ...request,
    });
    expect(read).toEqual({ ok: true, value: undefined });
    return lines;
  };
  const said = (lines: readonly LogLine[]): readonly string[] =>
    lines.map(({ agent, replica, text }) => `${agent}.${replica} ${text}`);

  test("status says how each agent is in two requests that only read", LONG, async () => {
    const project = "looks";
    const probe = { exec: { command: ["test", "-e", "/tmp/open"] }, periodSeconds: 1 };
    await put(project, "page", {
      command: `touch /tmp/open; ${STAY}`,
      container: { readinessProbe: probe, ports: [{ containerPort: 8080 }] },
    });
    await put(project, "plain", { replicas: 2 });
    await put(project, "broken", { command: "echo no; exit 3" });
    await put(project, "nobody", { pod: { serviceAccountName: "nobody" } });
    await put(project, "huge", { container: { resources: { requests: { memory: "4000Gi" } } } });
    await put(project, "idle", { replicas: 0 });
    const words = async (): Promise<Readonly<Record<string, string>>> =>
      Object.fromEntries(
        (await agents(project)).map((one) => [`${one.agent}.${one.replica}`, `${one.state} ${one.health}`]),
      );
    const expected = {
      "broken.0": "backoff none",
      "huge.0": "starting none",
      "idle.0": "stopped none",
      "nobody.0": "failed none",
      "page.0": "ready healthy",
      "plain.0": "ready none",
      "plain.1": "ready none",
    };
    await until(
      "each is as it will be",
      async () => JSON.stringify(await words()) === JSON.stringify(expected),
      60_000,
    );
    const told = async (agent: string): Promise<AgentStatus | undefined> => (await agents(project, agent))[0];
    await until("it waits longer", async () => (await told("broken"))?.nextTry !== undefined, 60_000);
    expect((await told("broken"))?.lastExit).toMatch(/^exit 3 after \d+ s, 20.*Z$/);
    expect((await told("nobody"))?.detail).toContain('serviceaccount "nobody" not found');
    expect((await told("huge"))?.detail).toMatch(/^0\/\d+ nodes are available: .*[Ii]nsufficient memory/);
    expect(await told("page")).toMatchObject({
      ports: [`tcp://page.${NAMESPACE}.svc:8080`],
      image: "busybox:latest",
      source: "page/agent.yaml",
      restarts: 0,
    });
    const asked = await requests(/project(?:=|%3D)looks/, () => on(project).status());
    expect(asked.map((line) => line.replace(/\?.*/, ""))).toEqual([
      `GET ${listPath(NAMESPACE, "Deployment")}`,
      `GET ${listPath(NAMESPACE, "Pod")}`,
    ]);
  });

  test(
    "inspect shows what the cluster keeps of an agent, without its secrets and without others' agents",
    LONG,
    async () => {
      const env = [
        { name: "API_KEY", value: "abc123def" },
        { name: "GREETING", value: "hello" },
      ];
      await put("keys", "keeper", { container: { env } });
      await untilReady("keys");
      const shown = value(await on("keys").inspect("keeper"));
      const [container] = listAt(shown, "deployment", "spec", "template", "spec", "containers");
      expect(listAt(container, "env")).toEqual([
        { name: "API_KEY", value: "(secret)" },
        { name: "GREETING", value: "hello" },
      ]);
      expect(JSON.stringify(shown)).not.toMatch(/abc123def|managedFields/);
      expect(listAt(shown, "status")).toMatchObject([{ agent: "keeper", state: "ready" }]);
      expect(listAt(shown, "pods")).toHaveLength(1);
      expect(listAt(shown, "conditions").map((one) => textAt(one, "type"))).toContain("Available");
      const missing = { ok: false, error: { code: "AAC4008" } };
      for (const name of ["nobody", "..", "a,b", ""])
        expect(await on("keys").inspect(name)).toMatchObject(missing);
      expect(await on("others").inspect("keeper")).toMatchObject(missing);
      expect(texts(value(await on("others").stop(["keeper"], { by: "ana" })))).toEqual([
        "✗ keeper: no such agent here",
      ]);
      expect(numberAt(await live("keeper"), "spec", "replicas")).toBe(1);
    },
  );

  test(
    "logs are put in order over all pods, counted by replica, and whole where a line is long",
    LONG,
    async () => {
      const project = "words";
      const speak = `for i in 1 2 3; do echo $i; sleep 0.2; done; ${STAY}`;
      await put(project, "ana", { command: speak, replicas: 2 });
      await put(project, "ben", {
        command: `echo "grün 🌧"; head -c 150000 /dev/zero | tr '\\0' x; echo; ${STAY}`,
      });
      await until("all was said", async () => (await logs(project, { tail: "all" })).length === 10, 60_000);
      const all = await logs(project, { tail: "all" });
      expect(all.map(({ at }) => at).toSorted()).toEqual(all.map(({ at }) => at));
      expect(said(all.filter(({ agent }) => agent === "ana")).toSorted()).toEqual([
        "ana.0 1",
        "ana.0 2",
        "ana.0 3",
        "ana.1 1",
        "ana.1 2",
        "ana.1 3",
      ]);
      const [first, ...long] = all.filter(({ agent }) => agent === "ben");
      expect(first?.text).toBe("grün 🌧");
      expect(long.map(({ text, partial }) => [text.length, partial])).toEqual([
        [65_536, true],
        [65_536, true],
        [150_000 - 2 * 65_536, false],
      ]);
      expect(said(await logs(project, { agents: ["ana"], tail: 1 })).toSorted()).toEqual([
        "ana.0 3",
        "ana.1 3",
      ]);
      expect(await logs(project, { tail: 0 })).toEqual([]);
      expect(await logs(project, { since: "2999-01-01T00:00:00Z" })).toEqual([]);
      const middle = all.filter(({ agent, replica }) => agent === "ana" && replica === 0)[1]?.at ?? "";
      const since = await logs(project, { agents: ["ana"], since: middle });
      expect(said(since.filter(({ replica }) => replica === 0))).toEqual(["ana.0 2", "ana.0 3"]);
    },
  );

  test("logs of the run before are there after a crash", LONG, async () => {
    await put("falls", "faller", { command: "echo before the fall >&2; exit 1" });
    // Between two runs a node forgets the one before the last.
    await until("it waits", async () => (await agents("falls"))[0]?.nextTry !== undefined, 60_000);
    expect(said(await logs("falls", { previous: true }))).toEqual(["faller.0 before the fall"]);
    await put("falls", "walker");
    await until("it runs", async () => (await agents("falls", "walker"))[0]?.state === "ready", 60_000);
    expect(await logs("falls", { previous: true, agents: ["walker"] })).toEqual([]);
  });

  test(
    "a log that is followed goes on through a restart, and the restart is nobody's drift",
    LONG,
    async () => {
      const [project, agent] = ["turns", "turner"];
      const wanted = { command: `echo "up $HOSTNAME"; ${STAY}` };
      await put(project, agent, wanted);
      await untilReady(project);
      const [first] = await agents(project);
      const stop = new AbortController();
      const lines: LogLine[] = [];
      const following = logs(project, {
        follow: true,
        signal: stop.signal,
        line: (line) => lines.push(line),
      });
      await until("the first one is heard", () => lines.length > 0, 30_000);
      expect(texts(value(await on(project).restart([agent])))).toEqual([`✓ ${agent}: restarted`]);
      // Whoever waits for it now waits for another one.
      expect((await agents(project)).map(({ id, state }) => [id, state])).not.toEqual([[first?.id, "ready"]]);
      await until(
        "another one is heard",
        () => lines.some(({ text }) => text !== `up ${first?.id ?? ""}`),
        60_000,
      );
      await until("it is alone", async () => (await agents(project)).length === 1, 60_000);
      const [second] = await agents(project);
      expect(second?.id).not.toBe(first?.id);
      expect(lines.map(({ text }) => text)).toEqual([`up ${first?.id ?? ""}`, `up ${second?.id ?? ""}`]);
      stop.abort();
      await following;
      const before = await live(agent);
      expect(statusOf(await put(project, agent, wanted))).toBe(200);
      const after = await live(agent);
      expect(at(after, "spec", "template", "metadata", "annotations", "agent.dev/restartedAt")).toBeDefined();
      expect(at(after, "metadata", "generation")).toBe(at(before, "metadata", "generation"));
    },
  );

  test("a stop goes against the order of the start, and holds until somebody starts it", LONG, async () => {
    const project = "order";
    await put(project, "store", { replicas: 2 });
    await put(project, "front", { after: ["store"] });
    await untilReady(project);
    const changed = (asked: readonly string[]): readonly string[] =>
      asked.flatMap((line) => /^PATCH .*\/deployments\/(\w+)/.exec(line)?.[1] ?? []);
    let outcomes: readonly Outcome[] = [];
    const stopped = await requests(/\/(?:front|store)\?/, async () => {
      outcomes = value(await on(project).stop(["store", "front"], { by: "ana", reason: "too many" }));
    });
    expect(texts(outcomes)).toEqual(["✓ front: stopped", "✓ store: stopped"]);
    expect(changed(stopped)).toEqual(["front", "store"]);
    const gone = (await agents(project)).map(({ agent, state, held }) => [agent, state, held]);
    expect(gone).toEqual([
      ["front", "stopped", expect.stringMatching(/^held by ana since 20.*Z: stopped \(too many\)$/)],
      ["store", "stopped", expect.stringMatching(/^held by ana since 20.*Z: stopped \(too many\)$/)],
    ]);
    const manifest = await live("store");
    expect(isManifest(manifest) ? holdOf(manifest) : undefined).toMatchObject({ by: "ana", what: "stopped" });
    // Who applies without having seen it is told.
    expect(statusOf(await put(project, "store", { replicas: 2 }))).toBe(409);
    expect(texts(value(await on(project).stop(["store"], { by: "ben" })))).toEqual([
      "✓ store: already stopped",
    ]);
    const started = await requests(/\/(?:front|store)\?/, async () => {
      outcomes = value(await on(project).start(["front", "store", "nobody"]));
    });
    expect(texts(outcomes)).toContain("✗ nobody: no such agent here");
    expect(texts(outcomes)).toContain("✓ front: started");
    expect(changed(started)[0]).toBe("store");
    expect((await agents(project, "store")).map(({ state, held }) => [state, held])).toEqual([
      ["ready", undefined],
      ["ready", undefined],
    ]);
    expect(texts(value(await on(project).start(["store"])))).toEqual(["✓ store: already running"]);
    // The number of replicas is the apply's again: it may be edited, and nobody stands in the way.
    expect(statusOf(await put(project, "store", { replicas: 3 }))).toBe(200);
  });

  test("who needs one that does not come up stays as it was, and is told why", LONG, async () => {
    const project = "waits";
    await put(project, "never", { container: { image: "nowhere.invalid/none:1" } });
    await put(project, "needs", { after: ["never"] });
    const both = ["never", "needs"];
    expect(value(await on(project).stop(both, { by: "ana" })).every(({ ok }) => ok)).toBe(true);
    const outcomes = texts(value(await on(project).start(both)));
    expect(outcomes[0]).toBe("✓ never: started");
    expect(outcomes[1]).toMatch(/^✗ needs: not started: never is backoff \(.*Err.*\)$/);
    expect((await agents(project, "needs"))[0]).toMatchObject({
      state: "stopped",
      held: expect.any(String) as string,
    });
  });

  test("one that has no replicas and no hold is started with one, and that is said", LONG, async () => {
    await put("loose", "loose", { replicas: 0 });
    expect(texts(value(await on("loose").start(["loose"])))).toEqual([
      "✓ loose: started with 1 replica: nobody wrote down how many there were",
    ]);
    expect(texts(value(await on("loose").stop(["loose"], { by: "ana" })))).toEqual(["✓ loose: stopped"]);
    expect(texts(value(await on("loose").restart(["loose"])))).toEqual(["✓ loose: restarted"]);
    await until("it is up", async () => (await agents("loose"))[0]?.state === "ready", 60_000);
    expect((await agents("loose"))[0]?.held).toBeUndefined();
  });
});
