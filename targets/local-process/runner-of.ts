import { HOME } from "../../src/model/supervision.ts";
import type { System } from "../../src/model/system.ts";
import type { Place } from "../../src/model/target.ts";
import { type LocalRunner, localRunner } from "./runner/runner.ts";

/** The runner of a place: where its logs and the folders of its runs are. */
export function runnerOf(system: System, place: Place): LocalRunner {
  const forced = system.host.environment["AAC_TREE_KILL"];
  const tree = forced === "cgroup" || forced === "namespace" || forced === "group" ? forced : undefined;
  return localRunner(
    system,
    { project: place.project, key: place.key, logs: HOME.logs(place.home), runs: HOME.runs(place.home) },
    tree,
  );
}
