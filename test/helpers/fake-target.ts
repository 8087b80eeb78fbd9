import type { Json } from "../../src/base/canonical.ts";
import { err, ok, type Result } from "../../src/base/result.ts";
import type { Change } from "../../src/model/plan.ts";
import type { Fields, Id, KindRules, Observed, Resource } from "../../src/model/resource.ts";
import type { Step } from "../../src/model/step.ts";
import type { Clock } from "../../src/model/system.ts";
import type { DesiredRequest, Failure, Place, Session, StepContext, Target } from "../../src/model/target.ts";

/** What is to become of one try of one step. A kill ends the program there; what it did stays done. */
export type Fate =
  | "ok"
  | "fails"
  | "fails after its effect"
  | "passing"
  | "passing after its effect"
  | "hangs"
  | "hangs and is deaf"
  | "killed before"
  | "killed after";

export interface Script {
  /** `nth`: how often this very step was tried before, in this session. */
  readonly fate?: (step: Step, nth: number) => Fate;
  readonly millis?: (step: Step) => number;
}

export const ORIGIN = "here:/project";

const kinds = {
  note: { replaceOn: {}, ignore: [], secret: [], code: [], volatile: [], rolls: {} },
  box: {
    replaceOn: { command: "a box cannot change its command" },
    ignore: ["seen"],
    secret: ["secrets"],
    code: ["code"],
    volatile: ["restarts"],
    rolls: {},
  },
} as const satisfies Readonly<Record<string, KindRules>>;

/** All there is, of everybody. It outlives every program. */
export interface FakeWorld {
  readonly objects: Map<Id, Observed>;
  /** By id: what belongs to somebody else. */
  readonly foreign: Map<Id, Observed>;
  /** Each effect there was, and each new object once more: `make a/box/main`. */
  readonly effects: string[];
  /** What must never be, and was. */
  readonly broken: string[];
  made: number;
}

export const fakeWorld = (): FakeWorld => ({
  objects: new Map(),
  foreign: new Map(),
  effects: [],
  broken: [],
  made: 0,
});

/** Live as an earlier apply left it. */
export function put(world: FakeWorld, resource: Resource, more: Partial<Observed> = {}): void {
  world.objects.set(resource.id, { ...live(resource, `made-${++world.made}`), ...more });
}

function live(resource: Resource, identity: string): Observed {
  const { id, agent, kind, name, after, fields, holdsData, protect, source } = resource;
  return {
    id,
    agent,
    kind,
    name,
    after,
    fields,
    asked: fields,
    holdsData,
    protect,
    source,
    origin: ORIGIN,
    identity,
  };
}

/** An open connection of one program to such a world. */
export interface FakeSession extends Session {
  /** Once a step was told to kill the program: nothing of it does anything any more. */
  readonly killed: Promise<"killed">;
  /** Tries that are not over yet. */
  readonly running: number;
  readonly most: number;
  /** Each try: what, and when. */
  readonly tries: readonly { readonly step: Step; readonly at: number }[];
}

export function fakeSession(world: FakeWorld, clock: Clock, script: Script = {}): FakeSession {
  let kill: (word: "killed") => void = () => undefined;
  let isDead = false;
  let running = 0;
  let most = 0;
  const killed = new Promise<"killed">((resolve) => {
    kill = resolve;
  });
  const tries: { readonly step: Step; readonly at: number }[] = [];

  const run = async (step: Step, change: Change, context: StepContext): Promise<Result<void, Failure>> => {
    const nth = tries.filter((one) => nameOf(one.step) === nameOf(step)).length;
    const fate = script.fate?.(step, nth) ?? "ok";
    tries.push({ step, at: clock.now() });
    const die = (): Promise<never> => {
      isDead = true;
      kill("killed");
      return new Promise(() => undefined);
    };
    if (fate === "killed before") return die();
    if (fate === "hangs") return aborted(context.signal);
    if (fate === "hangs and is deaf") return new Promise(() => undefined);
    await new Promise<void>((resolve) => clock.after(script.millis?.(step) ?? 1, resolve));
    if (isDead) return new Promise(() => undefined);
    if (fate === "fails" || fate === "passing") return failed(step, fate === "passing");
    effect(world, step, change);
    if (fate === "killed after") return die();
    return fate === "ok" ? ok(undefined) : failed(step, fate === "passing after its effect");
  };

  return {
    place: NOWHERE,
    killed,
    tries,
    get running() {
      return running;
    },
    get most() {
      return most;
    },
    keyed: (text) => `key:${text.length}`,
    remembered: () => Promise.resolve(new Map()),
    facts: () => Promise.resolve(ok({})),
    observe: () =>
      Promise.resolve(
        ok({ objects: [...world.objects.values()].map((one) => structuredClone(one)), notes: [] }),
      ),
    preflight: () => Promise.resolve([]),
    async run(step, change, context) {
      most = Math.max(most, ++running);
      try {
        return await run(step, change, context);
      } finally {
        running--;
      }
    },
    begin: () => Promise.resolve(ok(undefined)),
    end: () => Promise.resolve(),
    get operates(): Session["operates"] {
      throw new Error("nobody looks after a world that is not there");
    },
    close: () => undefined,
  };
}

function aborted(signal: AbortSignal): Promise<Result<void, Failure>> {
  return new Promise((resolve) => {
    const end = (): void => resolve(err({ message: "interrupted", lines: [], passing: false }));
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}

const failed = (step: Step, passing: boolean): Result<void, Failure> =>
  err({ message: `no room for ${step.id}`, lines: ["the last line"], passing });

/** One outside call; safe to repeat, as every target's has to be. */
function effect(world: FakeWorld, step: Step, change: Change): void {
  if (step.is === "await" || change.is === "keep") return;
  const there = world.objects.get(step.id);
  world.effects.push(nameOf(step));
  if (world.foreign.has(step.id)) world.broken.push(`${nameOf(step)} touches what is somebody else's`);
  if (step.does === "remove") {
    const standing = [...world.objects.values()].filter((one) => one.after.includes(step.id));
    if (change.is === "delete" && standing.length > 0)
      world.broken.push(`${step.id} goes while ${standing.map(({ id }) => id).join(", ")} stands on it`);
    world.objects.delete(step.id);
    return;
  }
  if (change.is === "delete") throw new Error(`${nameOf(step)} of what is to go`);
  const { resource } = change;
  const missing = resource.after.filter((id) => !world.objects.has(id));
  if (missing.length > 0) world.broken.push(`${step.id} comes before ${missing.join(", ")}`);
  if (step.does === "change" && there === undefined) world.broken.push(`${step.id} is changed and not there`);
  const identity = there?.identity ?? `made-${++world.made}`;
  if (there === undefined) world.effects.push(`new ${step.id}`);
  world.objects.set(step.id, live(resource, identity));
}

export const nameOf = (step: Step): string => `${step.is === "call" ? step.does : step.until} ${step.id}`;

/** A world in memory is nowhere. */
export const NOWHERE: Place = {
  project: "laws",
  target: "fake",
  where: "nowhere",
  key: "000000000000",
  origin: ORIGIN,
  root: "/project",
  home: "/nowhere",
  cache: "/nowhere",
  runtime: "/nowhere",
  portRange: [1, 2],
  chosen: {},
};

/** A box for each agent, and a note for each that has a configuration. */
export function fakeTarget(world: FakeWorld, clock: Clock, script: Script = {}): Target {
  return {
    name: "fake",
    kinds,
    runs: "box",
    values: "here",
    shared: false,
    support: {},
    check: () => [],
    desired,
    steps,
    open: () => Promise.resolve(ok(fakeSession(world, clock, script))),
  };
}

export function steps(change: Change): readonly Step[] {
  const { id } = change;
  const call = (does: string): Step => ({ is: "call", id, does });
  const until = (what: "ready" | "gone"): Step => ({ is: "await", id, until: what, timeoutMs: 300_000 });
  switch (change.is) {
    case "keep":
      return [];
    case "create":
      return [call("make"), until("ready")];
    case "update":
      return [call("change"), until("ready")];
    case "replace":
      return [call("remove"), call("make"), until("ready")];
    case "delete":
      return [call("remove"), until("gone")];
  }
}

function desired({ ir, written }: DesiredRequest): Resource[] {
  return Object.values(ir.agents)
    .flatMap((agent): Resource[] => {
      const base = { agent: agent.name, name: "main", holdsData: false, source: agent.source.file };
      const note = `${agent.name}/note/main`;
      const others = Object.keys(agent.dependsOn).map((name) => `${name}/box/main`);
      const after = [...(agent.config === undefined ? [] : [note]), ...others].sort();
      const texts = Object.entries(agent.environment).map(([name, value]): [string, Json] => [
        name,
        value.is === "text" ? value.text : value.is,
      ]);
      const fields: Fields = {
        command: agent.program.command ?? [],
        environment: Object.fromEntries(texts),
        needs: after,
      };
      return [
        ...(agent.config === undefined
          ? []
          : [
              own({
                ...base,
                id: note,
                kind: "note",
                exchange: "start first",
                fields: { text: agent.config.value },
              }),
            ]),
        {
          ...own({ ...base, id: `${agent.name}/box/main`, kind: "box", fields }),
          after,
          protect: agent.metadata.protect,
          written: written[agent.name] ?? {},
        },
      ];
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A resource that stands on nothing. */
export function own(
  some: Pick<Resource, "id" | "agent" | "kind" | "name" | "fields"> & Partial<Resource>,
): Resource {
  return {
    after: [],
    follows: [],
    exchange: "stop first",
    holdsData: false,
    protect: false,
    source: "agent.yaml",
    written: {},
    ...some,
  };
}
