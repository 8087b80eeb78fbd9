import { expect, test } from "vitest";
import { firstFrames } from "./screen.ts";

test("the first frame of a review of 100 objects costs at most the same in lines and Ink with one box, with 1.5 times slack for a busy machine", async () => {
  const { review, plain, floor } = await firstFrames(100, 3);
  const ratio = review / (plain + floor);
  process.stdout.write(
    `review ${review.toFixed(0)} ms, lines ${plain.toFixed(0)} ms, floor-ink ${floor.toFixed(0)} ms: ${ratio.toFixed(2)}\n`,
  );
  expect(ratio).toBeLessThanOrEqual(1.5);
}, 120_000);
