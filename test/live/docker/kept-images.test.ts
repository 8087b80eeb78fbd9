import { afterEach, expect, test } from "vitest";
import { system } from "../../../src/system/system.ts";
import { keptImages } from "../../../targets/docker/names.ts";
import { describeOn } from "../engines.ts";
import { applyAndGoBack } from "./go-back.ts";
import { agentFile, FOREVER, type OnEngine, onEngine } from "./on-engine.ts";

const LONG = { timeout: 60_000 };
const BUILT = `  build: {context: .}\n  command: ${FOREVER}\n  supervision: {stopGracePeriod: 1s}\n`;

await describeOn("docker", "images of the history on an engine", (environment) => {
  const worlds: OnEngine[] = [];
  const world = async (files: Readonly<Record<string, string>>): Promise<OnEngine> => {
    const one = await onEngine(environment, files);
    worlds.push(one);
    return one;
  };
  const recipe = (line: string): string => `FROM busybox\nLABEL who=${line}\n`;
  const tags = async ({ docker, project }: OnEngine): Promise<readonly string[]> => {
    const all = (await docker.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);
    return all.filter((one) => one.startsWith(keptImages(project))).sort();
  };
  afterEach(async () => {
    for (const one of worlds.splice(0)) await one.end();
  }, 60_000);

  test(
    "what an agent ran has a name that a build does not take away, as long as a revision needs it",
    LONG,
    async () => {
      const engine = await world({
        "kept/agent.yaml": agentFile("kept", BUILT),
        "kept/Dockerfile": recipe("one"),
      });
      const { docker, project } = engine;
      await engine.applied();
      const first = (await engine.one("kept")).Image;
      const short = first.replace("sha256:", "").slice(0, 12);
      expect(await tags(engine)).toEqual([`aac-${project}/kept:kept-${short}`]);
      engine.write("kept/Dockerfile", recipe("two"));
      await engine.applied();
      const second = (await engine.one("kept")).Image;
      expect((await docker.getImage(first).inspect()).RepoTags).toEqual([
        `aac-${project}/kept:kept-${short}`,
      ]);
      const { session, observation } = await engine.planned();
      const before = observation.objects.flatMap(({ kind, identity, ...one }) =>
        kind === "container" || kind === "image"
          ? [{ ...one, kind, follows: [], exchange: "stop first" as const, written: {}, was: { identity } }]
          : [],
      );
      expect(session.needs?.(before)).toEqual([`image:${second}`]);
      await session.keep?.(new Set([`image:${first}`, `image:${second}`]));
      expect(await tags(engine)).toHaveLength(2);
      await session.keep?.(new Set([`image:${second}`]));
      expect(await tags(engine)).toEqual([
        `aac-${project}/kept:kept-${second.replace("sha256:", "").slice(0, 12)}`,
      ]);
      await expect(docker.getImage(first).inspect()).rejects.toMatchObject({ statusCode: 404 });
      // One that is in use is not lost by that.
      await session.keep?.(new Set());
      session.close();
      expect((await docker.getImage(second).inspect()).RepoTags).toContain("kept:1.0.0");
      expect(await engine.text()).toBe("");
      const { leftovers } = await engine.applied({ destroy: true });
      expect(leftovers.filter((line) => line.includes("kept:1.0.0"))).toEqual([
        expect.stringMatching(/^the image kept:1\.0\.0 stays, \d+ MB: docker rmi kept:1\.0\.0/),
      ]);
    },
  );

  test("what an apply made says which one that was, and another one that comes sees it", LONG, async () => {
    const spec = (value: string): string =>
      `  image: busybox\n  command: ${FOREVER}\n  environment: [{name: A, value: ${value}}]\n  supervision: {stopGracePeriod: 1s}\n`;
    const engine = await world({ "desk/agent.yaml": agentFile("desk", spec("one")) });
    const [ours, theirs] = [
      { apply: "aaaaaaaaaaaa", revision: 4 },
      { apply: "bbbbbbbbbbbb", revision: 5 },
    ];
    const mine = await engine.planned();
    expect(await mine.session.rival?.(ours)).toBeUndefined();
    await applyAndGoBack(engine, { mark: theirs });
    // Asked for at most twice a second, however many steps there are.
    const clock = system.clock.now() + 600;
    while (system.clock.now() < clock) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await mine.session.rival?.(ours)).toMatch(
      /^another apply \(bbbbbbbbbbbb, since 2\d{3}-.*Z\) is changing (?:desk|first-)/,
    );
    // Whoever looks again knows of it.
    await mine.session.observe(mine.desired);
    expect(await mine.session.rival?.(ours)).toBeUndefined();
    const status = await mine.session.operates.status();
    expect(status).toMatchObject({ value: { agents: [{ agent: "desk", revision: 5 }] } });
    // Changed in place it keeps its labels, and says the later one all the same.
    engine.write(
      "desk/agent.yaml",
      agentFile("desk", `${spec("one")}  resources: {limits: {memory: 64Mi}}\n`),
    );
    await applyAndGoBack(engine, { mark: { apply: "cccccccccccc", revision: 6 } });
    expect(await mine.session.operates.status()).toMatchObject({ value: { agents: [{ revision: 6 }] } });
    expect(await engine.text()).toBe("");
    mine.session.close();
  });
});
