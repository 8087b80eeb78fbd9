import { attempt, type Engine } from "../engine.ts";
import { request } from "../container/request.ts";

const PATIENCE_MS = 5000;

/**
 * Why an image that is not on the engine cannot be pulled; undefined where it can, or where nobody can tell. The engine
 * asks the registry, as it would for a pull.
 */
export async function whyNotPulled({ docker }: Engine, reference: string): Promise<string | undefined> {
  const asked = await attempt(() =>
    request(docker, {
      method: "GET",
      path: `/distribution/${reference}/json`,
      signal: AbortSignal.timeout(PATIENCE_MS),
    }),
  );
  if (asked.ok) return undefined;
  const { status, message, passing } = asked.error;
  // One that is slow may be there in time; and some engines, or what stands before them, do not have this question.
  const isUntold = status === undefined || passing || status === 405 || /page not found|<html/i.test(message);
  return isUntold ? undefined : message;
}
