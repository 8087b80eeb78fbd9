import type { Code } from "../../model/codes.ts";
import { agent, named, type Page } from "./page.ts";

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
  AAC2303: {
    why: [
      "The field is part of the format, but this target does not carry it out yet.",
      "It is refused instead of ignored: an agent that runs without it would not be what its file says.",
    ],
    wrong: on("target: local-process", agent("scaling: {replicas: 3}")),
    right: on("target: local-process", agent("scaling: {replicas: 1}")),
  },
  AAC2304: {
    why: [
      "The field means nothing on this target; on others it does.",
      "It is left alone, and said once so that nobody counts on it.",
    ],
    wrong: on("target: local-process", agent("imagePullSecrets: [registry]")),
    right: on("target: local-process", agent("priority: low")),
  },
  AAC2305: {
    why: [
      "A process of this machine needs a program; an image can only be run by an engine.",
      "Add `runtime` or `command`, or apply with -t docker.",
    ],
    wrong: on("target: local-process", named("writer", "image: writer:1.0.0")),
    right: on("target: local-process", named("writer", "image: writer:1.0.0", "command: [sleep, inf]")),
  },
  AAC2306: {
    why: [
      "This target has no way to carry the field out, and an agent without it would not be what its file says.",
      "The message names a way out.",
    ],
    wrong: on("target: local-process", agent("network: {mode: none}")),
    right: on("target: local-process", agent("network: {mode: bridge}")),
  },
} as const satisfies Readonly<Partial<Record<Code, Page>>>;
