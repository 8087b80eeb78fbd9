import { test } from "vitest";
import { rounds } from "../../helpers/figure.ts";
import { inProject, type Seen } from "../project.ts";
import { AGENTS, atRandomMoments } from "./interrupt-moments.ts";

const EACH = rounds(2);

const file = (name: string, round: string): string => `apiVersion: agent.dev/v1
kind: Agent
metadata: {name: ${name}}
spec:
  runtime: exec
  command: [sleep, "100000"]
  environment: [{name: ROUND, value: "${round}"}]
  supervision: {stopGracePeriod: 500ms}
`;

const files = (round: string): Readonly<Record<string, string>> =>
  Object.fromEntries(AGENTS.map((name) => [`${name}.agent.yaml`, file(name, round)]));

test(
  "whenever an apply of processes is interrupted, the next plan tells the truth and the next apply puts it right",
  async () => {
    await inProject("interrupts", files("first"), async (project) => {
      const living = (): readonly (readonly [agent: string, one: Seen])[] =>
        project
          .processes()
          // Between its start and its program a run is a shell of ours.
          .filter(({ argv, environment }) => argv[0]?.endsWith("/sleep") === true && "ROUND" in environment)
          .map((one) => [/ agent=(\S+)/.exec(one.environment["AAC_MARKER"] ?? "")?.[1] ?? "?", one]);
      await atRandomMoments({
        name: "interrupts",
        each: EACH,
        project,
        agents: AGENTS,
        write(round) {
          for (const [path, text] of Object.entries(files(round))) project.write(path, text);
        },
        look() {
          const sight = new Map<string, readonly string[]>();
          for (const [agent, { environment }] of living())
            sight.set(agent, [...(sight.get(agent) ?? []), environment["ROUND"] ?? ""]);
          return Promise.resolve(sight);
        },
        // Orphans and duplicates are all seen by the look already.
        tooMuch: () => Promise.resolve([]),
      });
    });
  },
  60_000 + EACH * 60_000,
);
