/**
 * Every code there is, with the level it has unless a project sets another, and what it says in a few words.
 * Closed: a code that is not here does not compile, and `aac explain` has a page for each (a test knows both).
 */
export const CODES = {
  // 10xx: the text of a file and its shape
  AAC1001: ["error", "not valid YAML"],
  AAC1002: ["error", "key written twice"],
  AAC1003: ["error", "required key missing"],
  AAC1004: ["error", "unknown key"],
  AAC1005: ["error", "wrong type"],
  AAC1006: ["error", "not one of the allowed values"],
  AAC1007: ["error", "wrong form"],
  AAC1008: ["error", "number out of range"],
  AAC1009: ["error", "list too short or too long"],
  AAC1010: ["error", "file cannot be read"],
  AAC1011: ["error", "not UTF-8 text"],
  AAC1012: ["error", "file too large"],
  AAC1013: ["error", "nested too deep"],
  AAC1014: ["error", "aliases expand too far"],
  AAC1015: ["error", "forbidden key"],
  AAC1016: ["error", "YAML tag"],
  AAC1017: ["error", "YAML version directive"],
  AAC1018: ["error", "empty document"],
  AAC1019: ["error", "key is not text"],
  AAC1020: ["error", "invisible characters"],
  AAC1021: ["error", "two agent files in one folder"],
  AAC1022: ["error", "no agent found"],
  AAC1023: ["error", "too many agents"],
  AAC1024: ["error", "merge of something that is no map"],
  AAC1025: ["error", "unknown rule in .aac.yaml"],
  AAC1031: ["error", "kind must be 'Agent'"],
  AAC1032: ["error", "nothing to run"],
  AAC1042: ["error", "YAML read another type than was meant"],
  AAC1051: ["error", "malformed substitution"],
  AAC1052: ["warning", "variable is not set"],
  AAC1053: ["error", "required variable is not set"],
  AAC1054: ["error", "unknown profile"],
  AAC1055: ["error", "malformed env file"],
  AAC1060: ["error", "more problems than are shown"],
  // 11xx: other spellings
  AAC1101: ["warning", "another spelling"],
  AAC1102: ["warning", "block that no tool carries out"],
  AAC1103: ["error", "the same thing written twice"],
  AAC1104: ["error", "short form that cannot be read"],
  // 12xx: what YAML makes of values
  AAC1201: ["warning", "text that other YAML readers change"],
  // 20xx: one agent
  AAC2002: ["error", "container port used twice"],
  AAC2003: ["error", "request above its limit"],
  AAC2004: ["error", "scaling and autoscaling disagree"],
  AAC2005: ["error", "health check of a port that is not exposed"],
  AAC2006: ["error", "path leaves the project"],
  AAC2007: ["error", "fewest replicas above most"],
  AAC2008: ["error", "utilisation without a request"],
  AAC2010: ["error", "not an amount"],
  AAC2011: ["error", "not a duration"],
  AAC2012: ["warning", "probe takes longer than its interval"],
  AAC2013: ["error", "shell string without a shell"],
  AAC2014: ["error", "dangerous mount"],
  AAC2015: ["error", "dangerous privilege"],
  AAC2016: ["error", "argument or variable too large"],
  AAC2017: ["error", "name used twice"],
  AAC2018: ["error", "first back-off above the longest"],
  AAC2019: ["warning", "amount that is hardly meant"],
  AAC2020: ["error", "health check of nothing"],
  AAC2022: ["error", "update that can never move"],
  AAC2023: ["error", "override for an unknown target"],
  AAC2024: ["warning", "capability both dropped and added"],
  AAC2025: ["error", "volume without a source"],
  AAC2026: ["warning", "mount of a service account or home folder"],
  // 21xx: agents together
  AAC2001: ["error", "host port used twice"],
  AAC2101: ["error", "agent name used twice"],
  AAC2102: ["error", "waits for an agent that is not there"],
  AAC2103: ["error", "agents wait for each other"],
  AAC2105: ["warning", "service that nobody offers"],
  AAC2106: ["warning", "waits for the health of an agent without a check"],
  AAC2107: ["error", "waits for the end of an agent that never ends"],
  AAC2108: ["error", "service offered twice"],
  // 22xx: secrets and references
  AAC2201: ["error", "secret in the file"],
  AAC2202: ["warning", "placeholder where a secret belongs"],
  AAC2203: ["error", "secret where everybody can read it"],
  AAC2204: ["error", "reference to a config key that is not there"],
  AAC2206: ["error", "service format with an unknown part"],
  // 23xx: what holds on one target
  AAC2301: ["error", "loopback address out of reach"],
  AAC2302: ["warning", "loopback address of the container"],
  // 24xx: advice
  AAC2401: ["info", "no limits"],
  AAC2402: ["info", "no health check"],
  AAC2403: ["info", "runs as root"],
  AAC2404: ["info", "image tag that moves"],
  AAC2405: ["info", "dependency without a version"],
  AAC2406: ["info", "log file that nothing rotates"],
  AAC2407: ["warning", "model setting out of its range"],
  AAC2408: ["info", "curl health check"],
  AAC2409: ["warning", "open to the network"],
  AAC2411: ["warning", "version of another package manager"],
  AAC2410: ["info", "image without a digest in production"],
  // 30xx and up: plan, apply, the command line
  AAC9001: ["error", "command that is not built yet"],
} as const satisfies Record<string, readonly [Level, string]>;

export type Level = "error" | "warning" | "info";
export type Code = keyof typeof CODES;

export function isCode(text: string): text is Code {
  return Object.hasOwn(CODES, text);
}
