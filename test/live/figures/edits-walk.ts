import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { chances, figure } from "../../helpers/figure.ts";
import { until } from "../../helpers/until.ts";
import { EDITS } from "./edits-kinds.ts";
import { type AgentSaid, fileOf, pick } from "./edits-file.ts";
import { expected, isSame, linesOf, type Takes, type World } from "./edits-model.ts";
import type { EditedProject } from "./edits-project.ts";

/** A change by hand of what is live. */
export interface Hand {
  readonly agent: string;
  readonly what: string;
  /** What is live then. */
  readonly makes: World;
  /** It died: it comes back as another one, and with it whoever is restarted with it, though no plan is needed for that. */
  readonly kills?: string;
  make(): Promise<void>;
}

/** Which object that is, and which state of it. */
export interface Which {
  readonly one: string;
  readonly state: string;
}

export interface Platform {
  readonly project: EditedProject;
  readonly agents: readonly AgentSaid[];
  /** Names of EDITS. */
  readonly edits: readonly string[];
  readonly takes: Takes;
  /** What the files ask for, of all that can be edited here. */
  wants(agents: readonly AgentSaid[]): World;
  /** What somebody could do by hand now. */
  hands(live: World, chance: () => number): Promise<readonly Hand[]>;
  /** What is live, without the tool's help, as far as anybody can see it. */
  readonly look: () => Promise<World>;
  which(): Promise<Readonly<Record<string, Which>>>;
}

/**
 * A random walk of edits of files, changes by hand, both, and changes that are none. Before each apply its plan says
 * exactly what was changed, after it the world is as the files say, and there is nothing left to plan.
 */
export async function walk(platform: Platform, count: number, from: number, name: string): Promise<void> {
  const { project } = platform;
  const chance = chances(from);
  let agents = platform.agents;
  let wanted = platform.wants(agents);
  write(project, [], agents, chance);
  const first = await project.planned();
  expect(await first.carryOut()).toEqual([]);
  let asked = wanted;
  let live = wanted;
  expect(await platform.look()).toEqual(seen(wanted));
  const mix = new Map<string, number>();
  const kinds = { edit: 0, hand: 0, both: 0, none: 0 };
  for (let step = 0; step < count; step++) {
    const dice = chance();
    const kind = dice < 0.5 ? "edit" : dice < 0.75 ? "hand" : dice < 0.92 ? "both" : "none";
    const told: string[] = [];
    const before = agents;
    if (kind === "edit" || kind === "both") {
      const edited = edit(agents, platform.edits, chance);
      agents = edited.agents;
      told.push(...edited.told);
    }
    const hands = kind === "hand" || kind === "both" ? await platform.hands(live, chance) : [];
    const hand = hands.length === 0 ? undefined : pick(hands, chance);
    if (hand !== undefined) {
      told.push(`${hand.agent} by hand: ${hand.what}`);
      await hand.make();
      live = hand.makes;
    }
    if (kind === "none") told.push("the same in other words");
    for (const one of told) mix.set(kindOf(one), (mix.get(kindOf(one)) ?? 0) + 1);
    kinds[kind]++;
    write(project, before, agents, chance);
    wanted = platform.wants(agents);
    const which = `step ${step}, seed ${from}: ${told.join("; ")}`;
    if (process.env["FIGURE_TELL"] !== undefined) process.stdout.write(`${which}\n`);
    const planned = await project.planned();
    const lines = linesOf(planned.plan);
    expect(lines, which).toEqual(expected({ asked, live, wanted }, platform.takes));
    const then = await platform.which();
    if (lines.length === 0) planned.close();
    else expect(await planned.carryOut(), which).toEqual([]);
    const shaken = restarted(hand?.kills, lines, [asked, wanted]);
    // Who is restarted beside an apply is so in its supervisor's own time.
    const there = shaken.size > 0 ? await settled(platform, wanted) : await platform.look();
    expect(there, which).toEqual(seen(wanted));
    expect(misplaced(then, await platform.which(), lines, platform.takes, shaken), which).toEqual([]);
    const next = await project.planned();
    next.close();
    expect(linesOf(next.plan), `${which}, the next plan`).toEqual([]);
    const touched = new Set(
      lines.flatMap((line) => /^(?:create|update|replace) (.+)$/.exec(line)?.[1] ?? []),
    );
    asked = Object.fromEntries(
      Object.entries(wanted).map(([id, thing]) => [id, touched.has(id) ? thing : (asked[id] ?? thing)]),
    );
    live = wanted;
  }
  const parts = Object.entries(kinds).map(([kind, times]) => `${times} ${SAID[kind] ?? kind}`);
  const most = [...mix].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  process.stdout.write(`${name}: ${most.map(([what, times]) => `${times} × ${what}`).join(", ")}\n`);
  figure(
    name,
    `${count} steps (${parts.join(", ")}; ${mix.size} kinds): each plan names exactly the fields changed, each apply does exactly that, each next plan is empty`,
    from,
  );
}

/** What is live once it is as it is wanted, or after a while in which it did not become that. */
async function settled({ look }: Platform, wanted: World): Promise<World> {
  const end = Date.now() + 10_000;
  let live = await look();
  await until(
    "it is as it is wanted",
    async () => {
      live = await look();
      return isSame(live, wanted) || Date.now() > end;
    },
    20_000,
  );
  return live;
}

const SAID: Readonly<Record<string, string>> = {
  edit: "of files",
  hand: "by hand",
  both: "of both",
  none: "that are none",
};

/** `desk: a variable is new` counts with those of all other agents. */
const kindOf = (told: string): string => told.replace(/^[\w-]+(?:: | (?=by hand: ))/, "");

/** Whom an object follows is for nobody to see. */
const seen = (world: World): World =>
  Object.fromEntries(Object.entries(world).map(([id, { fields }]) => [id, { fields }]));

/** One edit or two at once, of agents by chance. */
function edit(
  all: readonly AgentSaid[],
  names: readonly string[],
  chance: () => number,
): { readonly agents: readonly AgentSaid[]; readonly told: readonly string[] } {
  let agents = all;
  const told: string[] = [];
  const many = chance() < 0.25 ? 2 : 1;
  for (let tries = 0; told.length < many && tries < 50; tries++) {
    const name = pick(names, chance);
    const agent = pick(agents, chance);
    const edited = EDITS[name]?.(agent, chance, agents);
    if (edited === undefined) continue;
    agents = agents.map((one) => (one === agent ? edited : one));
    told.push(`${agent.name}: ${name}`);
  }
  return { agents, told };
}

function write(
  project: EditedProject,
  before: readonly AgentSaid[],
  agents: readonly AgentSaid[],
  chance: () => number,
): void {
  for (const agent of agents) {
    project.write(`${agent.name}/agent.yaml`, fileOf(agent, chance));
    const former = before.find(({ name }) => name === agent.name)?.code ?? {};
    for (const file of Object.keys(former))
      if (agent.code[file] === undefined) rmSync(join(project.root, agent.name, file));
    for (const [file, text] of Object.entries(agent.code))
      if (former[file] !== text) project.write(`${agent.name}/${file}`, text);
  }
}

/**
 * A supervisor restarts with one that died or was exchanged whatever follows it, also what is only now told not to.
 */
function restarted(
  killed: string | undefined,
  lines: readonly string[],
  worlds: readonly World[],
): ReadonlySet<string> {
  const exchanged = lines.flatMap((line) => /^replace (.+)$/.exec(line)?.[1] ?? []);
  const found = new Set(killed === undefined ? exchanged : [killed, ...exchanged]);
  for (const one of found)
    for (const world of worlds)
      for (const [id, { follows = [] }] of Object.entries(world)) if (follows.includes(one)) found.add(id);
  return new Set([...found].filter((id) => id === killed || !lines.includes(`replace ${id}`)));
}

/** What was touched though the plan did not say so, or not in the way that it said. */
function misplaced(
  before: Readonly<Record<string, Which>>,
  after: Readonly<Record<string, Which>>,
  lines: readonly string[],
  takes: Takes,
  revived: ReadonlySet<string>,
): readonly string[] {
  const does = new Map(
    lines.flatMap((line) => {
      const [, how, id] = /^(create|update|replace|delete) (.+)$/.exec(line) ?? [];
      return how === undefined || id === undefined ? [] : [[id, how] as const];
    }),
  );
  return Object.entries(before).flatMap(([id, then]) => {
    const now = after[id];
    const how = does.get(id);
    if (how === "delete") return now === undefined ? [] : [`${id} is still there`];
    if (now === undefined) return [`${id} is gone`];
    if (revived.has(id)) return [];
    if (how === undefined)
      return now.one === then.one && now.state === then.state ? [] : [`${id} was touched`];
    const isSame = now.one === then.one;
    if (how === "update") return isSame ? [] : [`${id} is another one`];
    return isSame && takes(id) !== "rolling" ? [`${id} is the same one`] : [];
  });
}
