import { existsSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { badDay, type BadDay } from "./bad-day.ts";
import { agentText } from "../../helpers/agent-text.ts";

const SLOW = 120_000;
const FINE = { "agent.yaml": agentText("desk", ["command: [sleep, '1000']"]) };

/** Plan, apply and destroy say it with 2, and have done nothing. */
async function refused(day: BadDay, ...parts: readonly (string | RegExp)[]): Promise<void> {
  for (const args of ["plan -f .", "apply -f . --yes"]) await day.says(args, 2, ...parts);
  expect(day.processes()).toEqual([]);
  expect(existsSync(join(day.root, "state"))).toBe(false);
}

describe("files that cannot be meant end with 2, and nothing is started or written", () => {
  test("a circle of dependencies is named whole, and so are two owners of one port", { timeout: SLOW }, () =>
    badDay("hostile-circle", FINE, async (day) => {
      for (const [one, next] of [
        ["a", "b"],
        ["b", "c"],
        ["c", "a"],
      ] as const)
        day.write(`${one}/agent.yaml`, agentText(one, ["command: [sleep, '1000']", `dependsOn: [${next}]`]));
      await refused(day, /a → b → c → a|b → c → a → b|c → a → b → c/);
      for (const one of ["a", "b", "c"])
        day.write(
          `${one}/agent.yaml`,
          agentText(one, ["command: [sleep, '1000']", "ports: [{container: 80, host: 18790}]"]),
        );
      await refused(day, "18790", "a", "b");
    }),
  );

  test(
    "a path that leads out of the project is refused, also where a link leads out",
    { timeout: SLOW },
    () =>
      badDay("hostile-outside", FINE, async (day) => {
        const outside = join(day.root, "outside");
        mkdirSync(outside);
        writeFileSync(join(outside, "secret.env"), "STOLEN=yes\n");
        for (const path of [
          "../outside/secret.env",
          join(outside, "secret.env"),
          "a/../../outside/secret.env",
        ]) {
          day.write("agent.yaml", agentText("desk", ["command: [sleep, '1000']", `envFile: ["${path}"]`]));
          await refused(day, "outside");
        }
        symlinkSync(outside, day.path("inside"));
        day.write(
          "agent.yaml",
          agentText("desk", ["command: [sleep, '1000']", "envFile: [inside/secret.env]"]),
        );
        for (const args of ["plan", "apply --yes"]) {
          const told = await day.aac(args);
          expect(told.code).toBe(2);
          expect(told.out + told.err).not.toContain("STOLEN");
        }
        expect(day.processes()).toEqual([]);
      }),
  );

  test("a folder that became a link after the plan is not followed by the apply", { timeout: SLOW }, () =>
    badDay("hostile-swapped", FINE, async (day) => {
      const outside = join(day.root, "outside");
      mkdirSync(outside);
      writeFileSync(join(outside, "some.env"), "STOLEN=yes\n");
      day.write("agent.yaml", agentText("desk", ["command: [sleep, '1000']", "envFile: [box/some.env]"]));
      day.write("box/some.env", "KEPT=yes\n");
      await day.says("plan --out agents.plan", 0);
      renameSync(day.path("box"), join(day.root, "box"));
      symlinkSync(outside, day.path("box"));
      const told = await day.aac("apply agents.plan --yes");
      expect(told.code).not.toBe(0);
      expect(day.processes().some(({ environment }) => environment["STOLEN"] !== undefined)).toBe(false);
    }),
  );

  test("a line for a shell is no command unless it says that it is one", { timeout: SLOW }, () =>
    badDay("hostile-shell", FINE, async (day) => {
      day.write("agent.yaml", agentText("desk", [`command: "sleep 1000; touch ${day.path("canary")}"`]));
      await refused(day, "shell");
      day.write(
        "agent.yaml",
        agentText("desk", [
          `command: [sleep, "1000; touch ${day.path("canary")}", "$(touch ${day.path("canary")})"]`,
        ]),
      );
      await day.aac("apply --yes --timeout 5s");
      expect(readdirSync(day.folder)).not.toContain("canary");
    }),
  );
});
