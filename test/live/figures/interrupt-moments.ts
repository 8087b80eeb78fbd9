import { expect } from "vitest";
import { chances, figure, seed } from "../../helpers/figure.ts";
import { until } from "../../helpers/until.ts";
import type { Project } from "../project.ts";

/** What a live one was asked for, as somebody sees it who is not this tool. */
export type Sight = ReadonlyMap<string, readonly string[]>;

export interface Moments {
  readonly name: string;
  /** How often each way to interrupt is tried. */
  readonly each: number;
  readonly project: Pick<Project, "aac" | "begin" | "plan" | "status" | "well">;
  readonly agents: readonly string[];
  /** Each agent asks for that round from now on. */
  readonly write: (round: string) => void;
  /** By agent: the rounds of those that live. */
  readonly look: () => Promise<Sight>;
  /** All that is this project's and belongs to none of the agents, or is there twice. */
  readonly tooMuch: () => Promise<readonly string[]>;
}

export const AGENTS: readonly string[] = Array.from({ length: 10 }, (_, i) => `worker-${i}`);

interface Report {
  readonly outcome: string;
  readonly objects: readonly { readonly id: string; readonly came: string }[];
}

/**
 * Ctrl-C, once or twice, at random moments of applies of ten agents. Each time the next plan is compared with a look
 * that is not ours, the next apply has to come to an end, and the plan after it has to be empty.
 */
export async function atRandomMoments(moments: Moments): Promise<void> {
  const { name, each, project, write } = moments;
  const from = seed();
  const chance = chances(from);
  write("first");
  const first = project.begin("apply --yes -o jsonl");
  const started = Date.now();
  await until("it takes its first step", () => first.out() !== "", 60_000);
  const planned = Date.now();
  expect(await first.ended).toMatchObject({ code: 0 });
  const planning = planned - started;
  let stepping = Date.now() - planned;
  const came = { "before its first step": 0, "on its way": 0, "at its end": 0 };
  for (let round = 1; round <= each * 2; round++) {
    const isTwice = round % 2 === 0;
    // Some of them the very first apply, most an exchange of all there is.
    const isAnew = chance() < 0.2;
    if (isAnew) await project.well("destroy --yes --prune");
    const wanted = `${round}`;
    write(wanted);
    const isEarly = chance() < 0.15;
    const instant = Math.round(chance() * (isEarly ? planning : stepping));
    const gap = Math.round(chance() * 400);
    const told = `round ${round}: Ctrl-C ${isTwice ? `twice, ${gap} ms apart,` : "once"} ${instant} ms after its ${isEarly ? "start" : "first step"}${isAnew ? ", the first of all" : ""}, seed ${from}`;
    const applying = project.begin("apply --yes --parallelism 3 -o jsonl");
    const isOver = (): boolean => applying.child.exitCode !== null;
    await until("it is under way", () => isEarly || isOver() || applying.out() !== "", 60_000);
    const underWay = Date.now();
    const at = underWay + instant;
    await until("the instant of the interrupt", () => Date.now() >= at || isOver(), 300_000);
    applying.child.kill("SIGINT");
    await until("the second", () => !isTwice || Date.now() >= at + gap);
    if (isTwice) applying.child.kill("SIGINT");
    const ended = await applying.ended;
    // An exchange is shorter than a first apply: the moments are to lie within it.
    if (ended.code === 0) stepping = Math.min(stepping, Date.now() - underWay);
    const all = `${told}\n${ended.out}${ended.err}`;
    const report = reportIn(ended.out);
    // One that was only planning ends by the signal itself, which a shell calls 130 as well; and one that has told its
    // report, and is just leaving, had done what that says.
    const ending = report?.outcome === "applied" ? 0 : 130;
    const code = applying.child.signalCode === "SIGINT" ? ending : ended.code;
    expect([130, 0], all).toContain(code);
    expect(report?.outcome ?? "interrupted", all).toBe(code === 0 ? "applied" : "interrupted");
    const done = report?.objects.filter((one) => one.came === "changed").length ?? 0;
    const isBegun = report !== undefined && report.objects.length > 0;
    came[code === 0 ? "at its end" : isBegun ? "on its way" : "before its first step"]++;
    await tellsTheTruth(moments, wanted, isBegun && code === 130 ? done : undefined, all);
    const next = await project.aac("apply --yes");
    expect(next.code, `${all}\n${next.out}${next.err}`).toBe(0);
    const plan = await project.aac("plan --detailed-exitcode");
    expect(plan.code, `${all}\n${plan.out}${plan.err}`).toBe(0);
    const sight = await moments.look();
    expect(linesOf(sight), all).toEqual(moments.agents.map((agent) => `${agent}: ${wanted}`));
    expect(await moments.tooMuch(), all).toEqual([]);
  }
  const where = Object.entries(came).map(([moment, times]) => `${times} ${moment}`);
  figure(
    name,
    `${each} single and ${each} double Ctrl-C (${where.join(", ")}): every next plan names exactly what is not as asked, every next apply exits 0, every plan after it is empty, 0 orphans, 0 duplicates`,
    from,
  );
}

/** The plan names exactly those agents that do not live as they are asked for, and the status those that live. */
async function tellsTheTruth(
  { project, agents, look }: Moments,
  wanted: string,
  done: number | undefined,
  told: string,
): Promise<void> {
  // What was told to end may still be at it: only what is the same before and after can be compared.
  for (let tries = 1; ; tries++) {
    const before = await look();
    const [plan, status] = await Promise.all([project.plan(), project.status()]);
    const after = await look();
    // What is only waited for comes up while it is looked at.
    const comesUp = plan.changes.some(
      ({ fields = [] }) => fields.length > 0 && fields.every(({ path }) => path === "rolledOut"),
    );
    if ((comesUp || !isSame(before, after)) && tries < 20) continue;
    const named = new Set(plan.changes.map(({ id }) => id.split("/")[0] ?? ""));
    const stale = agents.filter((agent) => (after.get(agent) ?? []).join() !== wanted);
    const said = `${told}\n${JSON.stringify(plan.changes.map(({ id, does }) => `${does} ${id}`))}\n${linesOf(after).join("\n")}`;
    expect([...named].filter((agent) => agents.includes(agent)).toSorted(), said).toEqual(stale);
    const up = new Set(status.agents.filter(({ id }) => id !== undefined).map(({ agent }) => agent));
    expect([...up].toSorted(), said).toEqual(agents.filter((agent) => after.has(agent)));
    const notes = plan.notes.join("\n");
    if (done !== undefined && plan.changes.length > 0)
      expect(notes, said).toContain(`the last apply was interrupted, ${done} of `);
    else expect(notes, said).not.toContain("interrupted");
    return;
  }
}

const linesOf = (sight: Sight): readonly string[] =>
  [...sight].map(([agent, lives]) => `${agent}: ${lives.toSorted().join(" and ")}`).toSorted();

const isSame = (one: Sight, other: Sight): boolean => linesOf(one).join("\n") === linesOf(other).join("\n");

/** After the events, in a line like theirs; undefined where it ended before there was one. */
function reportIn(text: string): Report | undefined {
  const last = text.trimEnd().split("\n").at(-1) ?? "";
  const value: unknown = last === "" ? undefined : JSON.parse(last);
  return isReport(value) ? value : undefined;
}

function isReport(value: unknown): value is Report {
  return (
    typeof value === "object" &&
    value !== null &&
    "outcome" in value &&
    "objects" in value &&
    Array.isArray(value.objects)
  );
}
