import { createHash } from "node:crypto";
import { chmodSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { does, fieldsOf } from "../answers.ts";
import { desk, deskIn } from "../desk.ts";
import { textsBelow } from "../look-at.ts";
import { inProject, type Project } from "../project.ts";

vi.setConfig({ testTimeout: 60_000 });

const SENTINEL = "walrus-4b1c-under-the-ice";
const OTHER = "walrus-77e0-on-the-shore";
const KEY = ["environment:", "  - {name: DESK_KEY, from: secret}"];

/** The value, and what somebody could find it out from. */
const forms = (value: string): readonly string[] => [
  value,
  Buffer.from(value).toString("base64"),
  createHash("sha256").update(value).digest("hex"),
  createHash("sha256").update(value).digest("base64"),
];

function expectNowhere(project: Project, value: string, printed: readonly string[]): void {
  for (const form of forms(value)) {
    for (const text of printed) expect(text).not.toContain(form);
    for (const [path, text] of textsBelow(project.root))
      expect([path, text.includes(form)]).toEqual([path, false]);
    for (const { argv } of project.processes()) expect(argv.join(" ")).not.toContain(form);
  }
}

describe("a secret", () => {
  test("of the caller is nowhere but in the environment of its agent", async () => {
    await inProject("nowhere", deskIn(".", desk("ana", 15151, { more: KEY })), async (project) => {
      const environment = { DESK_KEY: SENTINEL };
      const printed: string[] = [];
      const run = async (args: string): Promise<void> => {
        const told = await project.aac(args, { environment });
        expect([args, told.code, told.err]).toEqual([args, 0, ""]);
        printed.push(told.out);
      };
      await run("plan");
      await run("plan -o json");
      await run("apply --yes");
      await run("restart");
      await run("wait");
      await run("plan --replace ana --out ../kept.json");
      await run("apply ../kept.json");
      for (const args of [
        "status -o json",
        "status -o wide",
        "inspect ana",
        "logs",
        "show ../kept.json",
        "plan -o markdown",
        "config",
      ])
        await run(args);
      expectNowhere(project, SENTINEL, printed);
      const holders = project.processes().filter((one) => JSON.stringify(one.environment).includes(SENTINEL));
      const pid = await project.pidOf("ana");
      expect(holders.map((one) => one.environment["DESK_KEY"])).toContain(SENTINEL);
      expect(holders.map((one) => one.pid)).toContain(pid);
      // The shell beside the agent hands it over; the supervisor and its keeper have no part in it.
      for (const { argv, environment: own } of holders) {
        expect(own["AAC_MARKER"]).toContain("agent=ana");
        expect(argv.join(" ")).not.toContain("daemon start");
      }
    });
  });

  test("that is rotated is a replace that names the variable and no value; the same value is no change", async () => {
    await inProject("rotated", deskIn(".", desk("ana", 15152, { more: KEY })), async (project) => {
      const first = { environment: { DESK_KEY: SENTINEL } };
      const second = { environment: { DESK_KEY: OTHER } };
      await project.well("apply --yes", first);
      await project.well("plan --detailed-exitcode", first);
      const plan = await project.plan("", second);
      expect(does(plan)).toEqual(["replace ana/process/0"]);
      expect(plan.changes[0]?.because).toEqual([{ is: "secret rotated", path: "secrets/DESK_KEY" }]);
      expect(fieldsOf(plan)).toMatchObject([{ path: "secrets/DESK_KEY", secret: true }]);
      expect(fieldsOf(plan)[0]).not.toHaveProperty("from");
      expect(fieldsOf(plan)[0]).not.toHaveProperty("to");
      const shown = await project.aac("plan", second);
      expect(shown.out).toContain("(secret changed)");
      await project.well("apply --yes", second);
      const pid = await project.pidOf("ana");
      expect(project.processes().find((one) => one.pid === pid)?.environment["DESK_KEY"]).toBe(OTHER);
      expectNowhere(project, OTHER, [JSON.stringify(plan), shown.out]);
    });
  });

  test("that changed since a plan was saved makes that plan stale", async () => {
    const text = desk("ana", 15153, { args: ["--one"], more: KEY });
    await inProject("between", deskIn(".", text), async (project) => {
      const first = { environment: { DESK_KEY: SENTINEL } };
      await project.well("apply --yes", first);
      project.edit("agent.yaml", "--one", "--two");
      await project.well("plan --out ../kept.json", first);
      const refused = await project.aac("apply ../kept.json", { environment: { DESK_KEY: OTHER } });
      expect(refused).toMatchObject({ code: 3 });
      expect(refused.err).toContain("DESK_KEY");
      expect(refused.err).not.toContain(OTHER);
      await project.well("apply ../kept.json", first);
    });
  });

  test("comes from its file before it comes from the caller", async () => {
    const more = [
      "environment:",
      "  - {name: DB_PASSWORD, from: secret, secretName: db, secretKey: password}",
    ];
    await inProject("file", deskIn(".", desk("ana", 15154, { more })), async (project) => {
      const caller = { environment: { DB_PASSWORD: OTHER } };
      await project.well("apply --yes", caller);
      const held = async (): Promise<string | undefined> => {
        const pid = await project.pidOf("ana");
        return project.processes().find((one) => one.pid === pid)?.environment["DB_PASSWORD"];
      };
      expect(await held()).toBe(OTHER);
      project.write(".aac/secrets/db/password", SENTINEL);
      chmodSync(project.path(".aac/secrets/db/password"), 0o600);
      expect(does(await project.plan("", caller))).toEqual(["replace ana/process/0"]);
      await project.well("apply --yes", caller);
      expect(await held()).toBe(SENTINEL);
      await project.well("plan --detailed-exitcode");
    });
  });

  test("that is missing is told with both places, and nothing is started", async () => {
    const more = [
      "environment:",
      "  - {name: DB_PASSWORD, from: secret, secretName: db, secretKey: password}",
    ];
    await inProject("missing", deskIn(".", desk("ana", 15155, { more })), async (project) => {
      const refused = await project.aac("apply --yes");
      expect(refused).toMatchObject({ code: 1 });
      expect(refused.out).toContain("1 create");
      const told = refused.out + refused.err;
      expect(told).toContain("AAC3102");
      expect(told).toContain(".aac/secrets/db/password");
      expect(told).toContain("DB_PASSWORD");
      expect(await project.aac("plan")).toMatchObject({ code: 1 });
      expect(project.processes()).toEqual([]);
    });
  });

  test("that is optional and absent is no variable, and one line says so", async () => {
    const more = ["environment:", "  - {name: DESK_KEY, from: secret, optional: true}"];
    await inProject("optional", deskIn(".", desk("ana", 15156, { more })), async (project) => {
      const applied = await project.aac("apply --yes");
      expect(applied).toMatchObject({ code: 0 });
      expect(applied.out.split("\n").filter((line) => line.includes("DESK_KEY"))).toHaveLength(1);
      const pid = await project.pidOf("ana");
      const mine = project.processes().find((one) => one.pid === pid);
      expect(mine?.environment).not.toHaveProperty("DESK_KEY");
      expect(does(await project.plan("", { environment: { DESK_KEY: SENTINEL } }))).toEqual([
        "replace ana/process/0",
      ]);
    });
  });
});
