import { rmSync } from "node:fs";
import { projectOf } from "./inputs.ts";
import { race } from "./measure.ts";

const AAC = [process.execPath, new URL("../../src/cli/aac.cjs", import.meta.url).pathname] as const;

/** What a shell asks: a command, a flag, a name out of twenty agents, and a field of the format. */
export const TABS: Readonly<Record<string, readonly string[]>> = {
  "a command": ["pl"],
  "a flag": ["plan", "--"],
  "an agent of 20": ["logs", ""],
  "a field": ["explain", "spec.health"],
};

/** Each of them beside the floor, in one run. */
export function tabs(rounds: number, floor: string): ReadonlyMap<string, number> {
  const cwd = projectOf(20);
  const many = projectOf(1000);
  try {
    return race(
      [
        ...Object.entries(TABS).map(([name, words]) => ({
          name,
          argv: [...AAC, "__complete", ...words] as [string, ...string[]],
          cwd,
        })),
        { name: "an agent of 1,000", argv: [...AAC, "__complete", "logs", ""], cwd: many },
        {
          name: "floor-validate",
          argv: [process.execPath, floor, "group-0/agent-1/agent.yaml"],
          cwd,
        },
      ],
      rounds,
    );
  } finally {
    rmSync(cwd, { recursive: true });
    rmSync(many, { recursive: true });
  }
}
