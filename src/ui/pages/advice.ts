import type { Code } from "../../model/codes.ts";
import { agent, named, type Page } from "./page.ts";

const port = "ports: [{container: 8080}]";
const model = (config: string): string =>
  agent("model:", "  provider: openai", "  name: gpt-4o", `  config: {${config}}`);
const live = (image: string): Readonly<Record<string, string>> => ({
  ".aac.yaml": "environments:\n  live: {production: true}\n",
  "agent.yaml": named("writer", `image: ${image}`),
});

/** 24xx: advice. */
export const advice = {
  AAC2401: {
    why: [
      "The agent may use all processor time or all memory of its machine.",
      "One that runs wild then starves all others there.",
      "Write limits a little above what it needs on a busy day.",
    ],
    wrong: agent(),
    right: agent("resources:", '  limits: {cpu: "1", memory: 512Mi}'),
  },
  AAC2402: {
    why: [
      "Nothing asks whether the agent works.",
      "It counts as ready as soon as it runs, and may hang without anybody noticing.",
      "Write a check of type http, tcp, command or file.",
    ],
    wrong: agent(port),
    right: agent(port, "healthCheck: {path: /health}"),
  },
  AAC2403: {
    why: [
      "The agent runs as root.",
      "A fault in it, or in what it is led to do, then reaches further than it has to.",
      "Write a user of its own, such as 1000; where it has to be root, say `security.dangerous: [root]`.",
    ],
    wrong: agent("security: {runAsUser: 0}"),
    right: agent("security: {runAsUser: 1000}"),
  },
  AAC2404: {
    why: [
      "`latest`, or no tag at all, is another image from day to day.",
      "Two machines may then run two programs, and nobody can go back to yesterday's.",
      "Write a version or a digest.",
    ],
    wrong: named("writer", "image: example/writer:latest"),
    right: named("writer", "image: example/writer:1.4.2"),
  },
  AAC2405: {
    why: [
      "A package has no version, so the next build may get another one.",
      "Write the version that was tested, or leave the list out and keep a lock file.",
    ],
    wrong: agent("dependencies: [requests]"),
    right: agent("dependencies: [requests==2.32.3]"),
  },
  AAC2406: {
    why: [
      "The log goes into a file that nothing rotates, so it grows until the disk is full.",
      "Write to standard output, which is rotated, or give `maxSize` and `maxFiles`.",
    ],
    wrong: agent("logging: {destination: logs/writer.log}"),
    right: agent("logging: {destination: logs/writer.log, maxSize: 10MB, maxFiles: 3}"),
  },
  AAC2407: {
    why: [
      "A setting of the model lies outside what providers take.",
      "A request with it is refused, or the value is cut without a word.",
      "The message names the range.",
    ],
    wrong: model("temperature: 7"),
    right: model("temperature: 0.7"),
  },
  AAC2408: {
    why: [
      "The health check calls curl or wget, which slim images do not have.",
      "So that it works all the same, the address is asked directly, without a command.",
      "Write `path` and `port`, and nothing has to be translated.",
    ],
    wrong: agent(port, "healthCheck:", "  command: [curl, -f, http://localhost:8080/health]"),
    right: agent(port, "healthCheck: {path: /health, port: 8080}"),
  },
  AAC2409: {
    why: [
      "The port can be reached from other machines, not from this one alone.",
      "Agents seldom ask who is calling: whoever reaches the port can use them.",
      "Leave `hostIP` out, or put something in front that asks.",
    ],
    wrong: agent("ports: [{container: 8080, host: 8080, hostIP: 0.0.0.0}]"),
    right: agent("ports: [{container: 8080, host: 8080}]"),
  },
  AAC2411: {
    why: [
      "Each package manager writes versions in its own way, and this one is another's.",
      "The install would fail, or take whatever version is newest that day.",
      "Write it as the runtime's own package manager does.",
    ],
    wrong: named("writer", "runtime: nodejs", "dependencies: [openai==4.0.0]"),
    right: named("writer", "runtime: nodejs", "dependencies: [openai@4.0.0]"),
  },
  AAC2410: {
    why: [
      "In production the image is named by a tag, which can be moved to another image.",
      "What was tested and what runs may then differ.",
      "Write the digest behind the tag: `name:tag@sha256:…`.",
    ],
    wrong: live("example/writer:1.4.2"),
    right: live(
      "example/writer:1.4.2@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ),
    env: "live",
    note: "Read with `--env live`, which .aac.yaml calls production.",
  },
} as const satisfies Readonly<Partial<Record<Code, Page>>>;
