import type { Code } from "../../model/codes.ts";
import { agent, type Page } from "./page.ts";

const port = "ports: [{container: 8080}]";

/** 20xx: one agent. */
export const oneAgent = {
  AAC2002: {
    why: [
      "The same port inside the agent is listed two times.",
      "A second `host` for it could not be told from the first.",
      "Keep one; for two ports outside, use two agents.",
    ],
    wrong: agent("ports:", "  - {container: 8080, host: 8080}", "  - {container: 8080, host: 9090}"),
    right: agent("ports:", "  - {container: 8080, host: 8080}"),
  },
  AAC2003: {
    why: [
      "The agent asks for more than it may ever use.",
      "No scheduler can promise more than it will allow.",
      "Lower the request, or raise the limit.",
    ],
    wrong: agent("resources:", "  requests: {memory: 2Gi}", "  limits: {memory: 1Gi}"),
    right: agent("resources:", "  requests: {memory: 1Gi}", "  limits: {memory: 2Gi}"),
  },
  AAC2004: {
    why: [
      "`scaling` and `autoscaling` both say how many replicas there are, and not the same.",
      "Nobody could tell which one holds.",
      "Keep the number in one of the two.",
    ],
    wrong: agent(
      "resources: {requests: {cpu: 500m}}",
      "scaling: {maxReplicas: 5}",
      "autoscaling: {maxReplicas: 8, targetCPUUtilizationPercentage: 70}",
    ),
    right: agent(
      "resources: {requests: {cpu: 500m}}",
      "autoscaling: {maxReplicas: 8, targetCPUUtilizationPercentage: 70}",
    ),
  },
  AAC2005: {
    why: [
      "The health check asks a port that the agent does not list under `ports`.",
      "The check could never succeed, and the agent would be restarted again and again.",
      "Check a port that is listed, or list this one.",
    ],
    wrong: agent(port, "healthCheck: {path: /health, port: 9090}"),
    right: agent(port, "healthCheck: {path: /health, port: 8080}"),
  },
  AAC2006: {
    why: [
      "A path is absolute, or has so many `..` that it leads out of the project.",
      "A file says what happens inside its own project; reaching further is for the project to allow.",
      "Move the file inside, or list its place under `allowPaths` in .aac.yaml.",
    ],
    wrong: agent("envFile: [../shared/settings.env]"),
    right: {
      ".aac.yaml": "allowPaths: [../shared]\n",
      "agent.yaml": agent("envFile: [../shared/settings.env]"),
    },
  },
  AAC2007: {
    why: ["The least is above the most, so no number fits.", "Swap the two, or raise the upper one."],
    wrong: agent(
      "resources: {requests: {cpu: 500m}}",
      "autoscaling: {minReplicas: 5, maxReplicas: 2, targetCPUUtilizationPercentage: 70}",
    ),
    right: agent(
      "resources: {requests: {cpu: 500m}}",
      "autoscaling: {minReplicas: 2, maxReplicas: 5, targetCPUUtilizationPercentage: 70}",
    ),
  },
  AAC2008: {
    why: [
      "The agent scales by a percentage, but of nothing: the share is counted from what it requests.",
      "Without a request it would never scale.",
      "Write `resources.requests`, or a fixed number of replicas.",
    ],
    wrong: agent("autoscaling: {maxReplicas: 5, targetCPUUtilizationPercentage: 70}"),
    right: agent(
      "resources: {requests: {cpu: 500m}}",
      "autoscaling: {maxReplicas: 5, targetCPUUtilizationPercentage: 70}",
    ),
  },
  AAC2010: {
    why: [
      "The amount has the right form, but cannot be held exactly: too fine, too large, or nothing at all.",
      "Processor time goes down to a thousandth of a core, memory to a whole byte.",
    ],
    wrong: agent('resources: {limits: {cpu: "0.0005"}}'),
    right: agent('resources: {limits: {cpu: "0.5"}}'),
  },
  AAC2011: {
    why: [
      "The parts of the duration are in the wrong order, too fine or longer than a year, or it is nothing where time is needed.",
      "Write the larger unit first: 1m30s. Units are ms, s, m, h and d.",
    ],
    wrong: agent(port, "healthCheck: {path: /health, interval: 30s1m}"),
    right: agent(port, "healthCheck: {path: /health, interval: 1m30s}"),
  },
  AAC2012: {
    why: [
      "One check may still be waiting for its answer when the next is due.",
      "The next waits for it, so checks come more seldom than the file says.",
      "Keep `timeout` at or below `interval`; unwritten they are 10s and 30s.",
    ],
    wrong: agent(port, "healthCheck: {path: /health, interval: 5s, timeout: 15s}"),
    right: agent(port, "healthCheck: {path: /health, interval: 15s, timeout: 5s}"),
  },
  AAC2013: {
    why: [
      "A command is a list of words; one text needs a shell to take it apart.",
      "No shell is used unless it is asked for, since quotes, `;` and `$` then mean something.",
      "Write the words as a list, or `shell: true` beside the text.",
    ],
    wrong: agent("command: python main.py --fast"),
    right: agent("command: [python, main.py, --fast]"),
  },
  AAC2014: {
    why: [
      "The mount gives the agent the machine itself: its root folder, its settings or the engine's socket.",
      "Whoever gets into the agent then owns the machine, even where the mount is read-only.",
      "Leave it out; where nothing else will do, name it under `security.dangerous`.",
    ],
    wrong: agent("volumes:", "  - source: /var/run/docker.sock", "    target: /var/run/docker.sock"),
    right: agent("volumes:", "  - source: ./settings", "    target: /settings", "    readOnly: true"),
  },
  AAC2015: {
    why: [
      "The setting takes down the wall between the agent and the machine.",
      "An agent that is led astray can then do whatever the machine can.",
      "Leave it out; where nothing else will do, name it under `security.dangerous`.",
    ],
    wrong: agent("network: {mode: host}"),
    right: agent(port),
  },
  AAC2016: {
    why: [
      "An argument or a variable is longer than 128 KiB, all together are above 2 MB, or one holds a NUL.",
      "The system would refuse to start the program, or cut the text short.",
      "Put long texts into a file or under `config`.",
    ],
    wrong: agent("environment:", "  - name: SEPARATOR", '    value: "a\\0b"'),
    right: agent("environment:", "  - name: SEPARATOR", '    value: "a,b"'),
  },
  AAC2017: {
    why: [
      "Two variables, secrets, services or mounts of one agent have the same name.",
      "Only one of them could reach the agent.",
      "Keep the one that is meant.",
    ],
    wrong: agent("environment:", "  - {name: REGION, value: eu}", "  - {name: REGION, value: us}"),
    right: agent("environment:", "  - {name: REGION, value: eu}"),
  },
  AAC2018: {
    why: [
      "The first wait before a restart is longer than the longest wait may be.",
      "Swap the two, or raise `max`; unwritten they are 1s and 60s.",
    ],
    wrong: agent("supervision:", "  backoff: {initial: 2m, max: 30s}"),
    right: agent("supervision:", "  backoff: {initial: 1s, max: 2m}"),
  },
  AAC2019: {
    why: [
      "The amount is allowed, but hardly what was meant: a few bytes of memory, or hundreds of cores.",
      "A unit is missing: without one, memory counts in bytes and cpu in whole cores.",
    ],
    wrong: agent("resources: {limits: {memory: 512}}"),
    right: agent("resources: {limits: {memory: 512Mi}}"),
  },
  AAC2020: {
    why: [
      "The health check does not say what to ask: a command, a file or a port is missing.",
      "An http or tcp check takes the agent's first tcp port unless it names one.",
      "Write what the message names.",
    ],
    wrong: agent("healthCheck: {type: command, interval: 30s}"),
    right: agent("healthCheck: {command: [python, check.py], interval: 30s}"),
  },
  AAC2022: {
    why: [
      "An update may neither start a replica more nor stop one, so it would wait for ever.",
      "Allow one of the two: `maxSurge: 1` or `maxUnavailable: 1`.",
    ],
    wrong: agent("update: {maxSurge: 0, maxUnavailable: 0}"),
    right: agent("update: {maxSurge: 1, maxUnavailable: 0}"),
  },
  AAC2023: {
    why: [
      "`overrides` names a target that does not exist.",
      "What stands below it would never be used.",
      "Check the spelling.",
    ],
    wrong: agent("overrides:", "  kubernets:", "    - {kind: Deployment, patch: {spec: {paused: true}}}"),
    right: agent("overrides:", "  kubernetes:", "    - {kind: Deployment, patch: {spec: {paused: true}}}"),
  },
  AAC2024: {
    why: [
      "One capability of the system is taken away and given in the same place.",
      "What is added wins, which a reader of `drop` would not expect.",
      "Leave it out of one of the two lists.",
    ],
    wrong: agent("security:", "  capabilities: {drop: [NET_RAW], add: [NET_RAW]}"),
    right: agent("security:", "  capabilities: {drop: [NET_RAW]}"),
  },
  AAC2025: {
    why: [
      "The volume says where it is mounted, but not what.",
      "Write `source`: a name for a volume, or a path from this file for a bind.",
    ],
    wrong: agent("volumes:", "  - {target: /data, type: volume}"),
    right: agent("volumes:", "  - {source: library, target: /data, type: volume}"),
  },
  AAC2026: {
    why: [
      "The mount holds the keys of a person or of a service account.",
      "An agent that reads them can act as that person, everywhere they may.",
      "Give it a secret of its own, which can be taken back alone.",
    ],
    wrong: agent("volumes:", "  - {source: ~/.aws, target: /root/.aws}"),
    right: agent("environment:", "  - {name: AWS_SECRET_ACCESS_KEY, from: secret}"),
  },
} as const satisfies Readonly<Partial<Record<Code, Page>>>;
