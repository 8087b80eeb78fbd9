import type { Code } from "../../model/codes.ts";
import { named, type Page, together } from "./page.ts";

const writer = (...spec: readonly string[]): string => named("writer", "runtime: python", ...spec);
const store = (...spec: readonly string[]): string => named("store", "runtime: go", ...spec);

/** 21xx, and AAC2001: agents together. */
export const severalAgents = {
  AAC2001: {
    why: [
      "Two agents want the same port of the machine.",
      "One port can lead to one agent, so the second could not start.",
      "Give one another `host`, or leave `host` out: then a free port is chosen and shown.",
    ],
    wrong: together(
      writer("ports: [{container: 8080, host: 8080}]"),
      store("ports: [{container: 80, host: 8080}]"),
    ),
    right: together(
      writer("ports: [{container: 8080, host: 8080}]"),
      store("ports: [{container: 80, host: 8081}]"),
    ),
  },
  AAC2101: {
    why: [
      "Two agents of one project have the same name.",
      "An agent is known by its name alone: one would replace the other.",
      "Give one of them another name.",
    ],
    wrong: together(writer(), named("writer", "runtime: go")),
    right: together(writer(), named("editor", "runtime: go")),
  },
  AAC2102: {
    why: [
      "`dependsOn` names an agent that this project does not have, so the wait would never end.",
      "Check the name; if it stands in another folder, name that with -f or under `files` in .aac.yaml.",
    ],
    wrong: together(writer("dependsOn: [stroe]"), store()),
    right: together(writer("dependsOn: [store]"), store()),
  },
  AAC2103: {
    why: [
      "Each of these agents waits for another one of them, so none could ever start.",
      "Take out one of the waits: most agents can try again until the other one answers.",
    ],
    wrong: together(writer("dependsOn: [store]"), store("dependsOn: [writer]")),
    right: together(writer("dependsOn: [store]"), store()),
  },
  AAC2105: {
    why: [
      "The agent uses a service, but no agent offers it and no `host` says where it is.",
      "Its address would stay unknown.",
      "An agent offers a service by naming one of its own ports; for one outside the project, write its `host`.",
    ],
    wrong: writer("services: [{name: search}]"),
    right: writer("services: [{name: search, host: search.example.org, port: 443}]"),
  },
  AAC2106: {
    why: [
      "`condition: healthy` waits for the health check of an agent that has none.",
      "It then counts as healthy as soon as it runs, which may be too early.",
      "Give that agent a `healthCheck`.",
    ],
    wrong: together(writer("dependsOn: {store: {condition: healthy}}"), store("ports: [{container: 80}]")),
    right: together(
      writer("dependsOn: {store: {condition: healthy}}"),
      store("ports: [{container: 80}]", "healthCheck: {path: /health}"),
    ),
  },
  AAC2107: {
    why: [
      "`condition: completed` waits for the end of an agent that is started again whenever it ends.",
      "The wait would never be over.",
      'Let that agent end for good: `supervision.restart: "no"` or `on-failure`.',
    ],
    wrong: together(writer("dependsOn: {store: {condition: completed}}"), store()),
    right: together(
      writer("dependsOn: {store: {condition: completed}}"),
      store("supervision: {restart: on-failure}"),
    ),
  },
  AAC2108: {
    why: [
      "Two agents offer a service of the same name.",
      "Its users could not tell which of them they get.",
      "Give one of the two another name.",
    ],
    wrong: together(
      writer("ports: [{container: 8080}]", "services: [{name: search, port: 8080}]"),
      store("ports: [{container: 80}]", "services: [{name: search, port: 80}]"),
    ),
    right: together(
      writer("ports: [{container: 8080}]", "services: [{name: drafts, port: 8080}]"),
      store("ports: [{container: 80}]", "services: [{name: search, port: 80}]"),
    ),
  },
} as const satisfies Readonly<Partial<Record<Code, Page>>>;
