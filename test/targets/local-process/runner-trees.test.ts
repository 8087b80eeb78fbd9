import { figure } from "../../helpers/figure.ts";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { system } from "../../../src/system/system.ts";
import { until } from "../../helpers/until.ts";
import { chargeOf, type TestPlace, testPlace, waysHere } from "./runner-place.ts";

const WAYS = await waysHere();
const ROUNDS = Number(process.env["FIGURE_ROUNDS"] ?? 10);
const SEED = Number(process.env["FIGURE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
/** How processes of a tree are counted here: not by what the runner looks for. */
const NAME = "HOSTILE_TREE";
const opened: TestPlace[] = [];

afterEach(async () => {
  for (const place of opened.splice(0)) await place.close();
});

interface Node {
  readonly deaf: boolean;
  /** Ends as soon as its children are there. */
  readonly leaves: boolean;
  readonly born: "plain" | "session" | "twice" | "session twice" | "unmarked";
  readonly children: readonly Node[];
}

/** A small generator with a seed, so that a tree that survives can be made again. */
function dice(seed: number): (sides: number) => number {
  let state = seed >>> 0;
  return (sides) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

/** `hides`: some throw the marker away as well, which only the kernel's own sets can follow. */
function hostile(roll: (sides: number) => number, hides: boolean, depth = 0): Node {
  const births = [
    "plain",
    "session",
    "twice",
    "session twice",
    ...(hides ? (["unmarked"] as const) : []),
  ] as const;
  const count = depth >= 5 ? 0 : depth === 0 ? 2 : roll(3);
  return {
    deaf: roll(3) > 0,
    // The first one stays: with its end some platforms end the rest at once.
    leaves: depth > 0 && roll(3) === 0,
    born: births[roll(births.length)] ?? "plain",
    children: Array.from({ length: count }, () => hostile(roll, hides, depth + 1)),
  };
}

/** One script a node; each tells that it was there by a file of its own. Comes back: how many there are. */
function write(folder: string, node: Node, name: string): number {
  const lines = ["#!/bin/sh"];
  if (node.deaf) lines.push("trap '' TERM INT HUP");
  let total = 1;
  for (const [index, child] of node.children.entries()) {
    const file = `${name}.${index}`;
    total += write(folder, child, file);
    const run = `/bin/sh ${join(folder, file)}`;
    if (child.born === "plain") lines.push(`${run} &`);
    if (child.born === "session") lines.push(`/usr/bin/setsid ${run} &`);
    if (child.born === "twice") lines.push(`(${run} &)`);
    if (child.born === "unmarked") lines.push(`(/usr/bin/env -i /usr/bin/setsid ${run} &)`);
    if (child.born === "session twice") lines.push(`(/usr/bin/setsid ${run} &)`);
  }
  lines.push(`: > ${join(folder, "seen", name)}`);
  lines.push(node.leaves ? "exit 0" : "while :; do /bin/sleep 5; done");
  writeFileSync(join(folder, name), `${lines.join("\n")}\n`);
  return total;
}

const alive = (id: string, folder: string): readonly number[] =>
  system.processes
    .list()
    .filter((one) => !one.zombie && !one.argv.includes("aac-shim"))
    .filter((one) => one.environment?.[NAME] === id || one.argv.some((word) => word.startsWith(folder)))
    .map(({ pid }) => pid);

describe.each(["cgroup", "namespace", "group"] as const)("hostile trees held by %s", (tree) => {
  const missing = !WAYS.includes(tree);
  const why = missing ? ` (skipped: this machine has no ${tree} of ours)` : "";

  test.skipIf(missing)(
    `die whole: double forks, own sessions, deaf to TERM; ${ROUNDS} trees of seed ${SEED}${why}`,
    { timeout: 20_000 + ROUNDS * 5000 },
    async () => {
      let survivors = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const place = testPlace(tree);
        opened.push(place);
        const folder = join(place.folder, "tree");
        mkdirSync(join(folder, "seen"), { recursive: true });
        const total = write(folder, hostile(dice(SEED + round), tree !== "group"), "n");
        const id = `${process.pid}-${tree}-${round}`;
        const charge = chargeOf(["/bin/sh", join(folder, "n")]);
        const run = await place.start(charge, { [NAME]: id });
        await until(
          `all ${total} of tree ${SEED + round} are there`,
          () => readdirSync(join(folder, "seen")).length === total,
        );
        expect(alive(id, folder).length, "a tree that is not there proves nothing").toBeGreaterThan(0);
        place.runner.signal(charge, run, "SIGTERM");
        expect(await place.runner.kill(charge, run), `tree ${SEED + round}`).toEqual([]);
        // With the first of a namespace the kernel takes all others: what it is just at is no survivor.
        await until("the kernel is done", () => alive(id, folder).length === 0, 1000).catch(() => undefined);
        const left = alive(id, folder);
        survivors += left.length;
        for (const pid of left) process.kill(pid, "SIGKILL");
      }
      expect(survivors, `of seed ${SEED}`).toBe(0);
      figure("trees", `${ROUNDS} hostile trees held by ${tree}: ${survivors} survivors`, SEED);
    },
  );
});
