import { describe, expect, test } from "vitest";
import type { Json } from "../../../src/base/canonical.ts";
import type { Holder } from "../../../src/model/holder.ts";
import type { Place } from "../../../src/model/target.ts";
import { system } from "../../../src/system/system.ts";
import { at, isMap, numberAt, textAt } from "../../../targets/kubernetes/answers.ts";
import type { Answer, Cluster } from "../../../targets/kubernetes/client.ts";
import type { On } from "../../../targets/kubernetes/live/lists.ts";
import { type Lock, lockOn } from "../../../targets/kubernetes/lock/lock.ts";
import { type VirtualClock, virtualClock } from "../../helpers/virtual-clock.ts";

const STATUS = (status: number, message = ""): Answer => ({ is: "answer", status, body: { message } });

/** Leases of one namespace, kept as a server keeps them: each write against the writing that was seen. */
interface Server {
  readonly clock: VirtualClock;
  lease: Json | undefined;
  hasNamespace: boolean;
  isAway: boolean;
  mayNot: ReadonlySet<string>;
  /** `METHOD path` */
  readonly asked: string[];
}

function serverAt(clock: VirtualClock): Server {
  return {
    clock,
    lease: undefined,
    hasNamespace: true,
    isAway: false,
    mayNot: new Set(),
    asked: [],
  };
}

function answerOf(server: Server, method: string, body: Json | undefined): Answer {
  const { lease } = server;
  if (server.isAway) return { is: "lost", why: "nobody answers" };
  if (server.mayNot.has(method))
    return STATUS(403, `leases is forbidden: User "ana" cannot ${method.toLowerCase()} resource "leases"`);
  const date = new Date(Date.parse(server.clock.wall())).toUTCString();
  const written = (version: number): Json => ({
    ...(isMap(body) ? body : {}),
    metadata: {
      ...(at(body, "metadata") as object),
      uid: "u1",
      resourceVersion: String(version),
      managedFields: [
        {
          manager: "aac",
          time: server.clock.wall().replace(/\.\d+Z/, "Z"),
          fieldsV1: { "f:spec": { "f:renewTime": {} } },
        },
      ],
    },
  });
  if (method === "GET")
    return lease === undefined ? STATUS(404) : { is: "answer", status: 200, body: lease, date };
  if (method === "POST") {
    if (!server.hasNamespace) return STATUS(404, 'namespaces "desks" not found');
    if (lease !== undefined) return STATUS(409);
    server.lease = written(1);
    return { is: "answer", status: 201, body: server.lease, date };
  }
  if (lease === undefined) return STATUS(404);
  const version = textAt(lease, "metadata", "resourceVersion") ?? "";
  const seen =
    method === "DELETE"
      ? textAt(body, "preconditions", "resourceVersion")
      : textAt(body, "metadata", "resourceVersion");
  if (seen !== version) return STATUS(409);
  server.lease = method === "DELETE" ? undefined : written(Number(version) + 1);
  return { is: "answer", status: 200, body: server.lease ?? null, date };
}

/** Each in a program of its own, as far as the server can tell. */
async function lockOf(server: Server, who: string, clock = server.clock): Promise<Lock> {
  const cluster = {
    server: "https://cluster",
    context: "work",
    namespace: "desks",
    request: async (method: string, path: string, how?: { readonly body?: Json }) => {
      server.asked.push(`${method} ${path}`);
      await Promise.resolve();
      return answerOf(server, method, how?.body);
    },
  } as unknown as Cluster;
  const on: On = {
    cluster,
    system: { ...system, clock },
    place: { project: "desk" } as unknown as Place,
    namespace: "desks",
  };
  const holder: Holder = {
    pid: 4121,
    host: who,
    command: "aac apply --yes",
    since: server.clock.wall(),
  };
  return lockOn(on, holder, (millis, run) => clock.after(millis, run));
}

const stateOf = ({ shared }: Lock): string =>
  shared.is === "held" && shared.lost.aborted ? "lost" : shared.is;

async function release({ shared }: Lock): Promise<void> {
  if (shared.is === "held") await shared.release();
}

describe("the lock of a cluster", () => {
  test("is one writer's, whoever began at the same moment; the others are told whose it is", async () => {
    const server = serverAt(virtualClock());
    const all = await Promise.all(["a", "b", "c", "d", "e"].map((who) => lockOf(server, who)));
    const held = all.filter((one) => one.shared.is === "held");
    expect(held).toHaveLength(1);
    const winner = ["a", "b", "c", "d", "e"][all.findIndex((one) => one.shared.is === "held")];
    for (const { shared } of all)
      if (shared.is !== "held")
        expect(shared).toMatchObject({
          is: "taken",
          holder: { host: winner, pid: 4121, command: "aac apply --yes" },
          endsInMs: 15_000,
        });
    await Promise.all(all.map(release));
    expect(server.lease).toBeUndefined();
  });

  test("is kept for as long as its holder lives, and ends fifteen seconds after it", async () => {
    const clock = virtualClock();
    const server = serverAt(clock);
    const first = await lockOf(server, "a");
    await clock.advance(120_000);
    expect([stateOf(first), (await lockOf(server, "b")).shared.is]).toEqual(["held", "taken"]);
    // As if it were killed: nothing renews it any more.
    first.close();
    await clock.advance(9000);
    expect((await lockOf(server, "b")).shared.is).toBe("taken");
    await clock.advance(7000);
    const second = await lockOf(server, "b");
    expect(second.shared.is).toBe("held");
    expect(numberAt(server.lease, "spec", "leaseTransitions")).toBe(1);
    await release(second);
  });

  test("is known to be lost before anything is written, by one that stood still meanwhile", async () => {
    const clock = virtualClock();
    const server = serverAt(clock);
    const still = virtualClock();
    const first = await lockOf(server, "a", still);
    await clock.advance(20_000);
    const second = await lockOf(server, "b");
    expect(second.shared.is).toBe("held");
    // Its clocks say so before any of its timers had a chance to.
    const waking = still.sleep(20_000);
    expect(await first.isOurs()).toBe(false);
    expect(stateOf(first)).toBe("lost");
    await waking;
    // What is somebody else's by now is not given back.
    await release(first);
    expect(textAt(server.lease, "spec", "holderIdentity")).toMatch(/@b 4121 /);
    await release(second);
  });

  test("is still there for one that stood still while nobody else came", async () => {
    const clock = virtualClock();
    const server = serverAt(clock);
    const first = await lockOf(server, "a");
    await clock.sleep(60_000);
    expect(await first.isOurs()).toBe(true);
    expect(stateOf(first)).toBe("held");
    await release(first);
  });

  test("survives a server that is away for some seconds, and is given up before it ends without one", async () => {
    const clock = virtualClock();
    const server = serverAt(clock);
    const first = await lockOf(server, "a");
    server.isAway = true;
    await clock.advance(11_000);
    server.isAway = false;
    await clock.advance(5000);
    expect([stateOf(first), await first.isOurs()]).toEqual(["held", true]);
    server.isAway = true;
    await clock.advance(19_000);
    expect([stateOf(first), await first.isOurs()]).toEqual(["lost", false]);
    await release(first);
  });

  test("is taken as soon as there is a namespace that it can be in", async () => {
    const server = serverAt(virtualClock());
    server.hasNamespace = false;
    const [first, second] = [await lockOf(server, "a"), await lockOf(server, "b")];
    expect([first.shared.is, second.shared.is]).toEqual(["held", "held"]);
    expect(server.lease).toBeUndefined();
    server.hasNamespace = true;
    expect(await first.begin()).toEqual({ ok: true, value: undefined });
    expect(await second.begin()).toMatchObject({
      ok: false,
      error: { message: "another apply began at the same time: a, process 4121" },
    });
    expect([stateOf(first), stateOf(second)]).toEqual(["held", "lost"]);
    await Promise.all([release(first), release(second)]);
    expect(server.lease).toBeUndefined();
  });

  test("is refused with the line that gives the right to it", async () => {
    const server = serverAt(virtualClock());
    server.mayNot = new Set(["POST"]);
    const { shared } = await lockOf(server, "a");
    expect(shared).toMatchObject({
      is: "refused",
      fault: {
        code: "AAC4014",
        notes: [
          expect.stringContaining("is forbidden"),
          "kubectl --context work -n desks create role aac-lock --verb=get,create,update,delete --resource=leases.coordination.k8s.io",
          "kubectl --context work -n desks create rolebinding aac-lock --role=aac-lock --user=ana",
        ],
      },
    });
  });

  test("is emptied where it may not be deleted, and anybody has it then", async () => {
    const server = serverAt(virtualClock());
    server.mayNot = new Set(["DELETE"]);
    const first = await lockOf(server, "a");
    await release(first);
    expect(textAt(server.lease, "spec", "holderIdentity")).toBe("");
    const second = await lockOf(server, "b");
    expect(second.shared.is).toBe("held");
    await release(second);
  });

  test("asks nothing more once it was released", async () => {
    const clock = virtualClock();
    const server = serverAt(clock);
    await release(await lockOf(server, "a"));
    const asked = server.asked.length;
    await clock.advance(60_000);
    expect(server.asked.length).toBe(asked);
  });
});
