import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "vitest";
import { agentText } from "../../helpers/agent-text.ts";
import { inProject } from "../project.ts";
import { allAtOnce, ROUNDS, rivalsOf } from "./rival-rounds.ts";

/** It writes down that it was started, and is not ready before somebody else has written that it may be. */
const file = (round: number): string =>
  agentText("ana", [
    "runtime: exec",
    `command: [sh, -c, "echo $$ >> ../started-${round}; exec sleep 100000"]`,
    `healthCheck: {file: ../ready-${round}, interval: 200ms, timeout: 2s, startPeriod: 10m}`,
    "supervision: {stopGracePeriod: 1s}",
  ]);

test(
  "of many applies of processes at once one wins, and where it is killed the next one goes on",
  async () => {
    await inProject("rivals", { "agent.yaml": file(0) }, async (project) => {
      let last = 0;
      await allAtOnce({
        name: "rivals",
        project,
        rivals: rivalsOf(50, 6),
        write(round) {
          last = round;
          project.write("agent.yaml", file(round));
        },
        open: () => Promise.resolve(writeFileSync(project.path(`../ready-${last}`), "")),
        started(round) {
          const path = project.path(`../started-${round}`);
          const text = existsSync(path) ? readFileSync(path, "utf8").trim() : "";
          return Promise.resolve(text === "" ? 0 : text.split("\n").length);
        },
        goesOn: ({ err }) => err().includes("its lock is free, going on"),
        withinMs: 1000,
      });
    });
  },
  60_000 + ROUNDS * 120_000,
);
