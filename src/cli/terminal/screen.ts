import type { Screen } from "../table.ts";

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
  const colour = colourOf(environment, terminal, ci, color);
  return {
    terminal,
    ci,
    width: wide > 0 ? wide : 100,
    colour,
    // Whoever wants no colour wants no escape bytes at all.
    links: colour && linksIn(environment, terminal && !ci),
  };
}

const KNOWN = new Set(["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "rio", "Tabby"]);

/** A terminal that does not know links may show their bytes: only those that are known to know them get any. */
function linksIn(environment: Environment, terminal: boolean): boolean {
  const forced = environment["FORCE_HYPERLINK"];
  if (forced !== undefined) return isSet(forced);
  // What stands between us and the terminal may not pass them on.
  if (!terminal || environment["TERM"] === "dumb" || isSet(environment["TMUX"]) || isSet(environment["STY"]))
    return false;
  return (
    KNOWN.has(environment["TERM_PROGRAM"] ?? "") ||
    Number(environment["VTE_VERSION"] ?? 0) >= 5000 ||
    ["WT_SESSION", "KITTY_WINDOW_ID", "KONSOLE_VERSION"].some((name) => isSet(environment[name])) ||
    /^(?:xterm-kitty|alacritty|foot|contour)/.test(environment["TERM"] ?? "")
  );
}

function colourOf(environment: Environment, terminal: boolean, ci: boolean, color: unknown): boolean {
  if (color === "always") return true;
  if (color === "never" || color === false) return false;
  const forced = environment["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  if (environment["NO_COLOR"] !== undefined && environment["NO_COLOR"] !== "") return false;
  return terminal && environment["TERM"] !== "dumb" && !ci;
}
