import { err, ok, type Result } from "../../../src/base/result.ts";
import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import type { ProcessFacts, System } from "../../../src/model/system.ts";
import type { Adopted, AdoptRequest, Place } from "../../../src/model/target.ts";
import { type AdoptedProcess, adoptedFolder, adoptedIn, adoptedPath } from "./adopted.ts";
import { findDaemon } from "../daemon.ts";
import { processId } from "../desired.ts";
import { readSlots } from "../live/records.ts";
import { MARKER, readMarker } from "../runner/marker.ts";

/** Writes down that a living process is an agent. Nothing is done to it: the next plan says what will be. */
export async function adopt(
  system: System,
  place: Place,
  request: AdoptRequest,
): Promise<Result<Adopted, Diagnostic>> {
  const { agent, desired } = request;
  const no = (message: string, ...notes: readonly string[]): Result<never, Diagnostic> =>
    err(diagnostic("AAC4013", undefined, message, { notes: [...notes, "nothing was written down"] }));
  if (request.kind.toLowerCase() !== "process")
    return no(`a ${request.kind} cannot be adopted here`, "name a process of this machine: process/PID");
  const wanted = desired.find(({ id }) => id === processId(agent));
  if (wanted === undefined)
    return no(`no file here describes an agent \`${agent}\``, "write its agent.yaml first");
  const pid = Number(request.name);
  if (!/^\d+$/.test(request.name) || !Number.isSafeInteger(pid))
    return no(`\`${request.name}\` is no number of a process`, "ps -e lists those that run");
  const facts = system.processes.look(pid);
  const why =
    facts === undefined || facts.zombie
      ? "it does not run"
      : ((await whyOurs(system, place, facts)) ?? whyNot(system, facts));
  if (facts === undefined || why !== undefined) return no(`process ${pid} cannot be adopted: ${why}`);
  const lives = readSlots(system.files, place.home).records.some(({ charge }) => charge.agent === agent);
  if (lives)
    return no(
      `${agent} lives here already, and an agent has one process`,
      `take it down first: aac destroy --target-agent ${agent}`,
    );
  for (const { adopted } of adoptedIn(system, place.home)) {
    if (adopted.pid === pid && adopted.agent !== agent)
      return no(`process ${pid} is adopted as ${adopted.agent}`);
    if (adopted.agent === agent && adopted.pid !== pid)
      return no(`${agent} is process ${adopted.pid} already, and an agent has one process`);
  }
  const { host, clock, files } = system;
  const one: AdoptedProcess = {
    version: 1,
    agent,
    source: wanted.source,
    pid,
    started: facts.started,
    bootId: host.bootId,
    by: host.user,
    at: clock.wall(),
  };
  files.makePrivateFolder(adoptedFolder(place.home));
  files.replace(adoptedPath(place.home, agent), `${JSON.stringify(one)}\n`, 0o600);
  return ok({
    id: processId(agent),
    notes: [
      `process ${pid} is ${agent} from now on, and goes on as it is`,
      "a process cannot become one of ours as it runs: the next apply ends it, and starts one in its place",
    ],
  });
}

function whyNot({ host }: System, { pid, uid, argv }: ProcessFacts): string | undefined {
  if (pid <= 1 || argv.length === 0) return "it is a part of the system";
  return uid === host.uid ? undefined : `it belongs to user ${uid}, and you are user ${host.uid}`;
}

/** Why it is one of our own, or one that this command needs to live. */
async function whyOurs(system: System, place: Place, facts: ProcessFacts): Promise<string | undefined> {
  const marker = readMarker(facts.environment);
  if (marker !== undefined)
    return marker.place === place.key
      ? `it is a part of ${marker.agent}, which is managed here already`
      : `it is a part of ${marker.agent}, an agent of another project`;
  if (facts.environment?.[MARKER] !== undefined) return "it is a part of an agent of another version of aac";
  if (isSupervisor(facts)) return "it is a supervisor of aac";
  const daemon = await findDaemon(system, place);
  const supervisor = daemon.ok ? daemon.value?.hello.pid : undefined;
  if (daemon.ok) daemon.value?.close();
  if (facts.pid === supervisor) return "it is the supervisor of this project";
  for (let at = system.processes.look(system.host.pid); at !== undefined && at.pid > 1; ) {
    if (at.pid === facts.pid) return "this very command runs in it";
    at = system.processes.look(at.parent);
  }
  return undefined;
}

/** Also the little one that starts a supervisor again. */
const isSupervisor = ({ argv }: ProcessFacts): boolean =>
  argv.includes("aac-keeper") || argv.slice(-4, -1).join(" ") === "daemon start --home";
