import type { Row } from "./page.ts";

/** What holds for all commands, and stands in no table of theirs. */

export const EXIT_CODES: readonly Row[] = [
  ["0", "done, or there was nothing to do"],
  [
    "1",
    "it failed, was declined, or a check before an apply failed; with `fmt --check`, `status --exit-code`, `drift --exit-code`, `plan --expect-no-changes` and `validate --fail-on`: there is something",
  ],
  [
    "2",
    "a file or a flag is wrong; with `plan --detailed-exitcode`: something would change, and what is wrong ends with 1",
  ],
  ["3", "the world moved since the plan was made"],
  ["4", "an apply failed, and was rolled back: everything is as it was before"],
  ["5", "somebody else is applying"],
  ["6", "an apply failed, and not all of it could be rolled back: its report says what"],
  ["7", "with `--no-rollback`: an agent did not become ready"],
  [
    "125 to 127",
    "`aac exec` could not reach the agent (125), its command may not be executed (126) or is not there (127); else it ends as its command does",
  ],
  ["130, 143", "interrupted by Ctrl-C, or by a signal to end"],
];

export const VARIABLES: readonly Row[] = [
  ["AAC_TARGET", "where agents live, where neither `-t` nor .aac.yaml says it"],
  [
    "AAC_PAGER, PAGER",
    "what shows long texts in a terminal, the first before the second; `less -FRX` without them, none where it is empty or `cat`",
  ],
  ["AAC_ACCESSIBLE", "set to 1: plain lines from top to bottom, for a screen reader"],
  [
    "AAC_EDITOR_URL",
    "where a place of a file leads in a terminal that knows links, such as `vscode://file{path}:{line}:{column}`; FORCE_HYPERLINK says whether it knows them",
  ],
  ["VISUAL, EDITOR", "what `e` opens in a review, the first before the second"],
  ["NO_COLOR, FORCE_COLOR", "no colours, or colours also where no terminal is"],
  ["CI", "set: no question is asked, and nothing is paged"],
  ["DOCKER_HOST, DOCKER_CONTEXT", "which engine the target docker speaks with"],
  ["KUBECONFIG", "clusters and who you are there, where `--kubeconfig` does not say it"],
  ["XDG_STATE_HOME", "state and logs, in `aac/PROJECT/TARGET` below it; ~/.local/state without it"],
  ["XDG_CACHE_HOME", "environments and builds; ~/.cache without it"],
  ["XDG_RUNTIME_DIR", "the socket of the supervisor"],
];

export const FILES: readonly Row[] = [
  ["agent.yaml", "one agent; also `agent.yml`, and files that end in `.agent.yaml`"],
  [".aac.yaml", "what a project says of itself: its name, where its files are, environments, rules"],
  [".aac/secrets", "values of secrets, where they are kept beside the project; never in a repository"],
];
