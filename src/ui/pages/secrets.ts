import type { Code } from "../../model/codes.ts";
import { agent, named, type Page, together } from "./page.ts";

/** 22xx: secrets and references. */
export const secrets = {
  AAC2201: {
    why: [
      "A password or a key stands in the file as it is.",
      "Everybody who reads the file, or its history, has it: taking it out is not enough, change it too.",
      "Write `from: secret`; the value is taken from `.aac/secrets`, `.env` or the environment when the agent starts.",
    ],
    wrong: agent(
      "environment:",
      "  - name: DATABASE_URL",
      "    value: postgres://app:hunter2@db.example.org/app",
    ),
    right: agent("environment:", "  - name: DATABASE_URL", "    from: secret"),
  },
  AAC2202: {
    why: [
      "A placeholder, or a default, stands where a secret belongs.",
      "The agent would start with it and fail later, far from the cause.",
      "Write `from: secret`, or `${NAME}` without a default.",
    ],
    wrong: agent("environment:", "  - name: API_KEY", "    value: your-api-key"),
    right: agent("environment:", "  - name: API_KEY", "    from: secret"),
  },
  AAC2203: {
    why: [
      "A secret would be put where others can read it: arguments, labels and the like are shown and stored.",
      "Every user of a machine can see the arguments of its programs.",
      "Give it to the agent as a variable with `from: secret`.",
    ],
    wrong: agent('args: ["--token=${API_TOKEN}"]'),
    right: agent("environment:", "  - name: API_TOKEN", "    from: secret"),
  },
  AAC2204: {
    why: [
      "`from: config` takes a key of this agent's own `config`, and there is none of that name.",
      "The variable would be missing.",
      "Correct `key`, or add it under `config`.",
    ],
    wrong: agent(
      "config: {language: en}",
      "environment:",
      "  - {name: LANGUAGE, from: config, key: langauge}",
    ),
    right: agent(
      "config: {language: en}",
      "environment:",
      "  - {name: LANGUAGE, from: config, key: language}",
    ),
  },
  AAC2206: {
    why: [
      "The form of a service's address names a part that a service does not have.",
      "It would stay in the text as it is.",
      "There are {scheme}, {host}, {port} and {name}.",
    ],
    wrong: addressed("{scheme}://{adress}:{port}"),
    right: addressed("{scheme}://{host}:{port}"),
  },
} as const satisfies Readonly<Partial<Record<Code, Page>>>;

function addressed(format: string): string {
  return together(
    agent("environment:", `  - {name: STORE_ADDRESS, from: service, service: store, format: "${format}"}`),
    named("store", "runtime: go", "ports: [{container: 80}]", "services: [{name: store, port: 80}]"),
  );
}
