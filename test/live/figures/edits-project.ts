import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { apply } from "../../../src/apply/apply.ts";
import { learn, outsideOf, secretsOf, writtenIn } from "../../../src/cli/plans/prepare.ts";
import { hereOf } from "../../../src/cli/project/place.ts";
import { type Loaded, load } from "../../../src/cli/project/project.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import type { Plan } from "../../../src/model/plan.ts";
import { OF_THE_PROJECT } from "../../../src/model/resource.ts";
import type { System } from "../../../src/model/system.ts";
import type { Place, Session, Target } from "../../../src/model/target.ts";
import { plan } from "../../../src/plan/plan.ts";
import { system as real } from "../../../src/system/system.ts";
import { program } from "../../helpers/run-aac.ts";

export interface Planned {
  readonly plan: Plan;
  /** All of it, and nothing else; what went wrong, one line each. */
  carryOut(): Promise<readonly string[]>;
  /** Where it is only looked at. */
  close(): void;
}

/** A project whose plans and applies run in this process, by the same parts that the command line is made of. */
export interface EditedProject {
  readonly name: string;
  readonly root: string;
  readonly system: System;
  readonly place: Place;
  write(path: string, text: string): void;
  open(): Promise<Session>;
  planned(options?: { readonly destroy?: boolean }): Promise<Planned>;
  /** Takes all of it down, and the folder with it. */
  end(): Promise<void>;
}

export interface Made {
  readonly target: Target;
  readonly name: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly namespace?: string;
  readonly portRange: readonly [number, number];
}

export async function editedProject(made: Made): Promise<EditedProject> {
  const { target, name } = made;
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "aac-edits-")));
  const root = join(folder, "project");
  mkdirSync(root);
  mkdirSync(join(folder, "run"), { mode: 0o700 });
  const environment = {
    ...made.environment,
    PATH: process.env["PATH"],
    HOME: folder,
    XDG_STATE_HOME: join(folder, "state"),
    XDG_CACHE_HOME: join(folder, "cache"),
    XDG_RUNTIME_DIR: join(folder, "run"),
  };
  const known = new Map<string, string | undefined>(Object.entries(environment));
  const host = { ...real.host, bootId: real.host.bootId, version: versionOf(), environment };
  const system: System = { ...real, host: { ...host, self: [process.execPath, program] } };
  const here = hereOf({
    system,
    root,
    project: name,
    target: target.name,
    needsName: false,
    portRange: made.portRange,
    chosen: made.namespace === undefined ? {} : { namespace: made.namespace },
  });
  const outside = outsideOf(root, () => (variable) => known.get(variable));
  const open = async (): Promise<Session> => well(await target.open(system, here));
  const first = await open();
  const { place } = first;
  first.close();
  const planned: EditedProject["planned"] = async ({ destroy = false } = {}) => {
    const session = await open();
    try {
      const scope = { paths: ["."], origin: place.origin };
      const loaded = await loadedFrom(root, system, target.name);
      const ir = { ...loaded.compiled.ir, project: name };
      const facts = destroy ? undefined : well(await learn(ir, outside, target, session, scope)).facts;
      const desired = facts === undefined ? [] : target.desired({ ir, facts, written: writtenIn(loaded) });
      const wanted = desired.every(({ agent }) => agent === OF_THE_PROJECT) ? [] : desired;
      const seen = well(await session.observe(wanted));
      const made = plan({
        desired: wanted,
        observed: seen.objects,
        rules: target.kinds,
        scope,
        destroy,
        prune: destroy,
        replace: new Set(),
        release: false,
      });
      return {
        plan: made,
        close: () => session.close(),
        carryOut: () => carryOut(made, { session, target, system, secret: secretsOf(ir, outside, wanted) }),
      };
    } catch (error) {
      session.close();
      throw error;
    }
  };
  return {
    name,
    root,
    system,
    place,
    write(path, text) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    },
    open,
    planned,
    async end() {
      const gone = await planned({ destroy: true });
      const faults = await gone.carryOut();
      if (faults.length > 0) throw new Error(`not all of ${name} is gone: ${faults.join("\n")}`);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Carrying {
  readonly session: Session;
  readonly target: Target;
  readonly system: System;
  readonly secret: ReturnType<typeof secretsOf>;
}

async function carryOut(
  made: Plan,
  { session, target, system, secret }: Carrying,
): Promise<readonly string[]> {
  const never = new AbortController().signal;
  try {
    const begun = await session.begin();
    if (!begun.ok) return [said(begun.error)];
    const { lines } = await apply({
      plan: made,
      steps: target.steps,
      run: (step, change, context) => session.run(step, change, context),
      secret,
      clock: system.clock,
      tell: () => undefined,
      parallel: 10,
      keepGoing: false,
      retries: 3,
      timeoutMs: 120_000,
      stop: never,
      abort: never,
    });
    const late = (await session.settle?.()) ?? [];
    await session.end();
    return [
      ...lines.flatMap(({ id, came, cause = "", lines: more = [] }) =>
        came === "changed" ? [] : [[`${id} ${came}: ${cause}`, ...more].join("\n  ")],
      ),
      ...late.map(({ id, failure }) => [`${id}: ${failure.message}`, ...failure.lines].join("\n  ")),
    ];
  } finally {
    session.close();
  }
}

async function loadedFrom(root: string, system: System, target: string): Promise<Loaded> {
  const { files, host } = system;
  const loaded = await load({
    cwd: root,
    files,
    environment: host.environment,
    named: ["."],
    whole: true,
    target,
  });
  const errors = loaded.diagnostics.filter(({ level }) => level === "error");
  if (errors.length > 0) throw new Error(errors.map(said).join("\n"));
  return loaded;
}

function versionOf(): string {
  const { version } = JSON.parse(readFileSync(join(dirname(program), "../../package.json"), "utf8")) as {
    readonly version: string;
  };
  return version;
}

/** What is there, or a test that ends here and says why. */
function well<T>(
  result:
    | { readonly ok: true; readonly value: T }
    | { readonly ok: false; readonly error: Diagnostic | readonly Diagnostic[] },
): T {
  if (result.ok) return result.value;
  const { error } = result;
  throw new Error((isOne(error) ? [error] : error).map(said).join("\n"));
}

const isOne = (error: Diagnostic | readonly Diagnostic[]): error is Diagnostic => "message" in error;

const said = ({ message, notes }: Diagnostic): string => [message, ...notes].join("\n  ");
