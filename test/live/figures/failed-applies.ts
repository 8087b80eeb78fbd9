import { expect } from "vitest";
import { chances, figure, rounds, seed } from "../../helpers/figure.ts";
import { until } from "../../helpers/until.ts";
import type { Project } from "../project.ts";

/** Ten agents of which one at a time is broken, and how one can be broken on this platform. */
export interface Ground {
  readonly name: string;
  readonly project: Pick<Project, "write" | "begin" | "aac" | "well">;
  /** The file of an agent. `broken`: how it cannot come up. */
  readonly file: (agent: string, round: number, after: readonly string[], broken?: string) => string;
  /** Written into the folder of the agent beside its file. */
  readonly beside: (agent: string, round: number, broken?: string) => Readonly<Record<string, string>>;
  readonly ways: readonly Way[];
  /** By agent, all that can be seen of it without asking us: only what an apply is answerable for. */
  readonly look: () => Promise<Readonly<Record<string, string>>>;
}

export interface Way {
  readonly is: string;
  /** It may be over before anything fails: then it was applied. */
  readonly maySucceed?: true;
  /** Made true after the first step has begun, and taken back afterwards. */
  readonly meanwhile?: (agent: string) => Promise<() => Promise<void>>;
}

const AGENTS = Array.from({ length: 10 }, (_, i) => `agent-${i}`);

/**
 * Every agent is edited and one of them cannot come up, at a place of the graph and for a reason by chance: after it
 * everything is as it was before, by an independent look and by an empty plan of the files of then; or the report
 * says exactly what is not.
 */
export async function failedApplies(ground: Ground, few: number): Promise<void> {
  const { project } = ground;
  const from = seed();
  const chance = chances(from);
  const count = rounds(few);
  const pick = <T>(all: readonly T[]): T => {
    const one = all[Math.floor(chance() * all.length)];
    if (one === undefined) throw new Error("nothing to pick from");
    return one;
  };
  // Each stands on one or none of those before it.
  const after = new Map(
    AGENTS.map((agent, i) => [agent, i === 0 || chance() < 0.4 ? [] : [pick(AGENTS.slice(0, i))]]),
  );
  const write = (round: number, broken?: { readonly agent: string; readonly way: string }): void => {
    for (const agent of AGENTS) {
      const how = broken?.agent === agent ? broken.way : undefined;
      project.write(`${agent}/agent.yaml`, ground.file(agent, round, after.get(agent) ?? [], how));
      for (const [path, text] of Object.entries(ground.beside(agent, round, how)))
        project.write(`${agent}/${path}`, text);
    }
  };
  // A few rounds try other ways each time.
  const first = Math.floor(chance() * ground.ways.length);
  write(0);
  await project.well("apply --yes");
  let [back, listed] = [0, 0];
  const ways: Record<string, number> = {};
  for (let round = 1; round <= count; round++) {
    const before = await ground.look();
    const agent = pick(AGENTS);
    const way = ground.ways[(first + round) % ground.ways.length] ?? pick(ground.ways);
    const told = `round ${round}: ${agent}, ${way.is}, seed ${from}`;
    ways[way.is] = (ways[way.is] ?? 0) + 1;
    write(round, { agent, way: way.is });
    const applying = project.begin("apply --yes --timeout 8s --retries 0 -o jsonl");
    let undo: (() => Promise<void>) | undefined;
    if (way.meanwhile !== undefined) {
      await until(
        `it has begun (${told})`,
        () => applying.out().includes('"began"') || applying.child.exitCode !== null,
        60_000,
      );
      undo = await way.meanwhile(agent);
    }
    const ended = await applying.ended;
    await undo?.();
    const last = ended.out.trimEnd().split("\n").at(-1) ?? "";
    if (!last.includes('"kind":"ApplyReport"'))
      throw new Error(`${told}: no report, exit ${ended.code}\n${ended.out.slice(-2000)}${ended.err}`);
    const report = JSON.parse(last) as {
      readonly outcome: string;
      readonly objects: readonly {
        readonly id: string;
        readonly back?: { readonly came: string; readonly cause?: string };
      }[];
    };
    const words = `${told}\n${ended.out.slice(-4000)}${ended.err}`;
    const now = await ground.look();
    const differ = [...new Set([...Object.keys(before), ...Object.keys(now)])]
      .filter((one) => before[one] !== now[one])
      .sort();
    if (ended.code === 0 && way.maySucceed === true) {
      ways[`${way.is} (not noticed)`] = (ways[`${way.is} (not noticed)`] ?? 0) + 1;
    } else if (ended.code === 4) {
      expect(report.outcome, words).toBe("rolledBack");
      expect(now, words).toEqual(before);
      back++;
    } else {
      expect([ended.code, report.outcome], words).toEqual([6, "rollbackFailed"]);
      const named = report.objects.filter((one) => one.back?.came === "failed");
      const agentsOf = (all: typeof named): readonly string[] => [
        ...new Set(all.map(({ id }) => id.split("/")[0] ?? "")),
      ];
      // What was put back and could not come up then may have done so by now: what kept it down is taken away.
      const mayBeUp = named.filter(({ back }) => back?.cause?.includes("new pods ready") === true);
      const stays = agentsOf(named.filter((one) => !mayBeUp.includes(one)));
      expect(agentsOf(named), words).toEqual(expect.arrayContaining(differ));
      expect(differ, words).toEqual(expect.arrayContaining([...stays]));
      listed++;
    }
    // With the files of then there is nothing to do, and where something was listed, that puts it right.
    write(round - 1);
    const plan = await project.aac("plan --detailed-exitcode");
    if (ended.code === 4) expect(plan.code, `${words}\n${plan.out}${plan.err}`).toBe(0);
    write(round);
    await project.well("apply --yes");
  }
  const kinds = Object.entries(ways).map(([way, n]) => `${n} ${way}`);
  figure(
    ground.name,
    `${count} failed applies of 10 agents (${kinds.join(", ")}): ${back} as before in every field, ${listed} with exactly what is not in the report`,
    from,
  );
}
