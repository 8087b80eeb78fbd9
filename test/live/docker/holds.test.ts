import { afterEach, expect, test } from "vitest";
import type { AgentStatus, Operates, Outcome } from "../../../src/model/operates.ts";
import type { Result } from "../../../src/base/result.ts";
import { describeOn } from "../engines.ts";
import { agentFile, FOREVER, type OnEngine, onEngine } from "./on-engine.ts";

const LONG = { timeout: 60_000 };
const ANA = { by: "ana", reason: "too many" };
const DESK = `  image: busybox
  command: ${FOREVER}
  environment: [{name: GREETING, value: one}]
  resources: {limits: {memory: 64Mi}}
  supervision: {stopGracePeriod: 1s}
`;

await describeOn("docker", "holds on an engine", (environment) => {
  const worlds: OnEngine[] = [];
  const world = async (spec = DESK): Promise<{ engine: OnEngine; operates: Operates }> => {
    const engine = await onEngine(environment, { "desk/agent.yaml": agentFile("desk", spec) });
    worlds.push(engine);
    await engine.applied();
    return { engine, operates: (await engine.open()).operates };
  };
  const told = async (
    done: Promise<Result<readonly Outcome[], unknown>> | undefined,
  ): Promise<readonly string[]> => {
    const outcomes = await done;
    if (outcomes?.ok !== true) throw new Error("it was not even tried");
    return outcomes.value.map(({ ok, text }) => `${ok ? "ok" : "no"}: ${text}`);
  };
  const statuses = async (operates: Operates): Promise<readonly AgentStatus[]> => {
    const status = await operates.status();
    if (!status.ok) throw new Error(status.error.message);
    return status.value.agents;
  };
  afterEach(async () => {
    for (const one of worlds.splice(0)) await one.end();
  }, 60_000);

  test(
    "one that is paused is held so, a plan leaves it alone, and it goes on where it was",
    LONG,
    async () => {
      const { engine, operates } = await world();
      const { State } = await engine.one("desk");
      expect(await told(operates.pause?.(["desk"], ANA))).toEqual(["ok: paused"]);
      expect(await told(operates.pause?.(["desk"], ANA))).toEqual(["ok: already paused"]);
      expect(await statuses(operates)).toEqual([
        expect.objectContaining({
          state: "paused",
          held: expect.stringMatching(/^held by ana .*: paused \(too many\)$/),
        }),
      ]);
      expect(await engine.text()).toBe("");
      expect(await told(operates.resume?.(["desk"]))).toEqual(["ok: resumed"]);
      expect((await engine.one("desk")).State).toMatchObject({ Paused: false, StartedAt: State.StartedAt });
      expect(await statuses(operates)).toEqual([expect.not.objectContaining({ held: expect.anything() })]);
      await operates.stop(["desk"], ANA);
      expect(await told(operates.pause?.(["desk"], ANA))).toEqual(["no: it does not run"]);
      expect(await told(operates.resume?.(["desk"]))).toEqual([
        "no: it is held otherwise: stopped; aac start ends that",
      ]);
    },
  );

  test("another number of replicas than the file says is held, until it is released", LONG, async () => {
    const { engine, operates } = await world();
    engine.write("desk/agent.yaml", agentFile("desk", DESK.replace("64Mi", "96Mi")));
    await engine.applied();
    expect(await told(operates.scale?.("desk", 3, ANA))).toEqual(["ok: scaled to 3"]);
    expect(await engine.containers("desk")).toHaveLength(3);
    expect((await statuses(operates)).map(({ replica, state, held }) => [replica, state, held])).toEqual(
      [0, 1, 2].map((replica) => [replica, "ready", expect.stringContaining(": scaled to 3 (too many)")]),
    );
    expect(await engine.text()).toBe("");
    expect(await told(operates.scale?.("desk", 2, ANA))).toEqual(["ok: scaled to 2"]);
    expect(await engine.containers("desk")).toHaveLength(2);
    expect(await told(operates.release?.(["desk", "nobody"]))).toEqual([
      "ok: released",
      "no: no such agent here",
    ]);
    // Made like the first, with what was asked of that since it was made: only the number is too much.
    expect(await engine.text()).toBe("- desk/container/1  (no longer in the files) gone");
    expect(await told(operates.release?.(["desk"]))).toEqual(["ok: not held"]);
    await engine.applied();
    expect(await engine.containers("desk")).toHaveLength(1);
  });

  test("of a port of the machine there is one, and none of an agent is a stop", LONG, async () => {
    const { operates } = await world(`${DESK}  ports: [{container: 8080, host: 27524}]\n`);
    expect(await told(operates.scale?.("desk", 2, ANA))).toEqual([
      "no: each would want port 27524 of the machine",
    ]);
    expect(await told(operates.scale?.("desk", 0, ANA))).toEqual([
      "no: none of it is a stop: aac stop holds it so",
    ]);
    expect(await statuses(operates)).toEqual([expect.not.objectContaining({ held: expect.anything() })]);
  });

  test("a decision that was made elsewhere is written down, and the agent runs on", LONG, async () => {
    const { engine, operates } = await world();
    const hold = { by: "bo", since: "2026-01-02T03:04:05.000Z", what: "rolled back to revision 5" };
    expect(await operates.hold?.("desk", hold)).toEqual({ ok: true, value: undefined });
    expect(await statuses(operates)).toEqual([
      expect.objectContaining({
        state: "ready",
        held: "held by bo since 2026-01-02T03:04:05.000Z: rolled back to revision 5",
      }),
    ]);
    engine.write("desk/agent.yaml", agentFile("desk", DESK.replace("value: one", "value: two")));
    expect(await engine.text()).toBe("");
    expect(await operates.hold?.("nobody", hold)).toMatchObject({ ok: false, error: { code: "AAC4008" } });
  });
});
