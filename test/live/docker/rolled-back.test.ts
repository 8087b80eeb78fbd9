import { expect, test } from "vitest";
import { keptImages } from "../../../targets/docker/names.ts";
import { describeOn } from "../engines.ts";
import { onPlatform } from "../platform-project.ts";
import { byCommand } from "./by-command.ts";
import { agentFile } from "./on-engine.ts";

const LONG = { timeout: 180_000 };
const DESK = (topic: string): string =>
  agentFile(
    "desk",
    `  build: {context: .}\n  command: [sh, /app/run.sh]\n  config: {topics: [${topic}]}\n  supervision: {stopGracePeriod: 1s}\n`,
  );
const code = (line: string): string =>
  `#!/bin/sh\ntrap 'exit 0' TERM\n${line}\nwhile :; do sleep 0.1; done\n`;

await describeOn("docker", "by command, on an engine", (environment) => {
  test(
    "what was built anew goes back by itself, and to a revision by hand, without a build",
    LONG,
    async () => {
      const { at, docker, one } = await byCommand(environment);
      const files = {
        "desk/agent.yaml": DESK("rain"),
        // So that each project has an image of its own.
        "desk/Dockerfile": `FROM busybox\nLABEL test=${process.pid}\nWORKDIR /app\nCOPY . .\n`,
        "desk/run.sh": code("echo one"),
      };
      await onPlatform("back", at, files, async (project) => {
        const { aac, name } = project;
        const build = async (line: string, topic: string, wants: number): Promise<string> => {
          project.write("desk/run.sh", code(line));
          project.write("desk/agent.yaml", DESK(topic));
          const done = await aac("apply --yes");
          expect([done.code, done.out]).toEqual([wants, expect.any(String)]);
          return done.out;
        };
        await build("echo one", "rain", 0);
        const first = await one(name, "desk");
        const failed = await build("exit 7", "snow", 4);
        expect(failed).toContain(`${name} is as it was before.`);
        expect([(await one(name, "desk")).Id, (await docker.getImage("desk:1.0.0").inspect()).Id]).toEqual([
          first.Id,
          first.Image,
        ]);
        await build("echo two", "snow", 0);
        const second = await one(name, "desk");
        expect(second.Image).not.toBe(first.Image);
        const back = await aac("rollback 1 --yes --reason wrong");
        expect([back.code, back.out]).toEqual([0, expect.not.stringContaining("build")]);
        const third = await one(name, "desk");
        expect([third.Image, third.Config.Image, third.State.Running]).toEqual([
          first.Image,
          "desk:1.0.0",
          true,
        ]);
        expect((await aac("plan --expect-no-changes")).code).toBe(0);
        expect((await aac("status -o wide")).out).toMatch(/rolled back to revision 1 \(wrong\)/);
        // Whoever releases it wants what the files say by now.
        expect((await aac("start desk")).code).toBe(0);
        expect((await aac("plan --expect-no-changes")).code).toBe(1);
        // One that somebody took from the engine is missed before anything is done.
        const kept = (await docker.getImage(second.Image).inspect()).RepoTags;
        expect(kept).toEqual([expect.stringContaining(keptImages(name))]);
        for (const tag of kept) await docker.getImage(tag).remove();
        const missed = await aac("rollback 3 --yes");
        expect([missed.code, missed.err + missed.out]).toEqual([
          1,
          expect.stringMatching(/desk: the image that was desk:1\.0\.0 then is not on the engine any more/),
        ]);
        expect((await one(name, "desk")).Id).toBe(third.Id);
      });
    },
  );
});
