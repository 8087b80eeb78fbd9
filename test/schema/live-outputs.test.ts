import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { files } from "../../src/system/files.ts";
import { listAll } from "../../src/system/proc.ts";
import { faultsOf } from "../helpers/published-schemas.ts";
import { until } from "../helpers/until.ts";
import { aac, folderOf, type Outcome } from "../helpers/run-aac.ts";

const PROJECT = "published-forms";
const PORT = 24_110;
const SECRET = "correct-horse";

/** One agent offers a service, the other has its address within a text that is secret as a whole. */
const AGENTS = `apiVersion: agent.dev/v1
kind: Agent
metadata: {name: store}
spec:
  command: [sleep, "601"]
  ports: [{container: ${PORT}}]
  services: [{name: shelf, port: ${PORT}}]
---
apiVersion: agent.dev/v1
kind: Agent
metadata: {name: desk}
spec:
  command: [sleep, "602"]
  services: [{name: shelf, protocol: http}]
  environment:
    - {name: SHELF_LOGIN, value: "http://u:\${SHELF_PASSWORD}@\${SHELF_HOST}:\${SHELF_PORT}/x"}
`;

const home = mkdtempSync(join(tmpdir(), "aac-forms-"));
const folder = folderOf({
  "agent.yaml": AGENTS,
  ".aac.yaml": `project: ${PROJECT}\nportRange: 24111-24119\n`,
});
const environment = {
  XDG_STATE_HOME: join(home, "state"),
  XDG_CACHE_HOME: join(home, "cache"),
  XDG_RUNTIME_DIR: join(home, "runtime"),
  SHELF_PASSWORD: SECRET,
};
const run = (...args: readonly string[]): Outcome => aac(args, { cwd: folder, environment });

/** By what they were given: nobody else has these folders in the environment. */
const leftOver = (): readonly number[] =>
  listAll()
    .filter((one) => one.environment?.["XDG_STATE_HOME"] === environment.XDG_STATE_HOME)
    .map(({ pid }) => pid);

describe("what a real run prints is as it is published", () => {
  beforeAll(() => files.makePrivateFolder(environment.XDG_RUNTIME_DIR));

  afterAll(async () => {
    run("destroy", "--yes");
    await until("nothing of it is left", () => leftOver().length === 0);
    rmSync(home, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  });

  test("from the first plan to the last agent that goes", async () => {
    // In the agent's own folder: a plan that is saved there is no code of the agent.
    const first = run("plan", "-o", "json", "--out", "first.plan.json");
    expect([first.code, first.err]).toEqual([0, ""]);
    expect(faultsOf("plan", first.out)).toEqual([]);
    const saved = readFileSync(join(folder, "first.plan.json"), "utf8");
    expect(faultsOf("saved-plan", saved)).toEqual([]);

    const applied = run("apply", "first.plan.json", "-o", "json", "--yes");
    expect([applied.code, faultsOf("apply-report", applied.out)]).toEqual([0, []]);
    const status = run("status", "-o", "json");
    expect(faultsOf("status", status.out)).toEqual([]);
    expect(JSON.parse(status.out)).toMatchObject({ agents: [{ agent: "desk" }, { agent: "store" }] });
    const stats = run("stats", "-o", "json");
    expect(faultsOf("stats", stats.out)).toEqual([]);
    expect(JSON.parse(stats.out)).toMatchObject({ replicas: [{ agent: "desk" }, { agent: "store" }] });

    const again = run("plan", "-o", "json", "--expect-no-changes");
    expect([again.code, faultsOf("plan", again.out)]).toEqual([0, []]);
    const nothing = run("apply", "-o", "json", "--yes");
    expect([nothing.code, faultsOf("apply-report", nothing.out)]).toEqual([0, []]);

    const gone = run("plan", "--destroy", "-o", "json", "--out", "last.plan.json");
    expect([gone.code, faultsOf("plan", gone.out)]).toEqual([0, []]);
    expect(faultsOf("saved-plan", readFileSync(join(folder, "last.plan.json"), "utf8"))).toEqual([]);
    const destroyed = run("destroy", "--yes", "-o", "json");
    expect([destroyed.code, faultsOf("apply-report", destroyed.out)]).toEqual([0, []]);
    // Its supervisor ends by itself, a moment after it was told to.
    await until("nothing of it is left", () => leftOver().length === 0);

    const told = [first, applied, status, stats, again, nothing, gone, destroyed].map(
      ({ out, err }) => out + err,
    );
    expect([saved, ...told].filter((text) => text.includes(SECRET)).length, "a secret was told").toBe(0);
  }, 60_000);
});
