import type { Diagnostic } from "../../src/model/diagnostic.ts";
import { faultOfFile, faultOfFolder, firstOf } from "../../src/model/own-files.ts";
import { HOME } from "../../src/model/supervision.ts";
import type { System } from "../../src/model/system.ts";
import type { Place } from "../../src/model/target.ts";
import { adoptedFolder } from "./verbs/adopted.ts";
import { CODE } from "./code/layout.ts";
import { faultOfKey } from "./live/key.ts";

const OF_A_SUPERVISOR = [
  "place.json",
  "alive",
  "daemon.log",
  "lock.sqlite",
  "lock.sqlite-journal",
  "lock.json",
  "events.jsonl",
];

/**
 * Why the records of a place may not be used, with the repair; undefined where they may, or are not there yet. All of
 * it is looked at before anything of it is read: what somebody else put there must neither be believed nor followed.
 */
export function faultOfHome(system: System, place: Place): Diagnostic | undefined {
  const { home } = place;
  return (
    firstOf(
      [
        HOME.agents(home),
        HOME.logs(home),
        HOME.runs(home),
        HOME.daemon(home),
        CODE.all(home),
        CODE.objects(home),
        CODE.maps(home),
        CODE.trees(home),
        adoptedFolder(home),
      ],
      (path) => faultOfFolder(system, path),
    ) ??
    faultOfFile(system, `${home}/key`) ??
    firstOf(OF_A_SUPERVISOR, (name) => faultOfFile(system, `${HOME.daemon(home)}/${name}`)) ??
    faultOfAgents(system, home) ??
    faultOfKey(system.files, place)
  );
}

function faultOfAgents(system: System, home: string): Diagnostic | undefined {
  return firstOf(system.files.list(HOME.agents(home)), ({ name: agent }) => {
    const folder = `${HOME.agents(home)}/${agent}`;
    return (
      faultOfFolder(system, folder) ??
      faultOfFile(system, HOME.config(home, agent)) ??
      firstOf(
        system.files.list(folder).filter(({ name }) => /^\d+$/.test(name)),
        ({ name }) =>
          faultOfFolder(system, `${folder}/${name}`) ??
          faultOfFile(system, HOME.record(home, agent, Number(name))) ??
          faultOfFile(system, HOME.status(home, agent, Number(name))),
      )
    );
  });
}
