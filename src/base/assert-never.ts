/** Closes a switch over a union: a new case stops the build at every place that must word it. */
export function assertNever(value: never): never {
  throw new Error(`unhandled case ${JSON.stringify(value)}`);
}
