import type { Code } from "../../model/codes.ts";
import { agent, type Page } from "./page.ts";

const address = (url: string): string =>
  agent("environment:", "  - name: SEARCH_ADDRESS", `    value: ${url}`);
const on = (target: string, text: string): Readonly<Record<string, string>> => ({
  ".aac.yaml": `target: ${target}\n`,
  "agent.yaml": text,
});

/** 23xx: what holds on one target. */
export const targets = {
  AAC2301: {
    why: [
      "`localhost` in a pod is the pod itself: neither the cluster's machine nor yours.",
      "Nothing would answer there.",
      "Write the name of a Service, or use a service that an agent offers: `from: service`.",
    ],
    wrong: on("kubernetes", address("http://localhost:9200")),
    right: on("kubernetes", address("http://search:9200")),
  },
  AAC2302: {
    why: [
      "`localhost` in a container is the container itself, not the machine that it runs on.",
      "Write `host.docker.internal`, which leads to the machine, or a service that an agent offers.",
    ],
    wrong: on("docker", address("http://localhost:9200")),
    right: on("docker", address("http://host.docker.internal:9200")),
  },
} as const satisfies Readonly<Partial<Record<Code, Page>>>;
