import { type Diagnostic, diagnostic } from "../../../src/model/diagnostic.ts";
import type { Failed } from "../client.ts";
import { unreachable } from "../endpoint.ts";
import type { Engine } from "../engine.ts";

/** What an engine refuses in the midst of a verb, or that it does not answer any more. */
export function faultOf({ where }: Pick<Engine, "where">, what: string, failed: Failed): Diagnostic {
  const { message, status } = failed;
  if (status === undefined)
    return unreachable(`the docker engine at ${where} does not answer: ${message}`, [
      "start it, or name another with DOCKER_HOST or `docker context use NAME`",
    ]);
  return diagnostic("AAC4014", undefined, `${what}: ${message}`);
}
