import type { Code } from "../../model/codes.ts";
import { agent, type Page } from "./page.ts";

const address = (url: string): string =>
  agent("environment:", "  - name: SEARCH_ADDRESS", `    value: ${url}`);
const on = (settings: string, text: string): Readonly<Record<string, string>> => ({
  ".aac.yaml": `${settings}\n`,
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
    wrong: on("target: kubernetes", address("http://localhost:9200")),
    right: on("target: kubernetes", address("http://search:9200")),
  },
  AAC2302: {
    why: [
      "`localhost` in a container is the container itself, not the machine that it runs on.",
      "Write `host.docker.internal`, which leads to the machine, or a service that an agent offers.",
    ],
    wrong: on("target: docker", address("http://localhost:9200")),
    right: on("target: docker", address("http://host.docker.internal:9200")),
  },
} as const satisfies Readonly<Partial<Record<Code, Page>>>;
