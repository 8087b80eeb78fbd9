/** A supervisor for tests: starts one agent, says its identity, and lives until it is ended. */
import type { Charge } from "../../../src/model/supervision.ts";
import { system } from "../../../src/system/system.ts";
import { localRunner } from "../../../targets/local-process/runner/runner.ts";
import { chargeOf, placeIn, shell } from "./runner-place.ts";

const [folder = "", key = "", script = "", tree] = process.argv.slice(2);
const charge: Charge = chargeOf(shell(script));
const kind = tree === "cgroup" || tree === "namespace" || tree === "group" ? tree : undefined;
const runner = localRunner(system, placeIn(folder, key), kind);
const started = await runner.start(charge, "first", {});
process.stdout.write(`${JSON.stringify(started)}\n`);
process.stdin.resume();
