import type { Screen } from "./table.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const isSet = (value: string | undefined): boolean =>
  value !== undefined && value !== "" && value !== "0" && value !== "false";

/** What the output may look like: the flag beats the variables, FORCE_COLOR beats NO_COLOR as in Node itself. */
export function screenOf(
  environment: Environment,
  stream: { isTTY?: boolean; columns?: number },
  color: unknown,
): Screen {
  const terminal = stream.isTTY === true;
  const ci =
    isSet(environment["CI"]) || isSet(environment["GITHUB_ACTIONS"]) || isSet(environment["GITLAB_CI"]);
  const wide = terminal ? (stream.columns ?? 0) : 0;
  return { terminal, ci, width: wide > 0 ? wide : 100, colour: colourOf(environment, terminal, ci, color) };
}

function colourOf(environment: Environment, terminal: boolean, ci: boolean, color: unknown): boolean {
  if (color === "always") return true;
  if (color === "never" || color === false) return false;
  const forced = environment["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  if (environment["NO_COLOR"] !== undefined && environment["NO_COLOR"] !== "") return false;
  return terminal && environment["TERM"] !== "dumb" && !ci;
}
