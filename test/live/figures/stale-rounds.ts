import { expect } from "vitest";
import type { Project } from "../project.ts";

type Chance = () => number;

/** What moves between a plan and its apply. */
export interface Move {
  readonly what: string;
  /** What the refusal has to name: the object or agent, the field or fact, the values where they may be shown. */
  readonly says?: readonly (string | RegExp)[];
  /** What the plan is also about, before it is kept. */
  plans?(n: number): void;
  make(n: number): Promise<void> | void;
  /** What the next apply does not put back by itself. */
  undo?(): Promise<void> | void;
}

export interface Stale {
  readonly project: Pick<Project, "aac" | "well" | "edit" | "read">;
  /** Of what a plan touches, and of what it does not. */
  readonly touched: readonly Move[];
  readonly beside: readonly Move[];
  /** All that lives, each object with its version; or those of one agent. */
  readonly versions: (agent?: string) => Promise<unknown>;
  /** The value of the variable LEVEL that is live in `desk`. */
  readonly level: () => Promise<string | undefined>;
}

export interface Counted {
  readonly refused: number;
  readonly applied: number;
}

/**
 * Plans are kept, the world moves at one place, and each is refused with the names of what moved, with nothing
 * touched. Where the world moves beside it, the plan is carried out all the same.
 */
export async function staleRounds(
  { project, touched, beside, versions, level }: Stale,
  counts: Counted,
  { chance, from }: { readonly chance: Chance; readonly from: number },
): Promise<void> {
  await project.well("apply --yes");
  let now = 0;
  const edited = (next: number): void => {
    project.edit("desk/agent.yaml", `value: "${now}"`, `value: "${next}"`);
    project.edit("desk/agent.yaml", `size: ${now}}`, `size: ${next}}`);
    now = next;
  };
  const inTurn = (all: readonly Move[]): readonly Move[] =>
    all
      .map((move) => ({ move, at: chance() }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ move }) => move);
  const [first, second] = [inTurn(touched), inTurn(beside)];
  for (let round = 0; round < counts.refused + counts.applied; round++) {
    const isTouched = round < counts.refused;
    const [moves, at] = isTouched ? [first, round] : [second, round - counts.refused];
    const move = moves[at % moves.length];
    if (move === undefined) throw new Error("there are no moves");
    const which = `round ${round}: ${move.what}, seed ${from}`;
    if (process.env["FIGURE_TELL"] !== undefined) process.stdout.write(`${which}\n`);
    const was = String(now);
    const n = 100 + round;
    edited(n);
    move.plans?.(n);
    await project.well("plan --out ../kept.json");
    await move.make(n);
    const others = await versions("store");
    const all = await versions();
    const live = await level();
    const told = await project.aac("apply ../kept.json");
    if (isTouched) {
      expect(told.code, `${which}\n${told.out}${told.err}`).toBe(3);
      for (const name of move.says ?? []) expect(told.err, which).toMatch(name);
      expect(await versions(), which).toEqual(all);
      expect(await level(), which).toBe(live);
    } else {
      expect(told.code, `${which}\n${told.out}${told.err}`).toBe(0);
      expect(live, which).toBe(was);
      expect(await level(), which).toBe(String(n));
      expect(await versions("store"), which).toEqual(others);
    }
    await move.undo?.();
    if (round + 1 === counts.refused + counts.applied) break;
    await project.well("apply --yes");
    const plan = await project.aac("plan --detailed-exitcode");
    expect(plan.code, `${which}\n${plan.out}${plan.err}`).toBe(0);
  }
}

/** How many of each: one in six moves beside what is touched, and one of two. */
export const countsOf = (rounds: number): Counted => {
  const applied = rounds === 1 ? 0 : Math.max(1, Math.round(rounds / 6));
  return { refused: rounds - applied, applied };
};

export const said = (counts: Counted): string =>
  `${counts.refused} stale plan files are refused with exit code 3 and name what moved, 0 objects touched; ${counts.applied} that something else moved beside are applied`;
