import { expect, test, vi } from "vitest";
import type { ReplicaStats, Stats } from "../../../src/model/operates.ts";
import { ratesOf, type ReplicaUse } from "../../../src/ui/stats/rates.ts";
import { until } from "../../helpers/until.ts";
import { describeOn } from "../engines.ts";
import { byCommand } from "./by-command.ts";
import { agentFile, FOREVER } from "./on-engine.ts";
import { onPlatform } from "../platform-project.ts";
import { type Scratch, scratch } from "./scratch.ts";

vi.setConfig({ testTimeout: 60_000 });

const STAYS = "trap 'exit 0' TERM; while :; do sleep 1; done";
const BUSY = "while :; do :; done";

async function inScratch(
  environment: Readonly<Record<string, string>>,
  body: (at: Scratch) => Promise<void>,
): Promise<void> {
  const at = await scratch(environment);
  try {
    await body(at);
  } finally {
    await at.clean();
  }
}

async function read({ operates }: Scratch): Promise<Stats> {
  const stats = await operates.stats();
  if (!stats.ok) throw new Error(stats.error.message);
  return stats.value;
}

await describeOn("docker", "what containers use", (environment) => {
  test("is told of each that runs, once, with its limits", async () => {
    await inScratch(environment, async (at) => {
      const { docker } = at;
      const { id } = await at.start({
        agent: "ana",
        script: STAYS,
        replica: 1,
        host: { Memory: 67_108_864, MemorySwap: 67_108_864, NanoCpus: 250_000_000, PidsLimit: 50 },
      });
      await at.start({ agent: "ana", script: STAYS });
      await docker.getContainer((await at.start({ agent: "ben", script: STAYS })).id).pause();
      await at.create({ agent: "cid", script: STAYS });
      await (await at.start({ agent: "dot", script: "exit 3" })).wait();
      // Two that an exchange left for one replica.
      await at.start({ agent: "eve", script: STAYS });
      await at.start({ agent: "eve", script: STAYS });
      const { replicas, notes } = await read(at);
      expect(notes).toEqual([]);
      expect(replicas.map(({ agent, replica }) => `${agent}.${replica}`)).toEqual([
        "ana.0",
        "ana.1",
        "ben.0",
        "eve.0",
      ]);
      const [free, held] = replicas;
      expect(held).toMatchObject({
        id: id.slice(0, 12),
        cpu: { is: "sum" },
        cpuLimit: 250,
        memoryLimit: 67_108_864,
        processesLimit: 50,
        from: "engine",
      });
      expect(held?.memory).toBeGreaterThan(10_000);
      expect(held?.memory).toBeLessThan(67_108_864);
      expect(held?.processes).toBeGreaterThanOrEqual(1);
      expect(Object.keys(free ?? {}).filter((key) => key.endsWith("Limit"))).toEqual([]);
    });
  });

  test("makes a busy one stand out, near what it is held to", async () => {
    await inScratch(environment, async (at) => {
      await at.start({ agent: "busy", script: BUSY, host: { NanoCpus: 300_000_000 } });
      await at.start({ agent: "idle", script: STAYS });
      let before: readonly ReplicaStats[] = (await read(at)).replicas;
      let uses: readonly ReplicaUse[] = [];
      await until("both have a rate, and one is busy", async () => {
        const { replicas } = await read(at);
        // Two looks that are too near to each other tell of chance.
        if (Date.parse(replicas[0]?.at ?? "") - Date.parse(before[0]?.at ?? "") < 500) return false;
        uses = ratesOf(before, replicas);
        before = replicas;
        return (uses[0]?.cpu ?? 0) > 100 && uses[1]?.cpu !== undefined;
      });
      const [busy, idle] = uses;
      expect(busy).toMatchObject({ agent: "busy", cpuLimit: 300 });
      expect(busy?.cpu).toBeLessThan(600);
      expect(idle?.cpu).toBeLessThan(busy?.cpu ?? 0);
    });
  });

  test("is a table by its command, with an exit code of 0", async () => {
    const { at } = await byCommand(environment);
    const files = {
      "agent.yaml": agentFile(
        "ana",
        `  image: busybox\n  command: ${FOREVER}\n  resources: {limits: {memory: 64Mi, cpu: 500m}}\n  supervision: {stopGracePeriod: 1s}\n`,
      ),
    };
    await onPlatform("stats", at, files, async (project) => {
      expect((await project.well("stats")).out).toBe("nothing is applied here: aac apply\n");
      await project.well("apply --yes");
      const { out } = await project.well("stats");
      expect(out).toMatch(/^AGENT +REPLICA +CPU +MEMORY/);
      expect(out).toMatch(/\nana +0 +\d\.\d\d of 0\.50 \(\d+%\) +\d\S+ of 64Mi \(\d+%\) +\d+ +\S+\/\S+/);
      await project.well("stop ana");
      expect((await project.well("stats ana")).out).toBe(
        "no agents run here\nana does not run: aac status ana\n",
      );
    });
  });
});

await describeOn("docker", "a watch on an engine", (environment) => {
  interface Watching {
    readonly moves: () => number;
    /** Until it is told that something moved, whatever else there was before. */
    readonly moving: (what: string, does: () => Promise<unknown>) => Promise<void>;
  }

  const watched = async (
    { operates }: Scratch,
    body: (watching: Watching) => Promise<void>,
  ): Promise<void> => {
    const stop = new AbortController();
    let moves = 0;
    const watching = operates.watch({ signal: stop.signal, moved: () => void moves++ });
    await until("it has begun", () => moves > 0);
    await body({
      moves: () => moves,
      async moving(what, does) {
        const before = moves;
        await does();
        await until(`${what} is told`, () => moves > before);
      },
    });
    stop.abort();
    expect(await watching).toEqual({ ok: true, value: undefined });
  };

  test("tells of what happens to containers of the project, until it is ended", async () => {
    await inScratch(environment, async (at) => {
      const ana = await at.start({ agent: "ana", script: STAYS });
      await watched(at, async ({ moving }) => {
        await moving("a restart", () => ana.restart({ t: 0 }));
        await moving("a pause", () => ana.pause());
        await moving("its end", () => ana.unpause());
        await moving("a new one", () => at.create({ agent: "ben", script: STAYS }));
      });
    });
  });

  test("does not tell of commands in a container, or of containers of others", async () => {
    await inScratch(environment, async (at) => {
      const ana = await at.start({ agent: "ana", script: STAYS });
      const others = await scratch(environment);
      try {
        await watched(at, async ({ moves, moving }) => {
          const exec = await ana.exec({ Cmd: ["true"], AttachStdout: true });
          const output = await exec.start({});
          await new Promise((resolve) => output.on("end", resolve).resume());
          await others.create({ agent: "ana", script: STAYS });
          // An engine tells in order: with this one the others would have come.
          await moving("a new name", () => ana.rename({ name: `${at.place.project}-marked` }));
          expect(moves()).toBe(2);
        });
      } finally {
        await others.clean();
      }
    });
  });
});
