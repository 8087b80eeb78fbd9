import { chances } from "../helpers/figure.ts";
import { expect, test } from "vitest";
import type { Health } from "../../src/model/ir.ts";
import type { Charge } from "../../src/model/supervision.ts";
import { charge, hook, tcp, World } from "./world.ts";

const ROUNDS = Number(process.env["FIGURE_ROUNDS"] ?? 10);
const SEED = Number(process.env["FIGURE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const STEPS = 60;
const HOUR = 3_600_000;
const HELD = { by: "ana", since: "2026-01-01T02:14:00Z" };
const AGENTS = ["store", "desk", "lamp"] as const;
type Agent = (typeof AGENTS)[number];

type Chance = () => number;

function pick<T>(chance: Chance, from: readonly [T, ...T[]]): T {
  return from[Math.floor(chance() * from.length)] ?? from[0];
}

function orders(agent: Agent, chance: Chance): Charge {
  const restart = chance() < 0.5;
  return charge(agent, {
    environment: { VERSION: String(Math.floor(chance() * 3)) },
    health: pick<Health>(chance, [{}, { readiness: tcp(80) }, { startup: tcp(80), liveness: tcp(80) }]),
    hooks: chance() < 0.3 ? { onStop: hook("stop", 2000), onError: hook("error") } : {},
    ...(agent === "desk" ? { dependsOn: { store: { condition: "healthy", restart } } } : {}),
    ...(agent === "lamp" ? { secrets: { TOKEN: { from: "caller", name: "TOKEN" } } } : {}),
  });
}

/** What people, agents and the machine do, with what a person would expect of it. */
class History {
  readonly world = new World();
  readonly chance: Chance;
  readonly done: string[] = [];
  /** By agent: what the last person who said anything wanted. */
  readonly wanted = new Map<Agent, "running" | "stopped">();
  readonly answers: Promise<unknown>[] = [];

  constructor(seed: number) {
    this.chance = chances(seed);
    this.world.chance = this.chance;
    this.world.hookAnswer = () =>
      this.chance() < 0.3 ? "hangs" : { is: "ended", code: this.chance() < 0.5 ? 0 : 1, output: "" };
    this.world.open.add(80);
  }

  async step(): Promise<void> {
    const { chance, world } = this;
    const agent = pick(chance, AGENTS);
    this.#do(agent);
    await world.clock.advance(Math.floor(0.5 * 60_000 ** chance()));
  }

  #do(agent: Agent): void {
    const { chance, world } = this;
    const { supervisor, machine } = world;
    const secrets = chance() < 0.8 ? { TOKEN: "s3" } : {};
    const isKnown = world.state(agent) !== undefined;
    const does: readonly [string, () => void][] = [
      [
        "put",
        () => {
          this.wanted.set(agent, "running");
          supervisor.put(orders(agent, chance), secrets, pick(chance, ["start", "exchange", "update"]));
        },
      ],
      [
        "start",
        () => {
          if (isKnown) this.wanted.set(agent, "running");
          supervisor.start(agent, secrets);
        },
      ],
      [
        "restart",
        () => {
          // A restart takes no removal back.
          if (isKnown && this.wanted.has(agent)) this.wanted.set(agent, "running");
          supervisor.restart(agent);
        },
      ],
      [
        "stop",
        () => {
          if (isKnown && this.wanted.has(agent)) this.wanted.set(agent, "stopped");
          this.answers.push(supervisor.stop(agent, HELD));
        },
      ],
      [
        "remove",
        () => {
          this.wanted.delete(agent);
          this.answers.push(supervisor.remove(agent));
        },
      ],
      ["exit", () => this.#exit(agent)],
      ["exit", () => this.#exit(agent)],
      [
        "another supervisor",
        () => {
          // Whoever asked the former one hears no more of it.
          this.answers.length = 0;
          if (chance() < 0.3) supervisor.leave();
          world.begin();
        },
      ],
      [
        "manners",
        () =>
          machine.manners.set(agent, {
            startMs: Math.floor(3000 ** chance()),
            ignoresTerm: chance() < 0.3,
            members: Math.floor(chance() * 3),
            ...(chance() < 0.2 ? { fails: { why: "no room", permanent: chance() < 0.3 } } : {}),
            ...(chance() < 0.2 ? { exits: { afterMs: 5000 ** chance(), end: { code: 1 } } } : {}),
          }),
      ],
      ["manners", () => machine.manners.delete(agent)],
      ["health", () => (world.open.has(80) ? world.open.delete(80) : world.open.add(80))],
    ];
    const [name, act] = pick(chance, [does[0] ?? ["nothing", () => undefined], ...does.slice(1)]);
    this.done.push(`${world.clock.now()} ${name} ${agent} (${world.state(agent) ?? "absent"})`);
    act();
  }

  #exit(agent: Agent): void {
    const { chance, world } = this;
    const main = world.machine.main(agent);
    if (main !== undefined)
      world.machine.exit(
        main.pid,
        pick(chance, [{ code: 0 }, { code: 7 }, { signal: "SIGKILL" }, { oom: true }]),
      );
  }

  /** Nothing is in the way any more, and there is time for everything. */
  async calm(): Promise<void> {
    const { world } = this;
    world.machine.manners.clear();
    for (const one of world.machine.processes)
      if (one.ignoresTerm) world.machine.exit(one.pid, { signal: "SIGKILL" });
    world.open.add(80);
    // What was under way may still fail, for good too.
    await world.clock.advance(60_000);
    for (const agent of AGENTS)
      if (this.wanted.get(agent) === "running") world.supervisor.start(agent, { TOKEN: "s3" });
    await world.clock.advance(2 * HOUR);
  }

  faults(): readonly string[] {
    const { world } = this;
    const faults = world.machine.doubles.map((one) => `two at a time: ${one}`);
    for (const agent of AGENTS) {
      const live = world.machine.of(agent).filter(({ is }) => is === "main").length;
      const state = world.state(agent);
      const wanted = this.wanted.get(agent);
      const store = this.wanted.get("store");
      // Only one that was stopped by a person, and is still known, keeps its dependant waiting.
      const waits = agent === "desk" && store === "stopped";
      const expected: readonly (string | undefined)[] =
        wanted === undefined
          ? [undefined]
          : wanted === "stopped"
            ? ["stopped"]
            : waits
              ? ["pending", "ready"]
              : ["ready"];
      if (!expected.includes(state))
        faults.push(`${agent} is ${state ?? "absent"}, not ${expected.join("|")}`);
      if (live !== (state === "ready" ? 1 : 0))
        faults.push(`${agent} is ${state ?? "absent"} and ${live} live`);
      if (state !== "ready" && world.machine.of(agent).length > 0) faults.push(`${agent} left members`);
      if (wanted === undefined && world.paths.some((path) => path.includes(`/${agent}/`)))
        faults.push(`${agent} left files`);
    }
    return faults;
  }
}

test(`whatever happens to three agents ends well, ${ROUNDS} rounds, seed ${SEED}`, {
  timeout: 600_000,
}, async () => {
  const met = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    const history = new History(SEED + round);
    for (let i = 0; i < STEPS; i++) await history.step();
    await history.calm();
    const answered = { count: 0 };
    for (const answer of history.answers) void answer.then(() => answered.count++);
    await history.world.clock.settle();
    const faults = [
      ...history.faults(),
      ...(answered.count === history.answers.length ? [] : ["somebody waits for an answer for ever"]),
    ];
    if (faults.length > 0)
      expect.fail([`seed ${SEED + round}: ${faults.join("; ")}`, ...history.done].join("\n"));
    for (const line of history.done) met.add(line.replace(/^\S+ /, "").replace(/ (store|desk|lamp) /, " "));
  }
  // Histories in which nothing happened would end well, too.
  expect(met.size).toBeGreaterThan(20);
});
