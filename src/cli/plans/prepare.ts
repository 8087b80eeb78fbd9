import { relative, resolve, sep } from "node:path";
import { writtenPlaces } from "../../compile/written.ts";
import { parseEnvFile } from "../../document/env-file.ts";
import { gatherFacts } from "../../facts/facts.ts";
import type { Outside } from "../../facts/outside.ts";
import { resolveSecret } from "../../facts/secrets.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { isBelow } from "../../base/paths.ts";
import { aside } from "../../model/aside.ts";
import { type Diagnostic, diagnostic } from "../../model/diagnostic.ts";
import type { Facts } from "../../model/facts.ts";
import type { Ir } from "../../model/ir.ts";
import type { Plan, PlanReport } from "../../model/plan.ts";
import { type Observed, OF_THE_PROJECT, type Resource, type Written } from "../../model/resource.ts";
import type { Span } from "../../model/source.ts";
import type { FoundSecret, Here, Place, Preflight, Session, Target } from "../../model/target.ts";
import { type Chosen, choose } from "../../plan/choose.ts";
import { leaveHeld } from "../../plan/held.ts";
import { plan } from "../../plan/plan.ts";
import type { Scope } from "../../plan/scope.ts";
import { faultOfStateFiles, faultOfStateFolder } from "../../state/home.ts";
import { faultOfJournal } from "../../state/journal-fault.ts";
import { interrupted, interruptedLine } from "../../state/journal.ts";
import { system } from "../../system/system.ts";
import { BUILT, type TargetName } from "../../../targets/registry.ts";
import { list, word } from "../commands/request.ts";
import { busyLine } from "../carry-out/busy.ts";
import { hereOf } from "../project/place.ts";
import type { Loaded } from "../project/project.ts";
import type { Context } from "../table.ts";
import { trackedBelow } from "../project/tracked.ts";
import { UsageError } from "../usage.ts";

/** All that stands between the files and a decision: what is wanted, what is live, and what would be done. */
export interface Prepared {
  readonly place: Place;
  readonly target: Target;
  readonly session: Session;
  readonly ir: Ir;
  readonly facts: Facts;
  readonly desired: readonly Resource[];
  readonly observed: readonly Observed[];
  readonly plan: Plan;
  readonly report: PlanReport;
  readonly secret: Preflight["secret"];
  /** All that is asked for, before agents and objects were left out by name. */
  readonly whole: Plan;
  /** What `--exclude` leaves out. */
  readonly without: ReadonlySet<string>;
  /** The rest of the whole, once these are left out. */
  readonly part: (without: ReadonlySet<string>) => Chosen;
  readonly preflight: (plan: Plan) => Promise<readonly Diagnostic[]>;
  readonly told: (part: Chosen, preflight: readonly Diagnostic[]) => PlanReport;
  readonly scope: Scope;
}

export interface PrepareRequest {
  readonly context: Context;
  readonly loaded: Loaded;
  readonly destroy: boolean;
  readonly needsName: boolean;
  readonly instead?: Instead;
}

/** An open place, and what is wanted there for another reason than that the files say it. */
export interface Instead {
  readonly place: Place;
  readonly target: Target;
  readonly session: Session;
  readonly ir: Ir;
  readonly facts: Facts;
  readonly desired: readonly Resource[];
  /** The revision that said it. */
  readonly backTo: number;
  /** By agent that is wanted: the name under which it lives, where that is another one. */
  readonly renamed: ReadonlyMap<string, string>;
  /** One line each, for whoever looks at the plan. */
  readonly notes: readonly string[];
}

/** A place is opened before anything is asked of it; what it needs is in the files already. */
export async function openPlace(
  context: Context,
  loaded: Pick<Loaded, "root" | "settings" | "target" | "chosen">,
  needsName: boolean,
): Promise<Result<{ place: Place; target: Target; session: Session }, Diagnostic>> {
  const name: TargetName = loaded.target ?? "local-process";
  const load = BUILT[name];
  if (load === undefined)
    throw new UsageError(
      `the target ${name} is not built yet: it can be validated, not planned`,
      "local-process is built: -t local-process",
    );
  const { target } = await load();
  const here = hereOf({
    system,
    root: system.files.realPath(loaded.root) ?? loaded.root,
    project: word(context.options["project"]) ?? loaded.settings.project,
    target: name,
    needsName: needsName || target.shared,
    portRange: rangeOf(loaded.settings.portRange),
    chosen: { ...loaded.chosen, ...clusterNamed(context) },
  });
  const unfit = faultOfStateFolder(system, here.home);
  if (unfit !== undefined) return err(unfit);
  const session = await target.open(system, here);
  if (!session.ok) return session;
  const { place } = session.value;
  const broken = faultOfStateFiles(system, place.home);
  if (broken !== undefined) {
    session.value.close();
    return err(broken);
  }
  const journal = faultOfJournal(system.files, place.home);
  if (journal === undefined) return ok({ place, target, session: session.value });
  session.value.close();
  const { path, why } = journal;
  return err(
    diagnostic("AAC4006", undefined, `the journal ${path} cannot be read: ${why}`, {
      notes: [
        "nothing was read from it, and nothing was changed",
        `move it aside, what lives does not need it: ${aside(system.files, path)}`,
      ],
    }),
  );
}

/** Reads files and the world, writes nothing, and decides nothing that `plan` does not decide. */
export async function prepare(request: PrepareRequest): Promise<Result<Prepared, readonly Diagnostic[]>> {
  const { context, loaded, destroy, instead } = request;
  const opened = instead === undefined ? await openPlace(context, loaded, request.needsName) : ok(instead);
  if (!opened.ok) return err([opened.error]);
  const { place, target, session } = opened.value;
  const scope = scopeOf(context, loaded, place);
  const ir: Ir = { ...(instead?.ir ?? loaded.compiled.ir), project: place.project };
  const outside = outsideOf(loaded.root, loaded.lookup);
  // What is taken down needs no values and no code.
  const facts = destroy
    ? ok({ facts: { agents: {}, target: null }, notes: [] })
    : instead !== undefined
      ? ok(instead)
      : await learn(ir, outside, target, session, scope);
  if (!facts.ok) return facts;
  const all = destroy
    ? []
    : (instead?.desired ?? target.desired({ ir, facts: facts.value.facts, written: writtenIn(loaded) }));
  const isAsked = (one: Resource): boolean => scope.paths.some((path) => isBelow(one.source, path));
  const desired = all.some((one) => one.agent !== OF_THE_PROJECT && isAsked(one))
    ? all.filter((one) => one.agent === OF_THE_PROJECT || isAsked(one))
    : [];
  const observation = await session.observe(desired);
  if (!observation.ok) return err([observation.error]);
  const release = context.options["release"] === true;
  const decided = plan({
    desired,
    observed: observation.value.objects,
    rules: target.kinds,
    scope,
    destroy,
    prune: context.options["prune"] === true,
    described: new Set(destroy ? [] : Object.keys(ir.agents)),
    protects: new Map(Object.values(ir.agents).map(({ name, metadata }) => [name, metadata.protect])),
    replace: replaced(list(context.options["replace"]), all, target),
    release,
    renamed: { from: instead?.renamed ?? renamedIn(ir), runs: target.runs },
  });
  const every = release || destroy ? decided : leaveHeld(decided, observation.value.objects);
  const agents = new Set(
    [...all, ...observation.value.objects]
      .map(({ agent }) => agent)
      .filter((name) => name !== OF_THE_PROJECT),
  );
  const only = known(list(context.options["targetAgent"]), agents, "--target-agent");
  const without = known(list(context.options["exclude"]), agents, "--exclude");
  const asked = choose(every, { only, without: new Set() });
  const part = (names: ReadonlySet<string>): Chosen =>
    choose(asked.plan, { only: new Set(), without: names });
  const chosen = part(without);
  const secret = secretsOf(ir, outside, all);
  const preflight = async (parted: Plan): Promise<readonly Diagnostic[]> =>
    destroy ? [] : session.preflight(parted, { secret });
  const busy = busyLine(place.home);
  const halted = busy === undefined ? interrupted(system.files, place.home) : undefined;
  const told = (parted: Chosen, faults: readonly Diagnostic[]): PlanReport => {
    // Where nothing is made or changed, advice about what is made would only be in the way.
    const quietly = destroy || parted.plan.changes.every(({ is }) => is === "keep" || is === "delete");
    const isChanging = parted.plan.changes.some(({ is }) => is !== "keep");
    return {
      project: place.project,
      target: place.target,
      where: place.where,
      plan: parted.plan,
      preflight: faults,
      warnings: loaded.diagnostics.filter(
        (one) => one.level !== "error" && one.code !== "AAC1052" && isNews(one, quietly),
      ),
      notes: [
        ...(busy === undefined ? [] : [busy]),
        // Once nothing is left of it to be done, it is nobody's concern any more.
        ...(halted === undefined || !isChanging ? [] : [interruptedLine(halted)]),
        ...[...asked.left, ...parted.left].map(({ id, because }) =>
          id === because
            ? `${id} is left out, as you asked`
            : `${id} is left out with ${because}, which it needs`,
        ),
        ...observation.value.notes,
        ...(destroy ? [] : facts.value.notes),
      ],
      destroy,
      ...(instead === undefined ? {} : { backTo: instead.backTo }),
    };
  };
  return ok({
    place,
    target,
    session,
    ir,
    facts: facts.value.facts,
    desired,
    observed: observation.value.objects,
    plan: chosen.plan,
    secret,
    report: told(chosen, await preflight(chosen.plan)),
    whole: asked.plan,
    without,
    part,
    preflight,
    told,
    scope,
  });
}

const renamedIn = ({ agents }: Ir): ReadonlyMap<string, string> =>
  new Map(
    Object.values(agents).flatMap(({ name, metadata: { renamedFrom } }) =>
      renamedFrom === undefined || renamedFrom in agents ? [] : [[name, renamedFrom]],
    ),
  );

/** Advice belongs to `validate`; a plan says what has to do with this target, and what is worth a warning. */
const isNews = (one: Diagnostic, quietly: boolean): boolean =>
  one.level === "warning" || (!quietly && one.code.startsWith("AAC23"));

export function outsideOf(root: string, lookup: Outside["lookup"]): Outside {
  return {
    root,
    files: system.files,
    uid: system.host.uid,
    lookup,
    parseEnv: (text) => parseEnvFile("", text).values,
  };
}

/** Facts of the files, then those that only the target knows. */
export async function learn(
  ir: Ir,
  outside: Outside,
  { values }: Target,
  session: Session,
  scope: Scope,
): Promise<Result<{ readonly facts: Facts; readonly notes: readonly string[] }, readonly Diagnostic[]>> {
  const remembered = await session.remembered();
  const gathered = gatherFacts({
    ...outside,
    ir: { ...ir, agents: inScope(ir, scope) },
    hash: system.digests.sha256,
    keyed: session.keyed,
    values,
    tracked: (folder) => trackedBelow(system.files, folder),
    remembered: (agent) => remembered.get(agent),
  });
  if (gathered.diagnostics.length > 0) return err(gathered.diagnostics);
  const own = await session.facts(ir, gathered.facts);
  if (!own.ok) return own;
  return ok({ facts: { agents: gathered.facts, target: own.value }, notes: gathered.notes });
}

function inScope(ir: Ir, scope: Scope): Ir["agents"] {
  return Object.fromEntries(
    Object.entries(ir.agents).filter(([, agent]) =>
      scope.paths.some((path) => isBelow(agent.source.file, path)),
    ),
  );
}

export function secretsOf(ir: Ir, outside: Outside, desired: readonly Resource[] = []): Preflight["secret"] {
  return (name, variable): Result<FoundSecret, Diagnostic> => {
    const agent = ir.agents[name];
    if (agent === undefined) throw new Error(`a secret of ${name}, which is no agent`);
    const late = (address: string): string | undefined => variableIn(desired, name, address);
    const found = resolveSecret({ ...outside, agent, variable, late });
    if (found.ok) {
      // As the facts do it: a service that moved is no other secret.
      const open = resolveSecret({ ...outside, agent, variable, late: (address) => `\${${address}}` });
      return ok({ ...found.value, ...(open.ok ? { compared: open.value.value } : {}) });
    }
    return err(
      diagnostic("AAC3102", undefined, `${name}: the secret ${variable} was not found`, {
        notes: [`looked for it in ${found.error.looked.join(", ")}`],
      }),
    );
  };
}

/** What a target gives an agent as a variable, such as the address of a service. */
function variableIn(desired: readonly Resource[] = [], agent: string, name: string): string | undefined {
  for (const { agent: of, fields } of desired) {
    const { environment } = fields;
    if (of !== agent || typeof environment !== "object" || environment === null) continue;
    const text = new Map<string, unknown>(Object.entries(environment)).get(name);
    if (typeof text === "string") return text;
  }
  return undefined;
}

/** What was pointed at, from the project's root. */
function scopeOf(context: Context, loaded: Loaded, place: Place): Scope {
  const named = list(context.options["file"]);
  const from = (path: string): string => {
    if (path === "-") return "-";
    const fixed = path.replace(/[*?].*$/, "");
    const below = relative(loaded.root, resolve(context.cwd, fixed)).split(sep).join("/");
    return below === "" ? "." : below;
  };
  return { paths: named.length === 0 ? ["."] : named.map(from), origin: place.origin };
}

function replaced(asked: readonly string[], all: readonly Resource[], target: Target): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const name of asked) {
    const own = all.filter((one) => one.id === name || one.agent === name);
    if (own.length === 0) throw new UsageError(`\`--replace ${name}\` names nothing in these files`);
    const holds = own.filter((one) => one.id === name || one.kind === target.runs);
    for (const one of holds) ids.add(one.id);
  }
  return ids;
}

/** A cluster that is named on the command line comes before that of an environment. */
function clusterNamed({ options }: Context): Here["chosen"] {
  const named = ["context", "namespace", "kubeconfig"].flatMap((name) => {
    const value = word(options[name]);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(named);
}

function known(names: readonly string[], agents: ReadonlySet<string>, flag: string): ReadonlySet<string> {
  for (const name of names) {
    const agent = name.split("/")[0] ?? name;
    if (!agents.has(agent))
      throw new UsageError(
        `\`${flag} ${name}\` names no agent of this project`,
        `there ${agents.size === 1 ? "is" : "are"} ${[...agents].sort().slice(0, 10).join(", ")}`,
      );
  }
  return new Set(names);
}

export function writtenIn(loaded: Loaded): Readonly<Record<string, Readonly<Record<string, Written>>>> {
  // Lines are counted once a file, not once a place.
  const starts = new Map<string, readonly number[]>();
  const lineOf = (span: Span): Written => {
    const known = starts.get(span.file) ?? lineStarts(loaded.texts.get(span.file) ?? "");
    starts.set(span.file, known);
    return { file: span.file, line: lineAt(known, span.start) };
  };
  return Object.fromEntries(loaded.compiled.views.map((view) => [view.ir.name, writtenPlaces(view, lineOf)]));
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (low + 1 < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}

function rangeOf(text: string | undefined): readonly [number, number] | undefined {
  const [first, last] = (text ?? "").split("-").map(Number);
  return first === undefined || last === undefined || Number.isNaN(last) ? undefined : [first, last];
}
