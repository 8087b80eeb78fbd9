/** Appends numbered lines to a file, one write a line, as an agent does that was given the file as its output. */
import { openSync, writeSync } from "node:fs";

const [path = "", count = "0", burst = "0"] = process.argv.slice(2);
const file = openSync(path, "a", 0o600);
const nap = new Int32Array(new SharedArrayBuffer(4));
for (let number = 0; number < Number(count); number++) {
  writeSync(file, `${number} ${"x".repeat(number % 97)}\n`);
  if (Number(burst) > 0 && number % Number(burst) === 0) Atomics.wait(nap, 0, 0, 5);
}
