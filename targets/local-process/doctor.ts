import type { Result } from "../../src/base/result.ts";
import type { Connection } from "../../src/model/control.ts";
import type { Diagnostic } from "../../src/model/diagnostic.ts";
import { asFinding, type Check, type Finding, type Question } from "../../src/model/doctor.ts";
import { placeAt } from "../../src/model/place.ts";
import type { System } from "../../src/model/system.ts";
import type { Here, Place } from "../../src/model/target.ts";
import { findDaemon } from "./daemon.ts";
import { agentChecks } from "./doctor/agent.ts";
import { programChecks } from "./doctor/programs.ts";
import { treeChecks } from "./doctor/trees.ts";
import { faultOfHome } from "./home.ts";
import { readSlots } from "./live/records.ts";

/** What this machine has for processes under a supervisor, and what it lacks. */
export function doctor(system: System, here: Here, question: Question): readonly Check[] {
  const place = placeAt(here, system.digests, {
    where: `${system.host.user}@${system.host.name}`,
    identity: String(system.host.uid),
    isOnly: true,
  });
  switch (question.is) {
    case "presence":
      return [
        {
          about: "local-process",
          look: async () => [
            {
              about: "local-process",
              is: "unneeded",
              found: `processes of this machine; ${await supervisorWords(system, place)}`,
            },
          ],
        },
      ];
    case "place":
      return [
        { about: "supervisor", look: () => supervisor(system, place) },
        ...treeChecks(system),
        ...programChecks(system, place, question.ir, question.facts),
      ];
    case "agent":
      return agentChecks(system, place, question);
  }
}

async function supervisorWords(system: System, place: Place): Promise<string> {
  const found = await supervisorOf(system, place);
  return found.ok && found.value !== undefined
    ? `a supervisor runs (pid ${found.value.hello.pid})`
    : "no supervisor of this project runs";
}

/** What somebody else put into its folders is never followed, so they are looked at first. */
function supervisorOf(system: System, place: Place): Promise<Result<Connection | undefined, Diagnostic>> {
  return findDaemon(system, place).then((found) => {
    if (found.ok) found.value?.close();
    return found;
  });
}

async function supervisor(system: System, place: Place): Promise<readonly Finding[]> {
  const about = "supervisor";
  const fault = faultOfHome(system, place);
  if (fault !== undefined) return [asFinding(about, fault)];
  const { records, unreadable } = readSlots(system.files, place.home);
  const broken = unreadable.map(
    ({ path, why }): Finding => ({
      about: "record",
      is: "fail",
      found: `${path} cannot be read: ${why}`,
      repair: "move it aside, and what lives is found again",
    }),
  );
  const found = await supervisorOf(system, place);
  if (!found.ok) return [asFinding(about, found.error), ...broken];
  if (found.value === undefined) {
    const agents = new Set(records.map(({ charge }) => charge.agent)).size;
    return [
      agents === 0
        ? { about, is: "ok", found: "none runs: the first apply starts it" }
        : {
            about,
            is: "warn",
            found: `none runs: nobody restarts ${agents === 1 ? "the agent" : `the ${agents} agents`} of this project`,
            repair: "aac daemon start",
          },
      ...broken,
    ];
  }
  const { pid, version, since } = found.value.hello;
  const words = `runs since ${since} (pid ${pid}, aac ${version})`;
  const isOther = version !== system.host.version;
  return [
    isOther
      ? {
          about,
          is: "warn",
          found: `${words}, and this is aac ${system.host.version}`,
          repair: "aac daemon restart: agents go on meanwhile",
        }
      : { about, is: "ok", found: words },
    ...broken,
  ];
}
