import type { Docker } from "./client.ts";
import { err, ok, type Result } from "../../src/base/result.ts";
import type { System } from "../../src/model/system.ts";
import type { Failure, Place } from "../../src/model/target.ts";
import { type Failed, failureOf } from "./client.ts";

/** An engine that answers, and whose objects are meant. */
export interface Engine {
  readonly docker: Docker;
  readonly where: string;
  readonly isLocal: boolean;
  readonly system: System;
  readonly place: Place;
}

/** What an engine refuses, or cannot be asked, as a value. Anything else that is thrown is a bug of ours. */
export async function attempt<T>(run: () => Promise<T>): Promise<Result<T, Failed>> {
  try {
    return ok(await run());
  } catch (error) {
    if (!isOfTheEngine(error)) throw error;
    return err(failureOf(error));
  }
}

function isOfTheEngine(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("statusCode" in error && typeof error.statusCode === "number") return true;
  // Of the connection, in the words of the system; ours would begin with ERR_.
  return "code" in error && typeof error.code === "string" && !error.code.startsWith("ERR_INVALID");
}

/** The same for what may be gone, or done already, by the time it is asked for. */
export async function unless<T>(
  status: number,
  run: () => Promise<T>,
): Promise<Result<T | undefined, Failed>> {
  const done = await attempt(run);
  return !done.ok && done.error.status === status ? ok(undefined) : done;
}

export const failure = (message: string, lines: readonly string[] = []): Failure => ({
  message,
  lines,
  passing: false,
});

/** As a step fails. */
export const asFailure = ({ message, passing }: Failed, before = ""): Failure => ({
  message: `${before}${message}`,
  lines: [],
  passing,
});

const AT_ONCE = 16;

/** In the order in which they were given; only so many at once, so that an engine is not run over. */
export async function bounded<T, R>(
  items: readonly T[],
  run: (item: T) => Promise<R>,
  atOnce = AT_ONCE,
): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) {
      const item = items[i];
      if (item !== undefined) results[i] = await run(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  return results;
}
