import { err, ok, type Result } from "../../../src/base/result.ts";
import type { Fields, Observed, Resource } from "../../../src/model/resource.ts";
import type { ProcessFacts, System } from "../../../src/model/system.ts";
import type { Failure, Place } from "../../../src/model/target.ts";
import { cwdOf, isProcess, processFields } from "../orders/charge.ts";
import { processId } from "../desired.ts";
import { waitFor } from "../runner/wait.ts";
import { unlike } from "../live/unlike.ts";

/** A process that nobody of us started, and that somebody said is an agent: until it is exchanged it is only written down. */
export interface AdoptedProcess {
  readonly version: 1;
  readonly agent: string;
  /** From the project's root. */
  readonly source: string;
  readonly pid: number;
  readonly started: string;
  readonly bootId: string;
  readonly by: string;
  /** UTC */
  readonly at: string;
}

export interface LivingAdopted {
  readonly adopted: AdoptedProcess;
  readonly facts: ProcessFacts;
}

export const adoptedFolder = (home: string): string => `${home}/adopted`;
export const adoptedPath = (home: string, agent: string): string => `${adoptedFolder(home)}/${agent}.json`;

/** Those that are still the very process that was written down. */
export function adoptedIn(system: System, home: string): readonly LivingAdopted[] {
  const { files } = system;
  return files.list(adoptedFolder(home)).flatMap(({ name, is }): readonly LivingAdopted[] => {
    if (is !== "file" || !name.endsWith(".json")) return [];
    const read = files.readAt(`${adoptedFolder(home)}/${name}`, 0, 65_536);
    const adopted = read.is === "read" ? adoptedOf(new TextDecoder().decode(read.bytes)) : undefined;
    if (adopted === undefined || name !== `${adopted.agent}.json`) return [];
    const facts = same(system, adopted);
    return facts === undefined ? [] : [{ adopted, facts }];
  });
}

/** A number alone may be somebody else's by now: the time of its start, in this boot, proves it. */
function same(
  { processes, host }: System,
  { pid, started, bootId }: AdoptedProcess,
): ProcessFacts | undefined {
  if (bootId !== host.bootId || pid <= 1) return undefined;
  const facts = processes.look(pid);
  return facts === undefined || facts.zombie || facts.started !== started || facts.uid !== host.uid
    ? undefined
    : facts;
}

/** In the shape of the agent that it is to be, with all in which it can be seen to differ. */
export function adoptedObject(
  { adopted, facts }: LivingAdopted,
  wanted: Resource | undefined,
  place: Place,
): Observed {
  const { agent, pid, started, source } = adopted;
  return {
    id: processId(agent),
    agent,
    kind: "process",
    name: "0",
    after: wanted?.after ?? [],
    fields: { ...(wanted === undefined ? {} : seen(wanted.fields, facts, place)), adopted: `process ${pid}` },
    // Nobody of us asked for it: whatever it does otherwise than the file says was done outside.
    ...(wanted === undefined ? {} : { asked: wanted.fields }),
    holdsData: false,
    protect: false,
    source,
    origin: place.origin,
    identity: `adopted/${pid}/${started}`,
  };
}

function seen(fields: Fields, facts: ProcessFacts, place: Place): Fields {
  if (!isProcess(fields)) return fields;
  const folder = cwdOf(processFields(fields).cwd, place.root);
  return {
    ...fields,
    ...unlike(fields, facts, {}),
    ...(facts.cwd === undefined || facts.cwd === folder ? {} : { cwd: facts.cwd }),
  };
}

const KILLED_MS = 5000;

/** Ends exactly that process, and nothing that it started; then it is adopted no more. */
export async function endAdopted(
  system: System,
  place: Place,
  agent: string,
  graceMs: number,
): Promise<Result<void, Failure>> {
  const one = adoptedIn(system, place.home).find(({ adopted }) => adopted.agent === agent);
  if (one !== undefined) {
    const { adopted } = one;
    const gone = (): true | undefined => (same(system, adopted) === undefined ? true : undefined);
    system.processes.signal(adopted.pid, "SIGTERM");
    // A halted process would sleep through its own end.
    system.processes.signal(adopted.pid, "SIGCONT");
    if ((await waitFor(system.clock, graceMs, gone)) === undefined) {
      if (gone() === undefined) system.processes.signal(adopted.pid, "SIGKILL");
      if ((await waitFor(system.clock, KILLED_MS, gone)) === undefined)
        return err({
          message: `process ${adopted.pid}, which was adopted as ${agent}, could not be ended`,
          lines: [],
          passing: false,
        });
    }
  }
  system.files.remove(adoptedPath(place.home, agent));
  return ok(undefined);
}

function adoptedOf(text: string): AdoptedProcess | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isAdopted(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isAdopted(value: unknown): value is AdoptedProcess {
  if (typeof value !== "object" || value === null) return false;
  const one = new Map<string, unknown>(Object.entries(value));
  return (
    one.get("version") === 1 &&
    Number.isInteger(one.get("pid")) &&
    ["agent", "source", "started", "bootId", "by", "at"].every((key) => typeof one.get(key) === "string")
  );
}
