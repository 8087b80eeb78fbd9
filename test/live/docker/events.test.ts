import { afterEach, beforeEach, expect, test } from "vitest";
import type { AgentEvent } from "../../../src/model/operates.ts";
import { until } from "../../helpers/until.ts";
import { describeOn } from "../engines.ts";
import { ended, type Scratch, scratch } from "./scratch.ts";

const FOREVER = "trap 'exit 0' TERM; while :; do sleep 0.1; done";

await describeOn("docker", "events of an engine", (environment) => {
  let world: Scratch;
  beforeEach(async () => {
    world = await scratch(environment);
  });
  afterEach(() => world.clean());

  const gathered = async (asked: { agents?: readonly string[]; since?: string } = {}) => {
    const events: AgentEvent[] = [];
    const read = await world.operates.events?.({
      agents: [],
      follow: false,
      signal: new AbortController().signal,
      event: (event) => events.push(event),
      ...asked,
    });
    expect(read).toEqual({ ok: true, value: undefined });
    return events;
  };
  const words = (events: readonly AgentEvent[]): readonly string[] =>
    events.map(({ agent, what, why = "", by = "" }) =>
      [agent, what, why, by].filter((word) => word !== "").join(" "),
    );

  test("the past of agents is told in order, and once", { timeout: 30_000 }, async () => {
    const desk = await world.start({ agent: "desk", script: "exit 3" });
    await ended(desk);
    const page = await world.start({ agent: "page", script: FOREVER });
    await page.pause();
    await page.unpause();
    expect(words(await gathered())).toEqual([
      "desk created aac",
      "desk started aac",
      "desk exited exit 3 engine",
      "page created aac",
      "page started aac",
      "page paused",
      "page resumed",
    ]);
    const since = (await gathered({ agents: ["page"] })).find(({ what }) => what === "paused")?.at ?? "";
    expect(words(await gathered({ agents: ["page"], since }))).toEqual(["page paused", "page resumed"]);
    expect(words(await gathered({ agents: ["nobody"] }))).toEqual([]);
  });

  test("what happens from now on follows it, until nobody listens", { timeout: 30_000 }, async () => {
    await world.start({ agent: "desk", script: FOREVER });
    const heard: AgentEvent[] = [];
    const listening = new AbortController();
    const done = world.operates.events?.({
      agents: ["desk"],
      follow: true,
      signal: listening.signal,
      event: (event) => heard.push(event),
    });
    await until("the past is told", () => heard.length === 2);
    await world.start({ agent: "page", script: FOREVER });
    await world.operates.stop(["desk"], { by: "ana" });
    await until("its end is told", () => heard.some(({ what }) => what === "exited"));
    listening.abort();
    expect(await done).toEqual({ ok: true, value: undefined });
    expect(words(heard)).toEqual([
      "desk created aac",
      "desk started aac",
      "desk signalled SIGTERM",
      "desk exited exit 0 engine",
    ]);
  });
});
