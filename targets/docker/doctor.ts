import { err, type Result } from "../../src/base/result.ts";
import type { Diagnostic } from "../../src/model/diagnostic.ts";
import { asFinding, type Check, type Finding, type Question } from "../../src/model/doctor.ts";
import type { System } from "../../src/model/system.ts";
import type { Here } from "../../src/model/target.ts";
import { connect, type Connected } from "./client.ts";
import { agentFindings } from "./doctor/agent.ts";
import { imageFindings } from "./doctor/images.ts";
import { type Endpoint, findEndpoint, unreachable } from "./endpoint.ts";
import { attempt } from "./engine.ts";

const REACH_MS = 2000;

/** Whether an engine answers, and what it has for these agents. */
export function doctor(system: System, here: Here, question: Question): readonly Check[] {
  const { environment } = system.host;
  const found = findEndpoint(environment, system.files);
  const named = namedBy(system);
  const look = async (): Promise<readonly Finding[]> => {
    if (!found.ok) return [absent(question, found.error, named)];
    const engine = await reach(system, found.value);
    if (!engine.ok) return [absent(question, engine.error, named)];
    const version = await versionOf(engine.value);
    const words = `${version} at ${found.value.where} (${named})`;
    if (question.is === "presence") return [{ about: "docker", is: "unneeded", found: words }];
    const first: Finding = { about: "engine", is: "ok", found: words };
    if (question.is === "agent")
      return [first, ...(await agentFindings(engine.value, system, here, question))];
    return [first, distance(found.value), ...(await imageFindings(engine.value, question))];
  };
  return [{ about: question.is === "presence" ? "docker" : "engine", look }];
}

/** An address that nobody answers at is told apart soon: the first request would wait longer than anybody here does. */
async function reach(system: System, endpoint: Endpoint): Promise<Result<Connected, Diagnostic>> {
  const { to, where } = endpoint;
  if (to.is === "network") {
    const { host, port } = to;
    const open =
      to.tls === undefined
        ? await system.net.get({ host, port, path: "/_ping", timeoutMs: REACH_MS })
        : await system.net.connect(host, port, REACH_MS);
    if (open.is === "failed")
      return err(
        unreachable(`the docker engine at ${where} does not answer: ${open.why}`, [
          "start it, or name another with DOCKER_HOST or `docker context use NAME`",
        ]),
      );
  }
  return connect(system.host.environment, system.files);
}

/** By what the engine was chosen, so that a person knows what to change. */
function namedBy({ files, host: { environment } }: System): string {
  if (environment["DOCKER_HOST"]) return "named by DOCKER_HOST";
  if (environment["DOCKER_CONTEXT"]) return `the context ${environment["DOCKER_CONTEXT"]}, by DOCKER_CONTEXT`;
  const folder = environment["DOCKER_CONFIG"] || `${environment["HOME"] ?? ""}/.docker`;
  const read = files.read(`${folder}/config.json`, 1024 * 1024);
  // Only the one word is looked at: passwords of registries may stand beside it.
  const text = read.is === "read" ? new TextDecoder().decode(read.bytes) : "";
  const context = /"currentContext"\s*:\s*"([^"\\]+)"/.exec(text)?.[1] ?? "default";
  return context === "default" ? "the usual socket" : `the context ${context} of ${folder}`;
}

/** Of an engine that nobody chose it is no fault that it is not there. */
function absent(question: Question, fault: Diagnostic, named: string): Finding {
  if (question.is === "presence") return { about: "docker", is: "unneeded", found: fault.message };
  const finding = asFinding("engine", fault);
  return { ...finding, found: `${finding.found} (${named})` };
}

async function versionOf({ docker }: Connected): Promise<string> {
  const told = await attempt(() => docker.version());
  if (!told.ok) return "one that does not tell its version";
  const { Version, ApiVersion, Os, Arch } = told.value;
  return `version ${Version}, API ${ApiVersion}, ${Os}/${Arch}`;
}

function distance({ isLocal }: Endpoint): Finding {
  return {
    about: "ports",
    is: "ok",
    found: isLocal
      ? "published on this machine"
      : "published on the engine's machine: addresses of 127.0.0.1 are not this one's",
  };
}
