import { expect } from "vitest";
import { figure, rounds, seed } from "../../helpers/figure.ts";
import { until } from "../../helpers/until.ts";
import type { Call, Project, Running } from "../project.ts";

export interface Arena {
  readonly name: string;
  readonly project: Pick<Project, "aac" | "begin" | "well">;
  /** How many apply at once. */
  readonly rivals: number;
  /** Asks for that round, in which nothing is ready before `open`: whoever applies has the lock until then. */
  readonly write: (round: number) => void;
  readonly open: () => Promise<void>;
  /** How many were ever started for that round, as somebody sees it who is not this tool. */
  readonly started: (round: number) => Promise<number>;
  /** Each may come from a machine of its own. */
  readonly call?: (rival: number) => Call;
  /** The one that waited goes on: what it says then. */
  readonly goesOn: (waiter: Running) => boolean;
  /** Within so long the next one has to have what a killed one had. */
  readonly withinMs: number;
}

export const ROUNDS = rounds(2);
/** As many as are promised where the figure is asked for, and a few with all tests. */
export const rivalsOf = (all: number, few: number): number =>
  process.env["FIGURE_ROUNDS"] === undefined ? few : all;

/**
 * Many applies at once: one of them wins, all others end with exit 5 and the name of the one who has it, and nothing
 * was begun but by that one. In every second round the winner is killed while somebody waits for it.
 */
export async function allAtOnce(arena: Arena): Promise<void> {
  const { name, project, rivals, write, open, started, call, goesOn, withinMs } = arena;
  const from = seed();
  const taken: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    write(round);
    const all = Array.from({ length: rivals }, (_, i) => project.begin("apply --yes", call?.(i)));
    const over = new Map<Running, { readonly code: number | null; readonly err: string }>();
    for (const one of all) void one.ended.then((ended) => over.set(one, ended));
    await until("all but one have ended", () => over.size >= rivals - 1, 120_000);
    const [winner, ...more] = all.filter((one) => !over.has(one));
    if (winner === undefined || more.length > 0) throw new Error(`round ${round}: nobody has the lock`);
    const told = `round ${round} of ${rivals} rivals`;
    for (const { code, err } of over.values()) {
      expect(code, `${told}\n${err}`).toBe(5);
      expect(err, told).toContain(`is being changed by pid ${winner.child.pid} on `);
    }
    await until("the winner has begun", async () => (await started(round)) > 0, 60_000);
    expect(await started(round), told).toBe(1);
    if (round % 2 === 1) {
      await open();
      expect(await winner.ended, told).toMatchObject({ code: 0 });
    } else {
      const waiter = project.begin("apply --yes --lock-timeout 2m", call?.(rivals));
      await until("somebody waits", () => waiter.err().includes("waiting for pid"), 60_000);
      winner.child.kill("SIGKILL");
      const killed = Date.now();
      await until("the one that waited goes on", () => goesOn(waiter), 60_000);
      taken.push(Date.now() - killed);
      await open();
      expect(await waiter.ended, told).toMatchObject({ code: 0 });
    }
    await project.well("plan --expect-no-changes");
    expect(await started(round), told).toBe(1);
  }
  const inTime = taken.filter((millis) => millis <= withinMs).length;
  figure(
    name,
    `${ROUNDS} rounds of ${rivals} rival applies: 1 winner each, all others exit 5 naming it, 0 touched; ${inTime} of ${taken.length} killed holders succeeded within ${withinMs / 1000} s (at most ${Math.max(0, ...taken)} ms), 0 unlocks`,
    from,
  );
}
