import { appendFileSync } from "node:fs";

/** How often a random test is tried: a few times with all tests, often when its figure is asked for. */
export const rounds = (few: number): number => Number(process.env["FIGURE_ROUNDS"] ?? few);

/** Printed by each test that uses it, so that a failure can be had again. */
export const seed = (): number => Number(process.env["FIGURE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

/** Numbers from 0 to 1 that are the same for the same seed. */
export function chances(from: number): () => number {
  let state = from >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One figure: on the screen, and in the file that `npm run figures` reads. */
export function figure(name: string, value: string, from: number): void {
  process.stdout.write(`figure ${name}: ${value} (seed ${from})\n`);
  const file = process.env["FIGURE_OUT"];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ name, value, seed: from })}\n`);
}
