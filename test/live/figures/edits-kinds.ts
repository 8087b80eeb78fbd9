import type { AgentSaid, Check } from "./edits-file.ts";
import { pick } from "./edits-file.ts";

type Chance = () => number;
type All = readonly AgentSaid[];

/** One edit of what files say; undefined where there is nothing to edit in that way. */
type Edit = (agent: AgentSaid, chance: Chance, all: All) => AgentSaid | undefined;

const between = (low: number, high: number, chance: Chance): number =>
  low + Math.floor(chance() * (high - low + 1));

/** Another one than before, so that an edit is one. */
function other(now: number | undefined, low: number, high: number, chance: Chance): number {
  const next = between(low, high, chance);
  return next !== now ? next : next === high ? low : next + 1;
}

type Texts = Readonly<Record<string, string>>;
const WORDS = ["rain", "sleet", "1.10", "true", "", "a b", "it's", 'a "b"', "ünï ☂", "x=y", "#no", "- so"];
const NAMES = ["V_ONE", "V_TWO", "V_THREE"];

function anotherWord(now: string | undefined, chance: Chance): string {
  const word = pick(WORDS, chance);
  return word === now ? `${word}!` : word;
}

const without = <T>(map: Readonly<Record<string, T>>, name: string): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(map).filter(([one]) => one !== name));

/** Words that a label may be. */
const MARKS = ["attic", "desk", "cellar", "1", "a-b"];

const marked = (map: Texts, names: readonly string[], chance: Chance): Texts => {
  const name = pick(names, chance);
  if (map[name] !== undefined && chance() < 0.3) return without(map, name);
  const next = pick(
    MARKS.filter((one) => one !== map[name]),
    chance,
  );
  return { ...map, [name]: next };
};

const checked = (change: (check: Check, chance: Chance) => Partial<Check>): Edit => {
  return (agent, chance) =>
    agent.check === undefined
      ? undefined
      : { ...agent, check: { ...agent.check, ...change(agent.check, chance) } };
};

/** A limit that is there is another one or gone; one that is not there comes. */
const limited =
  (name: "memory" | "cpu" | "pids" | "files", low: number, high: number): Edit =>
  (agent, chance) => {
    const { [name]: now, ...rest } = agent;
    if (now !== undefined && chance() < 0.15) return rest;
    return { ...agent, [name]: other(now, low, high, chance) };
  };

export const EDITS: Readonly<Record<string, Edit>> = {
  "a variable is new": (agent, chance) => {
    const free = NAMES.filter((name) => agent.variables[name] === undefined);
    if (free.length === 0) return undefined;
    return { ...agent, variables: { ...agent.variables, [pick(free, chance)]: pick(WORDS, chance) } };
  },
  "a variable has another value": (agent, chance) => {
    const names = Object.keys(agent.variables);
    if (names.length === 0) return undefined;
    const name = pick(names, chance);
    const value = anotherWord(agent.variables[name], chance);
    return { ...agent, variables: { ...agent.variables, [name]: value } };
  },
  "a variable is gone": (agent, chance) => {
    const names = Object.keys(agent.variables);
    return names.length === 0
      ? undefined
      : { ...agent, variables: without(agent.variables, pick(names, chance)) };
  },
  "another argument": (agent, chance) => {
    const [first = "0", ...rest] = agent.args;
    return { ...agent, args: [String(other(Number(first), 1000, 1999, chance)), ...rest] };
  },
  "more or fewer arguments": (agent) => ({
    ...agent,
    args: agent.args.length > 1 ? agent.args.slice(0, 1) : [...agent.args, "7"],
  }),
  // Amounts of which no thousandth and no Gi can be made, so that a text of them is what it is.
  "a limit of memory": limited("memory", 24, 90),
  "a limit of cpu": limited("cpu", 101, 909),
  // A cluster sets aside as much as it is, for old and new pods at once.
  "a small limit of cpu": limited("cpu", 31, 79),
  "a limit of processes": limited("pids", 20, 90),
  "a limit of open files": limited("files", 256, 1024),
  "a label": (agent, chance) => ({ ...agent, labels: marked(agent.labels, ["team", "floor"], chance) }),
  "an annotation": (agent, chance) => ({
    ...agent,
    annotations: marked(agent.annotations, ["note", "seen-by"], chance),
  }),
  "a check's interval": checked(({ interval }, chance) => ({ interval: other(interval, 1, 3, chance) })),
  "a check's timeout": checked(({ timeout }, chance) => ({ timeout: other(timeout, 61, 95, chance) })),
  "a check's retries": checked(({ retries }, chance) => ({ retries: other(retries, 2, 9, chance) })),
  "a check's first time": checked(({ startPeriod }, chance) => ({
    startPeriod: other(startPeriod, 5, 9, chance),
  })),
  "a check comes or goes": ({ check, ...agent }, chance) =>
    check !== undefined && chance() < 0.6
      ? agent
      : { ...agent, check: { interval: 1, timeout: 61, retries: 3, startPeriod: between(5, 9, chance) } },
  "a value of the configuration": (agent, chance) => {
    if (agent.config === undefined) return undefined;
    const size = agent.config["size"];
    const next = other(typeof size === "number" ? size : undefined, 1, 9, chance);
    return { ...agent, config: { ...agent.config, size: next } };
  },
  "an item of the configuration": (agent, chance) => {
    if (agent.config === undefined) return undefined;
    const { topics } = agent.config;
    const [first = ""] = Array.isArray(topics) ? topics : [];
    const word = anotherWord(typeof first === "string" ? first : undefined, chance);
    return { ...agent, config: { ...agent.config, topics: [word, "fog"] } };
  },
  "a key of the configuration": (agent) => {
    if (agent.config === undefined) return undefined;
    const { deep, ...rest } = agent.config;
    return { ...agent, config: deep === undefined ? { ...rest, deep: { x: 1, y: [2] } } : rest };
  },
  "a configuration comes": (agent) =>
    agent.config === undefined ? { ...agent, config: { topics: ["rain", "fog"], size: 1 } } : undefined,
  "a configuration goes": ({ config, ...agent }) => (config === undefined ? undefined : agent),
  "a port": (agent, chance) =>
    agent.port === undefined ? undefined : { ...agent, port: otherPort(agent.port, chance) },
  "a port inside": (agent) =>
    agent.inside === undefined ? undefined : { ...agent, inside: agent.inside === 8080 ? 8081 : 8080 },
  "a port inside comes or goes": ({ inside, ...agent }) =>
    inside === undefined ? { ...agent, inside: 8080 } : agent,
  "a log level": (agent, chance) => {
    const levels = ["debug", "info", "error"].filter((one) => one !== agent.level);
    return { ...agent, level: pick(levels, chance) };
  },
  "how many logs": (agent, chance) => ({ ...agent, maxFiles: other(agent.maxFiles, 2, 6, chance) }),
  "whom it needs": (agent, _, all) => {
    const [first] = all;
    if (first === undefined || first.name === agent.name) return undefined;
    const { dependsOn } = agent;
    return {
      ...agent,
      dependsOn: dependsOn[first.name] === undefined ? { ...dependsOn, [first.name]: false } : {},
    };
  },
  "whom it follows": (agent) => {
    const [one] = Object.entries(agent.dependsOn);
    return one === undefined ? undefined : { ...agent, dependsOn: { [one[0]]: !one[1] } };
  },
  "a restart policy": (agent, chance) => ({
    ...agent,
    restart: pick(
      ["always", "unless-stopped"].filter((one) => one !== agent.restart),
      chance,
    ),
  }),
  "a grace": (agent, chance) => ({ ...agent, grace: other(agent.grace, 1, 3, chance) }),
  "a breaker": (agent, chance) => ({ ...agent, breaker: other(agent.breaker, 5, 9, chance) }),
  "a priority": (agent, chance) => ({ ...agent, priority: other(agent.priority, -9, -1, chance) }),
  replicas: (agent) => ({ ...agent, replicas: 3 - agent.replicas }),
  "a file of the code": (agent, chance) => {
    const names = Object.keys(agent.code);
    const name = pick(names.length < 2 ? ["notes.txt", "deep/more.txt"] : names, chance);
    if (agent.code[name] !== undefined && chance() < 0.3)
      return { ...agent, code: without(agent.code, name) };
    return { ...agent, code: { ...agent.code, [name]: `page ${other(undefined, 1, 99_999, chance)}\n` } };
  },
};

/** Each agent has ten of its own. */
function otherPort(port: number, chance: Chance): number {
  const first = port - (port % 10);
  return first + other(port % 10, 0, 9, chance);
}
