/** Milliseconds of a clock that only goes forward. The global `performance` would load a module for the same. */
export function now(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}
