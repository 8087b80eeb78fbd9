import { expect, test } from "vitest";
import { clock } from "../../src/system/clock.ts";
import { host } from "../../src/system/host.ts";
import { system } from "../../src/system/system.ts";

test("the clock only goes forward, and its wall time is UTC", () => {
  const seen = Array.from({ length: 1000 }, () => clock.now());
  expect(seen.toSorted((a, b) => a - b)).toEqual(seen);
  expect(clock.wall()).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

test("what is due earlier runs earlier, and what was called off does not run", async () => {
  const ran: string[] = [];
  await new Promise<void>((resolve) => {
    clock.after(40, () => {
      ran.push("late");
      resolve();
    });
    clock.after(20, () => ran.push("called off"))();
    // Longer than a timer of Node can be: it must not run at once.
    const off = clock.after(2 ** 40, () => ran.push("far"));
    clock.after(1, () => {
      ran.push("early");
    });
    clock.after(39, off);
  });
  expect(ran).toEqual(["early", "late"]);
});

test("the host has a boot of its own, and this process", () => {
  expect(host.bootId).toMatch(/\S/);
  expect(host.bootId).toBe(host.bootId.trim());
  expect(host.pid).toBe(process.pid);
  expect(host.user).not.toBe("");
  expect(system.host).toBe(host);
});
