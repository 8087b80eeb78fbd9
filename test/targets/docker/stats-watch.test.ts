import { createServer, type ServerResponse } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { ok } from "../../../src/base/result.ts";
import type { Stats } from "../../../src/model/operates.ts";
import type { Place } from "../../../src/model/target.ts";
import { system } from "../../../src/system/system.ts";
import { connect } from "../../../targets/docker/client.ts";
import type { Engine } from "../../../targets/docker/engine.ts";
import { statsOf } from "../../../targets/docker/live/stats.ts";
import { watchEngine } from "../../../targets/docker/live/watch.ts";
import { LABEL } from "../../../targets/docker/names.ts";
import { until } from "../../helpers/until.ts";
import { virtualClock, type VirtualClock } from "../../helpers/virtual-clock.ts";

const undo: (() => void)[] = [];
afterEach(() => {
  for (const one of undo.splice(0)) one();
});

type Answer = (url: URL, response: ServerResponse) => void;

interface Faked {
  readonly engine: Engine;
  readonly clock: VirtualClock;
  /** All that was waited for, in milliseconds. */
  readonly waits: readonly number[];
}

/** An engine that says who it is, and answers the rest as it is told. */
async function engineThat(answer: Answer): Promise<Faked> {
  const folder = mkdtempSync(join(tmpdir(), "aac-engine-"));
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://engine");
    if (url.pathname === "/info") response.end(JSON.stringify({ ID: "engine-1" }));
    else answer(url, response);
  });
  const socket = join(folder, "engine.sock");
  await new Promise<void>((resolve) => {
    server.listen(socket, resolve);
  });
  undo.push(() => {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true });
  });
  const connected = await connect({ DOCKER_HOST: `unix://${socket}` }, system.files);
  if (!connected.ok) throw new Error(connected.error.message);
  const clock = virtualClock();
  const waits: number[] = [];
  const counting = {
    ...clock,
    after(millis: number, run: () => void) {
      waits.push(millis);
      return clock.after(millis, run);
    },
  };
  const place = { project: "office" } as unknown as Place;
  return { engine: { ...connected.value, system: { ...system, clock: counting }, place }, clock, waits };
}

const refuse = (response: ServerResponse, status: number, message: string): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ message }));
};
const line = (Action: string): string => `${JSON.stringify({ Type: "container", Action })}\n`;

describe("a watch of an engine", () => {
  test("asks for its project's containers alone, and counts what changes one", async () => {
    let asked: URL | undefined;
    let tell: (text: string) => void = () => undefined;
    const { engine } = await engineThat((url, response) => {
      asked = url;
      response.flushHeaders();
      tell = (text) => void response.write(text);
    });
    const stop = new AbortController();
    let moves = 0;
    const watching = watchEngine(engine, { signal: stop.signal, moved: () => void moves++ });
    await until("it has begun", () => moves === 1);
    // Cut in the midst of one, and with what an engine of another age may send all the same.
    const texts = [
      line("start"),
      line("exec_start: sh") + line("attach") + line("health_status: healthy").slice(0, 30),
      line("health_status: healthy").slice(30),
      line("top"),
      line("die"),
    ];
    for (const [i, text] of texts.entries()) {
      tell(text);
      if (i !== 1 && i !== 3) await until("it is told", () => moves === [2, 2, 3, 3, 4][i]);
    }
    stop.abort();
    expect([await watching, moves]).toEqual([ok(undefined), 4]);
    expect(asked?.pathname).toBe("/events");
    const filters: unknown = JSON.parse(asked?.searchParams.get("filters") ?? "");
    expect(filters).toMatchObject({
      type: ["container"],
      label: [`${LABEL.project}=office`, `${LABEL.kind}=container`],
      event: expect.arrayContaining(["start", "die", "health_status"]),
    });
  });

  test("waits for one that went away, more and more seldom, and says so when it is back", async () => {
    let times = 0;
    const { engine, clock, waits } = await engineThat((_, response) => {
      times++;
      if (times === 1) response.end(line("start"));
      else if (times < 4) refuse(response, 503, "not now");
      else response.write(line("die"));
    });
    const stop = new AbortController();
    let moves = 0;
    const watching = watchEngine(engine, { signal: stop.signal, moved: () => void moves++ });
    for (const millis of [1000, 2000, 4000]) {
      await until("it waits", () => waits.at(-1) === millis);
      await clock.advance(millis);
    }
    await until("it is back", () => moves === 4);
    stop.abort();
    expect(await watching).toEqual(ok(undefined));
    expect([times, waits]).toEqual([4, [1000, 2000, 4000]]);
  });

  test("says why where it never began, and nothing where nobody wants it any more", async () => {
    const { engine } = await engineThat((_, response) => refuse(response, 500, "no events today"));
    const signal = new AbortController().signal;
    const failed = await watchEngine(engine, { signal, moved: () => undefined });
    expect(failed).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("no events today") },
    });
    const over = { signal: AbortSignal.abort(), moved: () => expect.fail("nothing was asked") };
    expect(await watchEngine(engine, over)).toEqual(ok(undefined));
  });
});

/** As lists and looks of an engine tell it, as far as it is asked for. */
const containerOf = (agent: string, status: string): { readonly [key: string]: unknown } => ({
  Id: `${agent}-0123456789abcdef`,
  Created: "2026-11-21T16:00:00Z",
  State: { Status: status, Running: status === "running" },
  Config: { Labels: { [LABEL.agent]: agent, [LABEL.replica]: "0" } },
  HostConfig: { Memory: 67_108_864, NanoCpus: 500_000_000, PidsLimit: 20 },
});

const USED = {
  read: "2026-11-21T16:52:11.123456789Z",
  pids_stats: { current: 3 },
  cpu_stats: { cpu_usage: { total_usage: 5_000_000 } },
  memory_stats: { usage: 1000, stats: {} },
};

describe("the stats of an engine", () => {
  const listed = (statuses: Readonly<Record<string, string>>, used: Answer): Answer => {
    return (url, response) => {
      const [, , id = "", verb] = url.pathname.split("/");
      const agent = id.split("-")[0] ?? "";
      if (url.pathname.startsWith("/volumes")) response.end("{}");
      else if (id === "json")
        response.end(
          JSON.stringify(
            Object.entries(statuses).map(([name, State]) => ({ ...containerOf(name, State), State })),
          ),
        );
      else if (verb === "json") response.end(JSON.stringify(containerOf(agent, statuses[agent] ?? "")));
      else used(url, response);
    };
  };
  const read = async (answer: Answer): Promise<Stats> => {
    const stats = await statsOf((await engineThat(answer)).engine);
    if (!stats.ok) throw new Error(stats.error.message);
    return stats.value;
  };

  test("leave out who is gone meanwhile, and name who cannot be read", async () => {
    const states = { ana: "running", ben: "running", cid: "running", dot: "paused", eve: "exited" };
    const asked: string[] = [];
    const stats = await read(
      listed(states, (url, response) => {
        asked.push(url.search);
        if (url.pathname.includes("ben")) refuse(response, 404, "No such container: ben");
        else if (url.pathname.includes("cid")) refuse(response, 500, "cgroups: cgroup deleted");
        else response.end(JSON.stringify(USED));
      }),
    );
    expect(stats.replicas).toMatchObject([
      {
        agent: "ana",
        replica: 0,
        id: "ana-01234567",
        cpuLimit: 500,
        memoryLimit: 67_108_864,
        processesLimit: 20,
      },
      { agent: "dot", cpu: { is: "sum", ms: 5 }, memory: 1000, processes: 3, from: "engine" },
    ]);
    expect(stats.notes).toEqual(["what cid uses cannot be read: cgroups: cgroup deleted"]);
    expect([...new Set(asked)]).toEqual(["?stream=false&one-shot=true"]);
  });

  test("are asked for eight containers at a time", async () => {
    const names = Array.from({ length: 30 }, (_, i) => `a${i}`);
    let now = 0;
    let most = 0;
    const stats = await read(
      listed(Object.fromEntries(names.map((name) => [name, "running"])), (_, response) => {
        most = Math.max(most, ++now);
        setImmediate(() => {
          now--;
          response.end(JSON.stringify(USED));
        });
      }),
    );
    expect(stats.replicas).toHaveLength(30);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(8);
  });

  test("say that an engine went away, once", async () => {
    const { engine } = await engineThat(
      listed({ ana: "running", ben: "running" }, (_, response) => void response.destroy()),
    );
    expect(await statsOf(engine)).toMatchObject({
      ok: false,
      error: { code: "AAC4011", message: expect.stringContaining("does not answer") },
    });
  });
});
